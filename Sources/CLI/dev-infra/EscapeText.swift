import Terminal
import SystemSupport
import ByteStrings
import Registry

/// `dev-infra-escape-text`, through which scripts put what they show.
enum EscapeText {
  private static let help = """
    OVERVIEW: Make text safe to show on a terminal

    USAGE: dev-infra-escape-text [--json | --log] [--color]
           dev-infra-escape-text [--] <text> ...
           dev-infra-escape-text --trace <program> <process> <event> [<word> ...]

    ARGUMENTS:
      <text>                  A line of its own each; without any, standard input is taken.

    OPTIONS:
      --json                  The input is JSON, and what comes out is.
      --log                   The input is that of dev-infra-log, with marks for colours.
      --color                 With --log: colours in their place.
      --trace                 Write a line of a script's trace to where DEV_INFRA_TRACE says; secrets are masked.
      -h, --help              Show help information.

    """

  static func run(_ arguments: [String]) -> Int32 {
    do throws(Failure) {
      return try escape(arguments)
    } catch {
      if error.status == ExitStatus.usage { return WrongUsage.status(error.message, help) }
      Messages.fatal(error.message)
      return error.status
    }
  }

  private static func escape(_ arguments: [String]) throws(Failure) -> Int32 {
    var words = arguments[...]
    var (isJSON, isLog, hasColours) = (false, false, false)
    options: while let word = words.first, word.begins(with: "-") {
      words.removeFirst()
      switch word {
      case "-h", "--help":
        try write(Array(help.utf8))
        return word == "-h" ? ExitStatus.usage : ExitStatus.success
      case "--json": isJSON = true
      case "--log": isLog = true
      case "--color": hasColours = true
      case "--trace": return try trace(Array(words))
      case "--": break options
      default: throw .usage("unknown option '\(Quoting.visible(word))'")
      }
    }
    guard !(isJSON && isLog), isLog || !hasColours else { throw .usage("these options do not go together") }
    guard words.isEmpty || !(isJSON || isLog) else {
      throw .usage("an option is for standard input, not for a text")
    }
    if !words.isEmpty {
      for word in words {
        try write(Array((TerminalText.safe(RemoteURL.withoutSecrets(word), .line) + "\n").utf8))
      }
      return ExitStatus.success
    }
    var log = LogColours(hasColours: hasColours)
    try eachPiece { (piece) throws(Failure) in
      try write(isJSON ? TerminalText.safeJSON(piece) : isLog ? log.shown(piece) : TerminalText.safe(piece))
    }
    return ExitStatus.success
  }

  private static func trace(_ words: [String]) throws(Failure) -> Int32 {
    guard words.count >= 3, let process = Int32(words[1]) else {
      throw .usage("--trace takes a program, a process and an event")
    }
    if TraceLog.open(program: words[0], process: process) {
      TraceLog.event(words[2], Array(words.dropFirst(3)))
    }
    return ExitStatus.success
  }

  /// Standard input as it comes, cut behind newlines; what is long has cuts elsewhere, too.
  private static func eachPiece(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count: Int
      do throws(SystemError) {
        count = try Files.readPiece(0, into: &buffer, name: "standard input")
      } catch {
        throw Failure(error)
      }
      if count == 0 { break }
      pending += buffer[..<count]
      let end =
        pending.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
        ?? (pending.count > 1 << 20 ? pending.count : 0)
      if end > 0 {
        try body(Array(pending.prefix(end)))
        pending.removeFirst(end)
      }
    }
    if !pending.isEmpty { try body(pending) }
  }

  private static func write(_ bytes: [UInt8]) throws(Failure) {
    do {
      try Files.write(bytes, to: 1, name: "standard output")
    } catch {
      // A person who closes a pager early has seen enough.
      throw Failure(error)
    }
  }
}
