import Registry
public import RegistryIndex
import SystemPackage
public import SystemSupport

/// A page of a project.
public struct ProjectPage: Equatable, Sendable {
  /// Where it is.
  public let url: String

  /// A page at a URL, which begins with its scheme.
  public init(url: String) { self.url = url }

  /// The project's page at its host, of its directory where it is a part of a repository.
  public static func atHost(of row: ViewRow) throws(PageError) -> ProjectPage {
    let hasHomepage = !row[.field("homepage")].isEmpty
    let text = row[.remoteURL]
    guard !text.isEmpty else { throw .noRemote(project: row.name, hasHomepage: hasHomepage) }
    let part = row.isEmpty(.subdirectory) ? nil : FilePath(text: row[.subdirectory])
    guard let remote = try? RemoteURL(text), let page = RepositoryPage(remote, directory: part) else {
      throw .noHost(project: row.name, remote: text, hasHomepage: hasHomepage)
    }
    return ProjectPage(url: page.url)
  }

  /// The page that the project calls its own.
  public static func home(of row: ViewRow) throws(PageError) -> ProjectPage {
    guard let page = RepositoryPage(homepage: row[.field("homepage")]) else {
      throw .noHomepage(project: row.name)
    }
    return ProjectPage(url: page.url)
  }
}

/// Why a project has no page.
public enum PageError: Error, Equatable, Sendable {
  /// Its field for one is empty, or has no page in it.
  case noHomepage(project: String)
  /// It has no remote.
  case noRemote(project: String, hasHomepage: Bool)
  /// Its remote is at no host that has pages.
  case noHost(project: String, remote: String, hasHomepage: Bool)
}

extension Browser {
  /// Shows pages one after the other, each with the terminal to itself.
  ///
  /// - Parameter failing: called for each that was not shown, with the program and how it ended.
  /// - Returns: whether all were.
  public func show(
    _ pages: [ProjectPage], failing: (_ url: String, _ program: String, _ ending: UserCommand.Ending) -> Void
  ) throws -> Bool {
    var areShown = true
    var left = pages[...]
    // Away from here: a repository's own settings say nothing of the browser.
    func next() -> (key: String, command: UserCommand)? {
      guard let page = left.popFirst() else { return nil }
      var command = UserCommand(words(showing: page.url), in: "/")
      command.hasTerminal = true
      return (page.url, command)
    }
    func end(_ url: String, _ ending: UserCommand.Ending) -> Bool {
      if case .exited(0) = ending { return true }
      areShown = false
      failing(url, words(showing: url)[0], ending)
      return true
    }
    try CommandPool.run(
      atMost: 1, next: next, received: { _, _, _ in }, ended: { url, ending, _ in end(url, ending) })
    return areShown
  }
}
