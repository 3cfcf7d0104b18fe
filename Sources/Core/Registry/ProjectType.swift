/// What a project is for, in work-prod's words.
public enum ProjectType: String, NamedValue {
  /// `Work`.
  case work = "Work"
  /// `Personal`.
  case personal = "Personal"
  /// `Learning`.
  case learning = "Learning"
  /// `Inactive`.
  case inactive = "Inactive"
}
