import HTTPServer
import Hummingbird
import Logging
import NIOCore
import APIKeys

/// What is known of a request beside the request itself.
struct DaemonContext: EdgeContext {
  var coreContext: CoreRequestContextStorage
  /// Who sent it; nil where the connection is gone already.
  let remoteAddress: SocketAddress?
  let channel: any Channel
  var bearer = Bearer(name: "", access: .readOnly)

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
    remoteAddress = source.channel.remoteAddress
  }
}
