import ByteStrings
import SystemSupport
import SystemPackage

/// Finds commands: files named `dev-infra-NAME` that may be executed, in the exec path and then on `PATH`.
enum CommandSearch {
  /// What the system's shell looks through where `PATH` is not set.
  static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

  /// The executable of the command `name`, or nil.
  static func find(_ name: String, in executables: FilePath) -> FilePath? {
    // A slash would lead out of the folders that are searched.
    if name.isEmpty || name.utf8.contains(UInt8(ascii: "/")) { return nil }
    for folder in [executables] + path {
      let candidate = folder.appending(FilePath(text: "dev-infra-\(name)").components)
      if Files.isExecutable(candidate) { return candidate }
    }
    return nil
  }

  /// The names of all commands in `folders`, sorted.
  static func names(in folders: [FilePath]) -> [String] {
    var names: Set<String> = []
    for folder in folders {
      guard var entries = DirectoryEntries(folder) else { continue }
      while let entry = entries.next() {
        let file = FilePath(platformString: entry.name)
        guard file.text.begins(with: "dev-infra-"), Files.isExecutable(folder.pushing(file)) else { continue }
        names.insert(String(file.text.dropFirst("dev-infra-".count)))
      }
    }
    return names.sorted()
  }

  /// The folders of `PATH`; an empty one is the current directory.
  static var path: [FilePath] {
    (Environment["PATH"] ?? defaultPath).split(at: ":", omittingEmptySubsequences: false)
      .map { FilePath(text: $0.isEmpty ? "." : String($0)) }
  }
}
