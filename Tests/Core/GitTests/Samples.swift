import Git
import SystemPackage
import TestSupport

extension Scratch {
  /// A bare repository of the kind that holds a registry.
  func bare(_ name: String = "bare") throws -> FilePath {
    let directory = path.appending(name)
    _ = try Repository.initializeBare(at: directory)
    return directory
  }
}

/// The kind of the ``GitError`` that `body` throws; nil when it throws none.
func kindOfFailure(_ body: () throws -> Void) -> GitError.Kind? {
  do {
    try body()
    return nil
  } catch {
    return (error as? GitError)?.kind
  }
}

let signature = Signature(name: "Müller", email: "m@x", seconds: 1_700_000_000, offsetMinutes: -90)
