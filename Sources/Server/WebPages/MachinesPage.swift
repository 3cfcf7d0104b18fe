public import Registry

/// The page of the machines.
extension Page {
  /// Projects that are named for each machine.
  private static let unsavedLimit = 50

  /// All machines, and what each holds that is nowhere else.
  public static func machines(_ snapshot: Snapshot, now: Timestamp) -> Page {
    let moment = Moment(now: now)
    let items = snapshot.machines.map { card($0, snapshot, moment) }
    let hint: HTML? =
      snapshot.machines.count > 1
      ? nil
      : """
      <p class="hint">Others appear here once they push: on another machine, <code>dev-infra init URL</code> joins it to a remote,
      and <code>dev-infra push</code> sends what it has.</p>

      """
    return Page(
      "Machines", .machines,
      """
      <h1>Machines</h1>
      \(hint)<div class="cards">
      \(items)</div>

      """)
  }

  private static func card(_ machine: Snapshot.Machine, _ snapshot: Snapshot, _ moment: Moment) -> HTML {
    let here: HTML? = machine.isHere ? " <span class=\"quiet\">this one</span>" : nil
    let address = OverviewQuery().with { $0.values[.machine] = machine.name }.address
    let named = machine.unsaved.prefix(unsavedLimit).map { place -> HTML in
      let project = snapshot.projects[place]
      return "<li><a href=\"\(link: "/projects/\(project.id)")\"><bdi>\(project.name)</bdi></a></li>\n"
    }
    let unsaved: HTML
    if let taken = machine.stateTaken {
      let count = machine.unsaved.count
      let more: HTML? =
        count > unsavedLimit ? "<li>and \(count - unsavedLimit) more</li>\n" : nil
      let list: HTML? = count == 0 ? nil : "<ul>\n\(named)\(more)</ul>\n"
      let number = count == 0 ? "Nothing" : count == 1 ? "1 project" : "\(count) projects"
      unsaved = """
        <p><strong>\(number)</strong> not saved anywhere else, as of \(moment(taken)).</p>
        \(list)
        """
    } else {
      unsaved = "<p class=\"quiet\">It has not said how its checkouts are.</p>\n"
    }
    let system = machine.system.isEmpty ? "unknown" : machine.system
    return """
      <section class="card" id="m-\(exactly: machine.id.hex)" aria-labelledby="h-\(exactly: machine.id.hex)">
      <h2 id="h-\(exactly: machine.id.hex)"><bdi>\(machine.name)</bdi>\(here)</h2>
      <dl class="facts">
      <div><dt>system</dt> <dd><bdi>\(system)</bdi></dd></div>
      <div><dt>projects</dt> <dd><a href="\(link: address)">\(machine.projects)</a>, \(machine.alone) of them on no other machine</dd></div>
      <div><dt>last pushed</dt> <dd>\(moment(machine.lastPush, or: "never"))</dd></div>
      <div><dt>first seen</dt> <dd>\(moment(machine.firstSeen, or: "unknown"))</dd></div>
      <div><dt>id</dt> <dd><code>\(machine.id.hex)</code></dd></div>
      </dl>
      \(unsaved)</section>

      """
  }
}
