import ByteStrings
public import Registry
import SystemPackage
import SystemSupport

/// The page of one project.
extension Page {
  /// All that is known of a project, and a way to change it for those who may.
  ///
  /// - Parameter message: what has just been done.
  public static func project(
    _ record: ProjectRecord, for viewer: Viewer, message: String? = nil, now: Timestamp
  )
    -> Page
  {
    let record = viewer.seesPaths ? record : record.withoutPaths()
    let project = record.project
    let moment = Moment(now: now)
    let note: HTML? = message.map { "<p class=\"done\" role=\"status\">\($0)</p>\n" }
    let edit: HTML? =
      viewer.canEdit
      ? "<p><a class=\"button\" href=\"\(link: "/projects/\(project.id.hex)/edit")\">Change the fields</a></p>\n"
      : nil
    return Page(
      project.name, .overview,
      """
      <p class="crumbs"><a href="\(link: "/")">Projects</a></p>
      <h1><bdi>\(project.name)</bdi></h1>
      \(note)\(description(project))\(edit)\
      <div class="columns wide">
      <section aria-labelledby="fields"><h2 id="fields">Fields</h2>
      \(fields(record, moment))</section>
      <section aria-labelledby="places"><h2 id="places">Where it is</h2>
      \(places(record, moment))</section>
      </div>
      <section aria-labelledby="history"><h2 id="history">History</h2>
      \(history(record, moment))</section>

      """)
  }

  private static func description(_ project: Project) -> HTML? {
    project.description.map { "<p class=\"prose\"><bdi>\(lines: $0)</bdi></p>\n" }
  }

  private static func fields(_ record: ProjectRecord, _ moment: Moment) -> HTML {
    let project = record.project
    let rows = ProjectField.all.sorted { $0.rank < $1.rank }.compactMap { field -> HTML? in
      guard field.fieldKey != .description, let value = field.text(of: project) else { return nil }
      return "<div><dt>\(field.label)</dt> <dd>\(shown(value, field, record, moment))</dd></div>\n"
    }
    let also: HTML? =
      project.unknown.isEmpty
      ? nil : "<div><dt>also</dt> <dd><code>\(JSON.object(project.unknown).compact)</code></dd></div>\n"
    return "<dl class=\"facts\">\n\(rows)\(also)</dl>\n"
  }

  private static func shown(
    _ value: String, _ field: ProjectField, _ record: ProjectRecord, _ moment: Moment
  ) -> HTML {
    switch field.fieldKey {
    case .updated: return moment(record.project.updated)
    case .updatedBy: return "<bdi>\(record.updatedBy)</bdi>"
    case .homepage: return externalLink(value, text: value)
    case .remoteURL:
      let page = (try? RemoteURL(value)).flatMap {
        RepositoryPage($0, directory: record.project.subdirectory)
      }
      return page.map { "<bdi>\(value)</bdi> (\(externalLink($0.url, text: "its page")))" }
        ?? "<bdi>\(value)</bdi>"
    case .tags:
      let tags = record.project.tags.map { tag -> HTML in
        let address = OverviewQuery().with { $0.values[.tag] = tag }.address
        return "<li><a href=\"\(link: address)\"><bdi>\(tag)</bdi></a></li>\n"
      }
      return "<ul class=\"tags\">\(tags)</ul>"
    case .id, .identity, .rootCommit: return "<code>\(value)</code>"
    default: return "<bdi>\(value)</bdi>"
    }
  }

  /// A link to somewhere else, where the address is one that a browser only opens; else the text alone.
  static func externalLink(_ address: String, text: String) -> HTML {
    guard WebPage.isValid(address) else { return "<bdi>\(text)</bdi>" }
    return "<a href=\"\(exactly: address)\" rel=\"noreferrer noopener external\"><bdi>\(text)</bdi></a>"
  }

  private static func places(_ record: ProjectRecord, _ moment: Moment) -> HTML {
    guard !record.places.isEmpty else {
      return """
        <p>No machine has it. <code>dev-infra clone \(record.project.name)</code> brings it to the machine where it is run.</p>

        """
    }
    let items = record.places.map { place -> HTML in
      let paths = (place.checkout?.ranked ?? []).map { item -> HTML in
        let text = item.path.text
        let state = place.states.first { $0.path.hasSameBytes(as: text) }
        let kind: HTML? = item.kind == .main ? nil : " <span class=\"quiet\">\(item.kind.rawValue)</span>"
        return "<li><code>\(text)</code>\(kind)\(stateWords(state, moment))</li>\n"
      }
      let states = (place.checkout == nil ? place.states : []).map { state -> HTML in
        "<li>somewhere\(stateWords(state, moment))</li>\n"
      }
      let remotes = (place.checkout?.remotes.sortedByKey() ?? []).map { name, url -> HTML in
        "<li>remote <bdi>\(name)</bdi>: <bdi>\(url)</bdi></li>\n"
      }
      let age: HTML =
        place.taken.map { "<p class=\"quiet\">It said so \(moment($0)).</p>" }
        ?? "<p class=\"quiet\">It has not said how its checkout is.</p>"
      return """
        <section class="card"><h3><a href="\(link: "/machines#m-\(place.machine.hex)")"><bdi>\(place.name)</bdi></a></h3>
        <ul>
        \(paths)\(states)\(remotes)</ul>
        \(age)
        </section>

        """
    }
    return "\(items)"
  }

  private static func stateWords(_ state: PlaceState?, _ moment: Moment) -> HTML? {
    guard let state else { return nil }
    let branch: HTML? = state.branch.map { " on <code>\($0)</code>" }
    let commit: HTML? = state.lastCommit.map { ", last commit \(moment($0))" }
    return """
      <br><span class="\(exactly: state.kind.word)"><span class="sign" aria-hidden="true">\(state.kind.sign)</span> \(state.kind.word)</span>\
      \(branch): \(state.words)\(commit)
      """
  }

  /// A text without its line ends.
  static func oneLine(_ text: String) -> String {
    text.unicodeScalars.split { "\n\r\t".unicodeScalars.contains($0) }.map { String($0) }.joined(
      separator: " ")
  }

  private static func history(_ record: ProjectRecord, _ moment: Moment) -> HTML {
    guard !record.changes.isEmpty else {
      return
        "<p>Nothing that is recent: <code>dev-infra log \(record.project.name)</code> looks through all of it.</p>\n"
    }
    let items = record.changes.map { change -> HTML in
      let words: HTML? = change.words.isEmpty ? nil : "<p>\(change.words.joined(separator: ", "))</p>\n"
      let fields = change.fields.map { field -> HTML in
        let lost: HTML? = field.gaveWay.map { "; <bdi>\(cut($0))</bdi> gave way" }
        return """
          <li><strong>\(ProjectField(field.field)?.label ?? field.field)</strong>: <del><bdi>\(cut(field.old ?? "nothing"))</bdi></del> <span aria-hidden="true">→</span> \
          <ins><bdi>\(cut(field.new ?? "nothing"))</bdi></ins>\(lost)</li>

          """
      }
      let list: HTML? = fields.isEmpty ? nil : "<ul>\n\(fields)</ul>\n"
      return """
        <li>
        <p class="when">\(moment(change.time)) by <bdi>\(change.author)</bdi> on <bdi>\(change.machine)</bdi> <code>\(change.commit.prefix(10))</code></p>
        \(words)\(list)</li>

        """
    }
    let more: HTML? =
      record.hasMore
      ? "<p class=\"hint\">There may be older changes: <code>dev-infra log</code> with the project's name shows all.</p>\n"
      : nil
    return "<ol class=\"history\">\n\(items)</ol>\n\(more)"
  }

  /// A text in one line, and no longer than one would read there.
  private static func cut(_ text: String) -> String {
    let text = oneLine(text)
    return text.unicodeScalars.count > 300
      ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(300))) + "…" : text
  }
}
