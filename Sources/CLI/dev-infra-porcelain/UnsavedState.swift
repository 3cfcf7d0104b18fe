import ByteStrings
import FeatureReporting
import Git
import Registry
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import SystemSupport
import Terminal
import WorkTreeState

extension UnsavedFindings {
  /// Takes what the registry has that is on no remote elsewhere.
  mutating func takeRegistry(_ store: borrowing RegistryStore) throws {
    let configuration = try store.repository.configuration()
    var least: Int?
    for name in try store.remotes() where try configuration.isRemoteElsewhere(name) {
      let status: SyncStatus = try store.status(of: RemoteBranch(name, in: store))
      least = min(least ?? status.toPush, status.toPush)
    }
    if let least {
      add(store.directory, .registryToPush, least)
    } else {
      add(store.directory, .registryWithoutRemote, try store.view().rows.count)
    }
  }

  /// One JSON array, an object a finding.
  var json: JSON {
    .array(
      all.map { finding in
        .object([
          "path": .string(JSONText.path(finding.path.text)), "kind": .string(finding.fact.kind),
          "count": .number(String(finding.count)), "detail": .string(finding.detail),
        ])
      })
  }

  /// Writes a record a finding, or for people a line a place.
  func write(z: Bool, json: Bool) throws {
    var output = Output(RecordFormat(z: z))
    if json {
      try output.write(self.json.canonical)
    } else if !z, Terminal.isTerminal(1) {
      let byPlace = Dictionary(grouping: all, by: \.path)
      for place in places {
        try output.line(Quoting.visible(HomePath.short(place.text)))
        for finding in byPlace[place] ?? [] { try output.line("    \(finding.detail)") }
      }
      let count = byPlace.count
      try output.line(
        count == 0
          ? "nothing is on this machine only"
          : "\(count) place\(count == 1 ? "" : "s") with what is on this machine only")
    } else {
      let format = RecordFormat(z: z)
      for finding in all {
        try output.record(
          formatted: format.field(finding.path.text)
            + Array("\t\(finding.fact.kind)\t\(finding.count)\t".utf8) + format.field(finding.detail))
      }
    }
    try output.flush()
  }
}

/// Paths as people write them.
enum HomePath {
  /// The path with `~` for the home directory.
  static func short(_ path: String) -> String {
    guard let home = Environment.home?.text, path.begins(with: home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }
}
