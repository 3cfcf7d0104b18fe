import SystemSupport
import ByteStrings
public import Registry

/// A column of the view: a field of the entry, by ``ProjectField/column``, or one of the index's own.
public struct ViewColumn: Hashable, Sendable, CaseIterable {
  enum Source: Sendable {
    case field(ProjectField)
    case paths
    case key
    case machines
    case unknown
  }

  /// Its place among the columns.
  public let rawValue: Int

  private init(_ rawValue: Int) { self.rawValue = rawValue }

  /// The column of a field of the entry, by ``ProjectField/column``.
  public static func field(_ key: FieldKey) -> ViewColumn { Self(ProjectField(key).column) }

  /// The column of the field with this key; the one of unknown keys where there is no such field.
  public static func field(_ key: String) -> ViewColumn {
    ProjectField(key).map { Self($0.column) } ?? unknown
  }

  /// What each column has, in their order. A new one goes to the end, and ``View/format`` goes up.
  static let sources: [Source] = {
    let own: [(Int, Source)] = [(2, .paths), (3, .key), (7, .machines), (21, .unknown)]
    let all = ProjectField.all.map { ($0.column, Source.field($0)) } + own
    return all.sorted { $0.0 < $1.0 }.map(\.1)
  }()

  /// Every column, in the order in which a line of the view's file has them.
  public static let allCases = sources.indices.map { ViewColumn($0) }

  /// Where it is on this machine, a list; empty when it is not here.
  public static let paths = ViewColumn(2)
  /// The normalised remote URL, which two clones of one project share.
  public static let key = ViewColumn(3)
  /// The machines that have it, a list of ids.
  public static let machines = ViewColumn(7)
  /// What the entry holds beside all fields, as one JSON object; empty when nothing.
  public static let unknown = ViewColumn(21)

  // Those that something is done with.
  /// The project's id, 40 hexadecimal digits.
  public static let id = field(.id)
  /// The project's name, which others may share.
  public static let name = field(.name)
  /// The word of its ``ProjectStatus``.
  public static let status = field(.status)
  /// The word of its ``ProjectType``; empty without one.
  public static let projectType = field(.projectType)
  /// Its tags, a list.
  public static let tags = field(.tags)
  /// The first-parent root of its history, 40 or 64 hexadecimal digits; empty where it is not known.
  public static let rootCommit = field(.rootCommit)
  /// The directory below the repository's root that holds it.
  public static let subdirectory = field(.subdirectory)
  /// The remote URL.
  public static let remoteURL = field(.remoteURL)
  /// When the entry was last changed.
  public static let updated = field(.updated)
  /// The machine that last changed it.
  public static let updatedBy = field(.updatedBy)
  /// The date it was created.
  public static let created = field(.created)
  /// The identity record.
  public static let identity = field(.identity)
}

/// One project in the view: the entry, and which machines have it where.
public struct ViewRow: Sendable {
  /// Its line of the view's file, without its end.
  private let line: FileBytes

  /// The row of a project.
  ///
  /// - Parameters:
  ///   - key: the project's normalised remote URL; empty without one.
  ///   - paths: where it is on this machine.
  ///   - machines: the machines that have it.
  public init(_ project: Project, key: String, paths: [String], machines: [MachineID]) {
    var line: [UInt8] = []
    line.reserveCapacity(448)
    for source in ViewColumn.sources {
      if !line.isEmpty { line.append(UInt8(ascii: "\t")) }
      switch source {
      case .field(let field): Quoting.append(Self.text(of: field, project), to: &line)
      case .paths: Quoting.append(paths.joined(separator: "\0"), to: &line)
      case .key: Quoting.append(key, to: &line)
      case .machines: Quoting.append(machines.map(\.hex).joined(separator: "\0"), to: &line)
      case .unknown:
        Quoting.append(project.unknown.isEmpty ? "" : JSON.object(project.unknown).compact, to: &line)
      }
    }
    self.line = FileBytes(line)
  }

  private static func text(of field: ProjectField, _ project: Project) -> String {
    switch field.kind {
    case .tags: project.tags.joined(separator: "\0")
    // As bytes, and not in the form that JSON has it.
    case .path: project.subdirectory?.text ?? ""
    default: field.text(of: project) ?? ""
    }
  }

  /// A row read from the view's file; missing columns are empty. Columns are decoded when they are asked for: most
  /// callers want a few, of very many rows.
  init(line: FileBytes) { self.line = line }

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

  /// The row of a line of a view's file, with or without its end.
  public init(line: UnsafeRawBufferPointer) {
    let isEnded = line.last == UInt8(ascii: "\n")
    self.init(line: FileBytes(Array(isEnded ? line.dropLast() : line[...])))
  }

  /// Appends the row as a line of the view's file.
  public func append(to body: inout [UInt8]) {
    line.withUnsafeBytes { body += $0 }
    body.append(UInt8(ascii: "\n"))
  }

  /// A column's items.
  public func list(_ column: ViewColumn) -> [String] {
    let text = self[column]
    if text.isEmpty { return [] }
    return text.utf8.contains(0) ? text.unicodeScalars.split(separator: "\0").map { String($0) } : [text]
  }

  /// Calls `body` with the bytes of a column's items, of which no text is made.
  public func eachItem(of column: ViewColumn, _ body: (UnsafeRawBufferPointer) -> Void) {
    line.withUnsafeBufferPointer { ViewField.eachItem(at: column.rawValue, of: $0, body) }
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
  static func text(at number: Int, of line: FileBytes) -> String {
    line.withUnsafeBufferPointer { buffer in
      let field = bytes(at: number, of: buffer)
      if field.first == UInt8(ascii: "\"") { return ByteText.string(from: Quoting.unquote(field) ?? []) }
      return field.isEmpty ? "" : String(decoding: field, as: UTF8.self)
    }
  }

  /// Calls `body` with the bytes of each item of a list.
  static func eachItem(
    at number: Int, of line: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let field = bytes(at: number, of: line)
    if field.first == UInt8(ascii: "\"") {
      for item in (Quoting.unquote(field) ?? []).split(separator: 0) { item.withUnsafeBytes(body) }
    } else if !field.isEmpty {
      body(UnsafeRawBufferPointer(field))
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
