import Terminal
import Glibc
import SystemSupport
import ByteStrings
import SystemPackage

/// People's own short forms: `alias.NAME` in the registry's configuration, or given by `-c`, with git's rules.
enum Aliases {
  /// What `name` stands for, or nil.
  static func value(of name: String) throws(Failure) -> String? {
    // git's rule for the last part of a key; what breaks it can be no alias.
    guard let first = name.utf8.first, isLetter(first),
      name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    if let value = try CommandLineConfiguration.value(of: "alias.\(name)") { return value }
    return try configuration(["--null", "--get", "alias.\(name)"]).first
  }

  /// The names of the aliases in the registry's configuration.
  static func names() -> [String] { all().map(\.name) }

  /// The aliases in the registry's configuration and what they stand for; the last of one name counts.
  static func all() -> [(name: String, meaning: String)] {
    let records = (try? configuration(["--null", "--get-regexp", "^alias\\."])) ?? []
    var all: [String: String] = [:]
    for record in records {
      // Key, newline, value; a key without `=` has neither newline nor value.
      guard let end = record.utf8.firstIndex(of: UInt8(ascii: "\n")) else { continue }
      all[String(record[..<end].dropFirst("alias.".count))] = String(record[record.utf8.index(after: end)...])
    }
    return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The words of an alias, taken apart as git's `split_cmdline` does it.
  ///
  /// Words end at white space; single and double quotes hold them together, and a backslash takes the next byte as it is,
  /// but not in single quotes.
  static func words(of value: String, alias: String) throws(Failure) -> [String] {
    var words: [[UInt8]] = [[]]
    var quote: UInt8?
    var bytes = ByteText.bytes(of: value)[...]
    while let byte = bytes.popFirst() {
      if quote == nil, isSpace(byte) {
        while let next = bytes.first, isSpace(next) { bytes.removeFirst() }
        words.append([])
      } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == quote {
        quote = nil
      } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        guard let next = bytes.popFirst() else {
          throw .fatal("reading alias.\(alias) failed: it ends with a backslash")
        }
        words[words.count - 1].append(next)
      } else {
        words[words.count - 1].append(byte)
      }
    }
    if quote != nil { throw .fatal("reading alias.\(alias) failed: a quote in it is not closed") }
    if words == [[]] { throw .fatal("reading alias.\(alias) failed: it is empty") }
    return words.map { ByteText.string(from: $0) }
  }

  /// The records that `git config` finds in the registry's file; none where there is no such file or key.
  private static func configuration(_ arguments: [String]) throws(Failure) -> [String] {
    guard let file = Environment.registryDirectory?.appending("config"), Files.kind(of: file) == .file
    else { return [] }
    // An alias may be any program. Whether those of another user's registry count is for git to say, which knows what
    // `safe.directory` allows; of the user's own only the file is read, whatever repository this is in.
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
        let reason = String(decoding: result.errors, as: UTF8.self).split(separator: "\n").last ?? "git ended"
        throw Failure.fatal("reading \(file.visible) failed: \(Quoting.visible(String(reason)))")
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
      let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return FileOwner.isUser(ofDescriptor: descriptor)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
