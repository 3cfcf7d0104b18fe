/// A request that is not done, and what its sender is told. Nothing has been changed.
public struct Refusal: Error, Equatable, Sendable {
  /// The status of HTTP, such as 404.
  public let status: Int
  /// The text of the answer's `error`.
  public let message: String

  /// A refusal of its parts.
  public init(_ status: Int, _ message: String) {
    self.status = status
    self.message = message
  }

  /// There is no record with the number.
  public static let notFound = Refusal(404, "Project not found")
  /// What stands for a number is not one.
  public static let invalidID = Refusal(400, "Invalid project ID format")
  /// Paths are unique over the server.
  public static let pathTaken = Refusal(409, "Project with this path already exists")
  /// A project has one record.
  public static let idTaken = Refusal(409, "Project with this id already exists")
  /// What machines say of their checkouts is not kept here.
  public static let noStates = Refusal(404, "Not found")
  /// A machine has said nothing of its checkouts, or is not known.
  public static let stateNotFound = Refusal(404, "State not found")
  /// Only the server's own machine says that.
  public static let ownState = Refusal(403, "Only this machine says how its checkouts are")
  /// Another client was faster.
  public static let changed = Refusal(412, "The project has changed since; read it again")
  /// A record has a name.
  public static let nameMissing = Refusal(400, "Name is required")
  /// A record has a status.
  public static let statusNull = Refusal(400, "Status cannot be null")
}
