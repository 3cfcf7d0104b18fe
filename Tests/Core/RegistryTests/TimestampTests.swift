import Registry
import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
    ("2026-01-02t03:04:05.6z", "2026-01-02T03:04:05.600Z"),
    ("2026-01-02 03:04:05.6789999Z", "2026-01-02T03:04:05.678Z"),
    ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
    ("2026-01-01T00:30:00-01:30", "2026-01-01T02:00:00.000Z"),
    ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z"),
    ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
    ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
  ])
  func readsRFC3339(text: String, written: String) { #expect(Timestamp(text)?.description == written) }

  @Test(arguments: [
    "", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:05", "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Zx", "9999-12-31T23:59:60Z",
    "0000-01-01T00:00:00+00:01", "2026-01-01T00:00:00Z\n", "12026-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
    "2026-01-01T00:00:00." + String(repeating: "0", count: 100) + "Z",
  ])
  func refusesWhatIsNone(text: String) { #expect(Timestamp(text) == nil) }

  @Test func everyMomentComesBack() {
    var generator = SeededGenerator(seed)
    for _ in 0..<5000 {
      let time = Timestamp(
        milliseconds: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
      #expect(Timestamp(time.description) == time, "seed \(seed)")
      #expect(CalendarDate(time).description == time.description.prefix(10), "seed \(seed)")
    }
  }

  @Test func countsDaysAsTheCalendarDoes() {
    #expect(Timestamp("2000-03-01T00:00:00Z")?.milliseconds == 951_868_800_000)
    #expect(Timestamp("1970-01-01T00:00:00Z")?.milliseconds == 0)
    #expect(Timestamp("2026-11-23T18:07:31Z")?.milliseconds == 1_795_457_251_000)
  }

  @Test func followsStrictly() {
    let now = Sample.time(1000)
    #expect(Timestamp.following(nil, now: now) == now)
    #expect(Timestamp.following(Sample.time(999), now: now) == now)
    #expect(Timestamp.following(now, now: now) == Sample.time(1001))
    #expect(Timestamp.following(Sample.time(5000), now: now) == Sample.time(5001))
    #expect(Timestamp.following(.latest, now: now) == now)
    #expect(Timestamp.following(.latest, now: .latest) == .latest)
  }

  @Test func aTimeADayAheadRanksBelowEveryOther() {
    let (now, day) = (Sample.time(1000), Int64(86_400_000))
    let (near, far, farther) = (Sample.time(1000 + day), Sample.time(1001 + day), Timestamp.latest)
    #expect(near.isLater(than: now, now: now) && !now.isLater(than: near, now: now))
    #expect(now.isLater(than: far, now: now) && !far.isLater(than: now, now: now))
    #expect(farther.isLater(than: far, now: now) && !far.isLater(than: farther, now: now))
    #expect(!far.isLater(than: far, now: now))
    #expect(far.isLater(than: near, now: farther))
  }

  @Test func knowsTheFarFuture() {
    #expect(!Sample.time(86_400_000).isFarFuture(now: Sample.time(0)))
    #expect(Sample.time(86_400_001).isFarFuture(now: Sample.time(0)))
    #expect(Timestamp.latest.isFarFuture(now: Timestamp(milliseconds: .min)))
  }

  @Test(arguments: [
    "2026-1-02", "2026-01-2", "2026-00-01", "2026-04-31", "1900-02-29", "2026-01-02 ", "26-01-02", "",
  ])
  func refusesWhatIsNoDate(text: String) { #expect(CalendarDate(text) == nil) }
}
