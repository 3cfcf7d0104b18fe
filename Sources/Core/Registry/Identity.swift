import ByteStrings
public import SystemPackage

/// What makes a project the same project on every machine.
///
/// Its id is the git blob hash of ``record`` and a newline, so that anybody can compute it:
/// `printf 'remote github.com/owner/name\n' | git hash-object --stdin`.
public struct Identity: Equatable, Sendable {
  /// What the identity comes from, in order of preference.
  public enum Source: Equatable, Sendable {
    /// The `id` of the project's `.dev-infra.yml`.
    case declared(String)
    /// The ``RemoteURL/normalized`` URL of the remote that counts.
    case remote(String)
    /// The first-parent root commit of HEAD.
    case root(String)
    /// The place on one machine, for want of anything better.
    case path(MachineID, FilePath)
  }

  /// What the identity comes from.
  public let source: Source
  /// Where below the repository's root the project is; nil at the root itself.
  public let subdirectory: FilePath?

  /// An identity; an empty subdirectory is the root, as nil is.
  public init(_ source: Source, subdirectory: FilePath? = nil) {
    self.source = source
    self.subdirectory = subdirectory.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The identity record: one line, without its newline.
  ///
  /// A part that holds a control character, begins with a double quote or is not UTF-8 is quoted as git quotes it.
  public var record: String {
    let head =
      switch source {
      case .declared(let id): "id \(Self.part(Array(ByteText.bytes(of: id))))"
      case .remote(let url): "remote \(Self.part(ByteText.bytes(of: url)))"
      case .root(let hex): "root \(Self.part(ByteText.bytes(of: hex)))"
      case .path(let machine, let path): "path \(machine) \(Self.part(path.pathBytes))"
      }
    guard let subdirectory else { return head }
    return "\(head) \(Self.part(subdirectory.pathBytes))"
  }

  private static func part(_ bytes: [UInt8]) -> String {
    if bytes.first != UInt8(ascii: "\""), let text = ByteText.utf8(bytes),
      !text.holdsControl
    {
      return text
    }
    return String(decoding: Quoting.quote(bytes), as: UTF8.self)
  }

  /// Whether a record says that the project's id was declared.
  static func isDeclared(_ record: String) -> Bool { record.utf8.starts(with: "id ".utf8) }

  /// Whether a record is one that only a directory of a machine gives.
  static func isOfDirectory(_ record: String) -> Bool {
    record.utf8.starts(with: "root ".utf8) || record.utf8.starts(with: "path ".utf8)
  }

  private static let words: [StaticString] = ["remote ", "id ", "root ", "path "]

  /// Whether `record` has the form of one.
  static func isRecord(_ record: String) -> Bool {
    let text = record.utf8
    guard let word = words.first(where: { $0.withUTF8Buffer { text.starts(with: $0) } }) else { return false }
    return text.count > word.utf8CodeUnitCount && text.count <= Limits.identity && !record.holdsControl
  }
}
