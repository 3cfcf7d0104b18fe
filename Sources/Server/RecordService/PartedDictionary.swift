/// A dictionary of very many in parts: to change a copy of it copies one part, and not all.
///
/// Edits are made on a copy, which takes the original's place when they are in the registry.
struct PartedDictionary<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private static var partCount: Int { 256 }

  private var parts: [[Key: Value]] = Array(repeating: [:], count: partCount)

  private static func part(of key: Key) -> Int { Int(UInt(bitPattern: key.hashValue) % UInt(partCount)) }

  /// The value of a key; nil takes it out.
  subscript(key: Key) -> Value? {
    get { parts[Self.part(of: key)][key] }
    _modify { yield &parts[Self.part(of: key)][key] }
  }

  /// The keys, in no order.
  var keys: some Sequence<Key> { parts.lazy.flatMap(\.keys) }
}
