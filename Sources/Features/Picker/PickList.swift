import ByteStrings
import SystemSupport
public import Ranking
public import RegistryIndex

/// The projects that can be picked, and those of them that fit what was typed, the best first.
///
/// Each word has to fit somewhere, in whatever order: in the name, at the host, owner and name of the remote, or in the path; a word
/// that begins with `#` in a tag. What fits counts points by how well it fits (``SearchPart``), more in a name than elsewhere,
/// and the points of all words are added. Of equal ones what is used most goes first, what is here before what is not, and then
/// names decide.
///
/// Only so many rows are put into their order as are shown: of 10,000 few are.
public struct PickList: Sendable {
  private struct Entry: Sendable {
    let place: RowPlace
    let score: Int32
    let isHere: Bool

    init(place: RowPlace, score: Int, isHere: Bool) {
      (self.place, self.isHere) = (place, isHere)
      self.score = Int32(clamping: score)
    }
  }

  /// What a row that fits is ordered by.
  private struct Rank: Sendable {
    let points: Int
    let score: Int32
    let isHere: Bool
    /// The first eight bytes of the name, as far as they decide its order.
    let start: UInt64

    init(_ entry: Entry, points: Int, name: UnsafeBufferPointer<UInt8>) {
      (self.points, score, isHere) = (points, entry.score, entry.isHere)
      var start: UInt64 = 0
      for index in 0..<8 {
        start = start << 8 | UInt64(index < name.count ? PickList.folded(name[index]) : 0)
      }
      self.start = start
    }

    /// Whether it goes before another one; nil where the rest of the names decides.
    func goes(before other: Rank) -> Bool? {
      if points != other.points { return points > other.points }
      if score != other.score { return score > other.score }
      if isHere != other.isHere { return isHere }
      return start == other.start ? nil : start < other.start
    }
  }

  private struct Match: Sendable {
    let index: Int
    let rank: Rank
    let name: [UInt8]

    func goes(before other: Match) -> Bool {
      if let isFirst = rank.goes(before: other.rank) { return isFirst }
      let order = other.name.withUnsafeBufferPointer { other in
        name.withUnsafeBufferPointer { PickList.order($0, other) }
      }
      return order == 0 ? index < other.index : order < 0
    }
  }

  /// The best of many rows, in their order.
  private struct Best {
    /// How many are kept.
    private let limit: Int
    private(set) var matches: [Match] = []
    /// The last of them, once there are as many as are kept.
    private var last: Rank?

    init(atMost limit: Int) { self.limit = limit }

    /// Takes a row in, where it is among the best.
    mutating func take(_ entry: Entry, _ index: Int, _ points: Int, _ name: UnsafeBufferPointer<UInt8>) {
      let rank = Rank(entry, points: points, name: name)
      // Most rows of many are told apart by this alone.
      if let last, rank.goes(before: last) == false { return }
      let match = Match(index: index, rank: rank, name: Array(name))
      if limit == .max { return matches.append(match) }
      if last != nil {
        guard let worst = matches.last, match.goes(before: worst) else { return }
        matches.removeLast()
      }
      matches.insert(match, at: matches.partitionPoint { !$0.goes(before: match) })
      if matches.count >= limit { last = matches.last?.rank }
    }

    /// All that were taken, in their order.
    func sorted() -> [Match] { limit == .max ? matches.sorted { $0.goes(before: $1) } : matches }
  }

  /// Rows that are put into their order at first.
  private static let screen = 128
  /// The view that the projects are rows of.
  public let view: View
  /// The home directory, whose own name is not looked at.
  private let home: [UInt8]
  private var entries: [Entry] = []
  private var query = ""
  private var best: [Match] = []
  private var isWhole = false
  /// How many fit.
  public private(set) var count = 0

  /// - Parameters:
  ///   - places: the projects; nil for all of the view.
  ///   - hereOnly: leaves out those that are not on this machine.
  ///   - home: the home directory, whose own name is not looked at.
  ///   - now: the second that it is, by which uses count.
  public init(
    _ view: View, _ uses: Uses, places: [RowPlace]? = nil, hereOnly: Bool = false, home: String? = nil,
    now: Int
  ) {
    self.view = view
    self.home = home.map { ByteText.bytes(of: $0) } ?? []
    var entries: [Entry] = []
    // Nothing is typed yet: all fit, and which are the best is seen on the way.
    var best = Best(atMost: Self.screen)
    func add(_ entry: Entry, _ name: UnsafeBufferPointer<UInt8>) {
      best.take(entry, entries.count, 0, name)
      entries.append(entry)
    }
    if let places {
      for place in places {
        view.texts(at: place) { row in
          let isHere = !row.path.isEmpty
          if hereOnly, !isHere { return }
          let score = uses.entry(Array(row.id))?.score(at: now) ?? 0
          add(Entry(place: row.place, score: score, isHere: isHere), row.name)
        }
      }
    } else {
      entries.reserveCapacity(view.mostRows)
      var scores = Uses.Scores(uses, at: now)
      view.forEachPlace { place, id, name, isHere in
        if hereOnly, !isHere { return }
        add(Entry(place: place, score: scores.score(of: id), isHere: isHere), name)
      }
    }
    (self.entries, count) = (entries, entries.count)
    self.best = best.matches
  }

  /// How many there are.
  public var total: Int { entries.count }

  /// Looks for what was typed.
  public mutating func search(_ query: String) {
    self.query = query
    isWhole = false
    let (matches, count) = matches(atMost: Self.screen)
    (best, self.count) = (matches, count)
  }

  /// The place of the row at an index among those that fit; nil where there is none.
  public mutating func place(at index: Int) -> RowPlace? {
    guard index >= 0, index < count else { return nil }
    if index >= best.count, !isWhole {
      best = matches(atMost: .max).matches
      isWhole = true
    }
    return index < best.count ? entries[best[index].index].place : nil
  }

  /// Where a text has what was typed, in bytes.
  public func positions(in text: [UInt8]) -> Set<Int> {
    Set(SearchPart.parts(of: ByteText.bytes(of: query)).flatMap { $0.positions(in: text) })
  }

  private func matches(atMost limit: Int) -> (matches: [Match], count: Int) {
    var parts: [SearchPart] = []
    var tags: [SearchPart] = []
    for word in ByteText.bytes(of: query).split(whereSeparator: { $0 == 0x20 || (0x09...0x0D).contains($0) })
    {
      if word.first == UInt8(ascii: "#") {
        if word.count > 1 { tags.append(SearchPart(word.dropFirst())) }
      } else {
        parts += SearchPart.parts(of: Array(word))
      }
    }
    let takesAll = parts.isEmpty && tags.isEmpty
    var (best, count) = (Best(atMost: limit), 0)
    for (index, entry) in entries.enumerated() {
      if takesAll {
        count += 1
        view.name(at: entry.place) { best.take(entry, index, 0, $0) }
        continue
      }
      view.texts(at: entry.place) { row in
        var sum = 0
        for part in parts {
          guard let more = points(part, row) else { return }
          sum += more
        }
        if !tags.isEmpty {
          let own = view.row(at: entry.place).list(.tags).map { Array($0.utf8) }
          for tag in tags {
            let grades = own.compactMap { $0.withUnsafeBufferPointer { tag.grade(in: $0, least: .inside) } }
            guard let grade = grades.max() else { return }
            sum += 10 * grade.rawValue
          }
        }
        count += 1
        best.take(entry, index, sum, row.name)
      }
    }
    return (best.sorted(), count)
  }

  /// What a word counts in a row; nil where it does not fit.
  private func points(_ part: SearchPart, _ row: RowTexts) -> Int? {
    let inName = part.grade(in: row.name)
    if let inName, inName > .scattered { return [0, 50, 60, 70, 80, 90][inName.rawValue] }
    let path = row.path.starts(with: home) ? UnsafeBufferPointer(rebasing: row.path[home.count...]) : row.path
    let elsewhere = max(
      part.grade(in: row.key, least: .inside)?.rawValue ?? 0,
      part.grade(in: path, least: .inside)?.rawValue ?? 0)
    if elsewhere > 0 { return 20 + 4 * elsewhere }
    return inName == nil ? nil : 20
  }

  /// Names in the order of a dictionary, without regard to case in ASCII, and then by their bytes.
  fileprivate static func order(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>)
    -> Int
  {
    var bytes = 0
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      let (one, other) = (folded(left[index]), folded(right[index]))
      if one != other { return Int(one) - Int(other) }
      if bytes == 0 { bytes = Int(left[index]) - Int(right[index]) }
    }
    return left.count == right.count ? bytes : left.count - right.count
  }

  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
