import SystemSupport
import ByteStrings
import Registry
import SystemPackage
public import Terminal

/// The registry's own settings, read by git for those executables that do without libgit2.
public enum RegistrySettings {
  /// The value of a key, given by `-c` or in the registry's file; nil where it is not set.
  ///
  /// - Parameter key: one that git takes for a key.
  public static func value(of key: String) throws(Failure) -> String? {
    if let value = try CommandLineConfiguration.value(of: key) { return value }
    return try records(["--null", "--get", key]).first
  }

  /// The records that `git config` finds in the registry's file; none where there is no such file or key.
  ///
  /// - Parameter arguments: what follows the file in git-config(1)'s words, with `--null`.
  public static func records(_ arguments: [String]) throws(Failure) -> [String] {
    guard let file = Environment.registryDirectory?.appending("config"), Files.kind(of: file) == .file
    else { return [] }
    // An alias may be any program, and a saved condition says what a command changes. For another user's registry git decides
    // whether its settings count, since it knows what `safe.directory` allows; of the user's own registry only the file is
    // read, whatever repository the process is in.
    let directory = file.removingLastComponent()
    let isForeign = !isUsers(file)
    let place =
      isForeign
      ? ["-c", "safe.bareRepository=all", "-C", directory.text, "config", "--local"]
      : ["--git-dir=/dev/null", "config", "--file", file.text]
    let environment = GitEnvironment.registry
    var git = ChildProcess("git", environment.options + place + ["--includes"] + arguments)
    git.environment = environment.variables
    do {
      let result = try git.run()
      switch result.termination {
      case .exited(0):
        // Each record ends in NUL, also one that is empty.
        return result.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
          .map { ByteText.string(from: $0) }
      case .exited(1): return []
      case .exited(128) where isForeign:
        throw Failure.fatal(
          "opening the registry \(directory.visible) failed: it belongs to another user",
          hints: "if you trust it: git config --global --add safe.directory '\(directory.visible)'")
      default:
        let reason = GitDiagnostics.reason(result.errors) ?? "git gave no reason"
        throw Failure.fatal("reading \(file.visible) failed: \(reason)")
      }
    } catch let failure as Failure {
      throw failure
    } catch let error as SystemError {
      throw Failure(error)
    } catch {
      throw Failure.fatal("reading \(file.visible) failed")
    }
  }

  private static func isUsers(_ file: FilePath) -> Bool {
    [file, file.removingLastComponent()].allSatisfy { path in
      guard let file = OpenFile(path, options: .nonBlocking) else { return false }
      return FileOwner.isUser(ofDescriptor: file.descriptor)
    }
  }
}
