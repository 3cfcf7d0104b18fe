public import Registry

/// What this machine knows in addition to the records, for what these do not tell.
public struct LastSeenState {
  /// A record when it was last seen.
  public struct Remembered: Equatable, Sendable {
    /// The project that it was of.
    public let project: ProjectID
    /// The service's `created_at` of it: numbers begin anew where a service was set up anew.
    public let createdAt: String
    /// The `project_type` that it showed, which need not be the project's: the service may not take ours.
    public let projectType: String?

    /// A record of these.
    public init(project: ProjectID, createdAt: String, projectType: String? = nil) {
      self.project = project
      self.createdAt = createdAt
      self.projectType = projectType
    }
  }

  /// Records when they were last seen, by number.
  public var records: [Int: Remembered] = [:]
  /// A project when it was last seen; nil for one that was not there.
  public var snapshot: (ProjectID) -> ProjectSnapshot? = { _ in nil }
  /// This machine, and its own entry when it was last seen. Nobody else writes what is a machine's own, so that a
  /// record which lacks it tells nothing.
  public var machine: (id: MachineID, entry: JSON?)?
  /// Where projects were on this machine when they were last seen.
  public var ownCheckouts: [ProjectID: JSON] = [:]
  /// The identity record of the project of this registry that a record of another client must be of, because they have
  /// the remote URL or the path on this machine in common; nil where there is none.
  public var identity: (ServiceRecord) -> String? = { _ in nil }

  /// Knowing nothing.
  public init() {}
}
