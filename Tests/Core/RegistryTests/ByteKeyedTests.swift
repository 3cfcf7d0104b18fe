import Registry
import TestSupport
import Testing

@Suite struct ByteKeyedTests {
  /// Few members are kept in one way, many in another, and some numbers lie on either side.
  @Test(arguments: [0, 1, 2, 23, 24, 25, 26, 200]) func holdsAnyNumberPutThereInAnyOrder(count: Int) {
    var generator = SeededGenerator(seed)
    let keys = (0..<count).map { "key-\($0)" }
    var members: ByteKeyed<Int> = [:]
    for (number, key) in keys.enumerated().shuffled(using: &generator) {
      #expect(members.updateValue(number, forKey: key) == nil, "seed \(seed)")
    }
    #expect(members.count == count && members.isEmpty == (count == 0))
    for (number, key) in keys.enumerated() { #expect(members[key] == number, "seed \(seed)") }
    #expect(members["key"] == nil && members["key-\(count)"] == nil)
    #expect(members.sortedByKey().map(\.key) == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(members.map(\.value).sorted() == Array(0..<count))
    #expect(members.values.sorted() == Array(0..<count))
    #expect(members == ByteKeyed(keys.enumerated().map { ($1, $0) }))
    #expect(members.mapValues { $0 + 1 } == ByteKeyed(keys.enumerated().map { ($1, $0 + 1) }))
  }

  @Test func replacesAndRemoves() {
    for count in [3, 30] {
      var members = ByteKeyed((0..<count).map { ("\($0)", $0) })
      #expect(members.updateValue(7, forKey: "1") == 1)
      members["2"] = nil
      #expect(members.removeValue(forKey: "2") == nil)
      #expect(members.removeValue(forKey: "0") == 0)
      members["new"] = 9
      #expect(members["1"] == 7 && members["new"] == 9 && members["2"] == nil)
      #expect(members.count == count - 1)
    }
  }

  /// One that had many, and has few by now, equals one that never had more.
  @Test func equalsWhatIsKeptOtherwise() {
    var shrunk = ByteKeyed((0..<100).map { ("\($0)", $0) })
    for number in 3..<100 { shrunk["\(number)"] = nil }
    let small: ByteKeyed = ["0": 0, "1": 1, "2": 2]
    #expect(shrunk == small && small == shrunk)
    #expect(shrunk.hashValue == small.hashValue)
    shrunk["2"] = 3
    #expect(shrunk != small)
  }

  @Test func tellsSpellingsApart() {
    let members: ByteKeyed = ["\u{E9}": 1, "e\u{301}": 2]
    #expect(members.count == 2 && members["\u{E9}"] == 1 && members["e\u{301}"] == 2)
  }

  @Test func mergesByRule() {
    let merged = (["a": 1, "b": 2] as ByteKeyed).merging(["b": 3, "c": 4]) { $0 * 10 + $1 }
    #expect(merged == ["a": 1, "b": 23, "c": 4])
  }

  @Test func ofAKeyGivenTwiceTheLastCounts() {
    #expect(ByteKeyed([("a", 1), ("b", 2), ("a", 3)]) == ["a": 3, "b": 2])
  }
}
