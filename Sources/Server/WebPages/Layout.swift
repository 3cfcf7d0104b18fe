/// Who looks at a page.
public struct Viewer: Sendable {
  /// The name of the key that the viewer signed in with; empty where the server has no keys.
  public var name: String
  /// Whether they may change anything.
  public var canEdit: Bool
  /// Whether they may see where on a machine something is.
  public var seesPaths: Bool
  /// Whether they have signed in, and so can sign out.
  public var isSignedIn: Bool
  /// What a form gives back to show that it is the server's own.
  public var token: String

  /// Someone by these facts.
  public init(name: String, canEdit: Bool, seesPaths: Bool, isSignedIn: Bool, token: String) {
    self.name = name
    self.canEdit = canEdit
    self.seesPaths = seesPaths
    self.isSignedIn = isSignedIn
    self.token = token
  }
}

/// A page: what stands in the frame that all have.
public struct Page: Sendable {
  /// The place of a page in the navigation.
  enum Section: String, CaseIterable {
    case overview
    case machines
    case activity
    case pictures

    var title: String {
      switch self {
      case .overview: "Projects"
      case .machines: "Machines"
      case .activity: "Activity"
      case .pictures: "Pictures"
      }
    }

    var address: String { self == .overview ? "/" : "/\(rawValue)" }
  }

  /// Where the files are that pages refer to.
  public static let files = ["style.css", "script.js", "icon.svg"]
  /// The folder of them in addresses.
  public static let folder = "/web"

  let title: String
  let section: Section?
  let content: HTML
  /// Where a browser goes by itself at once.
  var next: String?

  init(_ title: String, _ section: Section? = nil, _ content: HTML) {
    self.title = title
    self.section = section
    self.content = content
  }

  /// The whole document.
  ///
  /// - Parameters:
  ///   - viewer: nil for a page that anyone may see.
  ///   - path: where it is, which its links count from.
  public func document(for viewer: Viewer?, at path: String) -> [UInt8] { frame(for: viewer).bytes(at: path) }

  private func frame(for viewer: Viewer?) -> HTML {
    let refresh: HTML? = next.map { "<meta http-equiv=\"refresh\" content=\"0; url=\(link: $0)\">\n" }
    let navigation: HTML? = viewer.map { viewer in
      let items = Section.allCases.map { item -> HTML in
        let current: HTML = item == section ? " aria-current=\"page\"" : ""
        return "<li><a href=\"\(link: item.address)\"\(current)>\(item.title)</a></li>\n"
      }
      let account: HTML? =
        viewer.isSignedIn
        ? "<li class=\"account\"><a href=\"\(link: "/sign-out")\">Sign out</a></li>\n" : nil
      return """
        <nav aria-label="Pages">
        <ul>
        \(items)\(account)</ul>
        </nav>

        """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      \(refresh)<title>\(title) – dev-infra</title>
      <link rel="icon" type="image/svg+xml" href="\(link: "/web/icon.svg")">
      <link rel="stylesheet" href="\(link: "/web/style.css")">
      <script src="\(link: "/web/script.js")" defer></script>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header>
      <p class="brand"><a href="\(link: "/")">dev-infra</a></p>
      \(navigation)</header>
      <main id="main">
      \(content)</main>
      </body>
      </html>

      """
  }
}

/// Pages that say what happened, and what to do.
extension Page {
  /// Asks for a key.
  ///
  /// - Parameters:
  ///   - problem: why the last one was refused.
  ///   - next: where to go with it.
  public static func signIn(problem: String? = nil, next: String = "/") -> Page {
    let message: HTML? = problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>\n" }
    return Page(
      "Sign in", nil,
      """
      <h1>Sign in</h1>
      \(message)<form class="card" method="post" action="\(link: "/sign-in")">
      <input type="hidden" name="next" value="\(exactly: next)">
      <p><label for="key">Key</label>
      <input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200" spellcheck="false"></p>
      <p class="hint" id="key-hint">A key begins with <code>di_</code>. On the computer of the registry, <code>dev-infra daemon key add NAME</code>
      makes one; <code>dev-infra web</code> opens this page without any.</p>
      <p><button>Sign in</button></p>
      </form>

      """)
  }

  /// Goes on to another page by itself: a browser sends the cookie only to what a page of the server itself leads to.
  public static func goingOn(to address: String) -> Page {
    var page = Page(
      "One moment", nil,
      "<h1>One moment</h1>\n<p><a href=\"\(link: address)\">Go on to the page</a></p>\n")
    page.next = address
    return page
  }

  /// Asks whether to sign out.
  public static func signOut(_ viewer: Viewer) -> Page {
    let limit = viewer.canEdit ? "" : ", which is for reading only"
    return Page(
      "Sign out", nil,
      """
      <h1>Sign out</h1>
      <form class="card" method="post" action="\(link: "/sign-out")">
      <input type="hidden" name="token" value="\(exactly: viewer.token)">
      <p>You are signed in by the key <strong>\(viewer.name)</strong>\(limit).</p>
      <p><button>Sign out</button> <a href="\(link: "/")">Stay</a></p>
      </form>

      """)
  }

  /// Says that something went wrong, and what to do.
  public static func problem(_ title: String, _ text: String, hint: String? = nil) -> Page {
    let advice: HTML? = hint.map { "<p>\($0)</p>\n" }
    return Page(
      title, nil,
      """
      <h1>\(title)</h1>
      <p class="problem">\(text)</p>
      \(advice)<p><a href="\(link: "/")">All projects</a></p>

      """)
  }
}
