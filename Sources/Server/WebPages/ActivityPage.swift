import ByteStrings
public import Git
public import Registry
public import RegistryStore

/// Commits of the registry, the newest first.
public struct Activity: Sendable {
  struct Entry: Sendable {
    let commit: String
    let time: Timestamp
    let author: String
    let machine: String
    let subject: String
    let lines: [String]
    let more: Int
  }

  /// Commits on one page.
  static let pageSize = 50
  /// Lines that are shown of a message.
  private static let lineLimit = 20

  let entries: [Entry]
  /// The commit that the next page begins with; nil at the end.
  let next: String?
  let isFirst: Bool

  /// Reads a page of them.
  ///
  /// - Parameter start: the commit that it begins with; nil for the last one.
  /// - Returns: nil where that commit is not in the history.
  public static func read(_ store: borrowing RegistryStore, from start: ObjectID?) throws -> Activity? {
    let main = try store.main()
    if let start {
      guard try store.has(commit: start), try store.repository.isAncestor(start, of: main) else { return nil }
    }
    let ids = try store.repository.commits(of: start ?? main, beyond: nil, limit: pageSize + 1)
    let entries = try ids.prefix(pageSize).map { id in
      let commit = try store.repository.commit(id)
      let lines = commit.message.split(at: "\n").map { String($0) }
      let (milliseconds, isTooLarge) = commit.author.seconds.multipliedReportingOverflow(by: 1000)
      let body = lines.dropFirst()
      return Entry(
        commit: id.hex, time: Timestamp(milliseconds: isTooLarge ? 0 : milliseconds),
        author: commit.author.name, machine: commit.committer.name,
        subject: String((lines.first ?? "").prefix(500)),
        lines: body.prefix(lineLimit).map { String($0.prefix(300)) }, more: max(0, body.count - lineLimit))
    }
    return Activity(
      entries: entries, next: ids.count > pageSize ? ids[pageSize].hex : nil, isFirst: start == nil)
  }
}

/// The page of what happened.
extension Page {
  /// A page of the registry's commits.
  public static func activity(_ activity: Activity, for viewer: Viewer, now: Timestamp) -> Page {
    let moment = Moment(now: now)
    let items = activity.entries.map { entry -> HTML in
      // Messages name the paths of what was registered.
      let subject = viewer.seesPaths ? entry.subject[...] : entry.subject.prefix(before: ":")
      let lines = (viewer.seesPaths ? entry.lines : []).map { line -> HTML in
        "<li><bdi>\(line.begins(with: "- ") ? line.dropFirst(2) : line[...])</bdi></li>\n"
      }
      let more: HTML? = entry.more > 0 ? "<li>and \(entry.more) more lines</li>\n" : nil
      let list: HTML? = lines.isEmpty ? nil : "<ul>\n\(lines)\(more)</ul>\n"
      // The commit that every registry begins with has no date, so that it is the same everywhere.
      let when: HTML = entry.time.milliseconds == 0 ? "<span>at the beginning</span>" : moment(entry.time)
      return """
        <li>
        <p><bdi>\(subject)</bdi></p>
        \(list)<p class="when">\(when) by <bdi>\(entry.author)</bdi> on <bdi>\(entry.machine)</bdi> <code>\(entry.commit.prefix(10))</code></p>
        </li>

        """
    }
    let next: HTML? = activity.next.map {
      "<a rel=\"next\" href=\"\(link: "/activity?from=\($0)")\">Older changes</a>\n"
    }
    let first: HTML? = activity.isFirst ? nil : "<a href=\"\(link: "/activity")\">Latest changes</a>\n"
    return Page(
      "Activity", .activity,
      """
      <h1>Activity</h1>
      <p class="hint">What was changed in the registry, the latest first; <code>dev-infra undo</code> takes a change back.</p>
      <ol class="history">
      \(items)</ol>
      <nav class="pages" aria-label="Pages of the list">
      \(first)\(next)</nav>

      """)
  }
}
