public import SystemPackage

/// Why a hook cannot be put in its place or taken away.
public enum HookSetupError: Error, Equatable, Sendable {
  /// There is no repository at the directory.
  case noRepository(FilePath)
  /// `init.templateDir` names something other than a directory.
  case templateIsNotADirectory(FilePath)
  /// So many former hooks are kept beside this one that there is no name for another.
  case tooManyFormerHooks(FilePath)
  /// The hook is ours and has lines that are not; the name under which it would run those.
  case edited(FilePath, previousName: String)
}
