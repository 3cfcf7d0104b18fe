import ByteStrings

/// The Damerau–Levenshtein distance with the weights that git uses for mistyped commands.
///
/// Letters left out of the middle are the commonest mistake and cost least; swapped neighbours cost nothing.
public enum EditDistance {
  private static let swap = 0
  private static let substitution = 2
  private static let insertion = 1
  private static let deletion = 3

  /// The cost of turning `typed` into `meant`.
  public static func between(_ typed: String, and meant: String) -> Int {
    let from = ByteText.bytes(of: typed)
    let to = ByteText.bytes(of: meant)
    // Three rows of the matrix are enough: a swap looks two rows back.
    var before = [Int](repeating: 0, count: to.count + 1)
    var row = (0...to.count).map { $0 * insertion }
    for i in from.indices {
      var next = [(i + 1) * deletion] + [Int](repeating: 0, count: to.count)
      for j in to.indices {
        next[j + 1] = row[j] + (from[i] == to[j] ? 0 : substitution)
        if i > 0, j > 0, from[i - 1] == to[j], from[i] == to[j - 1] {
          next[j + 1] = min(next[j + 1], before[j - 1] + swap)
        }
        next[j + 1] = min(next[j + 1], row[j + 1] + deletion, next[j] + insertion)
      }
      before = row
      row = next
    }
    return row[to.count]
  }
}
