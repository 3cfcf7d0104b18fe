import ByteStrings
public import SystemPackage
import SystemSupport

/// Looks for projects by parts of their names, of `host/owner/name` and of their paths, as people type them who do not know
/// the whole, or do not want to type it: `globex api`, `glo/api`, `di` for `dev-infra`.
public struct PartsSearch: Sendable {
  /// In which way a project was found, the worst first.
  public enum Way: Int, Comparable, Sendable {
    /// Every part stands in its name, its place or its path, in whatever order.
    case anywhere
    /// The last part abbreviates its name, and those before it parts of the way there, in their order.
    case abbreviation
    /// The last part stands in its name, and those before it on the way there, in their order.
    case inOrder
    /// The parts are the name, and whole parts of the way there.
    case whole

    /// By how good the way is.
    public static func < (left: Way, right: Way) -> Bool { left.rawValue < right.rawValue }
  }

  /// A project that was found.
  public struct Hit: Sendable {
    /// Where it is in the view.
    public let place: RowPlace
    /// In which way it was found.
    public let way: Way
    /// How well the last part fits.
    public let grade: PartGrade
    /// Whether it is on this machine.
    public let isHere: Bool
  }

  private let parts: [SearchPart]
  private let last: SearchPart
  private let home: [UInt8]

  /// - Parameters:
  ///   - text: what was typed.
  ///   - home: the user's home directory, whose own name is not looked at.
  /// - Returns: nil for what can be nothing but a path or a URL, and for nothing.
  public init?(_ text: String, home: FilePath?) {
    let bytes = ByteText.bytes(of: text)
    let isPath =
      ["/", "./", "../", "~"].contains { bytes.starts(with: $0.utf8) } || text == "." || text == ".."
    guard !isPath, !text.holds(text: "://"), !text.holds(text: "//") else { return nil }
    var parts = SearchPart.parts(of: bytes)
    guard let last = parts.popLast() else { return nil }
    self.parts = parts
    self.last = last
    self.home = home.map { $0.bytes } ?? []
  }

  /// As ``hits(in:)``, where no name and no URL that holds the last part has a space: what was typed with spaces is none of them
  /// then, and need not be looked for first, which takes as long again. Nil where that is not so, or is not known.
  public func hitsOfWordsApart(in view: View) -> [Hit]? {
    // A name that is typed whole fits whatever its capitals are, and a part with capitals does not.
    guard !parts.isEmpty, last.needle?.foldsCase ?? false else { return nil }
    let space = UInt8(ascii: " ")
    var areApart = true
    let hits = hits(in: view) { row in
      if row.name.contains(space) || row.key.contains(space) { areApart = false }
    }
    return areApart ? hits : nil
  }

  /// The projects that are found in the best way in which any is, those that fit best first, of equal ones by id. Where one is
  /// on this machine, only those that are.
  public func hits(in view: View) -> [Hit] { hits(in: view) { _ in } }

  /// - Parameter note: called with each row that holds the last part, where these are looked for.
  private func hits(in view: View, _ note: (RowTexts) -> Void) -> [Hit] {
    for ways in [[Way.whole, .inOrder], [.abbreviation], [.anywhere]] {
      var hits: [Hit] = []
      func look(at row: RowTexts) { if let hit = hit(row, ways) { hits.append(hit) } }
      if let needle = last.needle, !ways.contains(.abbreviation) {
        view.forEachRow(holding: needle.bytes, foldsCase: needle.foldsCase) { row in
          note(row)
          look(at: row)
        }
      } else {
        view.forEachRow(look)
      }
      if hits.contains(where: \.isHere) { hits.removeAll { !$0.isHere } }
      guard let best = hits.map(\.way).max() else { continue }
      return hits.filter { $0.way == best }.enumerated()
        .sorted { ($1.element.grade, $0.offset) < ($0.element.grade, $1.offset) }.map(\.element)
    }
    return []
  }

  private func hit(_ row: RowTexts, _ ways: [Way]) -> Hit? {
    for way in ways {
      if let grade = grade(row, way) {
        return Hit(place: row.place, way: way, grade: grade, isHere: !row.path.isEmpty)
      }
    }
    return nil
  }

  private func grade(_ row: RowTexts, _ way: Way) -> PartGrade? {
    let (place, name) = Self.split(row.key)
    let (path, directory) = Self.split(withoutHome(row.path))
    if way == .anywhere {
      // A single part is also looked for in the rest of the path; the name was searched before.
      for part in parts + [last]
      where ![row.name, place, name, path, directory].contains(where: {
        part.grade(in: $0, least: .inside) != nil
      }) {
        return nil
      }
      return .inside
    }
    let least: PartGrade = way == .abbreviation ? .abbreviation : way == .whole ? .whole : .inside
    // The project's own name, and those of its repository and its directory.
    var best: PartGrade?
    for (folder, text) in [(place, row.name), (path, row.name), (place, name), (path, directory)] {
      guard let grade = last.grade(in: text, least: least), best.map({ $0 < grade }) ?? true else { continue }
      if leads(folder, text, way) { best = grade }
    }
    return best
  }

  /// Whether the parts before the last one stand on the way there, in their order.
  private func leads(_ folder: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>, _ way: Way)
    -> Bool
  {
    var rest = parts[...]
    switch way {
    case .whole, .abbreviation:
      var folders = folder.split(separator: UInt8(ascii: "/"))[...]
      while let part = rest.popLast() {
        var isFound = false
        while !isFound, let next = folders.popLast() {
          isFound =
            part.grade(in: UnsafeBufferPointer(rebasing: next), least: way == .whole ? .whole : .abbreviation)
            != nil
        }
        if !isFound { return false }
      }
    case .inOrder, .anywhere:
      // Several may stand in the name, as in `dev infra`; from the end on.
      var end = last.lastPlace(in: name)
      while let part = rest.last, let before = end, let found = part.lastPlace(in: name, before: before) {
        end = found
        rest.removeLast()
      }
      end = folder.count
      while let part = rest.popLast() {
        guard let before = end, let found = part.lastPlace(in: folder, before: before) else { return false }
        end = found
      }
    }
    return true
  }

  private func withoutHome(_ path: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard !home.isEmpty, path.starts(with: home) else { return path }
    return UnsafeBufferPointer(rebasing: path[home.count...])
  }

  /// What stands before the last slash, and behind it.
  private static func split(
    _ path: UnsafeBufferPointer<UInt8>
  ) -> (folder: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>) {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else {
      return (UnsafeBufferPointer(rebasing: path[..<0]), path)
    }
    return (
      UnsafeBufferPointer(rebasing: path[..<slash]), UnsafeBufferPointer(rebasing: path[(slash + 1)...])
    )
  }
}

extension View {
  /// The projects that a person may have meant by a text that stands for none.
  func similar(to text: String) -> RegistryIndexError.Candidates {
    guard let search = PartsSearch(text, home: Environment.home) else { return .none }
    return .init(search.hits(in: self).map { row(at: $0.place) }, in: self, shareName: false, naming: 5)
  }
}
