import ByteStrings
import HTTPTypes
import Hummingbird

/// What git can be asked for over its smart HTTP protocol; see gitprotocol-http(5). The older protocol, file by file,
/// is not served.
enum GitService: String {
  case uploadPack = "git-upload-pack"
  case receivePack = "git-receive-pack"

  /// Where the registry is, as a remote.
  static let root = "/registry.git"

  /// Whether a path is the remote's, or below it.
  static func isAt(_ path: String) -> Bool { path == root || path.begins(with: "\(root)/") }

  /// The service that a request names, in its address or in its query; nil where it names none.
  init?(of request: Request) {
    guard Self.isAt(request.uri.path) else { return nil }
    let path = request.uri.path.dropFirst(Self.root.count)
    if path == "/info/refs" {
      guard let value = request.uri.queryParameters["service"] else { return nil }
      self.init(rawValue: String(value))
    } else {
      self.init(rawValue: String(path.dropFirst()))
    }
  }
}
