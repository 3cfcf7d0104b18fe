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
    usage: "dev-infra-update-state [--until <file>] [--wait <seconds>] [--remote <remote>]")

  @Option(help: ArgumentHelp("Wait for this file, and for --wait from then on.", valueName: "file"))
  var until: String?
  @Option(help: ArgumentHelp("Seconds to wait for what is not ready.", valueName: "seconds"))
  var wait: Double?
  @Option(help: ArgumentHelp("Do nothing if this remote cannot hold states.", valueName: "remote"))
  var remote: String?

  func validate() throws {
    if let wait, !(wait.isFinite && wait >= 0) { throw ValidationError("--wait takes a number of seconds") }
  }

  func execute() throws -> Int32 {
    let store = try RegistryStore.ofEnvironment()
    let setting = try store.repository.configuration().string("dev-infra.state")
    guard let detail = Self.detail(setting) else { return ExitStatus.success }
    guard detail != .none else {
      try store.forgetOwnState()
      return ExitStatus.success
    }
    let branch = try remote.map { try RemoteBranch($0, in: store) }
    if let branch, try !store.takesState(branch) { return ExitStatus.success }
    let main = try store.main()
    // One that has been taken out, or has nothing yet, says nothing of itself either.
    guard try store.blob(at: .machine(store.machine.id), in: main) != nil else { return ExitStatus.success }
    let rows = try store.view(of: main).rows
    let last = (try? store.state(of: store.machine.id, only: [])) ?? nil
    var deadline = try Deadline(seconds: limit(in: store), file: until.map { FilePath(text: $0) })
    let state = try MachineState.take(rows, of: store.machine.id, detail, after: last?.taken) {
      // What was told before in more detail than is to be told now is not kept.
      (try? store.state(of: store.machine.id)) ?? nil
    } until: {
      deadline.isOver
    }
    guard !deadline.isDeserted else { return ExitStatus.success }
    try store.keep(state)
    return ExitStatus.success
  }

  /// How much is recorded; nil where the setting says nothing that is known: neither more nor less than before.
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
    private let parent = ThisProcess.parent
    /// Whether nobody is there any more who waits.
    private(set) var isDeserted = false

    init(seconds: Double?, file: FilePath?) {
      self.seconds = seconds
      self.file = file
      start = file == nil ? Clock.monotonicSeconds : nil
    }

    var isOver: Bool {
      mutating get {
        if let file, start == nil {
          // The process that was to make the file has ended, and its directory is gone.
          isDeserted = ThisProcess.parent != parent || Files.isMissing(file.removingLastComponent())
          if isDeserted { return true }
          if !Files.isMissing(file) { start = Clock.monotonicSeconds }
        }
        guard let start, let seconds else { return false }
        return Clock.monotonicSeconds - start >= seconds
      }
    }
  }
}
