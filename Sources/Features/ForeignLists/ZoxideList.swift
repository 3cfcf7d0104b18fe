import ByteStrings
import ListFormats
import Ranking
import Registry
import SystemSupport

/// zoxide's database, or what `zoxide query --list --score` prints: directories, how much each is used, and when it last was.
enum ZoxideList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    let database: ZoxideDatabase
    do {
      database = try ZoxideDatabase(source.bytes, now: Int(Clock.nowMilliseconds / 1000))
    } catch {
      throw ListError.zoxide(error)
    }
    for (index, directory) in database.directories.enumerated() {
      var draft = EntryDraft(index + 1)
      draft.paths = [ByteText.string(from: directory.path)]
      draft.rank = directory.rank
      draft.lastUsed = Timestamp(milliseconds: Int64(min(directory.time, 1 << 40)) * 1000)
      try sink.add(draft)
    }
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    let now = Clock.nowMilliseconds
    var body: [UInt8] = []
    var count: UInt64 = 0
    for entry in entries {
      if entry.paths.isEmpty { text.omit(entry, .noPath) }
      for path in entry.paths {
        guard !ByteText.holdsRawBytes(path.text) else {
          text.omit(entry, .notText)
          continue
        }
        let bytes = path.bytes
        body += number(UInt64(bytes.count), 8) + bytes
        body += number((entry.rank ?? 1).bitPattern, 8)
        body += number(UInt64(max(0, entry.lastUsed?.milliseconds ?? now) / 1000), 8)
        count += 1
      }
    }
    text.append(number(3, 4) + number(count, 8))
    text.append(body)
  }

  /// A number in little-endian order.
  private static func number(_ value: UInt64, _ length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
