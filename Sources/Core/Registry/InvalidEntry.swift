import ByteStrings

/// Why a file of the registry is not what it should be. The entry is set aside, others go on.
public struct InvalidEntry: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a text has to be.
  public enum Form: Hashable, Sendable {
    /// The id of a project.
    case projectID
    /// The id of a machine.
    case machineID
    /// A day.
    case date
    /// A moment.
    case time
    /// What git calls an object by.
    case objectName
    /// What git calls a branch by.
    case branchName
    /// What a project's id was made of.
    case identityRecord
    /// A path.
    case path
    /// A path that begins at the root of the file system.
    case absolutePath
    /// A path below a repository's root.
    case subdirectory
    /// The URL of a page.
    case webPage
  }

  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    // MARK: Any value

    /// There is no value.
    case missing
    /// It is not an object.
    case notAnObject
    /// It is not a string.
    case notAString
    /// It has no characters.
    case empty
    /// It is longer.
    case longer(characters: Int)
    /// It is larger.
    case larger(bytes: Int)
    /// It holds a control character.
    case controlCharacter(Unicode.Scalar)
    /// It is not of this form; the value, where it is worth repeating.
    case not(Form, String? = nil)
    /// It is not one of these words; they, and the value.
    case noneOf(String, String)
    /// It is a URL that is refused.
    case refused(RefusedURL)
    /// It is a URL from which something would be left out.
    case shortened

    // MARK: A project

    /// Its tags are not an array.
    case tagsNotAnArray
    /// It has more tags than a project may have.
    case manyTags
    /// A tag is not a string.
    case tagNotAString
    /// This cannot be a tag.
    case tag(String)

    // MARK: A checkout

    /// It has no paths, or more than a checkout may have.
    case pathCount
    /// A path is not an object of path and kind.
    case pathNotAnObject
    /// There is no such kind of path.
    case pathKind(String)
    /// A path is not absolute, or not in its simplest form.
    case pathForm(String)
    /// A path comes twice.
    case pathTwice
    /// It has more remotes than a checkout may have, or they are not an object.
    case remoteCount
    /// A remote cannot be called so.
    case remoteName(String)
    /// The URL of this remote is not a string.
    case remoteNotAString(String)

    // MARK: What a machine says of its checkouts

    /// It is another machine's.
    case otherMachine(MachineID)
    /// This is not a project that the file has.
    case otherProject(String)
    /// The places of a project are too many, or not objects with a path.
    case places

    // MARK: What is not known

    /// The name of a key holds a control character.
    case keyNamed(String, Unicode.Scalar)
    /// What the key has holds a control character.
    case keyHolding(String, Unicode.Scalar)
  }

  /// The key that is at fault; nil for the entry as a whole.
  public let key: String?
  /// What is wrong with it.
  public let fault: Fault

  init(_ key: String?, _ fault: Fault) {
    self.key = key
    self.fault = fault
  }
}

extension InvalidEntry {
  /// What is wrong, as a clause: `its status "x" is not one of active, paused`. Safe for a terminal.
  ///
  /// A command, a client of the server and another machine are told the same.
  public var sentence: String {
    let its = key.map { "its \($0)" } ?? "it"
    return switch fault {
    case .missing: "it has no \(key ?? "value")"
    case .notAnObject: key == nil ? "it is not a JSON object" : "\(its) is not an object"
    case .notAString: "\(its) is not a string"
    case .empty: "\(its) is empty"
    case .longer(let characters): "\(its) is longer than \(characters) characters"
    case .larger(let bytes): "\(its) is larger than \(bytes >> 10) KiB"
    case .controlCharacter(let scalar): "\(its) holds the control character \(TextRule.name(of: scalar))"
    case .not(let form, let text): "\(its)\(text.map { " " + shown($0) } ?? "") is not \(form.words)"
    case .noneOf(let words, let text): "\(its) \(shown(text)) is not one of \(words)"
    case .refused(let error): "\(its) is refused: \(error.sentence)"
    case .shortened: "\(its) carries a user name, a password or a query"

    case .tagsNotAnArray: "its tags are not an array"
    case .manyTags: "it has more than \(Limits.tags) tags"
    case .tagNotAString: "one of its tags is not a string"
    case .tag(let text): "\(shown(text)) among its tags is not a tag: \(Project.tagRule)"

    case .pathCount: "its paths are not an array of 1 to \(Limits.places) items"
    case .pathNotAnObject: "one of its paths is not an object of path and kind"
    case .pathKind(let word): "the kind \(shown(word)) of its path is not one of \(CheckoutPath.Kind.allowed)"
    case .pathForm(let text): "its path \(shown(text)) is not an absolute path in its simplest form"
    case .pathTwice: "one of its paths comes twice"
    case .remoteCount: "its remotes are not an object of at most \(Limits.places) members"
    case .remoteName(let name): "the name of its remote \(shown(name)) cannot be"
    case .remoteNotAString(let name): "the URL of its remote \(shown(name)) is not a string"

    case .otherMachine(let id): "it is the state of the machine \(id)"
    case .otherProject(let key): "its key \(shown(key)) is not a project of this file"
    case .places: "its places are not an array of at most \(Limits.places) objects with a path"

    case .keyNamed(let name, let scalar):
      "the name of its key \(shown(name)) holds the control character \(TextRule.name(of: scalar))"
    case .keyHolding(let name, let scalar):
      "its key \(shown(name)) holds the control character \(TextRule.name(of: scalar))"
    }
  }

  /// The sentence.
  public var description: String { sentence }
}

extension InvalidEntry.Form {
  fileprivate var words: String {
    switch self {
    case .projectID: "a project id"
    case .machineID: "a machine id"
    case .date: "a date such as 2026-01-02"
    case .time: "a time by RFC 3339"
    case .objectName: "an object name"
    case .branchName: "the name of a branch"
    case .identityRecord: "an identity record"
    case .path: "a path"
    case .absolutePath: "an absolute path"
    case .subdirectory: "a path below a repository's root"
    case .webPage: WebPage.rule
    }
  }
}

/// `text` in double quotes, short and safe for a message.
func shown(_ text: String) -> String {
  // Masked first: cut in the middle, a password would no longer be seen for one.
  let safe = RemoteURL.withoutSecrets(text)
  let short =
    safe.unicodeScalars.count > 80
    ? String(String.UnicodeScalarView(safe.unicodeScalars.prefix(80))) + "…" : safe
  return "\"\(Quoting.visible(short))\""
}
