import IndexReporting
import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex

/// `dev-infra list` of all projects to a pipe or a file; a call that selects, sorts or formats goes to `dev-infra-light`, which
/// takes longer to start.
enum ListCommand {
  /// The options that it knows by itself.
  private static let options = """
    OPTIONS:
      -a, --all               .
      -z                      .
    """

  static func run(_ arguments: [String]) throws -> Int32 {
    guard !Terminal.isTerminal(1), CommandWords.helpStatus(arguments) == nil,
      let words = try? CommandWords(arguments, help: options), words.operands.isEmpty
    else { try WholeCommand.become("dev-infra-list", arguments) }
    let format = RecordFormat(z: words.has("-z"))
    let records = ListRecords(of: try ViewFile.ofEnvironment().fresh(), all: words.has("--all"), format)
    // It says what to do about that.
    if records.isEmpty { try WholeCommand.become("dev-infra-list", arguments) }
    var output = Output(format)
    try records.forEach { record throws(Failure) in try output.record(formatted: record) }
    try output.flush()
    return ExitStatus.success
  }
}
