import CCurl
import SystemSupport

/// The value of a `Retry-After` field (RFC 9110, section 10.2.3): seconds, or a date.
package enum RetryAfter {
  /// Seconds from now; nil for what is neither.
  package static func seconds(_ value: String) -> Double? {
    if let seconds = Int(value) { return seconds < 0 ? nil : Double(seconds) }
    let time = curl_getdate(value, nil)
    return time < 0 ? nil : max(0, Double(time) - Double(Clock.nowMilliseconds) / 1000)
  }
}
