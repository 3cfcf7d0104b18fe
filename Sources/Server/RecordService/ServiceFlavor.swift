/// Whose behaviour is served.
public enum ServiceFlavor: Sendable {
  /// Ours: the whole contract, and a metadata object, entity tags and changes since a commit beyond it.
  case full
  /// That of work-prod 0.3.0 as it is deployed, quirks included: for tests of what speaks to it.
  case plain
}
