import Git
public import Registry
public import RegistryStore

/// How many changes the registry saw on each day of a year.
public struct Calendar: Sendable {
  /// Weeks that are shown, this one the last.
  static let weeks = 53
  /// Commits that are looked at.
  private static let limit = 20_000

  /// Days since 1970 of the first one, a Monday.
  let firstDay: Int64
  /// Changes on each day from then on.
  private(set) var counts: [Int]
  /// Whether there were more than are counted.
  private(set) var isCut = false

  private init(now: Timestamp) {
    let today = now.milliseconds / Self.day
    // 1970-01-01 was a Thursday.
    let monday = today - (today + 3) % 7
    firstDay = monday - Int64(Self.weeks - 1) * 7
    counts = [Int](repeating: 0, count: Int(today - firstDay) + 1)
  }

  /// The last day, since 1970.
  public var today: Int64 { firstDay + Int64(counts.count) - 1 }

  static let day: Int64 = 86_400_000

  /// Counts the commits of a year.
  public static func read(_ store: borrowing RegistryStore, now: Timestamp) throws -> Calendar {
    var calendar = Calendar(now: now)
    var seen = 0
    try store.repository.walk(from: [store.main()], limit: limit) { commit in
      seen += 1
      let place = commit.author.seconds / 86_400 - calendar.firstDay
      if calendar.counts.indices.contains(Int(clamping: place)) { calendar.counts[Int(place)] += 1 }
      return commit.author.seconds / 86_400 >= calendar.firstDay - 60
    }
    calendar.isCut = seen == limit
    return calendar
  }

  func date(_ place: Int) -> String {
    String(Timestamp(milliseconds: (firstDay + Int64(place)) * Self.day).description.prefix(10))
  }
}

/// The page with pictures: each is drawn by the server, and has its numbers in a table beside it.
extension Page {
  /// The pictures of a registry.
  public static func pictures(_ snapshot: Snapshot, _ calendar: Calendar, now: Timestamp) -> Page {
    Page(
      "Pictures", .pictures,
      """
      <h1>Pictures</h1>
      \(ages(snapshot, now))\(unsaved(snapshot))\(changes(calendar))
      """)
  }

  /// A picture with its table beside it.
  private static func section(
    _ id: String, _ title: String, caption: String, drawing: HTML, head: HTML, lines: [HTML]
  ) -> HTML {
    """
    <section class="picture" aria-labelledby="\(exactly: id)">
    <h2 id="\(exactly: id)">\(title)</h2>
    <div class="columns wide">
    <div class="drawing">
    \(drawing)</div>
    <div class="scroll" tabindex="0" role="region" aria-label="\(title): numbers">
    <table class="numbers">
    <caption class="hidden">\(caption)</caption>
    <thead><tr>\(head)</tr></thead>
    <tbody>
    \(lines)</tbody>
    </table>
    </div>
    </div>
    </section>

    """
  }

  // MARK: Bars

  /// A bar for each label, whose parts have the classes `p0`, `p1` and so on.
  private static func bars(
    _ id: String, _ title: String, _ rows: [(label: String, parts: [Int])], _ kinds: [String]
  ) -> HTML {
    let most = max(1, rows.map { $0.parts.reduce(0, +) }.max() ?? 1)
    let (left, width, step) = (200, 370, 28)
    var drawn = HTML()
    for (index, row) in rows.enumerated() {
      let top = index * step
      drawn += """
        <text x="\(left - 8)" y="\(top + 18)" text-anchor="end">\(cutLabel(row.label))</text>

        """
      var x = left
      for (kind, number) in row.parts.enumerated() where number > 0 {
        let length = max(2, number * width / most)
        drawn += """
          <rect class="p\(kind)" x="\(x)" y="\(top + 4)" width="\(length)" height="20"></rect>

          """
        x += length
      }
      drawn += """
        <text x="\(x + 6)" y="\(top + 18)">\(row.parts.reduce(0, +))</text>

        """
    }
    let heads = kinds.map { "<th scope=\"col\">\($0)</th>\n" as HTML }
    let lines = rows.map { row -> HTML in
      let cells = row.parts.map { "<td>\($0)</td>\n" as HTML }
      return "<tr><th scope=\"row\"><bdi>\(row.label)</bdi></th>\n\(cells)</tr>\n"
    }
    let keys =
      kinds.count < 2
      ? []
      : kinds.enumerated().map { index, kind -> HTML in
        "<li><svg class=\"key\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"p\(index)\" width=\"12\" height=\"12\"></rect></svg> \(kind)</li>\n"
      }
    let legend: HTML? = keys.isEmpty ? nil : "<ul class=\"keys\">\n\(keys)</ul>\n"
    let head: HTML = "<td></td>\n\(heads)"
    return section(
      id, title, caption: title,
      drawing: """
        <svg role="img" aria-label="\(title); the table has the numbers" viewBox="0 0 640 \(rows.count * step + 4)">
        \(drawn)</svg>
        \(legend)
        """,
      head: head, lines: lines)
  }

  private static func cutLabel(_ text: String) -> String {
    text.unicodeScalars.count > 18
      ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(17))) + "…" : text
  }

  private static func ages(_ snapshot: Snapshot, _ now: Timestamp) -> HTML {
    let kinds = ProjectStatus.allCases.map(\.rawValue)
    let limits: [(String, Int64)] = [
      ("this week", 7), ("this month", 31), ("this quarter", 92), ("this year", 365),
      ("older", Int64.max),
    ]
    var rows = limits.map { (label: $0.0, parts: [Int](repeating: 0, count: kinds.count)) }
    rows.append(("not known", [Int](repeating: 0, count: kinds.count)))
    for project in snapshot.projects {
      let kind = kinds.firstIndex(of: project.status) ?? 0
      let days = project.lastCommit.map { (now.milliseconds - $0.milliseconds) / 86_400_000 }
      let row = days.flatMap { days in limits.firstIndex { days < $0.1 } } ?? rows.count - 1
      rows[row].parts[kind] += 1
    }
    return bars("ages", "Age of the last commit, by status", rows, kinds)
  }

  private static func unsaved(_ snapshot: Snapshot) -> HTML {
    let told = snapshot.machines.filter { $0.stateTaken != nil }
    guard !told.isEmpty else {
      return """
        <section class="picture" aria-labelledby="unsaved"><h2 id="unsaved">Work that is not saved anywhere, by machine</h2>
        <p class="card">No machine has said yet how its checkouts are. A push tells it, where <code>dev-infra.state</code> of that machine
        does not say otherwise.</p>
        </section>

        """
    }
    let rows = told.sorted { ($1.unsaved.count, $0.name) < ($0.unsaved.count, $1.name) }.prefix(30)
      .map { (label: $0.name, parts: [$0.unsaved.count]) }
    return bars("unsaved", "Work that is not saved anywhere, by machine", rows, ["projects"])
  }

  // MARK: The calendar

  private static func changes(_ calendar: Calendar) -> HTML {
    let most = calendar.counts.max() ?? 0
    var days = HTML()
    for (place, count) in calendar.counts.enumerated() {
      let level = count == 0 ? 0 : 1 + min(3, count * 4 / (most + 1))
      days += """
        <rect class="d\(level)" x="\(place / 7 * 12)" y="\(place % 7 * 12)" width="10" height="10"><title>\(calendar.date(place)): \(count)</title></rect>

        """
    }
    // By month, in the order of time.
    var months: [(name: String, count: Int)] = []
    for (place, count) in calendar.counts.enumerated() {
      let name = String(calendar.date(place).prefix(7))
      if months.last?.name != name { months.append((name, 0)) }
      months[months.count - 1].count += count
    }
    let lines = months.reversed().map {
      "<tr><th scope=\"row\">\($0.name)</th><td>\($0.count)</td></tr>\n" as HTML
    }
    let title = "Changes of the registry in a year"
    let cut: HTML? = calendar.isCut ? "<p class=\"hint\">There were more than are counted here.</p>\n" : nil
    return section(
      "changes", title, caption: "\(title), by month",
      drawing: """
        <svg role="img" aria-label="\(title), a square for each day; the table has the numbers by month" viewBox="0 0 \(Calendar.weeks * 12) 84">
        \(days)</svg>
        \(cut)
        """,
      head: "<th scope=\"col\">Month</th><th scope=\"col\">Changes</th>", lines: lines)
  }
}
