import ByteStrings
import SystemPackage
import SystemSupport
import Terminal

/// The browser of the user, and how a link gets to it that nobody else on the computer is to see.
struct Browser {
  /// The program and its arguments; where one of these is `%s`, what it opens, which otherwise comes last.
  private let words: [String]

  /// The one that a command line says, else what `BROWSER` names, else the desktop's way to find one; nil where there is none.
  init?(_ given: String?) {
    // `BROWSER` may name several, the one to be tried first first.
    let named = given ?? Environment["BROWSER"].map { String($0.prefix(before: ":")) }
    if let words = named?.split(at: " ").map({ String($0) }), !words.isEmpty {
      self.words = words
      return
    }
    #if os(macOS)
      words = ["open"]
    #else
      guard Environment["DISPLAY"] ?? Environment["WAYLAND_DISPLAY"] != nil else { return nil }
      words = ["xdg-open"]
    #endif
  }

  /// Opens a link.
  ///
  /// Arguments are seen by all accounts of a computer, so the browser gets a file that only its user can read, and that leads on.
  func open(_ link: String, by file: FilePath) throws(SystemError) {
    let text = """
      <!DOCTYPE html>
      <meta charset="utf-8">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="refresh" content="0; url=\(link)">
      <title>dev-infra</title>
      <p><a href="\(link)">Go on to the page</a></p>

      """
    try Files.makeDirectory(file.removingLastComponent(), mode: 0o700)
    try Files.replace(file, with: Array(text.utf8), durable: false, mode: 0o600)
    var arguments = Array(words.dropFirst())
    if let place = arguments.firstIndex(of: "%s") {
      arguments[place] = file.text
    } else {
      arguments.append(file.text)
    }
    try ChildProcess.startDetached(words[0], arguments, environment: [:])
  }
}
