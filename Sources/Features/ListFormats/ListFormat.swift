/// A format of lists of projects that other tools write or read; dev-infra-import(1) describes each.
///
/// This table says what the formats can hold. How each is read and written is a file of `ForeignLists`; one more format is a
/// row here and a file there, and the compiler names the places that are missing.
public enum ListFormat: String, CaseIterable, Sendable {
  /// URLs, one a line.
  case urls
  /// What `ghq list` prints, with or without `-p`, and what `ghq get` reads.
  case ghq
  /// `gh repo list --json …`, and the lists of GitHub's REST interface.
  case github
  /// The lists of GitLab's REST interface.
  case gitlab
  /// The lists of Gitea's and Forgejo's REST interface.
  case gitea
  /// The `.repos` files of vcstool and vcs2l.
  case repos
  /// `mani.yaml`.
  case mani
  /// `projects.json` of VS Code's Project Manager.
  case vscode
  /// gita's `repos.csv`.
  case gita
  /// What `gita freeze` prints.
  case gitaFreeze = "gita-freeze"
  /// gita's `groups.csv`.
  case gitaGroups = "gita-groups"
  /// The configuration of git-repo-manager.
  case grm
  /// myrepos' `.mrconfig`, as `mr register` writes it.
  case mr
  /// Manifests of Android's repo.
  case manifest
  /// The recent projects of JetBrains' editors.
  case jetbrains
  /// zoxide's database, and what `zoxide query -ls` prints.
  case zoxide
  /// `catalog-info.yaml` of Backstage.
  case backstage
  /// Comma-separated values, with a first line of fields' names.
  case csv
  /// The objects of `dev-infra list --json`.
  case json

  /// Whether the list says where a project is cloned from: then it can hold what is on no machine.
  public var holdsURLs: Bool {
    switch self {
    case .vscode, .gita, .gitaGroups, .jetbrains, .zoxide: false
    default: true
    }
  }

  /// Whether the list is of directories that a person was in, of which many are not projects.
  public var holdsAnyDirectory: Bool { self == .zoxide }

  /// Whether the list is not text.
  public var isBinary: Bool { self == .zoxide }

  /// Whether an entry may have more remotes than the one that it is cloned from.
  public var holdsRemotes: Bool {
    switch self {
    case .mani, .grm, .json: true
    default: false
    }
  }

  /// Whether an entry's place in the list is its line, or else its number.
  public var countsLines: Bool {
    switch self {
    case .urls, .ghq, .gita, .gitaFreeze, .gitaGroups, .mr, .manifest, .jetbrains, .csv: true
    default: false
    }
  }

  /// Whether projects that are parts of one repository are told apart.
  public var holdsParts: Bool { !holdsURLs || self == .csv || self == .json }

  /// The names of all, in one line.
  public static var names: String { allCases.map(\.rawValue).joined(separator: " ") }
}
