public import ByteStrings

/// A dictionary whose keys are compared by their bytes: names that differ only in how a letter is spelt are two names, as
/// they are for git and for every file system that keeps bytes.
///
/// An entry has a dozen members, which come sorted and are written sorted: so few are kept in an array in that order, where
/// to find one costs less than its hash. More are kept by their hashes: no order in which they come makes that slow.
public struct ByteKeyed<Value>: Sequence, ExpressibleByDictionaryLiteral {
  /// A key with its value.
  public typealias Member = (key: String, value: Value)

  /// The most that are kept in an array.
  @usableFromInline static var fewest: Int { 24 }

  /// The members in the order of their keys' bytes, while they are few.
  @usableFromInline var few: [Member] = []
  /// All members, once they were more.
  @usableFromInline var many: [ByteString: Value]?

  /// Nothing.
  @inlinable
  public init() {}

  /// The members of a literal; of a key given twice the last counts.
  @inlinable
  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

  /// These members; of a key given twice the last counts.
  @inlinable
  public init(_ elements: some Sequence<(String, Value)>) {
    for (key, value) in elements { updateValue(value, forKey: key) }
  }

  /// The members of a dictionary.
  @inlinable
  public init(_ dictionary: [String: Value]) { self.init(dictionary.map { ($0.key, $0.value) }) }

  /// How many members there are.
  @inlinable
  public var count: Int { many?.count ?? few.count }

  /// Whether there is none.
  @inlinable
  public var isEmpty: Bool { many?.isEmpty ?? few.isEmpty }

  /// The keys, in no order.
  @inlinable
  public var keys: [String] { many.map { $0.keys.map(\.text) } ?? few.map(\.key) }

  /// The values, in no order.
  @inlinable
  public var values: [Value] { many.map { Array($0.values) } ?? few.map(\.value) }

  /// Where a key is among the few. Most others are of another length, which costs less to see than what comes first.
  @inlinable
  func index(of key: String) -> Int? {
    let length = key.utf8.count
    return few.indices.first { few[$0].key.utf8.count == length && few[$0].key.hasSameBytes(as: key) }
  }

  /// The value of the key with these bytes; nil where there is none.
  @inlinable
  public subscript(key: String) -> Value? {
    get {
      if let many { return many[ByteString(key)] }
      return index(of: key).map { few[$0].value }
    }
    set {
      if let newValue { updateValue(newValue, forKey: key) } else { removeValue(forKey: key) }
    }
  }

  /// Sets a value, and returns the one that was there.
  @inlinable
  @discardableResult
  public mutating func updateValue(_ value: Value, forKey key: String) -> Value? {
    if many != nil { return many?.updateValue(value, forKey: ByteString(key)) }
    // What is put together in order goes to the end.
    let isLast = few.last.map { String.byBytes($0.key, key) } ?? true
    if !isLast, let index = index(of: key) {
      defer { few[index].value = value }
      return few[index].value
    }
    guard few.count < Self.fewest else {
      var all = Dictionary(uniqueKeysWithValues: few.map { (ByteString($0.key), $0.value) })
      all[ByteString(key)] = value
      (few, many) = ([], all)
      return nil
    }
    let next = isLast ? nil : few.firstIndex { String.byBytes(key, $0.key) }
    few.insert((key, value), at: next ?? few.count)
    return nil
  }

  /// Removes a member, and returns its value.
  @inlinable
  @discardableResult
  public mutating func removeValue(forKey key: String) -> Value? {
    if many != nil { return many?.removeValue(forKey: ByteString(key)) }
    return index(of: key).map { few.remove(at: $0).value }
  }

  /// Makes room for so many members at once.
  @inlinable
  public mutating func reserveCapacity(_ count: Int) {
    if many == nil, count <= Self.fewest { few.reserveCapacity(count) }
  }

  /// The same keys with other values.
  @inlinable
  public func mapValues<Other, ServerFault: Error>(
    _ transform: (Value) throws(ServerFault) -> Other
  ) throws(ServerFault) -> ByteKeyed<Other> {
    var result = ByteKeyed<Other>()
    result.reserveCapacity(count)
    for (key, value) in self { result.updateValue(try transform(value), forKey: key) }
    return result
  }

  /// The members of both; where both have a key, what `combine` makes of the two values.
  @inlinable
  public func merging(_ other: Self, uniquingKeysWith combine: (Value, Value) -> Value) -> Self {
    var result = self
    for (key, value) in other { result[key] = result[key].map { combine($0, value) } ?? value }
    return result
  }

  /// The members, in the order of the keys' bytes.
  @inlinable
  public func sortedByKey() -> [Member] {
    many.map { $0.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) } } ?? few
  }

  /// Walks the members, in no order.
  public struct Iterator: IteratorProtocol {
    @usableFromInline var few: IndexingIterator<[Member]>
    @usableFromInline var many: Dictionary<ByteString, Value>.Iterator?

    @usableFromInline
    init(few: IndexingIterator<[Member]>, many: Dictionary<ByteString, Value>.Iterator?) {
      self.few = few
      self.many = many
    }

    /// The next member.
    @inlinable
    public mutating func next() -> Member? {
      if many != nil { return many?.next().map { ($0.key.text, $0.value) } }
      return few.next()
    }
  }

  /// Walks the members, in no order.
  @inlinable
  public func makeIterator() -> Iterator { Iterator(few: few.makeIterator(), many: many?.makeIterator()) }
}

extension ByteKeyed: Sendable where Value: Sendable {}

extension ByteKeyed: Equatable where Value: Equatable {
  /// Whether both have the same members.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }
}

extension ByteKeyed: Hashable where Value: Hashable {
  /// Hashes what ``==(_:_:)`` compares.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for (key, value) in sortedByKey() {
      hasher.combine(ByteString(key))
      hasher.combine(value)
    }
  }
}
