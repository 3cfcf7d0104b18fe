import ArgumentParser
import ByteStrings
import CommandLineTool
import IndexReporting
import Listing
public import Opening
import Ranking
import Registry
import RegistryIndex
import SystemPackage
import SystemSupport
public import Terminal

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
    var pages: [(row: ViewRow, url: String)] = []
    for row in rows {
      do throws(Failure) {
        pages.append((row, try page(of: row)))
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

  private func page(of row: ViewRow) throws(Failure) -> String {
    let name = Quoting.visible(row.name)
    let own = row[.field("homepage")]
    if homepage {
      guard let page = RepositoryPage(homepage: own) else {
        throw .no("\(name) has no homepage", hints: "'dev-infra set \(name) homepage=URL' says where it is")
      }
      return page.url
    }
    let hint = own.isEmpty ? [] : ["it has a homepage, which --homepage opens"]
    let text = row[.remoteURL]
    guard !text.isEmpty else {
      throw Failure(status: ExitStatus.no, message: "\(name) has no remote, and so no page", hints: hint)
    }
    let part = row.isEmpty(.subdirectory) ? nil : FilePath(text: row[.subdirectory])
    guard let remote = try? RemoteURL(text), let page = RepositoryPage(remote, directory: part) else {
      throw Failure(
        status: ExitStatus.no, message: "\(name) has no page: its remote is \(Quoting.visible(text))",
        hints: hint)
    }
    return page.url
  }

  /// Shows pages in the browser.
  ///
  /// - Returns: whether all were.
  private func show(_ pages: [(row: ViewRow, url: String)]) throws -> Bool {
    if pages.isEmpty { return true }
    let browser = try Browser.ofUser()
    try Interruption.watch()
    var isWell = true
    var left = pages[...]
    // Away from here: a repository's own settings say nothing of the browser.
    func next() -> (key: String, command: UserCommand)? {
      guard let page = left.popFirst() else { return nil }
      var command = UserCommand(browser.words(showing: page.url), in: "/")
      command.hasTerminal = true
      return (page.url, command)
    }
    func ended(_ url: String, _ ending: UserCommand.Ending) -> Bool {
      let words = browser.words(showing: url)
      switch ending {
      case .exited(0): return true
      case .interrupted, .timedOut: break
      case .exited(let status):
        Messages.error("opening \(url) failed: '\(Quoting.visible(words[0]))' ended with status \(status)")
      case .signalled(let number):
        Messages.error("opening \(url) failed: '\(Quoting.visible(words[0]))' was ended by signal \(number)")
      case .notStarted(let code):
        Messages.error(SystemError("opening", url, code: code))
      }
      isWell = false
      return true
    }
    try CommandPool.run(
      atMost: 1, next: next, received: { _, _, _ in }, ended: { url, ending, _ in ended(url, ending) })
    if !isWell, Interruption.signal == nil {
      Messages.hint("BROWSER, or git's setting web.browser, names another browser; '--print' prints the URL")
    }
    return isWell
  }

  /// Becomes the editor: its status, its signals and the terminal are its own affair.
  private func edit(_ places: [String]) throws -> Never {
    let words: [String]
    do {
      words = try Editor.words(editing: places)
    } catch let error as Editor.NoEditor {
      throw error.failure
    }
    Trace.report(.becoming(program: words[0], arguments: Array(words.dropFirst())))
    throw Failure(SystemError("running", words[0], code: ThisProcess.become(found: words)))
  }
}

extension Editor.NoEditor: ReportedError {
  /// The error in words.
  public var failure: Failure {
    .fatal(
      "finding an editor failed: \(Quoting.visible(reason))",
      hints: "'git config --global core.editor EDITOR', or the variable EDITOR, names one")
  }
}
