import ByteStrings

/// The options of a command, and the ways in which git's users write them: a long one by its beginning where no other begins
/// so, short ones in one word (`-qn`, `-j4`), and `--no-NAME`, which takes an earlier `--NAME` back.
///
/// ArgumentParser knows none of the three and has no list of what a command takes; what the command says to `-h` is one.
public struct OptionTable {
  private struct Option {
    var names: [String]
    var takesValue: Bool
    /// What stands in messages, and for the others in the words that are handed on.
    var name: String { names.first { $0.begins(with: "--") } ?? names[0] }
  }

  /// A word that is not an option of the command, or could be several.
  public struct UnknownOption: Error {
    /// The word.
    public let word: String
    /// The options that a beginning fits; none where it fits nothing.
    public var candidates: [String] = []
  }

  private var options: [Option] = []

  /// - Parameter help: the text that the command prints to `-h`.
  public init(help: String) {
    var isInOptions = false
    for line in help.split(at: "\n") {
      if !line.begins(with: " ") { isInOptions = line.begins(with: "OPTIONS:") }
      // `  -q, --quiet             Print nothing.`, and `  --sort <key>` on a line of its own where it is long.
      guard isInOptions, line.begins(with: "  -") else { continue }
      var names: [String] = []
      var takesValue = false
      for word in line.dropFirst(2).split(at: " ", omittingEmptySubsequences: false) {
        if word.begins(with: "-") {
          names.append(String(word.ends(with: ",") ? word.dropLast() : word))
        } else {
          takesValue = word.begins(with: "<")
          break
        }
      }
      options.append(Option(names: names, takesValue: takesValue))
    }
  }

  /// The arguments with every option by its own name, short ones apart, and without those that were taken back.
  public func expanded(_ arguments: [String]) throws(UnknownOption) -> [String] {
    /// What is handed on: an option with its value, or another word.
    var groups: [(option: String?, words: [String])] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        groups.append((nil, [word] + rest))
        break
      } else if word.begins(with: "--") {
        let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
        let typed = String(word[..<(equals ?? word.endIndex)])
        if let option = try long(typed) {
          var words = [option.name + (equals.map { word[$0...] } ?? "")]
          if option.takesValue, equals == nil, let value = rest.popFirst() { words.append(value) }
          groups.append((option.name, words))
        } else if typed.begins(with: "--no-"), equals == nil, let option = try long("--\(typed.dropFirst(5))")
        {
          groups.removeAll { $0.option == option.name }
        } else {
          throw UnknownOption(word: typed)
        }
      } else if word.begins(with: "-"), word.count > 1 {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
          guard let option = options.first(where: { $0.names.contains("-\(letter)") }),
            option.name != "--help"
          else {
            throw UnknownOption(word: word)
          }
          var words = ["-\(letter)"]
          if option.takesValue {
            if letters.isEmpty {
              if let value = rest.popFirst() { words.append(value) }
            } else {
              words.append(String(letters))
              letters = ""
            }
          }
          groups.append((option.name, words))
        }
      } else {
        groups.append((nil, [word]))
      }
    }
    return groups.flatMap(\.words)
  }

  /// Whether the option of this name, as ``expanded(_:)`` writes it, has a value behind it.
  func takesValue(_ name: String) -> Bool {
    options.first { $0.names.contains(name) }?.takesValue ?? false
  }

  /// The first of the names that an option has, as ``expanded(_:)`` writes it for a long one.
  func name(of word: String) -> String? { options.first { $0.names.contains(word) }?.name }

  /// The option of this name, or the only one whose name begins so; nil where there is none.
  private func long(_ typed: String) throws(UnknownOption) -> Option? {
    if let exact = options.first(where: { $0.names.contains(typed) }) { return exact }
    let fitting = options.filter { $0.names.contains { $0.begins(with: "--") && $0.begins(with: typed) } }
    if fitting.count > 1 { throw UnknownOption(word: typed, candidates: fitting.map(\.name)) }
    return typed.count > 2 ? fitting.first : nil
  }
}
