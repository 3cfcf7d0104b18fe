import HTTPClient
import Testing

@Suite struct RetryAfterTests {
  @Test func takesSecondsAndDates() {
    #expect(RetryAfter.seconds("7") == 7)
    #expect(RetryAfter.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
    #expect(RetryAfter.seconds("soon") == nil)
    #expect(RetryAfter.seconds("-1") == nil)
  }
}
