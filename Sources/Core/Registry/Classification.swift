/// What a project is to its owner, in work-prod's words.
public enum Classification: String, NamedValue {
  /// `primary`.
  case primary
  /// `secondary`.
  case secondary
  /// `archive`.
  case archive
  /// `maintenance`.
  case maintenance
}
