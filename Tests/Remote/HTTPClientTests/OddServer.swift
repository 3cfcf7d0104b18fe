import HTTPClient
import SystemSupport
import ByteStrings
import Registry
import SystemPackage
import TestSupport
import Testing

/// The server of Tests/EndToEnd/support/odd_server.py, which answers as a request's path says; ends with this value.
final class OddServer {
  let port: Int
  private let process: Int32

  /// Starts it; with a certificate and its key it speaks TLS.
  init(certificate: FilePath? = nil, key: FilePath? = nil) throws {
    let file = try scratchDirectory().appending("port")
    let script = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
      .pushing("EndToEnd/support/odd_server.py")
    let files = [certificate, key].compactMap(\.?.text)
    // The shell goes away at once; the server's output must not hold its pipe open.
    let shell = ChildProcess(
      "sh", ["-c", "python3 \"$@\" >/dev/null 2>&1 & echo $!", "sh", script.text, file.text] + files)
    let output = String(decoding: try shell.run().output, as: UTF8.self)
    process = try #require(Int32(output.prefix { $0 != "\n" }))
    for _ in 0..<400 where Files.kind(of: file) == nil { Clock.pause(0.025) }
    port = try #require(Int(String(decoding: try Files.read(file), as: UTF8.self).prefix { $0 != "\n" }))
  }

  deinit { try? SystemPrograms.kill(process) }

  var url: String { "http://127.0.0.1:\(port)" }

  /// Settings with short pauses, so that no test has to wait, and patience with a busy machine.
  func settings(_ url: String? = nil, silence: Double = 30) throws -> HTTPSettings {
    var settings = HTTPSettings(try ServiceURL(url ?? self.url))
    settings.retryDelay = 0.01
    settings.silenceTimeout = silence
    settings.connectTimeout = 30
    // Whatever the environment of the tests says.
    settings.proxy = ""
    return settings
  }

  func client() throws -> HTTPClient { try HTTPClient(settings()) }

  /// `METHOD /path` of every request so far.
  func log() throws -> [String] {
    try entries().map { "\($0["method"]?.string ?? "") \($0["target"]?.string ?? "")" }
  }

  /// What was sent as `Authorization`; empty for nothing.
  func authorizations() throws -> [String] {
    try entries().map { $0["headers"]?["authorization"]?.string ?? "" }
  }

  private func entries() throws -> [JSON] {
    try #require(try JSON.parse(client().send(HTTPRequest("GET", "/log")).body).array)
  }
}
