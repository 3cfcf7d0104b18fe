import ByteStrings
import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
package import Registry
import Synchronization
import SystemSupport

/// The overview as it was last made, for requests that ask for the same again.
struct ReadyPages: ReadyAnswers {
  let gate: Gate<DaemonContext>
  let pages: PageService
  /// Where requests are logged; nil where they are not.
  let log: AccessLog?
  private let date = HTTPDate()

  init(_ gate: Gate<DaemonContext>, _ pages: PageService, log: AccessLog?) {
    self.gate = gate
    self.pages = pages
    self.log = log
  }

  func answer(to head: HTTPRequest, from address: SocketAddress?) -> ReadyAnswer? {
    guard let path = head.path, path == "/" || path.begins(with: "/?"), head.headerFields[.ifNoneMatch] == nil
    else { return nil }
    let start = Clock.monotonicSeconds
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    guard let bearer = gate.visitor(request), let document = pages.known(request, by: bearer) else {
      return nil
    }
    var answer = ReadyAnswer(fields: document.fields, body: document.body)
    answer.fields[.contentLength] = String(document.body.readableBytes)
    answer.fields[.date] = date.text
    gate.mark(&answer.fields, request)
    log?.log(request, from: address, status: .ok, length: document.body.readableBytes, since: start)
    return answer
  }
}

/// The date of answers.
private final class HTTPDate: Sendable {
  private let known = Mutex<(second: Int64, text: String)>((-1, ""))

  /// Now, as RFC 9110 writes it.
  var text: String {
    let milliseconds = Clock.nowMilliseconds
    return known.withLock { known in
      if known.second != milliseconds / 1000 {
        known = (milliseconds / 1000, Timestamp(milliseconds: milliseconds).httpDate)
      }
      return known.text
    }
  }
}

extension Timestamp {
  /// As RFC 9110 writes the date of a message: `Sun, 06 Nov 1994 08:49:37 GMT`.
  package var httpDate: String {
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let text = Array(description.utf8)
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    let month = (Int(part(5..<7)) ?? 1) - 1
    let day = (milliseconds / 86_400_000 % 7 + 7) % 7
    return "\(days[Int(day)]), \(part(8..<10)) \(months[month]) \(part(0..<4)) \(part(11..<19)) GMT"
  }
}
