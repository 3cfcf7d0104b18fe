import ByteStrings

/// A command line that was taken apart by the help text of its command, for executables whose start counts: what
/// ArgumentParser would do, without what it costs to load.
public struct CommandWords: Sendable {
  /// What stands behind the options, and all that stands behind `--`.
  public private(set) var operands: [String] = []
  private var given: [(name: String, value: String?)] = []

  /// - Parameters:
  ///   - arguments: the words behind the command's name.
  ///   - help: what the command prints to `-h`, which says what it takes.
  /// - Throws: a usage `Failure` for an option that the command does not have, or one without its value.
  public init(_ arguments: [String], help: String) throws(Failure) {
    // Most command lines have no option at all, and then nothing of the help is read.
    if !arguments.contains(where: { $0.begins(with: "-") && $0 != "-" }) {
      operands = arguments
      return
    }
    let table = OptionTable(help: help)
    var words: ArraySlice<String>
    do throws(OptionTable.UnknownOption) {
      words = try table.expanded(arguments)[...]
    } catch {
      let word = Quoting.visible(error.word)
      throw .usage(
        error.candidates.isEmpty
          ? "unknown option '\(word)'"
          : "option '\(word)' is ambiguous: it could be \(error.candidates.joined(separator: " or "))")
    }
    while let word = words.popFirst() {
      if word == "--" {
        operands += words
        return
      }
      guard word.begins(with: "-"), word != "-" else {
        operands.append(word)
        continue
      }
      let equals = word.begins(with: "--") ? word.utf8.firstIndex(of: UInt8(ascii: "=")) : nil
      let typed = String(word[..<(equals ?? word.endIndex)])
      let name = table.name(of: typed) ?? typed
      let attached = equals.map { String(word[word.utf8.index(after: $0)...]) }
      guard table.takesValue(typed) else {
        if attached != nil { throw .usage("option '\(name)' takes no value") }
        given.append((name, nil))
        continue
      }
      guard let value = attached ?? words.popFirst() else { throw .usage("option '\(name)' needs a value") }
      given.append((name, value))
    }
  }

  /// Whether an option was given, by the long name that it has in the help, or its short one where it has no other.
  public func has(_ name: String) -> Bool { given.contains { $0.name == name } }

  /// The last value of an option.
  public func value(of name: String) -> String? { given.last { $0.name == name }?.value }

  /// What to print where help is asked for, by `-h` or `--help` before any `--`: the status to end with.
  public static func helpStatus(_ arguments: [String]) -> Int32? {
    let options = arguments.prefix { $0 != "--" }
    if options.contains("-h") { return ExitStatus.usage }
    return options.contains("--help") ? ExitStatus.success : nil
  }
}
