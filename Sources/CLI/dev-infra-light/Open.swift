import ArgumentParser
import ByteStrings
import CommandLineTool
import IndexReporting
import Listing
import Opening
import OpeningReporting
import Ranking
import Registry
import RegistryIndex
import SystemSupport
import Terminal

struct Open: Tool {
  static let configuration = CommandConfiguration(
    commandName: "dev-infra open",
    abstract: "Open the pages of projects at their hosts, or their directories in an editor.",
    usage: """
      dev-infra open [--homepage] [--print] \(ProjectOperands.usage)
      dev-infra open --editor \(ProjectOperands.usage)
      """)

  @Flag(help: "Open the project's own page, its field homepage.")
  var homepage = false
  @Flag(name: .shortAndLong, help: "Print the URLs, and open nothing.")
  var print = false
  @Flag(name: .shortAndLong, help: "Open the directories here in the editor that git uses.")
  var editor = false
  @OptionGroup var projects: ProjectOperands

  /// More pages than anybody wants to have opened at once.
  private static let limit = 20

  func validate() throws {
    if editor, homepage || print {
      throw ValidationError("--editor opens no page: it excludes --homepage and --print")
    }
  }

  func execute() throws -> Int32 {
    let file = try ViewFile.ofEnvironment()
    let view = try file.fresh()
    var status = ExitStatus.success
    func failing(_ error: any Error) {
      Messages.error(error)
      status = ExitStatus.no
    }
    let rows = try rows(of: view, UseFile(registry: file.registry), failing: failing)
    if editor {
      // All are found before anything is opened.
      let places = try rows.map { try view.placeHere(of: $0) }
      guard status == ExitStatus.success, !places.isEmpty else { return ExitStatus.no }
      UseFile(registry: file.registry).note(rows.map(\.id))
      try edit(places)
    }
    var pages: [ProjectPage] = []
    for row in rows {
      do throws(PageError) {
        pages.append(try homepage ? .home(of: row) : .atHost(of: row))
      } catch {
        failing(error)
      }
    }
    if print {
      var output = Output(RecordFormat(z: projects.choice.z))
      for page in pages { try output.record(page.url) }
      try output.flush()
      return status
    }
    guard pages.count <= Self.limit else {
      throw Failure.no(
        "that would open \(pages.count) pages at once, and \(Self.limit) is the most",
        hints: "'--print' prints their URLs, and filters leave fewer")
    }
    return try show(pages) ? status : ExitStatus.no
  }

  /// The projects that are meant; without any the one that this directory is in. It shows a place and changes nothing, so that a part
  /// of a name will do, as for `path`.
  private func rows(of view: View, _ uses: UseFile, failing: (any Error) -> Void) throws -> [ViewRow] {
    var jump = Jump(view, uses)
    let words = projects.isEmpty ? ["."] : projects.p
    let known = try ProjectQuery.all(words).map { query in
      Selection.isGlob(query.text) ? query.text : (try? jump.find(query).id) ?? query.text
    }
    return try projects.choice.rows(of: known, in: view, failing: failing)
  }

  /// Shows pages in the browser.
  ///
  /// - Returns: whether all were.
  private func show(_ pages: [ProjectPage]) throws -> Bool {
    if pages.isEmpty { return true }
    let browser = try Browser.ofUser()
    try Interruption.watch()
    let areShown = try browser.show(pages) { Messages.error($0) }
    if !areShown, Interruption.signal == nil {
      Messages.hint("BROWSER, or git's setting web.browser, names another browser; '--print' prints the URL")
    }
    return areShown
  }

  /// Becomes the editor: its status, its signals and the terminal are its own affair.
  private func edit(_ places: [String]) throws -> Never {
    let words = try Editor.words(editing: places)
    Trace.report(.becoming(program: words[0], arguments: Array(words.dropFirst())))
    throw Failure(SystemError("running", words[0], code: ThisProcess.become(found: words)))
  }
}
