import ByteStrings

/// Why a value cannot be given to a key.
public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    /// The key does not exist, or is one that only the toolset sets.
    case notSettable
    /// Every project has one: it cannot be empty.
    case required
    /// The text has more Unicode scalars than this limit.
    case longer(characters: Int)
    /// The text has more bytes of UTF-8 than this limit.
    case larger(bytes: Int)
    /// The text holds a control character that its ``TextRule`` forbids.
    case controlCharacter(Unicode.Scalar)
    /// The value is not one of the field's words: the words, and the value.
    case noneOf([String], String)
    /// The text is not a URL that ``WebPage`` accepts.
    case notAWebPage(String)
    /// The text is not a list of ``CloneOptions`` that a project may keep.
    case notCloneOptions(String)
    /// This text breaks the rule for tags; see ``Project/tagRule``.
    case tag(String)
    /// There are more than ``ProjectLimits/tags`` tags.
    case manyTags
  }

  /// The key as the caller gave it, known or not.
  public let key: String
  /// What is wrong.
  public let fault: Fault

  init(_ key: String, _ fault: Fault) { (self.key, self.fault) = (key, fault) }
}

extension InvalidValue {
  /// What is wrong, as a clause: `status is one of active, paused, not "x"`. Safe for a terminal.
  ///
  /// A command, a client of the server and an import of another tool's list show the same text.
  public var sentence: String {
    switch fault {
    case .notSettable:
      "\(shown(key)) cannot be set; the keys are \(Project.settableKeys.joined(separator: ", "))"
    case .required:
      "a project's \(key) "
        + (ProjectField(key)?.words.map { "is one of \($0.joined(separator: ", "))" } ?? "cannot be empty")
    case .longer(let characters): "\(key) is at most \(characters) characters"
    case .larger(let bytes): "a \(key) is at most \(bytes >> 10) KiB"
    case .controlCharacter(let scalar):
      "\(isOfProse ? "a " : "")\(key) cannot hold the control character \(TextRule.name(of: scalar))"
    case .noneOf(let words, let text): "\(key) is one of \(words.joined(separator: ", ")), not \(shown(text))"
    case .notAWebPage(let text): "\(key) is \(WebPage.rule), not \(shown(text))"
    case .notCloneOptions(let text): "\(key) is \(CloneOptions.rule), not \(shown(text))"
    case .tag(let text): "\(shown(text)) is not a tag: \(Project.tagRule)"
    case .manyTags: "a project has at most \(Limits.tags) tags"
    }
  }

  private var isOfProse: Bool {
    if case .prose? = ProjectField(key)?.kind { true } else { false }
  }

  /// ``sentence``.
  public var description: String { sentence }
}
