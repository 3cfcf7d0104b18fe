import ByteStrings
import Git
public import Registry
import RegistryIndex
public import RegistryStore

/// What somebody has filled into the form of a project: the fields as they left them, and as they found them.
public struct ProjectEdit: Sendable {
  /// The fields that the form has.
  static let fields = ProjectField.all.filter(\.isSettable).sorted { $0.rank < $1.rank }

  /// The state of the entry that the form was made from; see ``ProjectRecord/tag``.
  public let tag: String
  /// What the form says of each field.
  public private(set) var values: [String: String] = [:]
  private var former: [String: String] = [:]

  /// Reads the parameters of a form.
  public init(_ parameter: (String) -> String?) {
    tag = parameter("if-match") ?? ""
    for field in Self.fields {
      guard let value = parameter(field.key), let was = parameter("was-\(field.key)") else { continue }
      values[field.key] = Self.lines(value)
      former[field.key] = Self.lines(was)
    }
  }

  /// A text without the carriage returns that a form puts before every newline.
  private static func lines(_ text: String) -> String {
    String(decoding: text.utf8.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }

  /// The fields that were changed.
  var changed: [ProjectField] {
    Self.fields.filter { field in
      guard let value = values[field.key], let was = former[field.key] else { return false }
      return !value.hasSameBytes(as: was)
    }
  }

  /// What became of an edit.
  public enum Outcome: Sendable {
    /// It is done.
    case saved
    /// Some values cannot be; what is wrong with each.
    case invalid([String: String])
    /// Others changed the same fields meanwhile; what each of these is now.
    case overtaken([String: String])
    /// There is no such project any more.
    case gone
  }

  /// Makes the change, where nobody has changed the same fields since the form was made.
  public func apply(to id: ProjectID, in store: borrowing RegistryStore) throws -> Outcome {
    let changed = changed
    while true {
      let main = try store.main()
      guard let blob = try store.blob(at: .project(id), in: main),
        let current = try store.project(id, in: main),
        let row = try store.view().row(id: id.hex)
      else { return .gone }
      if changed.isEmpty { return .saved }
      var problems: [String: String] = [:]
      var wanted = current
      for field in changed {
        do throws(InvalidValue) {
          try wanted.set(field.key, to: values[field.key])
        } catch {
          problems[field.key] = error.sentence
        }
      }
      guard problems.isEmpty else { return .invalid(problems) }
      if blob.hex != tag {
        var theirs: [String: String] = [:]
        for field in changed {
          let now = Self.lines(field.text(of: current) ?? "")
          if !now.hasSameBytes(as: former[field.key] ?? ""), !now.hasSameBytes(as: values[field.key] ?? "") {
            theirs[field.key] = now
          }
        }
        guard theirs.isEmpty else { return .overtaken(theirs) }
      }
      do {
        let edits = try changed.map { try FieldEdit("\($0.key)=\(values[$0.key] ?? "")") }
        _ = try store.set(edits, of: [row], expecting: [id: blob])
        return .saved
      } catch is EntryChanged {
        // Somebody was faster, perhaps in another field.
      }
    }
  }
}

/// The page on which fields are changed.
extension Page {
  /// The form of a project's fields.
  ///
  /// - Parameters:
  ///   - edit: what somebody has filled in already.
  ///   - outcome: what became of that.
  public static func edit(
    _ record: ProjectRecord, _ edit: ProjectEdit? = nil, _ outcome: ProjectEdit.Outcome? = nil,
    for viewer: Viewer
  ) -> Page {
    let project = record.project
    var problems: [String: String] = [:]
    var theirs: [String: String] = [:]
    var note: HTML?
    switch outcome {
    case .invalid(let found)?:
      problems = found
      let number = found.count == 1 ? "one value" : "\(found.count) values"
      note = """
        <p class="problem" role="alert">Nothing is saved: \(number) cannot be. See below.</p>

        """
    case .overtaken(let found)?:
      theirs = found
      note = """
        <p class="problem" role="alert">Nothing is saved: <bdi>\(record.updatedBy)</bdi> has changed the same meanwhile. Below are both values:
        what is there now, and yours in the form. Save again to put yours in its place.</p>

        """
    default: break
    }
    let rows = ProjectEdit.fields.map { field -> HTML in
      let now = field.text(of: project) ?? ""
      let value = edit?.values[field.key] ?? now
      return control(field, value: value, now: now, problem: problems[field.key], theirs: theirs[field.key])
    }
    let address = "/projects/\(project.id.hex)"
    return Page(
      "Change \(project.name)", .overview,
      """
      <p class="crumbs"><a href="\(link: "/")">Projects</a> / <a href="\(link: address)"><bdi>\(project.name)</bdi></a></p>
      <h1>Change <bdi>\(project.name)</bdi></h1>
      \(note)<form class="card fields" method="post" action="\(link: address + "/edit")">
      <input type="hidden" name="token" value="\(exactly: viewer.token)">
      <input type="hidden" name="if-match" value="\(exactly: record.tag)">
      \(rows)<p><button>Save</button> <a href="\(link: address)">Cancel</a></p>
      </form>
      <p class="hint">Where the project's own <code>.dev-infra.yml</code> states a field on this computer, it is changed there as well, as
      <code>dev-infra set</code> does it. On other machines their file goes before the registry.</p>

      """)
  }

  private static func control(
    _ field: ProjectField, value: String, now: String, problem: String?, theirs: String?
  ) -> HTML {
    let id = "f-\(field.key)"
    var described: [String] = []
    if problem != nil { described.append("\(id)-problem") }
    if theirs != nil { described.append("\(id)-theirs") }
    let hint: HTML?
    if case .tags = field.kind {
      described.append("\(id)-hint")
      hint = " <span class=\"hint\" id=\"\(exactly: id)-hint\">with commas between them</span>"
    } else {
      hint = nil
    }
    let aria: HTML? =
      described.isEmpty ? nil : " aria-describedby=\"\(exactly: described.joined(separator: " "))\""
    let invalid: HTML? = problem == nil ? nil : " aria-invalid=\"true\""
    let required: HTML? = field.isRequired ? " required" : nil
    let input: HTML
    switch field.kind {
    case .prose:
      // A newline at the beginning would be dropped by the browser.
      input = """
        <textarea id="\(exactly: id)" name="\(exactly: field.key)" rows="4"\(aria)\(invalid)>
        \(exactly: value)</textarea>
        """
    case .words(let words):
      let none: HTML? = field.isRequired ? nil : "<option value=\"\">not set</option>\n"
      let options = words.map { word -> HTML in
        let selected: HTML? = word.hasSameBytes(as: value) ? " selected" : nil
        return "<option\(selected)>\(word)</option>\n"
      }
      input = """
        <select id="\(exactly: id)" name="\(exactly: field.key)"\(aria)\(invalid)>
        \(none)\(options)</select>
        """
    default:
      input = """
        <input id="\(exactly: id)" name="\(exactly: field.key)" value="\(exactly: value)" autocomplete="off"\(required)\(aria)\(invalid)>
        """
    }
    let wrong: HTML? = problem.map { "<span class=\"problem\" id=\"\(exactly: id)-problem\">\($0)</span>\n" }
    let other: HTML? = theirs.map {
      "<span class=\"theirs\" id=\"\(exactly: id)-theirs\">Now there: <bdi>\(lines: $0.isEmpty ? "nothing" : $0)</bdi></span>\n"
    }
    // What the next change is compared with: what is there now.
    return """
      <p><label for="\(exactly: id)">\(field.label)</label>\(hint)
      <input type="hidden" name="was-\(exactly: field.key)" value="\(exactly: now)">
      \(input)
      \(wrong)\(other)</p>

      """
  }
}
