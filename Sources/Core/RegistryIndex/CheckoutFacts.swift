import ByteStrings
public import Registry

/// The state of one working tree, as far as conditions ask for it.
public struct CheckoutFacts: Equatable, Sendable {
  /// Numbers; those that are 0 may be left out, and a yes is any other.
  public var counts: [StateField: Int]
  /// Moments; those that are not known are left out.
  public var times: [StateField: Timestamp]
  /// The branch that HEAD is on; nil where it is on none.
  public var branch: String?

  /// Facts of these parts.
  public init(
    counts: [StateField: Int] = [:], times: [StateField: Timestamp] = [:], branch: String? = nil
  ) {
    self.counts = counts
    self.times = times
    self.branch = branch
  }
}

/// Reads the state of working trees: a condition asks only about those that its fields do not decide.
public protocol CheckoutStateSource {
  /// The states of the working trees at these paths, in their order; nil for one that cannot be read, for which the source
  /// has reported why.
  func facts(of paths: [String]) throws -> [CheckoutFacts?]
}

extension CheckoutFacts {
  /// The facts of several working trees of one project, taken together; nil without any. Files add up; branches, stashes and remotes
  /// usually belong to one repository, so the largest number counts, and the latest time.
  public static func together(_ parts: [CheckoutFacts]) -> CheckoutFacts? {
    guard var all = parts.first else { return nil }
    for part in parts.dropFirst() {
      for (field, number) in part.counts {
        let other = all.counts[field, default: 0]
        switch field {
        case .staged, .changed, .untracked, .conflicted: all.counts[field] = other + number
        default: all.counts[field] = max(other, number)
        }
      }
      all.times.merge(part.times) { max($0, $1) }
    }
    let branches = parts.compactMap(\.branch)
    var seen: Set<ByteString> = []
    let distinct = branches.filter { seen.insert(ByteString($0)).inserted }
    all.branch = distinct.isEmpty ? nil : distinct.joined(separator: ",")
    return all
  }
}
