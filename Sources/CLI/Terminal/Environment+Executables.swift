public import SystemPackage
public import SystemSupport

extension Environment {
  /// As ``executablePath``, for a command that cannot do without.
  ///
  /// - Throws: a fatal failure where the system does not say where this executable is.
  public static func requireExecutablePath() throws(Failure) -> FilePath {
    guard let folder = executablePath else {
      throw .fatal("finding the installation's executables failed: /proc is not mounted")
    }
    return folder
  }
}
