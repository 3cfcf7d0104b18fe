import ByteStrings
import Registry
public import SystemSupport
import Synchronization
import SystemPackage

/// Writes what a process does to where `DEV_INFRA_TRACE` says, a line an event:
///
///     12:03:04.567890 4711 dev-infra-register: lock taken: /home/ann/.dev-infra/dev-infra.lock, 0.000 s
///
/// Passwords and keys are masked: those in URLs, values of options and settings whose names speak of secrets, and the value
/// of `DEV_INFRA_API_KEY` wherever it stands.
public enum TraceLog {
  private struct Open {
    let descriptor: Int32
    let program: String
    let process: Int32
    let start: Double
    let key: String?
  }

  private static let log = Mutex<Open?>(nil)

  /// Begins the trace of this process where one is asked for, with how it was called.
  ///
  /// - Parameters:
  ///   - program: the command's name; the name that the process was started by unless given.
  ///   - process: the number of the process that the lines are about.
  public static func start(
    _ arguments: [String], program: String = Arguments.programName, process: Int32 = Host.process
  ) {
    guard open(program: program, process: process) else { return }
    write("start: \(command([program] + arguments))")
    Trace.deliver { write(text(of: $0)) }
  }

  /// Opens the trace without a line of its own, for events that are another process's, such as a script's.
  ///
  /// - Returns: whether there is one.
  public static func open(program: String, process: Int32) -> Bool {
    let value = Environment["DEV_INFRA_TRACE"]
    let target = TraceTarget(value)
    if target == .unknown {
      Messages.warning(
        "the value '\(Quoting.visible(value ?? ""))' of DEV_INFRA_TRACE means nothing; use 1, a descriptor from 3 to 9, or an absolute path"
      )
    }
    do throws(SystemError) {
      guard let descriptor = try target.open() else { return false }
      let key = Environment["DEV_INFRA_API_KEY"].flatMap { $0.utf8.count < 4 ? nil : $0 }
      let opened = Open(
        descriptor: descriptor, program: program, process: process, start: Clock.monotonicSeconds, key: key)
      log.withLock { $0 = opened }
      return true
    } catch {
      Messages.warning("DEV_INFRA_TRACE: \(Failure(error).message)")
      return false
    }
  }

  /// Ends the trace with the status that the process ends with.
  public static func end(_ status: Int32) {
    guard let start = log.withLock({ $0?.start }) else { return }
    write("end: status \(status), \(seconds(Clock.monotonicSeconds - start))")
  }

  /// Writes a line of words: what happens first, then what it happens to, masked as a command is.
  public static func event(_ kind: String, _ words: [String]) {
    write(words.isEmpty ? kind : "\(kind): \(command(words))")
  }

  private static func write(_ text: String) {
    log.withLock { log in
      guard let log else { return }
      var line = "\(Clock.timeOfDay) \(log.process) \(log.program): \(text)"
      if let key = log.key { line = line.replacing(key, with: "***") }
      if line.utf8.count > 16_384 { line = String(line.prefix(16_000)) + " (cut)" }
      // One write, so that lines of several processes do not mix. A trace that cannot be written stops nothing.
      try? Files.write(
        ByteText.bytes(of: Quoting.visible(line) + "\n"), to: log.descriptor, name: "the trace")
    }
  }

  private static func text(of event: TraceEvent) -> String {
    switch event {
    case .started(let process, let program, let arguments):
      "run: [\(process)] \(command([program] + arguments))"
    case .ended(let process, let program, let termination, let time):
      "ended: [\(process)] \(program), \(how(termination)), \(seconds(time))"
    case .becoming(let program, let arguments): "exec: \(command([program] + arguments))"
    case .read(let path): "read: \(path.text)"
    case .replaced(let path): "written: \(path.text)"
    case .locked(let path, let time): "lock taken: \(path.text), \(seconds(time))"
    case .opened(let repository): "repository opened: \(repository.text)"
    case .wroteObjects(let count, let store, let asPack):
      "objects written: \(count)\(asPack ? " in a pack" : "") to \(store.text)"
    case .moved(let reference, let old, let new):
      "ref moved: \(reference) \(old ?? "(new)") \(new)"
    case .sent(let method, let url): "request: \(method) \(RemoteURL.withoutSecrets(url))"
    case .answered(let method, let url, let status, let time):
      "answer: \(status.map { "\($0)" } ?? "none") to \(method) \(RemoteURL.withoutSecrets(url)), \(seconds(time))"
    case .note(let text): RemoteURL.withoutSecrets(text)
    }
  }

  private static func how(_ termination: ChildProcess.Termination?) -> String {
    switch termination {
    case .exited(let status): "status \(status)"
    case .signalled(let signal): "signal \(signal)"
    case .silent: "stopped, for it said nothing"
    case nil: "stopped"
    }
  }

  private static func seconds(_ time: Double) -> String {
    let milliseconds = Int((time * 1000).rounded())
    let fraction = "\(milliseconds % 1000)"
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) s"
  }

  // MARK: Secrets

  /// A command as a shell would take it, without what may be a secret.
  static func command(_ words: [String]) -> String {
    var shown: [String] = []
    var hidesNext = false
    for word in words.prefix(200) {
      shown.append(ShellQuoting.word(hidesNext && !word.begins(with: "-") ? "***" : masked(word)))
      hidesNext = namesSecret(word) && !word.holds("=")
    }
    return shown.joined(separator: " ") + (words.count > 200 ? " (and \(words.count - 200) more)" : "")
  }

  private static func masked(_ word: String) -> String {
    if let sign = word.firstIndex(at: "="), namesSecret(String(word[..<sign])) {
      return word[...sign] + "***"
    }
    let small = word.lowercased()
    if small.holds(text: "authorization:") || small.holds(text: "bearer ") { return "***" }
    return RemoteURL.withoutSecrets(word)
  }

  /// Whether a word is the name of an option, a variable or a setting that may have a secret as its value.
  private static func namesSecret(_ word: String) -> Bool {
    guard word.utf8.count < 200, !word.holds("/") || word.holds(".") else { return false }
    let small = word.lowercased()
    return [
      "password", "passwd", "passphrase", "token", "secret", "apikey", "api-key", "api_key", "extraheader",
      "cookie",
    ]
    .contains { small.contains($0) }
  }
}
