import Metadata
import Registry

extension JSON {
  /// Scalars of known keys are text; others are what YAML's core schema makes of them.
  init(_ entries: [MetadataEntry], areKnown: Bool? = nil) {
    var members: JSON.Members = [:]
    for entry in entries {
      members[entry.key] = JSON(entry.value, isKnown: areKnown ?? ProjectMetadata.isKnown(entry.key))
    }
    self = .object(members)
  }

  private init(_ value: MetadataValue, isKnown: Bool) {
    switch value {
    case .list(let items): self = .array(items.map { JSON($0, isKnown: isKnown) })
    case .map(let entries): self.init(entries, areKnown: isKnown)
    case .scalar(let text, let plain):
      switch plain ? CoreScalar(plain: text) : .text(text) {
      case .null: self = .null
      case .boolean(let value): self = isKnown ? .string(text) : .bool(value)
      case .integer(let digits): self = isKnown ? .string(text) : .number(digits)
      case .text: self = .string(text)
      }
    }
  }
}
