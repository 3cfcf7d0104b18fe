import Completion
import Terminal
import SystemSupport
import ByteStrings
import RegistryIndex
import SystemPackage

/// `dev-infra-complete`, which the shells' completion asks at every press of the key.
enum Complete {
  private static let help = """
    OVERVIEW: Print what the last word of a command line may become

    USAGE: dev-infra-complete [-z] [--describe] <word> ...
           dev-infra-complete --bash [--breaks <characters>] <line>

    ARGUMENTS:
      <word>                  The words of the line, from the command on; the last is the one at the cursor.
      <line>                  The line from the command on, up to the cursor, as it was typed.

    OPTIONS:
      -z                      Records end in NUL and nothing is quoted.
      --describe              Print a tab and what it is behind each.
      --bash                  Print the words as bash is to put them there, a line each.
      --breaks <characters>   The value of COMP_WORDBREAKS.
      -h, --help              Show help information.

    """

  /// Answers; messages would stand in the middle of what a person types, so there are next to none.
  static func run(_ arguments: [String]) -> Int32 {
    Environment.forgetRepository()
    do throws(Failure) {
      return try answer(arguments)
    } catch {
      if error.status == ExitStatus.usage { return WrongUsage.status(error.message, help) }
      Messages.fatal(error.message)
      return error.status
    }
  }

  private static func answer(_ arguments: [String]) throws(Failure) -> Int32 {
    var words = arguments[...]
    var (z, describes, isBash, breaks) = (false, false, false, "")
    var output = Output()
    options: while let word = words.first, word.begins(with: "-") {
      words.removeFirst()
      switch word {
      case "-h", "--help":
        try output.write(help)
        try output.flush()
        return word == "-h" ? ExitStatus.usage : ExitStatus.success
      case "-z": z = true
      case "--describe": describes = true
      case "--bash": isBash = true
      case "--breaks":
        guard let value = words.popFirst() else { throw .usage("option '--breaks' needs a value") }
        breaks = value
      case "--": break options
      default: throw .usage("unknown option '\(Quoting.visible(word))'")
      }
    }
    guard let first = words.first, !isBash || words.count == 1 else { throw .usage("a line is one argument") }

    let table = CommandTable(share: try Installation(executables: nil).share)
    let completer = Completer(table, RegistrySource(registry: Environment.registryDirectory))
    var failure: Failure?
    if isBash {
      let line = BashLine(ByteText.bytes(of: first), breaks: ByteText.bytes(of: breaks))
      completer.forEachCandidate(line.words) { candidate in
        guard failure == nil, let reply = line.reply(candidate) else { return }
        do throws(Failure) { try output.record(formatted: reply) } catch { failure = error }
      }
    } else {
      output = Output(RecordFormat(z: z))
      completer.forEachCandidate(words.map { ByteText.bytes(of: $0) }) { candidate in
        guard failure == nil, add(candidate, isDescribed: describes, z: z, to: &output) else { return }
        do throws(Failure) { try output.endRecord() } catch { failure = error }
      }
    }
    if let failure { throw failure }
    try output.flush()
    return ExitStatus.success
  }

  /// Adds a candidate to the record, and returns whether it has a word that can stand there.
  private static func add(_ candidate: Candidate, isDescribed: Bool, z: Bool, to output: inout Output) -> Bool
  {
    let tab = UInt8(ascii: "\t")
    var isWord = false
    candidate.withWord { word in
      // A tab ends the word in a record with a description.
      let isSplit = isDescribed && word.contains(tab)
      if z, !isSplit {
        isWord = !word.isEmpty
        return output.part(formatted: word)
      }
      let bytes = isSplit ? candidate.plain ?? [] : Array(word)
      isWord = !bytes.isEmpty
      if isWord { output.part(formatted: z ? bytes : Quoting.quote(bytes)) }
    }
    if isDescribed, isWord {
      candidate.withDescription { description in
        if description.isEmpty { return }
        output.part(formatted: [tab])
        output.part(formatted: description)
      }
    }
    return isWord
  }
}
