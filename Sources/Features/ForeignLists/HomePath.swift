import ByteStrings
import SystemSupport
import SystemPackage

/// Paths that begin with a word for the home directory.
enum HomePath {
  /// An absolute path, with the home directory in the place of one of some words; nil for what is not absolute.
  ///
  /// Nothing else is expanded: only the program that wrote the list knows its variables and commands.
  static func expanded(_ text: String, _ words: [String], _ home: FilePath?) -> String? {
    for word in words where text == word || text.begins(with: word + "/") {
      guard let home else { return nil }
      let rest = text.unicodeScalars.dropFirst(word.unicodeScalars.count + 1)
      return home.pushing(FilePath(text: String(String.UnicodeScalarView(rest)))).text
    }
    return text.begins(with: "/") ? text : nil
  }
}
