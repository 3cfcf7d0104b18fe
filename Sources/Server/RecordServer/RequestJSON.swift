import ByteStrings
import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import RecordService
import Registry

/// The JSON in a request's body, bounded in size and depth.
enum RequestJSON {
  /// The body of a call that makes or changes one record.
  ///
  /// - Parameter emptyIsObject: whether no body at all stands for an object without members.
  static func read(_ request: Request, _ limits: ConnectionLimits, emptyIsObject: Bool = false) async throws
    -> JSON
  {
    let bytes = try await bytes(of: request, limit: limits.body)
    if emptyIsObject, bytes.isEmpty { return .object([:]) }
    guard isJSON(request) else { throw HTTPError(.unsupportedMediaType) }
    do {
      return try parse(bytes, limits)
    } catch is JSONError {
      throw HTTPError(.badRequest)
    }
  }

  /// The body of an import, whose errors are all the contract's own.
  static func readImport(_ request: Request, _ limits: ConnectionLimits) async throws -> JSON {
    let bytes = try await bytes(of: request, limit: limits.body)
    guard isJSON(request) else { throw Refusal(400, "Content-Type must be application/json") }
    do {
      return try parse(bytes, limits)
    } catch is JSONError {
      throw Refusal(400, "Invalid JSON")
    }
  }

  /// The value of a text that has not too many: each takes many times its bytes.
  private static func parse(_ bytes: [UInt8], _ limits: ConnectionLimits) throws -> JSON {
    var (values, isInString, isEscaped) = (1, false, false)
    for byte in bytes {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): values += 1
      default: break
      }
    }
    guard values <= limits.values else { throw HTTPError(.contentTooLarge) }
    return try JSON.parse(bytes, maximumDepth: depth)
  }

  /// An import, its list, a record, its metadata, and an entry with all the levels that a registry lets it have.
  private static let depth = 22

  private static func isJSON(_ request: Request) -> Bool {
    guard let field = request.headers[.contentType] else { return false }
    var type = field.prefix(before: ";").lowercased()
    while type.last == " " { type.removeLast() }
    return type == "application/json" || (type.begins(with: "application/") && type.ends(with: "+json"))
  }

  private static func bytes(of request: Request, limit: Int) async throws -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw HTTPError(.contentTooLarge)
    }
    do {
      let buffer = try await request.body.collect(upTo: limit)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    }
  }
}
