public import SystemPackage

/// Why a server's keys cannot be read or changed.
public enum APIKeyError: Error, Equatable, Sendable {
  /// Others besides its owner may write to the file.
  case untrustedFile(FilePath)
  /// A line of the file, from 1, is not what the toolset writes.
  case damagedFile(FilePath, line: Int)
  /// No key may be called so.
  case unusableName(String)
  /// There is a key of that name.
  case nameTaken(String)
  /// There is no key of that name.
  case unknownName(String)
}
