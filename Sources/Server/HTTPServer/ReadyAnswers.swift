public import HTTPTypes
public import NIOCore

/// A whole answer with status 200, as it goes out.
public struct ReadyAnswer: Sendable {
  /// Its fields, but for those that every answer gets.
  public var fields: HTTPFields
  /// Its body.
  public let body: ByteBuffer

  /// An answer of these.
  public init(fields: HTTPFields, body: ByteBuffer) {
    self.fields = fields
    self.body = body
  }
}

/// Knows answers that need not be made any more.
///
/// A connection gives them from its own event loop: the way to a task and back is most of what such an answer costs.
public protocol ReadyAnswers: Sendable {
  /// The answer to a request without a body; nil where it has to be made, or refused, which is the server's to do.
  ///
  /// Called on an event loop, so it must not wait.
  func answer(to request: HTTPRequest, from address: SocketAddress?) -> ReadyAnswer?
}
