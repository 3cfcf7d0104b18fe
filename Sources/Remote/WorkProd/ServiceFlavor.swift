/// What kind of service answers, or is served.
public enum ServiceFlavor: Sendable {
  /// That of work-prod 0.3.0 as it is deployed: the fields of its contract and no more. What a project has beside them travels
  /// in a ``TrailerBlock`` of the description. It is served, with its quirks, for tests alone.
  case plain
  /// Ours: the whole contract, and beyond it a `metadata` object with each record, entity tags, and changes since a commit.
  case full
}
