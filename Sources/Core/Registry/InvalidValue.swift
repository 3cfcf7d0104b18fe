import ByteStrings

/// Why a value cannot be given to a key.
public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    /// There is no such key, or nobody sets it.
    case notSettable
    /// Every project has one: it cannot be empty.
    case required
    /// It is longer.
    case longer(characters: Int)
    /// It is larger.
    case larger(bytes: Int)
    /// It holds a control character.
    case controlCharacter(Unicode.Scalar)
    /// It is not one of these words.
    case noneOf([String], String)
    /// It is not the URL of a page.
    case notAWebPage(String)
    /// It is not what a clone takes.
    case notCloneOptions(String)
    /// It is not a tag.
    case tag(String)
    /// They are more tags than a project may have.
    case manyTags
  }

  /// The key.
  public let key: String
  /// What is wrong.
  public let fault: Fault

  init(_ key: String, _ fault: Fault) { (self.key, self.fault) = (key, fault) }
}

extension InvalidValue {
  /// What is wrong, as a clause: `status is one of active, paused, not "x"`. Safe for a terminal.
  ///
  /// A command, a client of the server and who reads another tool's list are told the same.
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

  /// The sentence.
  public var description: String { sentence }
}
