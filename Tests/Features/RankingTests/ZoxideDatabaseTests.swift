import Ranking
import Testing

/// What zoxide has counted, as it stores and prints it.
@Suite struct ZoxideDatabaseTests {
  private static func number(_ value: UInt64, _ length: Int = 8) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  private static func database(
    _ directories: [(String, Double, UInt64)], version: UInt64 = 3, count: UInt64? = nil
  ) -> [UInt8] {
    number(version, 4) + number(count ?? UInt64(directories.count))
      + directories.flatMap { path, rank, time in
        number(UInt64(path.utf8.count)) + Array(path.utf8) + number(rank.bitPattern) + number(time)
      }
  }

  @Test func aDatabaseIsRead() throws {
    let bytes = Self.database([("/home/ann/src/shop", 2.5, 1000), ("/tmp/é x", 1, 99)])
    let read = try ZoxideDatabase(bytes, now: 2000).directories
    #expect(read.map { String(decoding: $0.path, as: UTF8.self) } == ["/home/ann/src/shop", "/tmp/é x"])
    #expect(read.map(\.rank) == [2.5, 1])
    #expect(read.map(\.time) == [1000, 99])
  }

  @Test func whatNoDatabaseHasIsLeftOut() throws {
    let bytes = Self.database([
      ("relative", 1, 1), ("/nan", .nan, 1), ("/minus", -1, 1), ("/nul\0", 1, 1), ("/future", 1, .max),
      ("", 1, 1),
    ])
    let read = try ZoxideDatabase(bytes, now: 2000).directories
    #expect(read.map { String(decoding: $0.path, as: UTF8.self) } == ["/future"])
    #expect(read.map(\.time) == [2000])
  }

  @Test func aListIsRead() throws {
    let list = "  12.5 /home/ann/src/shop\n   4 /a b\n 0.5\t/c\n\n"
    let read = try ZoxideDatabase(Array(list.utf8), now: 1_000_000).directories
    #expect(read.map { String(decoding: $0.path, as: UTF8.self) } == ["/home/ann/src/shop", "/a b", "/c"])
    #expect(read.map(\.rank) == [25, 8, 1])
    #expect(try ZoxideDatabase([], now: 1).directories.isEmpty)
  }

  @Test(arguments: ["a b c", "12.5", "\u{1B}[2J /x", "nan /x", "1e999 /x", "-1 /x", "/home/ann"])
  func whatIsNotAListIsRefusedByItsLine(line: String) {
    #expect(throws: ZoxideDatabase.Fault.notAList(line: 2)) {
      try ZoxideDatabase(Array("1 /ok\n\(line)\n".utf8), now: 1)
    }
  }

  @Test func otherVersionsAndDamageAreRefused() {
    #expect(throws: ZoxideDatabase.Fault.version(4)) {
      try ZoxideDatabase(Self.database([], version: 4), now: 1)
    }
    let whole = Self.database([("/a", 1, 1), ("/b", 1, 1)])
    for length in 4..<whole.count {
      #expect(throws: ZoxideDatabase.Fault.damaged) {
        try ZoxideDatabase(Array(whole.prefix(length)), now: 1)
      }
    }
    #expect(throws: ZoxideDatabase.Fault.damaged) { try ZoxideDatabase(whole + [0], now: 1) }
    // Counts and lengths that no file could have.
    #expect(throws: ZoxideDatabase.Fault.damaged) {
      try ZoxideDatabase(Self.database([("/a", 1, 1)], count: .max), now: 1)
    }
    #expect(throws: ZoxideDatabase.Fault.damaged) {
      try ZoxideDatabase(Self.number(3, 4) + Self.number(1) + Self.number(.max) + [0x2F], now: 1)
    }
  }
}
