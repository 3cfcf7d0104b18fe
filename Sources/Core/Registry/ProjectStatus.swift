/// How far a project is, in work-prod's words.
public enum ProjectStatus: String, NamedValue {
  /// `active`.
  case active
  /// `paused`.
  case paused
  /// `completed`.
  case completed
  /// `cancelled`.
  case cancelled
}
