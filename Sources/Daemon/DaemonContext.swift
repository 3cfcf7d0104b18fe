import Hummingbird
import Logging
import NIOCore

/// What is known of a request beside the request itself.
struct DaemonContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Who sent it; nil where the connection is gone already.
  let remote: SocketAddress?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remote = source.channel.remoteAddress
  }
}
