import ByteStrings

/// Why a `.dev-infra.yml` cannot be read or changed, and where.
public struct MetadataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    // MARK: Bytes

    /// The file has more than 1 MiB, or would have after the edit.
    case tooLarge
    /// The path leads to a directory, a device or the like.
    case notRegular
    /// A symbolic link leads out of the work tree, or into a `.git`.
    case leadsOut
    /// The file begins with a byte order mark of UTF-16.
    case utf16
    /// The bytes at this place are not UTF-8.
    case notUTF8
    /// It holds this control character.
    case controlCharacter(Unicode.Scalar)
    /// A byte order mark is not at its beginning.
    case byteOrderMark
    /// It holds a code point that YAML does not allow, as it is not a character.
    case noCharacter
    /// libyaml could not allocate its parser.
    case noMemory

    // MARK: YAML

    /// It is not YAML: libyaml's words for what is wrong, and for what it was reading.
    case notYAML(String, context: String?)
    /// libyaml gave an event of a kind that it does not document.
    case unknownEvent
    /// It has a directive other than `%YAML`.
    case directive
    /// Something follows the `...` that ends the document.
    case behindTheEnd
    /// A `---` begins a second document.
    case severalDocuments
    /// The top level is a list or a scalar.
    case notAMapping
    /// It holds more than 65,536 values, those that aliases copy counted each time.
    case manyValues
    /// Mappings and lists are nested deeper than 16 levels, those of aliases included.
    case tooDeep
    /// libyaml ends a document or a collection where a value has to be.
    case missingValue
    /// A key is empty, a block scalar, a list or a mapping.
    case keyNotAWord
    /// A mapping has this key twice; keys that merely look alike count as the same.
    case keyTwice(String)
    /// An alias has this name, and no value before it has it as its anchor.
    case unknownAlias(String)
    /// The value of a key that is known has a tag that is not.
    case unknownTag(String, of: String)
    /// libyaml returned a value that is not UTF-8.
    case valueNotUTF8
    /// A value holds a NUL, by the escape `\0`.
    case nul
    /// A value holds one of the characters that stand for bytes of broken text throughout the toolset.
    case privateCharacter

    // MARK: Changing it

    /// The key to set is empty, too long, `<<`, or cannot be printed on one line.
    case unusableKey(String)
    /// The text, or the key itself, has a NUL or bytes that are not UTF-8.
    case unusableText(of: String)
    /// The value is a mapping, which a text must not replace.
    case holdsKeys(String)
    /// No edit changes the key and nothing else: anchors or an unusual layout stand in the way.
    case entangled(String)
    /// The file with the new value would have a finding against the key, for this reason.
    case refusedValue(String)
  }

  /// What is wrong.
  public let fault: Fault
  /// The line of the file, from 1.
  public let line: Int
  /// The column in the line, from 1, in characters (Unicode scalars).
  public let column: Int

  /// An error at a place of the file.
  init(_ fault: Fault, line: Int = 1, column: Int = 1) {
    self.fault = fault
    self.line = line
    self.column = column
  }
}

extension MetadataError {
  /// What is wrong and what to do, one sentence without a full stop; text from the file is shown with escapes.
  public var message: String {
    switch fault {
    case .tooLarge: "the file is larger than \(Limits.file >> 20) MiB; move what is not metadata elsewhere"
    case .notRegular: "this is not a regular file; put one in its place"
    case .leadsOut: "this is a link that leads out of the work tree; put a file in its place"
    case .utf16: "the file is UTF-16; save it as UTF-8"
    case .notUTF8: "the file is not UTF-8 here; save it as UTF-8"
    case .controlCharacter(let scalar):
      "the file holds the control character \(TextRule.name(of: scalar)); remove it"
    case .byteOrderMark: "a byte order mark stands inside the file; remove it"
    case .noCharacter: "the file holds a code point that is not a character; remove it"
    case .noMemory: "there is no memory to read the file"

    case .notYAML(let problem, let context):
      "this is not valid YAML\(context.map { " " + $0 } ?? ""): \(problem); correct or quote what stands here"
    case .unknownEvent: "libyaml gave an event that it does not document"
    case .directive: "directives are not used here; remove this line"
    case .behindTheEnd: "something follows the end of the document (`...`); keep one document"
    case .severalDocuments: "the file holds several documents; keep one, without `---` in between"
    case .notAMapping: "the file is not a mapping; write `key: value` lines"
    case .manyValues: "the file holds more than \(Limits.values) values; move what is not metadata elsewhere"
    case .tooDeep: "values are nested deeper than \(Limits.depth) levels; write them flatter"
    case .missingValue: "a value is missing here"
    case .keyNotAWord: "a key must be a word; write `key: value`"
    case .keyTwice(let key): "the key \(Quoting.visible(key)) is there twice; remove one of them"
    case .unknownAlias(let name):
      "the alias \(Quoting.visible(name)) has no anchor before it; write the value itself"
    case .unknownTag(let tag, let key):
      "\(key) has the tag \(Quoting.visible(tag)), which is not known here; write the value itself"
    case .valueNotUTF8: "the value is not UTF-8; save the file as UTF-8"
    case .nul: "the value holds a NUL character; remove the escape `\\0`"
    case .privateCharacter: "the value holds a private character above U+10FF7F; remove it"

    case .unusableKey(let key): "\"\(Quoting.visible(key))\" cannot be a key; use a short word"
    case .unusableText(let key):
      "\(Quoting.visible(key)) cannot be set to text with NUL or bytes that are not UTF-8; remove them"
    case .holdsKeys(let key):
      "\(Quoting.visible(key)) holds keys of its own and cannot be set to text; edit the file by hand"
    case .entangled(let key):
      "\(Quoting.visible(key)) cannot be changed here without changing something else; edit the file by hand"
    case .refusedValue(let reason): "the new value is refused: \(reason)"
    }
  }

  /// The place and the sentence.
  public var description: String { "line \(line), column \(column): \(message)" }
}

/// A place in a file.
package struct Position {
  /// The offset in bytes.
  package var offset: Int
  /// The line, from 1.
  package var line: Int
  /// The column, from 1, in scalars.
  package var column: Int

  func error(_ fault: MetadataError.Fault) -> MetadataError {
    MetadataError(fault, line: line, column: column)
  }
}
