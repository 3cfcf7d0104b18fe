import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// A view's file is read or refused; whatever stands in it behind a header that is right, nothing outside of it is read,
/// and every way of looking something up finds the same.
enum ViewProperties {
  private static let commit = String(repeating: "c", count: 40)
  private static let machine = String(repeating: "a", count: 16)

  static func check(_ bytes: [UInt8]) throws {
    try checkFile(bytes)
    // The checksum keeps damage out, not malice: behind one that is right may stand anything.
    let sum = bytes.withUnsafeBytes { ViewChecksum().text(endingWith: $0) }
    let header = "dev-infra-view 6 \(commit) \(machine) \(sum)\n"
    let file = Array(header.utf8) + bytes
    try checkFile(file)
    guard !bytes.isEmpty else { return }
    var damaged = file
    var choices = Choices(bytes)
    let place = header.utf8.count + choices.below(bytes.count)
    damaged[place] ^= UInt8(1 + choices.below(255))
    try require(View(damaged) == nil, "a changed byte at \(place) of \(shown(file)) is not noticed")
    let cut = file.prefix(header.utf8.count + choices.below(bytes.count))
    try require(View(Array(cut)) == nil, "\(shown(file)) cut to \(cut.count) bytes is not noticed")
  }

  private static func checkFile(_ file: [UInt8]) throws {
    let mapped = try named(file)
    guard let view = View(file) else { return }
    try checkRows(view)
    guard let mapped else { throw PropertyViolation(description: "only one reader takes \(shown(file))") }
    for project in mapped {
      _ = [project.id, project.name, project.key].map(Quoting.quote)
      project.withPath { path, _ in _ = Quoting.quote(Array(path)) }
    }
  }

  private static func checkRows(_ view: View) throws {
    let rows = view.rows
    for row in rows {
      for column in ViewColumn.allCases {
        _ = row.isEmpty(column)
        _ = row.list(column)
      }
    }
    let isCanonical = isCanonical(view)
    for row in rows.prefix(4) {
      _ = view.row(id: row.id)
      _ = view.rows(idPrefix: String(row.id.prefix(4)))
      _ = row.paths.first.map { view.projectPath(around: FilePath(text: $0)) }
      for column in [ViewColumn.name, .paths, .tags, .key] {
        guard let text = row.list(column).first, !text.isEmpty else { continue }
        // From the fifth time on an index answers.
        let found = (0..<6).map { _ in view.rows(where: column, is: text) }
        for other in found.dropFirst() where isCanonical {
          try require(
            other == found[0],
            "\(found[0].count) and \(other.count) rows have \(text.debugDescription) in \(shown(view.file))")
        }
      }
    }
    let copy = view.replacing([:], commit: commit, machineNames: view.machineNames)
    try require(copy.rows == rows, "a copy has other rows: \(shown(view.file))")
    guard View(copy.file) != nil else {
      throw PropertyViolation(description: "a copy cannot be read: \(shown(view.file))")
    }
    let changed = view.replacing(
      [commit: nil], commit: commit, machineNames: view.machineNames)
    try require(View(changed.file) != nil, "a change cannot be read: \(shown(view.file))")
  }

  /// Whether every field is quoted as ours are: a search goes by that, an index does not.
  private static func isCanonical(_ view: View) -> Bool {
    view.file.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }.allSatisfy { field in
      Quoting.unquote(field).map { Quoting.quote($0).elementsEqual(field) } ?? false
    }
  }

  /// What completion finds in a file that it maps.
  private static func named(_ file: [UInt8]) throws -> [NamedProject]? {
    let registry = scratch
    let path = ViewFile(registry: registry).file.path
    try Files.makeDirectory(path.removingLastComponent())
    try Files.replace(path, with: file, durable: false)
    var found: [NamedProject] = []
    let isRead = ViewFile(registry: registry).forEachProject(beginning: [], hereOnly: false, in: nil) {
      found.append($0)
    }
    return isRead ? found : nil
  }

  /// One a process, in memory where the system has a file system for that.
  private static let scratch: FilePath = {
    let memory = FilePath("/dev/shm")
    let place = Files.kind(of: memory) == .directory ? memory : FilePath("/tmp")
    let path = place.appending("dev-infra-fuzz-\(Host.randomHex(8))")
    ThisProcess.atExit { try? Files.removeTree(ViewProperties.scratch) }
    return path
  }()
}
