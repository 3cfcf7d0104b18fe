public import ByteStrings
public import Registry
import RegistryIndex
import SystemSupport
import Terminal
public import WorkTreeState

extension UnsavedFindings {
  /// One JSON array, an object a finding.
  public var json: JSON {
    .array(
      all.map { finding in
        .object([
          "path": .string(JSONText.path(finding.path.text)), "kind": .string(finding.fact.kind),
          "count": .integer(finding.count), "detail": .string(finding.detail),
        ])
      })
  }

  /// A line a finding for programs, without its end.
  public func records(_ format: RecordFormat) -> [[UInt8]] {
    all.map { finding in
      format.field(finding.path.text) + Array("\t\(finding.fact.kind)\t\(finding.count)\t".utf8)
        + format.field(finding.detail)
    }
  }

  /// The text for people: a line for each place, the findings of that place below it, and how many places
  /// there are.
  ///
  /// - Parameter home: the home directory, for which `~` stands.
  public func lines(home: String?) -> [String] {
    let byPlace = Dictionary(grouping: all, by: \.path)
    var lines: [String] = []
    for place in places {
      lines.append(Quoting.visible(HomePath.short(place.text, home: home)))
      for finding in byPlace[place] ?? [] { lines.append("    \(finding.detail)") }
    }
    let count = byPlace.count
    lines.append(
      count == 0
        ? "nothing is on this machine only"
        : "\(count) place\(count == 1 ? "" : "s") with what is on this machine only")
    return lines
  }
}
