import SystemSupport
import Testing

@Suite struct SortedSearchTests {
  @Test func findsWhereTheConditionBeginsToHold() {
    for count in 0...20 {
      for place in 0...count {
        let values = Array(repeating: false, count: place) + Array(repeating: true, count: count - place)
        #expect(values.partitionPoint { $0 } == place)
        #expect(([true, false] + values)[2...].partitionPoint { $0 } == place + 2)
      }
    }
  }

  @Test func asksNoMoreOftenThanTheLogarithm() {
    var asked = 0
    #expect(
      (0..<1_000_000).partitionPoint {
        asked += 1
        return $0 >= 777_777
      } == 777_777)
    #expect(asked <= 20)
  }
}
