import ArgumentParser
import CommandLineTool
import Terminal
import RegistryReporting
import SystemSupport
import ByteStrings
import Git
import Registry
import RegistryStore
import RegistryIndex
import WorkTreeState
import SystemPackage

struct UpdateState: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra-update-state", abstract: "Record the state of this machine's checkouts.",
    usage: """
      dev-infra-update-state [--until <file>] [--wait <seconds>] [--remote <remote> [--send-after <file>] \
      [--timeout <seconds>] [--quiet]]
      """)

  @Option(help: ArgumentHelp("Wait for this file, and for --wait from then on.", valueName: "file"))
  var until: String?
  @Option(help: ArgumentHelp("Seconds to wait for what is not ready.", valueName: "seconds"))
  var wait: Double?
  @Option(help: ArgumentHelp("Do nothing if this remote cannot hold states.", valueName: "remote"))
  var remote: String?
  @Option(
    help: ArgumentHelp(
      "Send it to the remote once this file says which commit the remote's main is at.", valueName: "file"))
  var sendAfter: String?
  @Option(
    help: ArgumentHelp("Seconds that the remote may stay silent; 0 for no limit.", valueName: "seconds"))
  var timeout: Int?
  @Flag(name: .shortAndLong, help: "Do not say that this is new to the remote.")
  var quiet = false

  func validate() throws {
    if sendAfter != nil, remote == nil { throw ValidationError("--send-after needs --remote") }
    if let wait, !(wait.isFinite && wait >= 0) { throw ValidationError("--wait takes a number of seconds") }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    guard let detail = Self.detail(try store.repository.configuration().string("dev-infra.state")) else {
      return ExitStatus.success
    }
    let branch = try remote.map { try RemoteBranch($0, in: store) }
    if detail != .none, let branch, try !store.takesState(branch) { return ExitStatus.success }
    let isNews = try sendAfter != nil && !quiet && branch.map { try store.sendsFirstState(to: $0) } ?? false
    var deadline = try Deadline(seconds: limit(in: store), file: until.map { FilePath(text: $0) })
    guard try take(detail, until: &deadline, in: store) else { return ExitStatus.success }
    guard let sendAfter, let branch, let commit = try Self.commit(in: FilePath(text: sendAfter), deadline)
    else {
      return ExitStatus.success
    }
    store.sendState(beside: commit, to: branch, timeout: timeout, isNews: isNews)
    return ExitStatus.success
  }

  /// Looks at the checkouts, and records how they are.
  ///
  /// - Returns: whether anybody is still there who waits for it.
  private func take(
    _ detail: StateDetail, until deadline: inout Deadline, in store: borrowing RegistryStore
  ) throws -> Bool {
    guard detail != .none else {
      try store.forgetOwnState()
      return true
    }
    let main = try store.main()
    // A machine that was removed, or has no entry yet, records no state either.
    guard try store.blob(at: .machine(store.machine.id), in: main) != nil else { return true }
    let rows = try store.view(of: main).rows
    let last = (try? store.state(of: store.machine.id, only: [])) ?? nil
    let state = try MachineState.take(rows, of: store.machine.id, detail, after: last?.taken) {
      // An earlier state with more detail than is wanted now is not kept.
      (try? store.state(of: store.machine.id)) ?? nil
    } until: {
      deadline.isOver
    }
    if deadline.isDeserted { return false }
    try store.keep(state)
    return true
  }

  /// The commit that a line in a file names, once all of it is there; nil where nobody will write it any more.
  private static func commit(in file: FilePath, _ deadline: Deadline) throws -> ObjectID? {
    while true {
      let isWritten = !Files.isMissing(file)
      let text = isWritten ? try Files.read(file, limit: 4096) : []
      if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
        return ObjectID(hex: String(decoding: text[..<end], as: UTF8.self))
      }
      if deadline.whoWaitsIsGone(file) { return nil }
      Clock.pause(0.002)
    }
  }

  /// How much is recorded; nil where the setting has no known value: then the state stays as it is.
  private static func detail(_ setting: String?) -> StateDetail? {
    guard let word = setting else { return .branches }
    guard let detail = StateDetail(rawValue: word) else {
      Messages.warning(
        "dev-infra.state is '\(Quoting.visible(word))', not one of \(StateDetail.allowed): "
          + "how the checkouts are is not recorded")
      return nil
    }
    return detail
  }

  /// Seconds to wait; nil for as long as it takes.
  private func limit(in store: borrowing RegistryStore) throws -> Double? {
    if let wait { return wait }
    guard until != nil else { return nil }
    guard let text = try store.repository.configuration().string("dev-infra.stateWait") else { return 1 }
    guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else {
      Messages.warning(
        "dev-infra.stateWait is '\(Quoting.visible(text))', not a number of seconds: 1 is taken")
      return 1
    }
    return seconds
  }

  /// When there is no more waiting.
  private struct Deadline {
    let seconds: Double?
    let file: FilePath?
    private var start: Double?
    /// Who waits: the script says it, which may have ended before this could ask who its parent is.
    private let parent = Environment["DEV_INFRA_WAITING"].flatMap { Int32($0) } ?? ThisProcess.parent
    /// Whether nobody is there any more who waits.
    private(set) var isDeserted = false

    init(seconds: Double?, file: FilePath?) {
      self.seconds = seconds
      self.file = file
      start = file == nil ? Clock.monotonicSeconds : nil
    }

    /// Whether the process that was to make a file has ended, or its directory is gone.
    func whoWaitsIsGone(_ file: FilePath) -> Bool {
      ThisProcess.parent != parent || Files.isMissing(file.removingLastComponent())
    }

    var isOver: Bool {
      mutating get {
        if let file, start == nil {
          isDeserted = whoWaitsIsGone(file)
          if isDeserted { return true }
          if !Files.isMissing(file) { start = Clock.monotonicSeconds }
        }
        guard let start, let seconds else { return false }
        return Clock.monotonicSeconds - start >= seconds
      }
    }
  }
}
