/// What holds for any input of a parser, whatever the bytes: it ends, and what it takes it can give back.
///
/// The driver of `make fuzz` tries inputs that nobody thought of; the unit tests replay those that were kept.
public enum Parser: String, CaseIterable, Sendable {
  /// `.dev-infra.yml`: parsed, checked and edited.
  case metadata
  /// The JSON of the registry's entries and of services.
  case json
  /// The URLs of remotes.
  case url
  /// The stored view of the registry, read whole and mapped.
  case view
  /// What other programs send: pkt-lines, records, lines of hooks, loose objects.
  case packets
  /// Other tools' lists of projects, in all their formats.
  case lists

  /// Gives `bytes` to the parser.
  ///
  /// - Throws: ``PropertyViolation``.
  public func check(_ bytes: [UInt8]) throws {
    switch self {
    case .metadata: try MetadataProperties.check(bytes)
    case .json: try JSONProperties.check(bytes)
    case .url: try URLProperties.check(bytes)
    case .view: try ViewProperties.check(bytes)
    case .packets: try PacketProperties.check(bytes)
    case .lists: try ListProperties.check(bytes)
    }
  }
}

/// Something that should hold for every input does not for this one.
public struct PropertyViolation: Error, CustomStringConvertible {
  /// What does not hold, with the values that show it.
  public let description: String
}

/// Fails where a property does not hold.
func require(_ holds: Bool, _ description: @autoclosure () -> String) throws {
  if !holds { throw PropertyViolation(description: description()) }
}

/// `bytes` as they are shown in a violation.
func shown(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: Array(bytes), as: UTF8.self).debugDescription
}

/// Choices that follow from the input, so that a kept input makes the same ones again.
struct Choices {
  private var state: UInt64

  /// FNV-1a, 64 bits.
  init(_ bytes: [UInt8]) {
    state = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// A number from 0 up to `bound`, without it.
  mutating func below(_ bound: Int) -> Int {
    state = (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    return Int((state >> 33) % UInt64(bound))
  }

  /// One of `items`.
  mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }
}
