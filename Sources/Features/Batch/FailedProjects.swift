public import RegistryIndex
public import SystemSupport

/// Where a command failed the last time, for its next run: by itself, or only there.
public struct FailedProjects: Sendable {
  /// By what words the command is remembered.
  public let command: [String]
  private let memory: FailureMemory
  /// The ids of projects that are remembered, and stay so where they are not chosen.
  private let former: [String]

  /// - Parameters:
  ///   - former: the ids of the projects that it failed in; without, those that `memory` has for the command.
  public init(_ memory: FailureMemory, _ command: [String], former: [String]? = nil) {
    (self.memory, self.command) = (memory, command)
    self.former =
      former ?? memory.entries.first { FailureMemory.isSame($0.command, command) }?.failed ?? []
  }

  /// Those of some projects that it failed in, or that it did not get to.
  public func among(_ rows: [ViewRow]) -> [ViewRow] {
    let ids = Set(former)
    return rows.filter { ids.contains($0.id) }
  }

  /// Remembers where it failed this time. A project that was not chosen is as it was.
  ///
  /// - Parameters:
  ///   - failed: the ids of those that it failed in, or did not get to, in order.
  ///   - chosen: the ids of all that it was to be run in.
  public func remember(failed: [String], of chosen: Set<String>) throws(SystemError) {
    var ids: [String] = []
    for id in failed where ids.last != id { ids.append(id) }
    try memory.remember(command, failed: ids + former.filter { !chosen.contains($0) })
  }
}
