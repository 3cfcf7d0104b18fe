/// Which record has which path: one path is one record's, though several may lay claim to it.
///
/// What a client gave goes before what a checkout suggests, and among equals the smaller number goes first.
struct PathOwnership: Sendable {
  private struct Claim: Comparable {
    let isGiven: Bool
    let number: Int

    static func < (left: Claim, right: Claim) -> Bool {
      left.isGiven != right.isGiven ? left.isGiven : left.number < right.number
    }
  }

  private var claims = PartedDictionary<String, [Claim]>()

  /// The record that has a path; nil where none has.
  func holder(of path: String) -> Int? { claims[path]?.first?.number }

  /// Puts another claim in the place of the one that a record had.
  ///
  /// - Returns: the other records whose path may be another one now.
  mutating func replace(
    _ number: Int, _ old: (path: String, isGiven: Bool)?, by new: (path: String, isGiven: Bool)?
  ) -> Set<Int> {
    if let old, let new, old == new { return [] }
    var affected: Set<Int> = []
    if let old {
      claims[old.path]?.removeAll { $0.number == number }
      if claims[old.path]?.isEmpty == true { claims[old.path] = nil }
      if let next = holder(of: old.path) { affected.insert(next) }
    }
    if let new {
      if let former = holder(of: new.path) { affected.insert(former) }
      var list = claims[new.path] ?? []
      list.append(Claim(isGiven: new.isGiven, number: number))
      claims[new.path] = list.sorted()
    }
    affected.remove(number)
    return affected
  }
}
