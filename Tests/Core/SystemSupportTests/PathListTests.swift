import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct PathListTests {
  /// What each path alone is asked for.
  private func missing(_ paths: [FilePath]) -> [Int] {
    paths.indices.filter { Files.kind(of: paths[$0]) == nil }
  }

  private func list(_ paths: [FilePath]) -> PathList {
    var list = PathList()
    for path in paths { list.append(path) }
    return list
  }

  @Test func findsWhatIsMissingAmongManyAsOneByOne() throws {
    let top = try oddlyNamedDirectory()
    var paths: [FilePath] = []
    for folder in ["few", "many", "links", "gone", "crowd"] {
      let directory = top.appending(folder)
      if folder != "gone" { try Files.makeDirectory(directory) }
      for number in 0..<(folder == "few" ? 3 : 40) {
        let path = directory.appending("p\(number)")
        paths.append(path)
        switch (folder, number % 4) {
        case ("gone", _), (_, 3): break
        case ("links", 0): try Files.makeLink(path, to: directory.appending("nowhere"))
        case ("links", 1): try Files.makeLink(path, to: top)
        case (_, 2): try Files.replace(path, with: [])
        default: try Files.makeDirectory(path)
        }
      }
    }
    // A directory with many more entries than are looked for.
    for number in 0..<500 { try Files.replace(top.appending("crowd").appending("other\(number)"), with: []) }
    paths += [
      paths[5], paths[6], top, FilePath("/"), FilePath("/nothing-of-this-name"), FilePath("."),
      FilePath("no-such-name"),
      top.appending("many/p0/."), top.appending("few/p2/below-a-file"),
    ]
    let found = list(paths).look().missing
    #expect(found == missing(paths))
    #expect(found.count > 50 && found.count < paths.count - 50)
    #expect(PathList().look().missing.isEmpty)
  }

  @Test func aDirectoryThatMayBeReadAndNotSearchedHasNothing() throws {
    let top = try oddlyNamedDirectory()
    let paths = (0..<20).map { top.appending("p\($0)") }
    for path in paths.dropLast(5) { try Files.makeDirectory(path) }
    for mode in [0o644, 0o311, 0o000, 0o755] as [CInterop.Mode] {
      try Files.setMode(of: top, to: mode)
      #expect(list(paths).look().missing == missing(paths), "mode \(mode)")
    }
    #expect(list(paths).look().missing == Array(15..<20))
  }
}
