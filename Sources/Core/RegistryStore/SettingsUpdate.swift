public import Git
public import SystemPackage

extension RegistryStore {
  /// Gives a registry other settings, if they are still those that are expected.
  ///
  /// The registry is not opened, so that settings which git cannot read can be replaced.
  ///
  /// - Parameters:
  ///   - bytes: the file, whole.
  ///   - old: the hash that git has for a blob of the settings which are expected.
  /// - Returns: false where they are others by now, or another command is just changing them.
  public static func replaceSettings(
    of directory: FilePath, with bytes: [UInt8], expecting old: ObjectID, delegate: any RegistryDelegate
  ) throws -> Bool {
    do {
      return try StaleLocks.pass(in: directory, telling: delegate) {
        try Configuration.replace(in: directory, with: bytes, expecting: old)
      }
    } catch let error as GitError where error.isLocked {
      return false
    }
  }
}
