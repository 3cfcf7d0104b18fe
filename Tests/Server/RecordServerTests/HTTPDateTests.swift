import RecordServer
import Registry
import Testing

@Suite struct HTTPDateTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("1994-11-06T08:49:37.999Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
    ("2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
    ("2026-12-01T12:00:00Z", "Tue, 01 Dec 2026 12:00:00 GMT"),
  ])
  func dates(moment: String, date: String) throws {
    #expect(try #require(Timestamp(moment)).httpDate == date)
  }
}
