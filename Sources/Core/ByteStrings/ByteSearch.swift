// Swift finds characters as a reader sees them: in "-\u{301}x" there is no "-", and "\r\n" is one character, no "\n". Where a
// text is taken apart, or judged by how it begins, what counts is what git, a shell and the file system see in it.
//
// Inlinable, so that they are compiled for the text that a caller has: in their general form they take twenty times as long.

extension StringProtocol {
  /// Whether the text begins with these bytes, whatever accents stand behind them.
  @inlinable public func begins(with prefix: some StringProtocol) -> Bool { utf8.starts(with: prefix.utf8) }

  /// Whether the text ends in these bytes.
  @inlinable public func ends(with suffix: some StringProtocol) -> Bool {
    utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// Whether these bytes stand anywhere in the text.
  @inlinable
  public func holds(text part: some StringProtocol) -> Bool {
    guard let first = part.utf8.first else { return true }
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: part.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }

  /// Whether the text has the mark, also where an accent stands behind it.
  @inlinable public func holds(_ mark: Unicode.Scalar) -> Bool { unicodeScalars.contains(mark) }

  /// Where the mark stands first; nil where it does not.
  @inlinable public func firstIndex(at mark: Unicode.Scalar) -> Index? { unicodeScalars.firstIndex(of: mark) }

  /// Where the mark stands last; nil where it does not.
  @inlinable public func lastIndex(at mark: Unicode.Scalar) -> Index? { unicodeScalars.lastIndex(of: mark) }

  /// What stands before the mark; all where there is none.
  @inlinable public func prefix(before mark: Unicode.Scalar) -> SubSequence {
    self[..<(firstIndex(at: mark) ?? endIndex)]
  }

  /// The parts between the marks.
  ///
  /// - Parameter maxSplits: the last part has all that is left when so many marks were found.
  @inlinable
  public func split(
    at mark: Unicode.Scalar, maxSplits: Int = Int.max, omittingEmptySubsequences: Bool = true
  ) -> [SubSequence] {
    guard mark.isASCII else {
      return unicodeScalars.split(
        separator: mark, maxSplits: maxSplits, omittingEmptySubsequences: omittingEmptySubsequences
      ).map { self[$0.startIndex..<$0.endIndex] }
    }
    return utf8.split(
      separator: UInt8(mark.value), maxSplits: maxSplits, omittingEmptySubsequences: omittingEmptySubsequences
    ).map { self[$0.startIndex..<$0.endIndex] }
  }
}

/// Comparing bytes eight at a time: element by element takes several times as long.
enum ByteComparison {
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    var place = 0
    while place + 8 <= left.count {
      guard
        left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          == right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      else { return false }
      place += 8
    }
    while place < left.count {
      if left[place] != right[place] { return false }
      place += 1
    }
    return true
  }
}

extension [UInt8] {
  /// Whether both are the same bytes.
  public func hasSameBytes(as other: [UInt8]) -> Bool {
    withUnsafeBytes { left in other.withUnsafeBytes { ByteComparison.areEqual(left, $0) } }
  }
}
