import ByteStrings
public import RegistryIndex
import SystemPackage
import SystemSupport
import Terminal

extension ViewRow {
  /// The first of its paths on this machine that is there.
  public var existingPath: String? { paths.first { Files.kind(of: FilePath(text: $0)) != nil } }
}

extension View {
  /// Where a project is on this machine: the first of its paths that is there.
  ///
  /// - Throws: a documented "no" that says where else it is, or was.
  public func placeHere(of row: ViewRow) throws -> String {
    guard let first = row.paths.first else {
      let machines = Listed.some(of: row.list(.machines).map { Quoting.visible(name(of: $0)) })
      throw Failure.no(
        "\(Quoting.visible(row.name)) is not on this machine\(machines.isEmpty ? "" : "; it is on \(machines)")"
      )
    }
    guard let path = row.existingPath else {
      throw Failure.no(
        "\(Quoting.visible(row.name)) was at \(Quoting.visible(first)), which is gone",
        hints: "'dev-infra refresh' looks for it nearby, 'dev-infra register DIR' tells where it is now")
    }
    return path
  }
}
