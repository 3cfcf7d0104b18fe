import ByteStrings
import SystemSupport
public import SystemPackage
public import RegistryIndex

/// The directories that zoxide(1) has counted: its database, or what `zoxide query --list --score` prints.
///
/// The database is little-endian without padding: version (u32, 3), count (u64), and for each directory the length of its
/// path (u64), the path, its rank (f64) and the second of its last use (u64). zoxide reads no more than 32 MiB, nor is more read
/// here.
public struct ZoxideDatabase: Equatable, Sendable {
  /// Why something is not one.
  public enum Fault: Error, Equatable, Sendable {
    /// It is a database of another version.
    case version(Int)
    /// It ends in the middle, or has what no database has.
    case damaged
    /// It is neither a database nor a list; the number of the line that is not of one.
    case notAList(line: Int)
    /// It has more directories than that.
    case tooMany(limit: Int)

    /// What is wrong, as a clause.
    public var sentence: String {
      switch self {
      case .version(let version): "it is a zoxide database of version \(version), and only version 3 is known"
      case .damaged: "it is a damaged zoxide database"
      case .notAList(let line): "line \(line) is not a score and an absolute path"
      case .tooMany(let limit): "it has more than \(limit) directories"
      }
    }
  }

  /// A directory that was counted.
  public struct Directory: Equatable, Sendable {
    /// Its path.
    public let path: [UInt8]
    /// Its rank.
    public let rank: Double
    /// The second of its last use.
    public let time: Int
  }

  /// The most bytes that are read.
  public static let sizeLimit = 32 << 20
  /// The most directories that are read: many times as many as zoxide keeps, whose ranks add up to no more than `_ZO_MAXAGE`.
  public static let countLimit = 100_000
  /// The directories.
  public let directories: [Directory]

  /// Where zoxide keeps its database: in `_ZO_DATA_DIR`, else in `zoxide` of `XDG_DATA_HOME`; nil without a home either.
  public static var usualPath: FilePath? {
    if let folder = Environment["_ZO_DATA_DIR"], !folder.isEmpty {
      return FilePath(text: folder).appending("db.zo")
    }
    if let data = Environment["XDG_DATA_HOME"], data.begins(with: "/") {
      return FilePath(text: data).pushing("zoxide/db.zo")
    }
    return Environment.home?.pushing(".local/share/zoxide/db.zo")
  }

  /// Reads a database or a list.
  ///
  /// - Parameter now: the second that it is. A list has scores, which are ranks for their age: it is taken as of two days ago,
  ///   where a score is half of the rank.
  public init(_ bytes: [UInt8], now: Int) throws(Fault) {
    // A list begins with spaces or a digit.
    if bytes.count >= 4, bytes[1] == 0, bytes[2] == 0, bytes[3] == 0 {
      directories = try Self.database(bytes, now)
    } else {
      directories = try Self.list(bytes, now)
    }
  }

  private static func database(_ bytes: [UInt8], _ now: Int) throws(Fault) -> [Directory] {
    var position = 0
    func number(_ length: Int) throws(Fault) -> UInt64 {
      guard length <= bytes.count - position else { throw .damaged }
      defer { position += length }
      return (0..<length).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
    }
    let version = try number(4)
    guard version == 3 else { throw .version(Int(version)) }
    let count = try number(8)
    var directories: [Directory] = []
    // Each takes 24 bytes at least: no count makes it go on behind the end.
    for _ in 0..<min(count, UInt64(bytes.count)) {
      let length = try number(8)
      guard length <= UInt64(bytes.count - position) else { throw .damaged }
      let path = Array(bytes[position..<(position + Int(length))])
      position += Int(length)
      let rank = Double(bitPattern: try number(8))
      let time = try number(8)
      guard rank.isFinite, rank >= 0, path.first == UInt8(ascii: "/"), !path.contains(0) else { continue }
      try Self.check(directories)
      directories.append(Directory(path: path, rank: rank, time: Int(min(time, UInt64(max(0, now))))))
    }
    guard UInt64(directories.count) <= count, position == bytes.count else { throw .damaged }
    return directories
  }

  private static func list(_ bytes: [UInt8], _ now: Int) throws(Fault) -> [Directory] {
    var directories: [Directory] = []
    var number = 0
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[start..<end]
      (start, number) = (end + 1, number + 1)
      if line.isEmpty { continue }
      let trimmed = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard let end = trimmed.firstIndex(where: { $0 == 0x20 || $0 == 0x09 }), trimmed[..<end].count <= 32,
        let score = Double(String(decoding: trimmed[..<end], as: UTF8.self)), score.isFinite, score >= 0
      else { throw .notAList(line: number) }
      let path = trimmed[trimmed.index(after: end)...]
      guard path.first == UInt8(ascii: "/"), !path.contains(0) else { continue }
      try check(directories)
      directories.append(Directory(path: Array(path), rank: score * 2, time: max(0, now - 2 * 86_400)))
    }
    return directories
  }

  private static func check(_ directories: [Directory]) throws(Fault) {
    guard directories.count < countLimit else { throw .tooMany(limit: countLimit) }
  }

  /// What the directories say of the projects of a view: each counts for the project that it is, or that it is in.
  public func projects(of view: View) -> [(id: [UInt8], rank: Double, time: Int)] {
    var owners: [[UInt8]: [UInt8]] = [:]
    view.forEachRow { row in
      for path in view.row(at: row.place).paths { owners[ByteText.bytes(of: path)] = Array(row.id) }
    }
    var found: [[UInt8]: (rank: Double, time: Int)] = [:]
    // No system takes a longer path, and every folder of one is looked up.
    for directory in directories where directory.path.count <= 4096 {
      var path = directory.path[...]
      while !path.isEmpty {
        if let id = owners[Array(path)] {
          let known = found[id] ?? (0, 0)
          found[id] = (known.rank + directory.rank, max(known.time, directory.time))
          break
        }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { break }
        path = path[..<slash]
      }
    }
    return found.map { ($0.key, $0.value.rank, $0.value.time) }
  }
}
