/// How a batch of new objects is kept on disk.
public enum ObjectStorage: Sendable {
  /// ``loose`` for a small batch and ``pack`` for a large one.
  case automatic
  /// A file for each object, which the next `git gc` packs.
  case loose
  /// One pack. Every pack makes every lookup a little slower until the next `git gc`, so it is for large batches.
  case pack
  /// Not at all: what was made is gone when the batch ends.
  case memory

  /// The most objects that ``automatic`` writes one by one.
  static let largestLooseBatch = 100
}
