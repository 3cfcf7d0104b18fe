/// What a path names.
public enum FileKind: Sendable {
  /// A regular file.
  case file
  /// A directory.
  case directory
  /// A symbolic link (only seen when links are not followed).
  case link
  /// A device, pipe or socket.
  case other
}
