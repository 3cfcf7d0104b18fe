extension RandomAccessCollection {
  /// Where the elements begin for which the condition holds, in a collection that has those for which it does not before them.
  ///
  /// - Returns: the end where it holds for none.
  @inlinable
  public func partitionPoint(where holds: (Element) throws -> Bool) rethrows -> Index {
    var (low, count) = (startIndex, count)
    while count > 0 {
      let middle = index(low, offsetBy: count / 2)
      if try holds(self[middle]) {
        count /= 2
      } else {
        low = index(after: middle)
        count -= count / 2 + 1
      }
    }
    return low
  }

  /// Where the element with a key is, in a collection that is sorted by the key and has each once; nil where none has it.
  @inlinable
  public func sortedIndex<Key: Comparable>(of key: Key, by keyOf: (Element) -> Key) -> Index? {
    let place = partitionPoint { keyOf($0) >= key }
    return place != endIndex && keyOf(self[place]) == key ? place : nil
  }
}
