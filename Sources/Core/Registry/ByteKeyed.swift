public import ByteStrings

/// A dictionary whose keys are compared by their bytes: names that differ only in how a letter is spelt are two names, as
/// they are for git and for every file system that keeps bytes.
///
/// An entry has a dozen members, which come sorted and are written sorted: so few are kept in an array in that order, where
/// to find one costs less than its hash. More are kept by their hashes: no order in which they come makes that slow.
public struct ByteKeyed<Value>: Sequence, ExpressibleByDictionaryLiteral {
  /// A key with its value.
  public typealias Member = (key: String, value: Value)

  /// The most that are kept in an array, at most 32: see ``EntryReader``.
  private static var fewest: Int { 24 }

  /// The members in the order of their keys' bytes, while they are few.
  @usableFromInline var few: [Member] = []
  /// All members, once they were more.
  @usableFromInline var many: [ByteString: Value]?

  // The functions that run for each member of each entry are specialized here once, for the value type that occurs by the
  // hundred thousand: specialized at each call, in each program, they make the installed tree half a megabyte larger.

  /// Nothing.
  @inlinable
  public init() {}

  /// The members of a literal; of a key given twice the last counts.
  @specialized(where Value == JSON)
  @specialized(where Value == String)
  public init(dictionaryLiteral elements: (String, Value)...) {
    few.reserveCapacity(Swift.min(elements.count, Self.fewest))
    for (key, value) in elements { updateValue(value, forKey: key) }
  }

  /// These members; of a key given twice the last counts.
  public init(_ elements: some Sequence<(String, Value)>) {
    for (key, value) in elements { updateValue(value, forKey: key) }
  }

  /// The members of a dictionary.
  public init(_ dictionary: [String: Value]) { self.init(dictionary.map { ($0.key, $0.value) }) }

  /// How many members there are.
  @inlinable
  public var count: Int { many == nil ? few.count : countOfMany }

  /// Whether there is none.
  @inlinable
  public var isEmpty: Bool { count == 0 }

  /// The keys, in no order.
  public var keys: [String] { many.map { $0.keys.map(\.text) } ?? few.map(\.key) }

  /// The values, in no order.
  public var values: [Value] { many.map { Array($0.values) } ?? few.map(\.value) }

  /// The number of a key among the few. Most other keys have another length, which is cheaper to compare than the first
  /// bytes.
  @specialized(where Value == JSON)
  @specialized(where Value == String)
  func number(of key: String) -> Int? {
    let length = key.utf8.count
    return few.indices.first { few[$0].key.utf8.count == length && few[$0].key.hasSameBytes(as: key) }
  }

  /// The value of the key with these bytes; nil where there is none.
  public subscript(key: String) -> Value? {
    @specialized(where Value == JSON)
    @specialized(where Value == String)
    get {
      if many != nil { return valueOfMany(key) }
      return number(of: key).map { few[$0].value }
    }
    @specialized(where Value == JSON)
    @specialized(where Value == String)
    set {
      if let newValue { updateValue(newValue, forKey: key) } else { removeValue(forKey: key) }
    }
  }

  /// Sets a value, and returns the one that was there.
  @discardableResult
  @specialized(where Value == JSON)
  @specialized(where Value == String)
  public mutating func updateValue(_ value: Value, forKey key: String) -> Value? {
    if many != nil { return updateMany(value, key) }
    // What is put together in order goes to the end.
    let isInOrder = few.last.map { String.byBytes($0.key, key) } ?? true
    if !isInOrder, let index = number(of: key) {
      defer { few[index].value = value }
      return few[index].value
    }
    if few.count >= Self.fewest { return updateMany(value, key) }
    if isInOrder {
      few.append((key, value))
    } else {
      few.insert((key, value), at: few.firstIndex { String.byBytes(key, $0.key) } ?? few.count)
    }
    return nil
  }

  /// Removes a member, and returns its value.
  @discardableResult
  @specialized(where Value == JSON)
  @specialized(where Value == String)
  public mutating func removeValue(forKey key: String) -> Value? {
    if many != nil { return removeOfMany(key) }
    return number(of: key).map { few.remove(at: $0).value }
  }

  // MARK: Many

  // It has few callers: specializing it for each of them would only make the programs larger.

  @usableFromInline
  var countOfMany: Int { many?.count ?? 0 }

  private func valueOfMany(_ key: String) -> Value? { many?[ByteString(key)] }

  /// Sets a value where there are many members, or will be with it: the few have no such key.
  private mutating func updateMany(_ value: Value, _ key: String) -> Value? {
    if many == nil {
      many = Dictionary(uniqueKeysWithValues: few.map { (ByteString($0.key), $0.value) })
      few = []
    }
    return many?.updateValue(value, forKey: ByteString(key))
  }

  /// Removes a member where there are many, and returns its value.
  mutating func removeOfMany(_ key: String) -> Value? { many?.removeValue(forKey: ByteString(key)) }

  /// Makes room for so many members at once.
  public mutating func reserveCapacity(_ count: Int) {
    if many == nil, count <= Self.fewest { few.reserveCapacity(count) }
  }

  /// The same keys with other values.
  public func mapValues<Other, ServerFault: Error>(
    _ transform: (Value) throws(ServerFault) -> Other
  ) throws(ServerFault) -> ByteKeyed<Other> {
    var result = ByteKeyed<Other>()
    result.reserveCapacity(count)
    for (key, value) in self { result.updateValue(try transform(value), forKey: key) }
    return result
  }

  /// The members of both; where both have a key, what `combine` makes of the two values.
  public func merging(_ other: Self, uniquingKeysWith combine: (Value, Value) -> Value) -> Self {
    var result = self
    for (key, value) in other { result[key] = result[key].map { combine($0, value) } ?? value }
    return result
  }

  /// The members, in the order of the keys' bytes.
  @specialized(where Value == JSON)
  @specialized(where Value == String)
  public func sortedByKey() -> [Member] {
    many.map { $0.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) } } ?? few
  }

  /// Walks the members, in no order.
  public struct Iterator: IteratorProtocol {
    @usableFromInline var few: IndexingIterator<[Member]>
    @usableFromInline var many: Dictionary<ByteString, Value>.Iterator?

    fileprivate init(few: IndexingIterator<[Member]>, many: Dictionary<ByteString, Value>.Iterator?) {
      self.few = few
      self.many = many
    }

    /// The next member.
    @inlinable
    public mutating func next() -> Member? { many == nil ? few.next() : nextOfMany() }

    @usableFromInline
    mutating func nextOfMany() -> Member? { many?.next().map { ($0.key.text, $0.value) } }
  }

  /// Walks the members, in no order.
  public func makeIterator() -> Iterator { Iterator(few: few.makeIterator(), many: many?.makeIterator()) }
}

extension ByteKeyed: Sendable where Value: Sendable {}

extension ByteKeyed: Equatable where Value: Equatable {
  /// Whether both have the same members.
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }
}

extension ByteKeyed: Hashable where Value: Hashable {
  /// Hashes what ``==(_:_:)`` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for (key, value) in sortedByKey() {
      hasher.combine(ByteString(key))
      hasher.combine(value)
    }
  }
}
