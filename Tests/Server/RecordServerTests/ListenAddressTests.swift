import RecordServer
import Testing

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:5000", "127.0.0.1", 5000, true), ("[::1]:0", "::1", 0, true),
    ("localhost:80", "localhost", 80, true),
    ("127.9.9.9:1", "127.9.9.9", 1, true), ("0.0.0.0:65535", "0.0.0.0", 65535, false),
    ("[::]:1", "::", 1, false),
    ("127.0.0.1.example.org:1", "127.0.0.1.example.org", 1, false), ("127.1:1", "127.1", 1, false),
  ])
  func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.isLoopback == isLoopback)
    #expect(address.description == text)
  }

  @Test(arguments: [
    "", "5000", ":5000", "host:", "host:65536", "host:-1", "::1:5000", "[::1]", "[]:1", "a b:1", "a/b:1",
  ])
  func whatIsNoAddress(text: String) {
    #expect(throws: ListenAddressError.self) { try ListenAddress(text) }
  }
}
