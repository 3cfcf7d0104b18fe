import ByteStrings

/// What git says, read: the one place where words are looked for in it.
///
/// git has few statuses of its own; most of what it can tell is in sentences on stderr, which are English here
/// (`LC_ALL=C`) and change little from one version to the next. ssh, curl and the git at the other end speak there as well. This is beside
/// ``RemoteURL/withoutSecrets(_:)``, for programs which do without libgit2 run git, too.
public enum GitDiagnostics {
  // MARK: Why it failed

  /// The lines that tell why git failed, in one sentence, without secrets and safe for a terminal.
  ///
  /// Where git says `fatal:` or `error:`, warnings are left out. A line that ends with a colon has a list below it.
  ///
  /// - Parameter count: how many lines are taken: the last ones, or, where more follow it, from the reason on.
  /// - Returns: nil where git gave no reason.
  public static func reason(_ errors: some Collection<UInt8>, lines count: Int = 5) -> String? {
    var lines = lines(errors).filter { line in
      !isTrace(line) && !passedOver.contains { line.begins(with: $0) }
    }
    if lines.contains(where: isLabelled) {
      lines.removeAll { $0.begins(with: "warning: ") }
    }
    lines.removeAll { withoutLabel($0).isEmpty }
    // The reason comes first where much follows it: a list of files, advice.
    var tail = lines.suffix(count)
    if let start = lines.lastIndex(where: isLabelled), start < tail.startIndex {
      tail = lines[start...].prefix(count)
    }
    let chosen = tail.map(withoutLabel)
    guard var sentence = chosen.first else { return nil }
    for (line, former) in zip(chosen.dropFirst(), chosen) {
      sentence += (former.ends(with: ":") ? " " : "; ") + line
    }
    return Quoting.visible(RemoteURL.withoutSecrets(sentence))
  }

  private static let labels = ["fatal: ", "error: "]

  private static func isLabelled(_ line: String) -> Bool { labels.contains { line.begins(with: $0) } }

  /// What git warned of, a sentence each, without secrets and safe for a terminal.
  public static func warnings(_ errors: some Collection<UInt8>) -> [String] {
    let label = "warning: "
    return lines(errors).filter { $0.begins(with: label) && $0.utf8.count > label.utf8.count }.map {
      Quoting.visible(RemoteURL.withoutSecrets(String($0.dropFirst(label.count))))
    }
  }

  private static func lines(_ errors: some Collection<UInt8>) -> [String] {
    errors.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map {
      ByteText.string(from: Array($0.drop { $0 == 0x20 || $0 == 0x09 }))
    }
  }

  /// Whether it is a line of git's own trace, which `GIT_TRACE…` and `trace2.*` may lead to stderr: each begins with the time, or is
  /// an event in JSON.
  private static func isTrace(_ line: String) -> Bool {
    if line.begins(with: "{\"event\":") { return true }
    let time = Array(line.utf8.prefix(16))
    return time.count == 16
      && zip(time, "00:00:00.000000 ".utf8).allSatisfy { byte, form in
        form == UInt8(ascii: "0") ? byte >= 0x30 && byte <= 0x39 : byte == form
      }
  }

  private static func withoutLabel(_ line: String) -> String {
    labels.first { line.begins(with: $0) }.map { String(line.dropFirst($0.count)) } ?? line
  }

  /// Progress, and what only helps who typed the git command.
  private static let passedOver = [
    "hint:", "To ", "From ", "Cloning into ", "Enumerating ", "Counting ", "Compressing ", "Delta ",
    "Writing ",
    "Sending projects: ", "Total ", "Receiving ", "Unpacking ", "Resolving ", "Updating files: ",
    "remote: Enumerating ",
    "remote: Counting ", "remote: Compressing ", "remote: Total ",
    // What git-remote-gcrypt and gpg say when all is well.
    "gcrypt: Decrypting manifest", "gcrypt: Remote ID is", "gcrypt: Encrypting to:",
    "gcrypt: Requesting manifest", "gcrypt: Setting up new", "gcrypt: Due to a longstanding",
    "gcrypt: Consider explicitly", "gcrypt: gcrypt's require", "gpg: Good signature", "gpg: Signature made",
    "gpg:                using", "gpg: encrypted with", "gpg: error getting version from",
    "gpg: WARNING: This key is not certified", "gpg:          There is no indication",
    "Primary key fingerprint:",
    "Please make sure you have the correct access rights", "and the repository exists.",
    // Advice about a lock that is in the way; the sentence before it names the file.
    "Another git process seems to be running", "an editor opened by 'git commit'",
    "are terminated then try again", "may have crashed in this repository earlier",
    "remove the file manually",
    // Advice on what a failed checkout leaves of a clone; our clone is removed.
    "You can inspect what was checked out", "and retry with 'git restore",
  ]

  // MARK: What a remote helper of ours says

  /// What the helper of a service says of single projects.
  public enum HelperLine: Equatable, Sendable {
    /// What it warns of.
    case warning(String)
    /// What the service did not take, which begins with a name in quotes.
    case error(String)
  }

  /// What the helper of a service said of single projects, among what git says.
  ///
  /// The helper has escaped what came from the service; a line with a control character is not from the helper.
  public static func ofHelper(_ errors: [UInt8]) -> [HelperLine] {
    errors.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.compactMap { line in
      guard !line.contains(where: \.isControl) else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      if text.begins(with: "warning: ") { return .warning(String(text.dropFirst("warning: ".count))) }
      return text.begins(with: "error: '") ? .error(String(text.dropFirst("error: ".count))) : nil
    }
  }

  // MARK: What kind of failure it was

  /// Whether git says that the other side ended the connection before it sent any objects: sshd beyond its
  /// `MaxStartups`, or a host that sheds load. Git and ssh have no status of their own for that.
  public static func connectionWasDropped(_ errors: [UInt8]) -> Bool {
    has(errors, dropped) && !has(errors, ["receiving objects:"])
  }

  /// Whether a ref moved after the remote had listed it and before it was sent: with HTTP each of the two is a request.
  public static func refHasMoved(_ errors: [UInt8]) -> Bool {
    has(errors, ["not our ref", "unadvertised object", "unable to find "])
  }

  /// What the daemon says where a command holds its registry for too long.
  public static let registryIsHeld = "another command holds the registry, try again"

  /// What the helper of a service says where the service holds no states of machines.
  public static let noStates = "the service holds no states of machines"

  /// Whether the helper of a service has said that.
  public static func serviceHoldsNoStates(_ errors: [UInt8]) -> Bool { has(errors, [noStates]) }

  /// Whether a ref that was to be deleted is not there.
  public static func refIsMissing(_ errors: [UInt8]) -> Bool { has(errors, ["remote ref does not exist"]) }

  /// Whether it failed for want of a person: a user name, a password, a passphrase, a word on a host's key.
  public static func personWasWanted(_ errors: [UInt8]) -> Bool { has(errors, wanting) }

  /// Whether the host was not reached, so that its other repositories will not be either.
  public static func hostWasNotReached(_ errors: [UInt8]) -> Bool { has(errors, unreached) }

  /// Whether the remote was not even asked for what it has: the host was not reached, did not let anybody in, or has no such
  /// repository.
  public static func remoteWasNotReached(_ errors: [UInt8]) -> Bool {
    has(errors, unreached + dropped + wanting + noRepository)
  }

  /// Whether git says that it left out what the other side has, since that has no whole history: `fetch` has no status of its
  /// own for it.
  public static func isShallow(_ errors: [UInt8]) -> Bool {
    has(errors, ["shallow roots are not allowed"])
  }

  /// Whether it is a submodule that could not be brought, beside a clone that is whole: `clone` has one status for both.
  public static func isAboutSubmodule(_ reason: String) -> Bool {
    has(ByteText.bytes(of: reason), ["submodule"])
  }

  /// Whether git does not know who it is that commits.
  public static func personIsUnknown(_ errors: [UInt8]) -> Bool {
    has(errors, ["please tell me who you are"])
  }

  /// Whether libgit2 refuses a repository for its format, which the `git` program may know; it has no code of its own for that.
  public static func isUnknownFormat(_ reason: String) -> Bool {
    has(ByteText.bytes(of: reason), ["unsupported extension", "unsupported repository version"])
  }

  private static func has(_ errors: [UInt8], _ phrases: [String]) -> Bool {
    let text = String(decoding: errors, as: UTF8.self).lowercased()
    return phrases.contains { text.contains($0) }
  }

  /// As git (`credential.c`, `http.c`) and OpenSSH (`sshconnect.c`, `sshconnect2.c`) word it.
  private static let wanting = [
    "could not read username for", "could not read password for", "terminal prompts disabled",
    "authentication failed for", "host key verification failed", "permission denied (",
  ]

  /// As git, curl and OpenSSH word it.
  private static let unreached = [
    "could not resolve host", "unable to look up", "connection refused", "connection timed out",
    "no route to host", "network is unreachable", "failed to connect to", "couldn't connect to server",
  ]

  private static let noRepository = [
    "could not read from remote repository", "does not appear to be a git repository", "unable to access",
    "repository not found", "' not found",
  ]

  /// As OpenSSH (`kex.c`, `packet.c`), curl and git word it.
  private static let dropped = [
    "kex_exchange_identification", "ssh_exchange_identification", "connection closed by",
    "connection reset by",
    "timed out during banner exchange", "empty reply from server", "returned error: 429",
    "returned error: 502", "returned error: 503", "returned error: 504",
  ]

  // MARK: What came of a push

  /// A report of a push for the refs that git was asked to push: each is refused, for the reason that the branch that carries
  /// them was.
  public static func report(of sent: [UInt8], inTheNameOf made: [UInt8]) -> [UInt8] {
    let newline = UInt8(ascii: "\n")
    let tab = UInt8(ascii: "\t")
    let refused = sent.split(separator: newline).first { $0.first == UInt8(ascii: "!") }
    let summary =
      refused?.split(separator: tab).last ?? Array("[remote rejected] (it gave no reason)".utf8)[...]
    return Array(
      made.split(separator: newline).map { line -> [UInt8] in
        let fields = line.split(separator: tab, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return Array(line) }
        var line = [UInt8(ascii: "!"), tab]
        line += fields[1]
        line.append(tab)
        line += summary
        return line
      }.joined(separator: [newline]))
  }

  /// As git (`refs.c`, `refs/files-backend.c`, `builtin/receive-pack.c`) words that a ref is not what it was.
  private static let overtaking = [
    "cannot lock ref", "failed to update ref", "incorrect old value", "reference already exists",
  ]

  /// What git's report of a push says of one ref: a line of `git push --porcelain`, a flag, the refs and a summary with tabs between
  /// (git-push(1), OUTPUT).
  public struct PushedRef: Sendable, Equatable {
    /// Whether the ref was not moved.
    public let isRefused: Bool
    /// Whether there was nothing to be moved.
    public let isUpToDate: Bool
    /// Who refused it, and why; nil where git gives it in no form that is known.
    public let refusal: Refusal?

    /// Why a ref was not moved.
    public struct Refusal: Sendable, Equatable {
      /// Whether the git at the other end refuses it, or this one.
      public let isRemote: Bool
      /// The reason, in the words of that git.
      public let reason: String

      /// Whether it is a branch that is checked out there; git then tells at length how to allow it.
      public var isOfCheckedOutBranch: Bool { reason.holds(text: "branch is currently checked out") }
    }

    /// How another push got in the way.
    public enum Race: Sendable, Equatable {
      /// The ref has moved meanwhile.
      case overtaken
      /// Another push is under way, or one that was killed has left its lock.
      case locked
    }

    /// Reads the line about a ref; nil where the report has none.
    public init?(_ name: String, in report: [UInt8]) {
      let lines = report.split(separator: UInt8(ascii: "\n")).map { ByteText.string(from: $0) }
      for line in lines {
        let fields = line.split(at: "\t", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[1].ends(with: ":\(name)") else { continue }
        isRefused = fields[0] == "!"
        isUpToDate = fields[0] == "="
        refusal = Self.refusal(fields[2])
        return
      }
      return nil
    }

    private static func refusal(_ summary: Substring) -> Refusal? {
      guard summary.ends(with: ")") else { return nil }
      for (start, isRemote) in [("[remote rejected] (", true), ("[rejected] (", false)]
      where summary.begins(with: start) {
        return Refusal(isRemote: isRemote, reason: String(summary.dropFirst(start.count).dropLast()))
      }
      return nil
    }

    /// Whether another push got in the way; nil where the ref was moved, or refused for another reason.
    ///
    /// git push(1) has words of its own for what it finds out itself. Why a remote refuses comes from the git at the other end,
    /// which has no other form for it.
    ///
    /// - Parameter errors: what was said beside the report.
    public func race(_ errors: [UInt8]) -> Race? {
      guard isRefused, let refusal else { return nil }
      if ["fetch first", "non-fast-forward", "stale info", "needs force"].contains(refusal.reason) {
        return .overtaken
      }
      guard refusal.isRemote else { return nil }
      if refusal.reason.ends(with: GitDiagnostics.registryIsHeld) { return .locked }
      let said = Array(refusal.reason.utf8) + [0x20] + errors
      guard GitDiagnostics.has(said, GitDiagnostics.overtaking) else { return nil }
      let isLocked =
        GitDiagnostics.has(said, ["unable to create"]) && GitDiagnostics.has(said, [".lock': file exists"])
      return isLocked ? .locked : .overtaken
    }
  }
}
