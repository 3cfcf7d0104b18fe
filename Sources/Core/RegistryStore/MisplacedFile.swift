public import Registry

/// Why something in a tree is not part of a registry.
public enum MisplacedFile: Equatable, Sendable {
  /// It is called as a name of the registry, but for the case of its letters.
  case otherCase
  /// A directory belongs there; the mode that it has.
  case notADirectory(mode: UInt32)
  /// A regular file belongs there; the mode that it has.
  case notAFile(mode: UInt32)
  /// A name that this version does not know is not well-formed.
  case name(UnknownPath.NameFault)
  /// It is deeper than so many names.
  case tooDeep(limit: Int)
  /// There are more files than this whose names this version does not know.
  case tooManyUnknown(limit: Int)
}
