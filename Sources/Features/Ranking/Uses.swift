import ByteStrings
import SystemSupport

/// How often and how lately each project was used, as zoxide counts it.
///
/// Each use adds one to a project's rank. When all ranks together pass ``limit``, each is made so much smaller that they sum up to
/// nine tenths of it, and what falls below one is forgotten: so there are never more than ``limit`` projects, and what is not
/// used any more makes room. A rank counts four times within an hour of the last use, twice within a day, half within a
/// week, and a quarter after that.
///
/// The bytes are a line, and for each project, sorted by id, a record of one length: its id, its rank in thousandths, and
/// the second of its last use. So one project is found, and one use is noted, without reading the others.
public struct Uses: Equatable, Sendable {
  /// What all ranks together may reach.
  public static let limit = 10_000
  private static let header = Array("dev-infra-uses 1\n".utf8)
  private static let idLength = 40
  private static let rankLength = 12
  private static let timeLength = 12
  private static let recordLength = idLength + 1 + rankLength + 1 + timeLength + 1
  /// The largest file that is one, with room for what an import brings before it is aged.
  static let sizeLimit = header.count + recordLength * 20 * limit

  /// The file's bytes.
  private(set) var bytes: [UInt8]

  /// No project was used.
  public init() { bytes = Self.header }

  /// Reads the file's bytes; nil where they are not such a file, or cut short.
  public init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.header), (bytes.count - Self.header.count) % Self.recordLength == 0,
      bytes.count <= Self.sizeLimit
    else { return nil }
    self.bytes = bytes
  }

  /// A project that was used.
  public struct Entry: Equatable, Sendable {
    /// Its id.
    public let id: String
    /// Its rank, in thousandths.
    public var rank: Int
    /// The second of its last use.
    public var time: Int

    /// What it counts at this second: four times its rank at most, in quarters of thousandths.
    public func score(at now: Int) -> Int {
      // A time in the future is that of a clock that was set back.
      switch max(0, now - time) {
      case ..<3600: rank * 16
      case ..<86_400: rank * 8
      case ..<604_800: rank * 2
      default: rank
      }
    }
  }

  /// A score with one digit behind the point.
  public static func text(ofScore score: Int) -> String {
    // It is counted in quarters of thousandths.
    let tenths = (score + 200) / 400
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// How many projects there are.
  public var count: Int { (bytes.count - Self.header.count) / Self.recordLength }

  /// The project's use; nil where it was not used, or its record is damaged.
  public func entry(_ id: [UInt8]) -> Entry? {
    guard case .found(let index) = search(id) else { return nil }
    return entry(at: index)
  }

  /// Each project that was used, in the order of their ids.
  public var entries: [Entry] { (0..<count).compactMap { entry(at: $0) } }

  /// The scores of projects that are asked for in the order of their ids, the order of a view: each look-up is a step, and not
  /// a search.
  public struct Scores {
    private let uses: Uses
    private let now: Int
    private var index = -1
    private var score = 0

    /// - Parameter now: the second that it is.
    public init(_ uses: Uses, at now: Int) {
      self.uses = uses
      self.now = now
      advance()
    }

    /// What the project counts; 0 where it was not used.
    public mutating func score(of id: UnsafeBufferPointer<UInt8>) -> Int {
      while index < uses.count {
        let order = uses.order(index, id)
        if order >= 0 { return order == 0 ? score : 0 }
        advance()
      }
      return 0
    }

    /// On to the next record that is not damaged.
    private mutating func advance() {
      repeat {
        index += 1
        if index < uses.count, let entry = uses.entry(at: index) {
          score = entry.score(at: now)
          return
        }
      } while index < uses.count
    }
  }

  /// Notes a use of a project at this second.
  public mutating func note(_ id: [UInt8], at now: Int) {
    raise(id) { entry in
      entry.rank += 1000
      entry.time = now
    }
  }

  /// Takes over uses that another program has counted. What is known here is raised to them and not added to, so that taking
  /// them over again changes nothing.
  public mutating func merge(_ id: [UInt8], rank: Double, time: Int) {
    guard rank.isFinite, rank > 0 else { return }
    raise(id) { entry in
      entry.rank = max(entry.rank, Int(min(rank, Double(Self.limit)) * 1000))
      entry.time = max(entry.time, time)
    }
  }

  /// Forgets the uses of a project.
  public mutating func remove(_ id: [UInt8]) {
    if case .found(let index) = search(id) { bytes.removeSubrange(offset(index)..<offset(index + 1)) }
  }

  /// Makes ranks smaller where all together are too large.
  public mutating func age() {
    let all = entries
    let sum = all.reduce(0) { $0 + $1.rank }
    guard sum > Self.limit * 1000 else { return }
    let factor = 0.9 * Double(Self.limit) * 1000 / Double(sum)
    self = Uses()
    for var entry in all {
      entry.rank = Int(Double(entry.rank) * factor)
      if entry.rank >= 1000 { bytes += Self.record(entry) }
    }
  }

  // MARK: Records

  private enum Place { case found(Int), missing(before: Int) }

  private func search(_ id: [UInt8]) -> Place {
    func other(_ index: Int) -> ArraySlice<UInt8> { bytes[offset(index)..<(offset(index) + Self.idLength)] }
    let place = (0..<count).partitionPoint { !other($0).lexicographicallyPrecedes(id) }
    return place < count && other(place).elementsEqual(id) ? .found(place) : .missing(before: place)
  }

  private mutating func raise(_ id: [UInt8], _ change: (inout Entry) -> Void) {
    guard id.count == Self.idLength,
      id.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else {
      return
    }
    let place = search(id)
    var entry = Entry(id: String(decoding: id, as: UTF8.self), rank: 0, time: 0)
    var range: Range<Int>
    switch place {
    case .found(let index):
      if let known = self.entry(at: index) { entry = known }
      range = offset(index)..<offset(index + 1)
    case .missing(let index):
      range = offset(index)..<offset(index)
    }
    change(&entry)
    entry.rank = min(entry.rank, Self.limit * 1000)
    entry.time = min(max(0, entry.time), 999_999_999_999)
    bytes.replaceSubrange(range, with: Self.record(entry))
  }

  /// Whether a record's id comes before another id (less than 0), is it (0), or comes behind it.
  private func order(_ index: Int, _ id: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      let start = offset(index)
      for place in 0..<min(Self.idLength, id.count) where bytes[start + place] != id[place] {
        return Int(bytes[start + place]) - Int(id[place])
      }
      return Self.idLength - id.count
    }
  }

  private func offset(_ index: Int) -> Int { Self.header.count + index * Self.recordLength }

  private func entry(at index: Int) -> Entry? {
    let start = offset(index)
    let (rankStart, timeStart) = (start + Self.idLength + 1, start + Self.idLength + 1 + Self.rankLength + 1)
    let end = timeStart + Self.timeLength
    guard bytes[rankStart - 1] == 0x20, bytes[timeStart - 1] == 0x20, bytes[end] == 0x0A,
      !bytes[start..<(rankStart - 1)].contains(0x20),
      let rank = Self.number(bytes[rankStart..<(timeStart - 1)]),
      let time = Self.number(bytes[timeStart..<end]),
      rank <= Self.limit * 1000
    else { return nil }
    return Entry(
      id: String(decoding: bytes[start..<(rankStart - 1)], as: UTF8.self), rank: rank, time: time)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }

  private static func record(_ entry: Entry) -> [UInt8] {
    func padded(_ number: Int, _ length: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
    }
    return Array("\(entry.id) \(padded(entry.rank, rankLength)) \(padded(entry.time, timeLength))\n".utf8)
  }
}
