import SystemSupport

/// A generator whose run can be repeated: SplitMix64.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// A generator whose numbers follow from `seed`.
  public init(_ seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to `bound`, without it.
  public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// True once in `bound` times.
  public mutating func oneIn(_ bound: Int) -> Bool { below(bound) == 0 }

  /// True in so many of a hundred cases.
  public mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of `items`.
  public mutating func pick<Element>(_ items: [Element]) -> Element { items[below(items.count)] }
}

/// The seed of this run's property tests: `DEV_INFRA_TEST_SEED` repeats another's. Every failure names it.
public let seed: UInt64 = {
  let seed = Environment["DEV_INFRA_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max)
  print("DEV_INFRA_TEST_SEED=\(seed)")
  return seed
}()
