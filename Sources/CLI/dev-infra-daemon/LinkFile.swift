import ByteStrings
import Opening
import SystemPackage
import SystemSupport

/// How a browser is handed a link that no other user of the computer may see.
struct LinkFile {
  /// A file that only its user can read, and that leads on: arguments are seen by all accounts of a computer.
  let path: FilePath
  private let browser: Browser

  init(_ path: FilePath, browser: Browser) { (self.path, self.browser) = (path, browser) }

  /// Opens a link.
  func open(_ link: String) throws(SystemError) {
    let text = """
      <!DOCTYPE html>
      <meta charset="utf-8">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="refresh" content="0; url=\(link)">
      <title>dev-infra</title>
      <p><a href="\(link)">Go on to the page</a></p>

      """
    try Files.makeDirectory(path.removingLastComponent(), mode: 0o700)
    try Files.replace(path, with: Array(text.utf8), durable: false, mode: 0o600)
    let words = browser.words(showing: path.text)
    try ChildProcess.startDetached(words[0], Array(words.dropFirst()), environment: [:])
  }
}
