import ByteStrings
import Registry

/// What an overview shows: all of it is in the address of the page, so that a filter can be kept, sent and gone back to.
public struct OverviewQuery: Equatable, Sendable {
  /// What the projects are sorted by.
  enum Order: String, CaseIterable, Sendable {
    case name
    case urgency
    case updated
    case commit
    case machines

    var title: String {
      switch self {
      case .name: "name"
      case .urgency: "most urgent first"
      case .updated: "last change of the entry"
      case .commit: "last commit"
      case .machines: "number of machines"
      }
    }
  }

  /// Words that the name, the description or the URL has, all of them.
  var text = ""
  /// The value that is asked for of each facet.
  var values: [Facet: String] = [:]
  /// The count that is asked for.
  var finding: Finding?
  var order = Order.name
  /// The page, from 1.
  var page = 1

  /// Everything, by name.
  public init() {}

  /// Reads the parameters of an address; what is not known counts as nothing.
  public init(_ parameter: (String) -> String?) {
    text = String((parameter("q") ?? "").prefix(200))
    for facet in Facet.allCases {
      if let value = parameter(facet.rawValue), !value.isEmpty { values[facet] = value }
    }
    finding = parameter("only").flatMap { Finding(rawValue: $0) }
    order = parameter("sort").flatMap { Order(rawValue: $0) } ?? .name
    page = max(1, min(100_000, parameter("page").flatMap { Int($0) } ?? 1))
  }

  /// Whether it leaves anything out.
  var isNarrowed: Bool { !text.isEmpty || !values.isEmpty || finding != nil }

  /// The address of the page that shows it.
  public var address: String {
    var parts: [(String, String)] = []
    if !text.isEmpty { parts.append(("q", text)) }
    for facet in Facet.allCases { if let value = values[facet] { parts.append((facet.rawValue, value)) } }
    if let finding { parts.append(("only", finding.rawValue)) }
    if order != .name { parts.append(("sort", order.rawValue)) }
    if page > 1 { parts.append(("page", String(page))) }
    if parts.isEmpty { return "/" }
    return "/?" + parts.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
  }

  /// The same with something else in it, from its first page.
  func with(_ change: (inout OverviewQuery) -> Void) -> OverviewQuery {
    var query = self
    query.page = 1
    change(&query)
    return query
  }

  /// A value as it stands in the query of an address.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What of a snapshot a query shows, and what it would show with one thing else.
struct OverviewResult {
  /// The projects, by their places, in the order that is asked for.
  private(set) var places: [Int] = []
  /// How many there would be with each value of a facet, the other filters as they are.
  private(set) var counts: [[Int]]
  /// How many there would be of each finding.
  private(set) var findings: [Int]

  init(_ query: OverviewQuery, of snapshot: Snapshot) {
    let facets = Facet.allCases
    counts = facets.map { [Int](repeating: 0, count: snapshot.values[$0]?.count ?? 0) }
    findings = [Int](repeating: 0, count: Finding.allCases.count)
    let words = query.text.lowercased().split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
    // A value that no project has leaves nothing.
    let wanted = facets.map { facet in
      query.values[facet].map { value in
        snapshot.values[facet]?.firstIndex { $0.hasSameBytes(as: value) } ?? -1
      }
    }
    let finding = query.finding.map { Finding.Set($0) }
    for (place, project) in snapshot.projects.enumerated() {
      guard words.allSatisfy({ Self.holds(project.searched, $0) }) else { continue }
      // Which one filter keeps it out; with two it counts nowhere.
      var keeper: Int?
      var isOut = false
      for index in facets.indices {
        guard let value = wanted[index], !project.values[index].contains(value) else { continue }
        isOut = keeper != nil
        keeper = index
        if isOut { break }
      }
      if isOut { continue }
      let isFound = finding.map { project.findings.isSuperset(of: $0) } ?? true
      if isFound {
        if let keeper {
          for value in project.values[keeper] { counts[keeper][value] += 1 }
        } else {
          for index in facets.indices {
            for value in project.values[index] { counts[index][value] += 1 }
          }
          places.append(place)
        }
      }
      if keeper == nil {
        for (index, other) in Finding.allCases.enumerated() where project.findings.contains(.init(other)) {
          findings[index] += 1
        }
      }
    }
    sort(by: query.order, snapshot.projects)
  }

  private mutating func sort(by order: OverviewQuery.Order, _ projects: [Snapshot.Project]) {
    // The latest first; those of which nothing is known come last. Equal ones stay by name.
    func descending(_ key: (Snapshot.Project) -> Int64) {
      let keyed = places.map { (key(projects[$0]), $0) }
      places = keyed.sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 > $1.0 }.map(\.1)
    }
    switch order {
    case .name: break
    case .urgency: descending { -Int64($0.urgency.rawValue) }
    case .updated: descending { $0.updated.milliseconds }
    case .commit: descending { $0.lastCommit?.milliseconds ?? .min }
    case .machines: descending { Int64($0.cells.count) }
    }
  }

  /// Whether some bytes hold others.
  static func holds(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, word.count <= text.count else { return word.isEmpty }
    return text.withUnsafeBufferPointer { text in
      word.withUnsafeBufferPointer { word in
        for start in 0...(text.count - word.count) where text[start] == first {
          var length = 1
          while length < word.count, text[start + length] == word[length] { length += 1 }
          if length == word.count { return true }
        }
        return false
      }
    }
  }
}
