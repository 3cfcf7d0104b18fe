import Testing
import WebPages

/// Filters in addresses.
@Suite struct OverviewQueryTests {
  @Test func anAddressLeadsBackToItsQuery() {
    let given = [
      "q": "über & co = 100 %", "tag": "a+b", "machine": "<desk>", "only": "no-remote", "sort": "updated",
      "page": "3",
    ]
    let query = OverviewQuery { given[$0] }
    #expect(
      query.address
        == "/?q=%C3%BCber%20%26%20co%20%3D%20100%20%25&tag=a%2Bb&machine=%3Cdesk%3E&only=no-remote&sort=updated&page=3"
    )
    #expect(OverviewQuery { _ in nil }.address == "/")
  }

  @Test func whatIsNotKnownCountsAsNothing() {
    for page in ["0", "-1", "x", "99999999999999999999", ""] {
      let given = ["only": "x", "sort": "", "page": page, "tag": ""]
      #expect(OverviewQuery { given[$0] } == OverviewQuery())
    }
  }
}
