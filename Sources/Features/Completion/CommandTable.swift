import ByteStrings
import SystemSupport
public import SystemPackage

/// What each command takes, by the installation's tables: `command-list` from the catalogue, and `options`
/// from what the commands themselves say to `-h`.
public struct CommandTable {
  /// A word that a command takes: an option, a subcommand, or an operand's name in angle brackets.
  public struct Item: Equatable {
    /// The word.
    public let word: String
    /// What the option's value is called, or the words it may be between `|`; empty for an option without a value.
    public let value: String
    /// What it is for, a sentence.
    public let description: String

    var isOption: Bool { word.begins(with: "-") }
    var isOperand: Bool { word.begins(with: "<") }
    /// The words that the value may be; empty where it is free.
    var choices: [String] { value.holds("<") ? [] : value.split(at: "|").map(String.init) }
  }

  /// The commands and their summaries, in the catalogue's order; guides are not among them.
  public let commands: [(name: String, summary: String)]
  /// The pages that `help` opens beside those of commands.
  let guides: [(name: String, summary: String)]
  /// What all commands take, a line a word. Only those of the command in question are taken apart.
  private let options: [UInt8]

  /// The tables of the installation with this folder of shared files; empty where there are none.
  public init(share: FilePath) {
    self.init(
      catalogue: (try? Files.read(share.appending("command-list"))) ?? [],
      options: (try? Files.read(share.appending("options"))) ?? [])
  }

  /// The tables in these files.
  public init(catalogue: [UInt8], options: [UInt8]) {
    var commands: [(String, String)] = []
    var guides: [(String, String)] = []
    for fields in catalogue.split(separator: UInt8(ascii: "\n")).compactMap(Self.fields) {
      let name = fields[0].begins(with: "dev-infra-") ? String(fields[0].dropFirst(10)) : fields[0]
      if fields[1] == "guide" || fields[1] == "helper" {
        guides.append((name, fields[3]))
      } else {
        commands.append((name, fields[3]))
      }
    }
    self.commands = commands
    self.guides = guides
    self.options = options
  }

  /// What a command takes; `-` is dev-infra itself.
  func items(of command: String) -> [Item] {
    let start = Array("\(command)\t".utf8)
    return options.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: start) }
      .compactMap(Self.fields)
      .map { Item(word: $0[1], value: $0[2], description: $0[3]) }
  }

  /// The four fields of a line; nil for a line that has others.
  private static func fields(_ line: ArraySlice<UInt8>) -> [String]? {
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    return fields.count == 4 ? fields.map { String(decoding: $0, as: UTF8.self) } : nil
  }
}
