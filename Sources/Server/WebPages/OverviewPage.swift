import ByteStrings
public import Registry

/// The page with all projects, and the machines that have them.
extension Page {
  /// Projects on one page.
  private static let pageSize = 100
  /// Machines that have a column; the others are a filter.
  private static let columnLimit = 12
  /// Values of a facet that are shown before the rest.
  private static let valueLimit = 10

  /// The projects that a query asks for.
  public static func overview(_ snapshot: Snapshot, _ query: OverviewQuery, now: Timestamp) -> Page {
    guard !snapshot.projects.isEmpty else { return emptyRegistry() }
    let result = OverviewResult(query, of: snapshot)
    let (count, total) = (result.places.count, snapshot.projects.count)
    let projects = total == 1 ? "1 project" : "\(total) projects"
    let summary = count == total ? projects : "\(count) of \(projects)"
    let content: HTML = """
      <h1>Projects</h1>
      \(findings(snapshot, query, result))\
      \(search(query))\
      <div class="columns">
      \(facets(snapshot, query, result))\
      <section class="results" aria-labelledby="count">
      <div role="status"><h2 id="count">\(summary)</h2></div>
      \(chosen(query))\
      \(matrix(snapshot, query, result, Moment(now: now)))\
      \(pages(query, count))\
      </section>
      </div>

      """
    return Page(query.isNarrowed ? summary : "Projects", .overview, content)
  }

  private static func emptyRegistry() -> Page {
    Page(
      "Projects", .overview,
      """
      <h1>Projects</h1>
      <div class="card">
      <p>There is no project in this registry yet.</p>
      <p>In the directory of a project, <code>dev-infra register</code> makes it known; <code>dev-infra register --recursive ~/src</code>
      finds all below a directory, and <code>dev-infra pull</code> brings those of other machines.</p>
      </div>

      """)
  }

  // MARK: Filters

  private static func findings(_ snapshot: Snapshot, _ query: OverviewQuery, _ result: OverviewResult) -> HTML
  {
    let items = zip(Finding.allCases, result.findings).map { finding, count -> HTML in
      let isChosen = query.finding == finding
      let address = query.with { $0.finding = isChosen ? nil : finding }.address
      let current: HTML = isChosen ? " aria-current=\"true\"" : ""
      let isUnknown = finding.needsStates && !snapshot.hasStates
      let number = isUnknown ? "–" : String(count)
      let title =
        isUnknown ? "not known: machines have not said how their checkouts are" : finding.explanation
      return """
        <li><a href="\(link: address)"\(current) title="\(title)"><strong>\(number)</strong> <span>\(finding.title)</span></a></li>

        """
    }
    let hint: HTML? =
      snapshot.hasStates
      ? nil
      : """
      <p class="hint">No machine has said yet how its checkouts are. A push tells it, where <code>dev-infra.state</code> of that machine
      does not say otherwise.</p>

      """
    return "<nav aria-label=\"Worth a look\">\n<ul class=\"findings\">\n\(items)</ul>\n</nav>\n\(hint)"
  }

  private static func search(_ query: OverviewQuery) -> HTML {
    var kept: [HTML] = Facet.allCases.compactMap { facet in
      query.values[facet].map { value in
        "<input type=\"hidden\" name=\"\(facet.rawValue)\" value=\"\(exactly: value)\">\n"
      }
    }
    if let finding = query.finding {
      kept.append("<input type=\"hidden\" name=\"only\" value=\"\(finding.rawValue)\">\n")
    }
    let orders = OverviewQuery.Order.allCases.map { order -> HTML in
      let selected: HTML = order == query.order ? " selected" : ""
      return "<option value=\"\(order.rawValue)\"\(selected)>\(order.title)</option>\n"
    }
    return """
      <form class="search" role="search" method="get" action="\(link: "/")">
      \(kept)<p><label for="q">Search in names, descriptions and URLs</label>
      <input id="q" name="q" type="search" value="\(exactly: query.text)" maxlength="200" spellcheck="false"></p>
      <p><label for="sort">Sort by</label>
      <select id="sort" name="sort">
      \(orders)</select></p>
      <p><button>Show</button></p>
      </form>

      """
  }

  private static func facets(_ snapshot: Snapshot, _ query: OverviewQuery, _ result: OverviewResult) -> HTML {
    let blocks = Facet.allCases.compactMap { facet -> HTML? in
      guard let values = snapshot.values[facet], !values.isEmpty else { return nil }
      let chosen = query.values[facet]
      var rows = zip(values, result.counts[facet.index]).map { (value: $0, count: $1) }
      rows = rows.filter { $0.count > 0 || chosen.map($0.value.hasSameBytes) ?? false }
      guard !rows.isEmpty else { return nil }
      rows.sort { ($1.count, $0.value) < ($0.count, $1.value) }
      // The chosen one is always among the first.
      if let chosen, let index = rows.firstIndex(where: { $0.value.hasSameBytes(as: chosen) }) {
        rows.insert(rows.remove(at: index), at: 0)
      }
      func items(_ rows: some Sequence<(value: String, count: Int)>) -> [HTML] {
        rows.map { value, count in
          let isChosen = chosen.map(value.hasSameBytes) ?? false
          let address = query.with { $0.values[facet] = isChosen ? nil : value }.address
          let current: HTML = isChosen ? " aria-current=\"true\"" : ""
          return """
            <li><a href="\(link: address)"\(current)><bdi>\(value)</bdi> <span class="count">\(count)</span></a></li>

            """
        }
      }
      let rest = rows.dropFirst(valueLimit)
      let more: HTML? =
        rest.isEmpty
        ? nil
        : """
        <details><summary>\(rest.count) more</summary>
        <ul>
        \(items(rest.prefix(500)))</ul>
        </details>

        """
      return """
        <section><h3>\(facet.title)</h3>
        <ul>
        \(items(rows.prefix(valueLimit)))</ul>
        \(more)</section>

        """
    }
    return """
      <aside class="facets" aria-labelledby="facets">
      <details open>
      <summary><h2 id="facets">Filters</h2></summary>
      \(blocks)</details>
      </aside>

      """
  }

  private static func chosen(_ query: OverviewQuery) -> HTML? {
    guard query.isNarrowed else { return nil }
    var items: [HTML] = []
    func add(_ label: String, _ value: String, _ without: OverviewQuery) {
      items.append(
        """
        <li><a href="\(link: without.address)"><span class="hidden">Remove the filter: </span>\(label) <bdi>\(value)</bdi> \
        <span aria-hidden="true">×</span></a></li>

        """)
    }
    if !query.text.isEmpty { add("with", query.text, query.with { $0.text = "" }) }
    if let finding = query.finding { add("", finding.title, query.with { $0.finding = nil }) }
    for facet in Facet.allCases {
      if let value = query.values[facet] {
        add(facet.title.lowercased(), value, query.with { $0.values[facet] = nil })
      }
    }
    return "<ul class=\"chosen\" aria-label=\"Filters in use\">\n\(items)</ul>\n"
  }

  // MARK: The table

  private static func matrix(
    _ snapshot: Snapshot, _ query: OverviewQuery, _ result: OverviewResult, _ moment: Moment
  ) -> HTML {
    guard !result.places.isEmpty else {
      return """
        <div class="card">
        <p>No project fits. <a href="\(link: "/")">Show all projects</a>, or take one of the filters away.</p>
        </div>

        """
    }
    let first = (min(query.page, lastPage(result.places.count)) - 1) * pageSize
    let shown = result.places.dropFirst(first).prefix(pageSize)
    let columns = columns(snapshot, query)
    let heads = columns.map { column -> HTML in
      let machine = snapshot.machines[column]
      return """
        <th scope="col"><a href="\(link: "/machines#m-\(machine.id.hex)")"><bdi>\(machine.name)</bdi></a></th>

        """
    }
    let rows = shown.map { row(snapshot.projects[$0], columns, moment) }
    let others = snapshot.machines.count - columns.count
    let machines = others == 1 ? "1 more machine is" : "\(others) more machines are"
    let note: HTML? =
      others == 0
      ? nil
      : "<p class=\"hint\">\(machines) not shown: choose one among the filters to see it.</p>\n"
    return """
      <div class="matrix" role="region" aria-labelledby="count" tabindex="0">
      <table>
      <thead>
      <tr>
      <th scope="col">Project</th>
      <th scope="col">Status</th>
      <th scope="col">Changed</th>
      \(heads)</tr>
      </thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      \(note)\
      \(legend)
      """
  }

  /// The machines with a column: the one that is asked for, this one, and those with most projects.
  private static func columns(_ snapshot: Snapshot, _ query: OverviewQuery) -> [Int] {
    let all = snapshot.machines.indices
    guard all.count > columnLimit else { return Array(all) }
    let wanted = query.values[.machine]
    let ranked = all.sorted { left, right in
      func rank(_ index: Int) -> (Int, Int) {
        let machine = snapshot.machines[index]
        let isWanted = wanted.map(machine.name.hasSameBytes) ?? false
        return (isWanted ? 0 : machine.isHere ? 1 : 2, -machine.projects)
      }
      return rank(left) < rank(right)
    }
    return ranked.prefix(columnLimit).sorted()
  }

  private static func row(_ project: Snapshot.Project, _ columns: [Int], _ moment: Moment) -> HTML {
    let description: HTML? =
      project.description.isEmpty
      ? nil
      : "<span class=\"description\"><bdi>\(oneLine(String(project.description.prefix(120))))</bdi></span>"
    let cells = columns.map { cell(project.cells[$0], moment) }
    return """
      <tr>
      <th scope="row"><a href="\(link: "/projects/\(project.id)")"><bdi>\(project.name)</bdi></a>\(description)</th>
      <td>\(project.status)</td>
      <td>\(moment(project.updated))</td>
      \(cells)</tr>

      """
  }

  static func cell(_ cell: Snapshot.Cell?, _ moment: Moment) -> HTML {
    guard let cell else {
      return
        "<td class=\"absent\"><span aria-hidden=\"true\">–</span><span class=\"hidden\">not there</span></td>\n"
    }
    let age: HTML? = cell.taken.map { " <span class=\"age\">\(moment.short($0))</span>" }
    let when = cell.taken.map { ", as of \(moment.words($0))" } ?? ""
    return """
      <td class="\(exactly: cell.kind.word)" title="\(cell.kind.word)\(when)"><span class="sign" aria-hidden="true">\(cell.kind.sign)</span> \
      \(cell.kind.word)\(age)</td>

      """
  }

  private static var legend: HTML {
    let items: [(PlaceState.Kind, String)] = [
      (.changed, "work that is not committed"), (.unpushed, "commits that are on no remote"),
      (.behind, "the remote has more"), (.clean, "nothing left undone"), (.gone, "the directory is gone"),
      (.unreadable, "could not be looked into"), (.unknown, "there, and nothing is known of how it is"),
    ]
    let parts = items.map { kind, words -> HTML in
      """
      <div><dt class="\(exactly: kind.word)"><span class="sign" aria-hidden="true">\(kind.sign)</span> \(kind.word)</dt> <dd>\(words)</dd></div>

      """
    }
    return """
      <details class="legend"><summary>What the words mean</summary>
      <dl>
      \(parts)</dl>
      <p>The number behind a word is how long ago the machine said so. An empty place: the machine does not have the project.</p>
      </details>

      """
  }

  private static func lastPage(_ count: Int) -> Int { max(1, (count + pageSize - 1) / pageSize) }

  private static func pages(_ query: OverviewQuery, _ count: Int) -> HTML? {
    let last = lastPage(count)
    guard last > 1 else { return nil }
    let page = min(query.page, last)
    func link(_ number: Int, _ text: String, _ relation: String) -> HTML? {
      guard (1...last).contains(number) else { return nil }
      var query = query
      query.page = number
      return "<a rel=\"\(relation)\" href=\"\(link: query.address)\">\(text)</a>\n"
    }
    return """
      <nav class="pages" aria-label="Pages of the list">
      \(link(page - 1, "Previous page", "prev"))<span>Page \(page) of \(last)</span>
      \(link(page + 1, "Next page", "next"))</nav>

      """
  }
}
