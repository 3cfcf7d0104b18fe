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
    let hasHomepage = !row[.field(.homepage)].isEmpty
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
    guard let page = RepositoryPage(homepage: row[.field(.homepage)]) else {
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

/// A page that a browser did not show.
public struct PageNotShown: Error, Equatable, Sendable {
  /// The page.
  public let url: String
  /// The program that was to show it.
  public let program: String
  /// How that ended.
  public let ending: UserCommand.Ending
}

extension Browser {
  /// Shows pages one after the other, each with the terminal to itself.
  ///
  /// - Parameter failing: called for each that was not shown, but where a signal ended it all.
  /// - Returns: whether all were shown.
  public func show(_ pages: [ProjectPage], failing: (PageNotShown) -> Void) throws -> Bool {
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
      switch ending {
      case .exited(0): return true
      case .interrupted, .timedOut: break
      case .exited, .signalled, .notStarted:
        failing(PageNotShown(url: url, program: words(showing: url)[0], ending: ending))
      }
      areShown = false
      return true
    }
    try CommandPool.run(
      atMost: 1, next: next, received: { _, _, _ in }, ended: { url, ending, _ in end(url, ending) })
    return areShown
  }
}
