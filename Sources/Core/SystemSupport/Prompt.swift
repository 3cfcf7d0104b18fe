#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import SystemPackage

/// Whether a program waits for a person rather than for another computer.
///
/// Told from the processes below it, as ``ProcessFacts`` shows them: git, ssh and what they start say nothing of it, and ask on the
/// terminal, in a window, or by the light of a security key.
enum Prompt {
  /// Whether `process`, or what it has started, waits for a person.
  static func isOpen(below process: pid_t) -> Bool {
    if Terminal.isAskingForSecret { return true }
    return isOpen(process, parent: [])
  }

  private static func isOpen(_ process: pid_t, parent: [String]) -> Bool {
    let words = ProcessFacts.words(of: process)
    if isHelper(words, of: parent) { return true }
    // What draws a form on the terminal waits in other calls than read(2).
    if ProcessFacts.isReadingTerminal(process, drawsForms: name(words).begins(with: "pinentry")) {
      return true
    }
    return ProcessFacts.children(of: process).contains { isOpen($0, parent: words) }
  }

  /// Whether it is a program that git or ssh runs to ask a person, or a keyring, for a secret (gitcredentials(7), ssh(1)).
  private static func isHelper(_ words: [String], of parent: [String]) -> Bool {
    let name = name(words)
    // It waits for a security key to be touched.
    if name == "ssh-sk-helper" { return true }
    // A script's own name is behind its interpreter's.
    if words.prefix(2).contains(where: { isAskpass($0) }) { return true }
    let last = words.last?.split(at: " ").last
    if let last, ["get", "store", "erase"].contains(last),
      words.contains(where: { $0.holds(text: "credential") }) || words.dropFirst().first == "-c"
    {
      return true
    }
    // Of git's HTTP transport whatever is not git asks.
    return Self.name(parent).begins(with: "git-remote-http") && !name.isEmpty && name != "git"
      && !name.begins(with: "git-")
  }

  private static func isAskpass(_ path: String) -> Bool {
    if name([path]).lowercased().holds(text: "askpass") { return true }
    return ["GIT_ASKPASS", "SSH_ASKPASS"].contains { variable in
      Environment[variable].map { !$0.isEmpty && $0 == path } ?? false
    }
  }

  private static func name(_ words: [String]) -> String {
    words.first.flatMap { $0.split(at: "/").last.map(String.init) } ?? ""
  }
}
