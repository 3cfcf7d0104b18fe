import ByteStrings
import Registry

/// What a project may be called beside its name: as much of `host/owner/name` as is unique.
extension ViewRow {
  /// Where its remote is, and behind that its directory in the repository: `github.com/owner/name`; empty without one.
  var place: String {
    let (key, below) = (self[.key], self[.subdirectory])
    return key.isEmpty || below.isEmpty ? key : "\(key)/\(below)"
  }

  /// Whether `text` is the place, or its end from the beginning of a part on, or that with the project's own name as the
  /// last part.
  fileprivate func isCalled(_ text: String) -> Bool {
    let place = place
    if place.isEmpty { return false }
    if Self.ends(place, with: text) { return true }
    guard let slash = place.lastIndex(at: "/") else { return false }
    return Self.ends("\(place[..<slash])/\(name)", with: text)
  }

  private static func ends(_ place: String, with text: String) -> Bool {
    guard place.utf8.reversed().starts(with: text.utf8.reversed()) else { return false }
    return place.utf8.count == text.utf8.count
      || place.utf8.dropLast(text.utf8.count).last == UInt8(ascii: "/")
  }
}

extension View {
  /// The projects of which `text` is the end of `host/owner/name`, as a person may write it: with `.git` or `/` behind it,
  /// and in any case at hosts that know none.
  func rows(called text: String) -> [ViewRow] {
    var text = text
    while text.ends(with: "/") { text.removeLast() }
    if text.ends(with: ".git") { text = String(text.dropLast(4)) }
    for form in text.lowercased() == text ? [text] : [text, text.lowercased()] {
      guard let last = form.split(at: "/").last else { return [] }
      let found = rows(holding: String(last)) { $0.isCalled(form) }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The projects that a URL leads to, in any of its forms; of several parts of one repository the whole.
  func rows(at url: RemoteURL) -> [ViewRow] {
    let found = rows(where: .key, is: url.normalized)
    let whole = found.filter { $0.isEmpty(.subdirectory) }
    return whole.isEmpty ? found : whole
  }

  /// An unambiguous text for each of these projects, which share a name: as little of `host/owner/name` as
  /// tells them apart, else a path here, else the beginning of the id.
  func distinctNames(of rows: [ViewRow]) -> [String] {
    let ends = Self.ends(of: rows)
    return rows.map { row in
      let candidates = Self.ends(of: row).filter { ends[$0] == 1 }
      // Another name may end alike.
      if let name = candidates.first(where: {
        ProjectQuery.preferred(self.rows(called: $0)).map(\.id) == [row.id]
      }) {
        return name
      }
      return row.paths.first ?? String(row.id.prefix(12))
    }
  }

  /// Whether a name alone stands for this project.
  func isCalled(_ name: String, _ row: ViewRow) -> Bool {
    !name.holds("/") && ProjectQuery.preferred(rows(where: .name, is: name)).map(\.id) == [row.id]
  }

  /// As ``distinctNames(of:)``, for those of many rows that share their name with another: by id; with no look-up of each.
  public func ownersOfSharedNames(in rows: [ViewRow]) -> [String: String] {
    var shared: [ByteString: [ViewRow]] = [:]
    var first: [ByteString: ViewRow] = [:]
    for row in rows {
      let name = ByteString(row.name)
      if let other = first[name] {
        shared[name, default: [other]].append(row)
      } else {
        first[name] = row
      }
    }
    var names: [String: String] = [:]
    for group in shared.values {
      let ends = Self.ends(of: group)
      for row in group {
        if let name = Self.ends(of: row).first(where: { ends[$0] == 1 }) { names[row.id] = name }
      }
    }
    return names
  }

  /// How many of the rows each end belongs to.
  private static func ends(of rows: [ViewRow]) -> [String: Int] {
    var ends: [String: Int] = [:]
    for row in rows { for end in self.ends(of: row) { ends[end, default: 0] += 1 } }
    return ends
  }

  /// The ends of a place, from two parts on.
  private static func ends(of row: ViewRow) -> [String] {
    let parts = row.place.split(at: "/")
    guard parts.count > 1, !row.place.begins(with: "/") else { return [] }
    return (2...parts.count).map { parts.suffix($0).joined(separator: "/") }
  }
}
