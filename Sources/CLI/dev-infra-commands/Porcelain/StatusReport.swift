import ByteStrings
import Registry
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal

/// What `dev-infra status` tells, in its three forms.
struct StatusReport {
  let registry: FilePath
  let machine: String
  let projects: Int
  let here: Int
  let remotes: [SyncStatus]
  let missing: [(name: String, path: String)]
  let machines: [MachineReport]
  private let now = Timestamp(milliseconds: Clock.nowMilliseconds)

  /// What another machine last said of its checkouts, in numbers.
  struct MachineReport: Sendable {
    /// What the machine is called.
    let name: String
    /// Its id.
    let id: MachineID
    /// When it looked.
    let taken: Timestamp
    /// How many of its projects it told of; nil where nobody asked.
    let projects: Int?
    /// In how many of these something is nowhere else.
    let unsaved: Int
  }

  /// For people.
  var lines: [String] {
    var lines = [
      "On \(Quoting.visible(machine)), registry \(registry.visible)",
      "\(count(projects, "project")), \(here) on this machine",
    ]
    if remotes.isEmpty { lines.append("no remote: 'dev-infra remote add origin URL' adds one") }
    lines += remotes.map { "\(Quoting.visible($0.remote)): \(state(of: $0))\(seen($0))" }
    lines += machines.map { machine in
      let what =
        machine.unsaved == 0
        ? "nothing left undone" : "work that is nowhere else in \(count(machine.unsaved, "project"))"
      return "\(Quoting.visible(machine.name)): \(what) (\(machine.taken.age(at: now)))"
    }
    if !missing.isEmpty {
      lines.append("missing directories ('dev-infra refresh' looks for them):")
      lines += missing.map { "  \(Quoting.visible($0.name))  \(Quoting.visible($0.path))" }
    }
    return lines
  }

  private func state(of status: SyncStatus) -> String {
    guard status.hasRegistry else {
      return status.lastSeen == nil
        ? "never seen, \(status.toPush) to push" : "empty, \(status.toPush) to push"
    }
    if status.isInSync { return "in sync" }
    var parts: [String] = []
    if status.toPush > 0 { parts.append("\(status.toPush) to push") }
    if status.toPull > 0 { parts.append("\(status.toPull) to pull") }
    return parts.joined(separator: ", ")
  }

  private func seen(_ status: SyncStatus) -> String {
    guard let seen = status.lastSeen else { return "" }
    return " (seen \(Timestamp(milliseconds: seen).age(at: now)))"
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// For scripts: a line a fact, fields separated by tabs.
  var records: [String] {
    ["registry\t\(Quoting.quote(registry.text))\t\(projects)\t\(here)"]
      + remotes.map { status in
        let seen = status.lastSeen.map { Timestamp(milliseconds: $0).description } ?? "never"
        return "remote\t\(Quoting.quote(status.remote))\t\(status.toPush)\t\(status.toPull)\t\(seen)"
      }
      + machines.map { machine in
        "machine\t\(Quoting.quote(machine.name))\t\(machine.projects.map(String.init) ?? "")\t\(machine.unsaved)\t\(machine.taken)"
      }
      + missing.map { "missing\t\(Quoting.quote($0.name))\t\(Quoting.quote($0.path))" }
  }

  /// As one JSON object.
  var json: JSON {
    .object([
      "registry": .string(registry.text), "machine": .string(machine), "projects": .integer(projects),
      "here": .integer(here),
      "remotes": .array(
        remotes.map { status in
          .object([
            "name": .string(status.remote), "to_push": .integer(status.toPush),
            "to_pull": .integer(status.toPull), "in_sync": .bool(status.isInSync),
            "seen": status.lastSeen.map { .string(Timestamp(milliseconds: $0).description) } ?? .null,
          ])
        }),
      "machines": .array(
        machines.map { machine in
          .object([
            "name": .string(machine.name), "id": .string(machine.id.hex),
            "taken": .string(machine.taken.description),
            "projects": machine.projects.map { .integer($0) } ?? .null,
            "unsaved": .integer(machine.unsaved),
          ])
        }),
      "missing": .array(missing.map { .object(["name": .string($0.name), "path": .string($0.path)]) }),
    ])
  }
}
