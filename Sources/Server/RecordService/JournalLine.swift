import Git
import Registry

/// A line of a ``NumberJournal``: a JSON object, of which each member is news of its own.
struct JournalLine {
  /// The number that the next new project gets, at the least.
  let next: Int?
  /// The commit up to which changes have been taken notice of.
  let seen: ObjectID?
  /// A project and what is kept of it; nil inside where it is gone.
  let project: (id: ProjectID, item: NumberJournal.Item?)?

  /// Reads a line; nil for what is not one, such as one that was half written.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSON.parse(bytes), value.object != nil else { return nil }
    next = Self.number(value["next"])
    seen = value["seen"]?.string.flatMap { ObjectID(hex: $0) }
    project = value["project"]?.string.flatMap { ProjectID($0) }.map { ($0, Self.item(value)) }
  }

  private static func item(_ value: JSON) -> NumberJournal.Item? {
    guard let number = number(value["number"]),
      let created = value["created_at"]?.string.flatMap({ ServiceTime($0) }),
      let updated = value["updated_at"]?.string.flatMap({ ServiceTime($0) })
    else { return nil }
    let path = value["path"].map { GivenPath($0.string) } ?? .nothing
    return NumberJournal.Item(
      number: number, created: created, updated: updated, path: path, whole: WholeTexts(value["whole"]))
  }

  /// A number that a record can have: no service has more, and a damaged file must not have room made for them.
  private static func number(_ value: JSON?) -> Int? {
    value?.integer.flatMap { (1...1_000_000_000).contains($0) ? $0 : nil }
  }

  /// The first line of a journal that is written anew.
  static func head(next: Int, seen: ObjectID?) -> String {
    var members: JSON.Members = ["format": .number("1"), "next": .integer(next)]
    if let seen { members["seen"] = .string(seen.hex) }
    return text(members)
  }

  /// The line for a commit.
  static func of(seen: ObjectID) -> String { text(["seen": .string(seen.hex)]) }

  /// The line for a project; nil for one that is gone.
  static func of(_ id: ProjectID, _ item: NumberJournal.Item?) -> String {
    guard let item else { return text(["project": .string(id.hex), "gone": .bool(true)]) }
    var members: JSON.Members = [
      "project": .string(id.hex), "number": .integer(item.number),
      "created_at": .string(item.created.description), "updated_at": .string(item.updated.description),
    ]
    switch item.path {
    case .nothing: break
    case .null: members["path"] = .null
    case .path(let path): members["path"] = .string(path)
    }
    members["whole"] = item.whole.json
    return text(members)
  }

  private static func text(_ members: JSON.Members) -> String { JSON.object(members).compact + "\n" }
}
