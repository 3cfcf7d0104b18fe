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
/// Told from the processes below it, as proc(5) shows them: git, ssh and what they start say nothing of it, and ask on the
/// terminal, in a window, or by the light of a security key.
enum Prompt {
  /// Whether `process`, or what it has started, waits for a person.
  static func isOpen(below process: pid_t) -> Bool {
    if Terminal.isAskingForSecret { return true }
    return isOpen(process, parent: [])
  }

  private static func isOpen(_ process: pid_t, parent: [String]) -> Bool {
    let words = words(of: process)
    if isHelper(words, of: parent) || isReadingTerminal(process, words) { return true }
    return ProcessTree.children(of: process).contains { isOpen($0, parent: words) }
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
      words.contains(where: { $0.contains("credential") }) || words.dropFirst().first == "-c"
    {
      return true
    }
    // Of git's HTTP transport whatever is not git asks.
    return Self.name(parent).begins(with: "git-remote-http") && !name.isEmpty && name != "git"
      && !name.begins(with: "git-")
  }

  private static func isAskpass(_ path: String) -> Bool {
    if name([path]).lowercased().contains("askpass") { return true }
    return ["GIT_ASKPASS", "SSH_ASKPASS"].contains { variable in
      Environment[variable].map { !$0.isEmpty && $0 == path } ?? false
    }
  }

  private static func name(_ words: [String]) -> String {
    words.first.flatMap { $0.split(at: "/").last.map(String.init) } ?? ""
  }

  private static func words(of process: pid_t) -> [String] {
    guard let bytes = try? Files.read(FilePath("/proc/\(process)/cmdline"), limit: 1 << 20) else { return [] }
    return bytes.split(separator: 0).map { ByteText.string(from: $0) }
  }

  /// Whether it is in a read(2) of a terminal. That one is open does not count: it may have been handed down.
  private static func isReadingTerminal(_ process: pid_t, _ words: [String]) -> Bool {
    let folder = FilePath("/proc/\(process)/fd")
    let terminals = ((try? Files.names(in: folder)) ?? []).filter {
      isTerminal(folder.pushing(FilePath(bytes: $0)))
    }
    guard !terminals.isEmpty else { return false }
    // The number of the system call and its arguments; where that is not for us to see, the terminal has to do.
    guard let bytes = try? Files.read(FilePath("/proc/\(process)/syscall"), limit: 1024) else { return true }
    let fields = String(decoding: bytes, as: UTF8.self).split(at: " ")
    guard fields.count > 1, let number = Int(fields[0]) else { return false }
    // What draws a form on the terminal waits in other calls.
    if name(words).begins(with: "pinentry") { return true }
    return number == readNumber
      && terminals.contains {
        String(decoding: $0, as: UTF8.self) == Int(fields[1].dropFirst(2), radix: 16).map(String.init)
      }
  }

  private static func isTerminal(_ link: FilePath) -> Bool {
    var buffer = [CChar](repeating: 0, count: 32)
    let count = link.withPlatformString { readlink($0, &buffer, buffer.count - 1) }
    guard count > 0 else { return false }
    let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return ["/dev/pts/", "/dev/tty", "/dev/console"].contains { target.begins(with: $0) }
  }

  /// read(2) in the kernel's table of system calls.
  private static let readNumber: Int = {
    #if arch(x86_64)
      0
    #else
      63
    #endif
  }()
}
