public import ByteStrings

/// A dictionary whose keys are compared by their bytes: names that differ only in how a letter is spelt are two names, as
/// they are for git and for every file system that keeps bytes.
public struct ByteKeyed<Value>: Sequence, ExpressibleByDictionaryLiteral {
  private var storage: [ByteString: Value]

  /// Nothing.
  public init() { storage = [:] }

  /// The members of a literal; of a key given twice the last counts.
  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

  /// These members; of a key given twice the last counts.
  public init(_ elements: some Sequence<(String, Value)>) {
    storage = [:]
    for (key, value) in elements { storage[ByteString(key)] = value }
  }

  /// The members of a dictionary.
  public init(_ dictionary: [String: Value]) {
    storage = [:]
    storage.reserveCapacity(dictionary.count)
    for (key, value) in dictionary { storage[ByteString(key)] = value }
  }

  /// How many members there are.
  public var count: Int { storage.count }

  /// Whether there is none.
  public var isEmpty: Bool { storage.isEmpty }

  /// The keys, in no order.
  public var keys: [String] { storage.keys.map(\.text) }

  /// The values, in no order.
  public var values: Dictionary<ByteString, Value>.Values { storage.values }

  /// The value of the key with these bytes; nil where there is none.
  public subscript(key: String) -> Value? {
    get { storage[ByteString(key)] }
    set { storage[ByteString(key)] = newValue }
  }

  /// Sets a value, and returns the one that was there.
  @discardableResult
  public mutating func updateValue(_ value: Value, forKey key: String) -> Value? {
    storage.updateValue(value, forKey: ByteString(key))
  }

  /// Removes a member, and returns its value.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> Value? {
    storage.removeValue(forKey: ByteString(key))
  }

  /// Makes room for so many members at once.
  public mutating func reserveCapacity(_ count: Int) { storage.reserveCapacity(count) }

  /// The same keys with other values.
  public func mapValues<Other, ServerFault: Error>(
    _ transform: (Value) throws(ServerFault) -> Other
  ) throws(ServerFault) -> ByteKeyed<Other> {
    var result = ByteKeyed<Other>()
    result.reserveCapacity(count)
    for (key, value) in storage { result.storage[key] = try transform(value) }
    return result
  }

  /// The members of both; where both have a key, what `combine` makes of the two values.
  public func merging(_ other: Self, uniquingKeysWith combine: (Value, Value) -> Value) -> Self {
    var result = self
    result.storage.merge(other.storage, uniquingKeysWith: combine)
    return result
  }

  /// The members, in the order of the keys' bytes.
  public func sortedByKey() -> [(key: String, value: Value)] {
    storage.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
  }

  /// Walks the members, in no order.
  public struct Iterator: IteratorProtocol {
    fileprivate var base: Dictionary<ByteString, Value>.Iterator

    /// The next member.
    public mutating func next() -> (key: String, value: Value)? {
      base.next().map { ($0.key.text, $0.value) }
    }
  }

  /// Walks the members, in no order.
  public func makeIterator() -> Iterator { Iterator(base: storage.makeIterator()) }
}

extension ByteKeyed: Sendable where Value: Sendable {}
extension ByteKeyed: Equatable where Value: Equatable {}
extension ByteKeyed: Hashable where Value: Hashable {}
