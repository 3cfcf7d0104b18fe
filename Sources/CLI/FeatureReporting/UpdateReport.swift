import Batch
import ByteStrings
public import Registry
import RegistryIndex
import SystemSupport
import Terminal
public import Updating

extension UpdateReport {
  /// What was done, or left alone, a line each, safe for a terminal.
  ///
  /// - Parameter isDone: whether it was done; else it is what would be.
  public func lines(isDone: Bool) -> [String] {
    let name = Quoting.visible(target.calledName)
    var lines: [String] = []
    if !isDone {
      lines = fetches.map { fetch in
        "would fetch \(Quoting.visible(fetch.remote)) of \(name) (\(Quoting.visible(fetch.url)))"
      }
    }
    for branch in branches {
      let branchName = Quoting.visible(branch.name)
      if let new = branch.new {
        let range = "\(branch.old.prefix(10))..\(new.prefix(10))"
        lines.append("\(isDone ? "updated" : "would update") \(name): \(branchName) \(range)")
      } else if let reason = branch.reason {
        lines.append("left alone \(name): \(branchName) \(reason.words(upstream: branch.upstream))")
      }
    }
    return lines
  }

  /// All of it for programs, as dev-infra-update(1) lists the keys.
  ///
  /// - Parameter isDone: whether it was done; else it is what would be.
  public func json(isDone: Bool) -> JSON {
    func text(_ error: UpdateError?) -> JSON? { error.map { .string(Failure($0).message) } }
    var object: JSON.Members = [
      "id": .string(target.id), "name": .string(target.name),
      "path": .string(JSONText.path(target.path.text)),
    ]
    object["error"] = text(error)
    object["remotes"] = .array(
      fetches.map { fetch in
        var remote: JSON.Members = [
          "name": .string(JSONText.path(fetch.remote)), "url": .string(JSONText.path(fetch.url)),
          "fetched": .bool(fetch.isDone && isDone),
        ]
        remote["error"] = text(fetch.error)
        return .object(remote)
      })
    object["branches"] = .array(
      branches.map { branch in
        var member: JSON.Members = [
          "name": .string(JSONText.path(branch.name)), "old": .string(branch.old),
          "upstream": .string(JSONText.path(branch.upstream)),
        ]
        member["new"] = branch.new.map { .string($0) }
        member["left"] = branch.reason.map { .string($0.key) }
        member["reason"] = branch.reason.map { .string($0.words(upstream: branch.upstream)) }
        return .object(member)
      })
    return .object(object)
  }
}

extension UpdateTotals {
  /// The numbers in one line.
  public var sentence: String {
    var parts = ["\(fetched) fetched"]
    if updated > 0 { parts.append("\(updated) branch\(updated == 1 ? "" : "es") updated") }
    if leftAlone > 0 { parts.append("\(leftAlone) left alone") }
    if failed > 0 { parts.append("\(failed) failed") }
    return parts.joined(separator: ", ")
  }
}
