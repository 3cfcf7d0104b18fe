import SystemSupport
import ByteStrings
public import Registry

/// A column of the view, in the order in which the columns stand: what is asked for most comes first.
public enum ViewColumn: Int, CaseIterable, Sendable {
  /// The project's id, 40 hexadecimal digits.
  case id
  /// Its name.
  case name
  /// Where it is on this machine, a list; empty when it is not here.
  case paths
  /// The normalised remote URL, which two clones of one project share.
  case key
  /// Its status.
  case status
  /// Its project type.
  case projectType = 5
  /// Its tags, a list.
  case tags
  /// The machines that have it, a list of ids.
  case machines
  /// The root commit.
  case rootCommit
  /// The directory below the repository's root that holds it.
  case subdirectory
  /// The remote URL.
  case remoteURL
  /// When the entry was last changed.
  case updated
  /// The machine that last changed it.
  case updatedBy
  /// The date it was created.
  case created
  /// Its classification.
  case classification
  /// Its organization.
  case organization
  /// The template it was made from.
  case template
  /// The version of dev-infra that made it.
  case version
  /// The default branch.
  case defaultBranch
  /// The identity record.
  case identity
  /// The description.
  case description
  /// What the entry holds beside all of the above, as one JSON object; empty when nothing.
  case unknown
}

/// One project in the view: the entry, and which machines have it where.
public struct ViewRow: Sendable {
  /// Its line of the view's file, without its end.
  private let line: ArraySlice<UInt8>

  /// The row of a project.
  ///
  /// - Parameters:
  ///   - key: the project's normalised remote URL; empty without one.
  ///   - paths: where it is on this machine.
  ///   - machines: the machines that have it.
  public init(_ project: Project, key: String, paths: [String], machines: [MachineID]) {
    var line: [UInt8] = []
    line.reserveCapacity(448)
    for column in ViewColumn.allCases {
      let text =
        switch column {
        case .id: project.id.hex
        case .name: project.name
        case .paths: paths.joined(separator: "\0")
        case .key: key
        case .status: project.status.rawValue
        case .projectType: project.projectType?.rawValue ?? ""
        case .tags: project.tags.joined(separator: "\0")
        case .machines: machines.map(\.hex).joined(separator: "\0")
        case .rootCommit: project.rootCommit ?? ""
        case .subdirectory: project.subdirectory?.text ?? ""
        case .remoteURL: project.remoteURL ?? ""
        case .updated: project.updated.description
        case .updatedBy: project.updatedBy.hex
        case .created: project.created.description
        case .classification: project.classification?.rawValue ?? ""
        case .organization: project.organization ?? ""
        case .template: project.template ?? ""
        case .version: project.version ?? ""
        case .defaultBranch: project.defaultBranch ?? ""
        case .identity: project.identity
        case .description: project.description ?? ""
        case .unknown: project.unknown.isEmpty ? "" : JSON.object(project.unknown).compact
        }
      if column != .id { line.append(UInt8(ascii: "\t")) }
      Quoting.append(text, to: &line)
    }
    self.line = line[...]
  }

  /// A row read from the view's file; missing columns are empty. Columns are decoded when they are asked for: most
  /// callers want a few, of very many rows.
  init(line: ArraySlice<UInt8>) { self.line = line }

  /// A column's text; a list is joined by NUL.
  public subscript(column: ViewColumn) -> String { ViewField.text(at: column.rawValue, of: line) }

  /// Whether a column says nothing.
  public func isEmpty(_ column: ViewColumn) -> Bool {
    line.withUnsafeBufferPointer { ViewField.bytes(at: column.rawValue, of: $0).isEmpty }
  }

  /// Whether a column has exactly this text, or a list has it among its items.
  func holds(_ text: String, in column: ViewColumn) -> Bool {
    // Swift takes two forms of one letter for equal; names and paths are bytes.
    list(column).contains { $0.utf8.elementsEqual(text.utf8) }
  }

  /// Appends the row as a line of the view's file.
  func append(to body: inout [UInt8]) {
    body += line
    body.append(UInt8(ascii: "\n"))
  }

  /// A column's items.
  public func list(_ column: ViewColumn) -> [String] {
    let text = self[column]
    if text.isEmpty { return [] }
    return text.utf8.contains(0) ? text.unicodeScalars.split(separator: "\0").map { String($0) } : [text]
  }

  /// The project's id.
  public var id: String { self[.id] }
  /// The project's name.
  public var name: String { self[.name] }
  /// Where it is on this machine.
  public var paths: [String] { list(.paths) }
}

extension ViewRow: Equatable {
  /// Whether all columns are alike.
  public static func == (left: ViewRow, right: ViewRow) -> Bool {
    ViewColumn.allCases.allSatisfy { left[$0] == right[$0] }
  }
}

/// The fields of a line of the view's file, between tabs and quoted as git quotes.
enum ViewField {
  /// The field with this number, as text; empty where there are fewer.
  static func text(at number: Int, of line: ArraySlice<UInt8>) -> String {
    line.withUnsafeBufferPointer { buffer in
      let field = bytes(at: number, of: buffer)
      if field.first == UInt8(ascii: "\"") { return ByteText.string(from: Quoting.unquote(field) ?? []) }
      return field.isEmpty ? "" : String(decoding: field, as: UTF8.self)
    }
  }

  /// As ``text(at:of:)``, as it stands there.
  static func bytes(at number: Int, of line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    for _ in 0..<number {
      guard let end = ByteSearch.first(UInt8(ascii: "\t"), in: line, from: start) else {
        return UnsafeBufferPointer(rebasing: line[line.count...])
      }
      start = end + 1
    }
    let end = ByteSearch.first(UInt8(ascii: "\t"), in: line, from: start) ?? line.count
    return UnsafeBufferPointer(rebasing: line[start..<end])
  }
}
