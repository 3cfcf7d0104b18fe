import ByteStrings
public import SystemPackage

/// A project, as all machines share it: the file `projects/<aa>/<38 digits>.json`.
public struct Project: Equatable, Sendable {
  /// The id under which it is kept; once registered it never changes.
  public var id: ProjectID
  /// The record whose hash the id is; see ``Identity``.
  public var identity: String
  /// What people call it; 1 to 200 scalars.
  public var name: String
  /// The day it began.
  public var created: CalendarDate
  /// How far it is.
  public var status: ProjectStatus
  /// When the entry was last written; moves strictly forward, see ``Timestamp/following(_:now:)``.
  public var updated: Timestamp
  /// The machine that wrote it then.
  public var updatedBy: MachineID
  /// What it is, in its owner's words; at most 64 KiB.
  public var description: String?
  /// The template that it was generated from.
  public var template: String?
  /// The version of dev-infra that generated it; `unknown` where a placeholder was left.
  public var version: String?
  /// What it is to its owner.
  public var classification: Classification?
  /// What it is for, such as work or learning; nil where nobody has said.
  public var projectType: ProjectType?
  /// The organization or the person that it belongs to, in the owner's words.
  public var organization: String?
  /// Its page for people: an http or https URL, see ``WebPage``.
  public var homepage: String?
  /// How it is cloned, see ``CloneOptions``; text of one that this version does not know is kept.
  public var cloneOptions: String?
  /// Words to find it by: sorted by bytes, each once, at most 100.
  public var tags: [String] { didSet { tags = tags.sortedUniqueByBytes() } }
  /// Where it is cloned from: a ``RemoteURL/stored`` text, without secrets.
  public var remoteURL: String? { didSet { place = nil } }
  /// The first-parent root of its history: 40 or 64 lower-case hexadecimal digits.
  public var rootCommit: String?
  /// The branch that its remote's HEAD names.
  public var defaultBranch: String?
  /// Where in its repository it is, for a project below the root: relative, without `.` and `..`.
  public var subdirectory: FilePath?
  /// What newer versions, or other tools, wrote beside; kept as it is.
  public var unknown: JSON.Members

  /// The ``RemoteURL/normalized`` form of ``remoteURL``, where that has just been read.
  var place: String?

  /// A project with what every project has; `tags` are sorted and unique.
  public init(
    id: ProjectID, identity: String, name: String, created: CalendarDate, status: ProjectStatus = .active,
    updated: Timestamp, updatedBy: MachineID, tags: [String] = [], unknown: JSON.Members = [:]
  ) {
    self.id = id
    self.identity = identity
    self.name = name
    self.created = created
    self.status = status
    self.updated = updated
    self.updatedBy = updatedBy
    self.tags = tags.sortedUniqueByBytes()
    self.unknown = unknown
  }

  /// Records that this machine writes the entry now: `updated` moves strictly forward.
  public mutating func touch(by machine: MachineID, now: Timestamp) {
    updated = .following(updated, now: now)
    updatedBy = machine
  }

  /// Whether both are written with the same bytes.
  public static func == (left: Project, right: Project) -> Bool { left.json == right.json }
}
