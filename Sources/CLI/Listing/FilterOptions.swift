public import ArgumentParser
import Terminal
import ByteStrings
import Registry
public import RegistryIndex

/// The filters that every command of many takes, see dev-infra-where(7).
public struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only projects that this machine has, by name or id; of several, any.", valueName: "m")
  )
  var machine: [String] = []
  @Option(help: ArgumentHelp("Only projects of this status; of several, of any.", valueName: "s"))
  var status: [String] = []
  @Option(help: ArgumentHelp("Only projects of this type; of several, of any.", valueName: "t"))
  var type: [String] = []
  @Option(help: ArgumentHelp("Only projects of this classification; of several, of any.", valueName: "c"))
  var classification: [String] = []
  @Option(help: ArgumentHelp("Only projects of this organization; of several, of any.", valueName: "o"))
  var organization: [String] = []
  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only projects with this tag; of several, with any.", valueName: "tag"))
  var tags: [String] = []
  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only projects that this holds for, as 'tag:work && !status:paused'; of several, all.",
      valueName: "expr"))
  var conditions: [String] = []

  /// No filters.
  public init() {}

  /// The machines that are named.
  public var machines: [String] { machine }

  /// Whether none is given.
  public var isEmpty: Bool {
    machine.isEmpty && status.isEmpty && type.isEmpty && classification.isEmpty && organization.isEmpty
      && tags.isEmpty && conditions.isEmpty
  }

  /// The selection they make.
  ///
  /// - Throws: a usage `Failure` for a word that a field cannot be, and for a condition that cannot be read.
  public func selection() throws -> Selection {
    var selection = Selection()
    selection.machines = machine
    let fields: [(FieldKey, [String])] = [
      (.status, status), (.projectType, type), (.classification, classification),
      (.organization, organization),
    ]
    for (key, texts) in fields where !texts.isEmpty {
      try Self.check(texts, key)
      selection.fields[key.rawValue] = texts
    }
    selection.tags = tags
    let read = try conditions.map { try Condition($0, saved: SavedConditions.text) }
    selection.narrow(read.count > 1 ? .all(read) : read.first)
    return selection
  }

  private static func check(_ texts: [String], _ key: FieldKey) throws {
    guard let words = ProjectField(key).words,
      let text = texts.first(where: { !words.containsBytes(of: $0) })
    else { return }
    let field = key.rawValue.replacing("_", with: " ")
    throw Failure.usage(
      "unknown \(field) '\(Quoting.visible(text))'; known are: \(words.joined(separator: ", "))")
  }
}
