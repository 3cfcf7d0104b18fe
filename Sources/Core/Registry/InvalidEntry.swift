import ByteStrings

/// Why a file of the registry is not what it should be. The entry is set aside, others go on.
public struct InvalidEntry: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a text has to be.
  public enum Form: Hashable, Sendable {
    /// A ``ProjectID``: 40 lower-case hexadecimal digits.
    case projectID
    /// A ``MachineID``: 16 lower-case hexadecimal digits.
    case machineID
    /// A day, such as `2026-01-02`.
    case date
    /// A moment by RFC 3339; see ``Timestamp``.
    case time
    /// The name of a git object: 40 or 64 hexadecimal digits.
    case objectName
    /// A branch name that cannot be an option, a revision or a path outside (git-check-ref-format(1)).
    case branchName
    /// The record of an ``Identity``, whose hash the project's id is.
    case identityRecord
    /// A path as `FilePath.storedText` writes it: the place of a checkout that was here first.
    case path
    /// An absolute path as `FilePath.storedText` writes it: a machine's home directory.
    case absolutePath
    /// A relative path below a repository's root, without `.` and `..`.
    case subdirectory
    /// The http or https URL of a page for people; see ``WebPage``.
    case webPage
  }

  /// What is wrong.
  public enum Fault: Hashable, Sendable {
    // MARK: Any value

    /// The entry lacks a key that it must have.
    case missing
    /// The entry, or a value that has to hold members, is not a JSON object.
    case notAnObject
    /// The value is not a JSON string where the field is text.
    case notAString
    /// The name of a project or a machine is empty.
    case empty
    /// The text has more Unicode scalars than this limit; see ``ProjectLimits``.
    case longer(characters: Int)
    /// The text has more bytes of UTF-8 than this limit, as a description may.
    case larger(bytes: Int)
    /// The text holds a control character that its ``TextRule`` forbids.
    case controlCharacter(Unicode.Scalar)
    /// It is not of this form; the value, where it is worth repeating.
    case not(Form, String? = nil)
    /// The value is not one of the words of the field: the words, as a message lists them, and the value.
    case noneOf(String, String)
    /// ``RemoteURL`` refuses the URL, for this reason.
    case refused(RefusedURL)
    /// The URL has a user name, a password or a query that ``RemoteURL`` would leave out: no version writes
    /// such.
    case shortened

    // MARK: A project

    /// The value of `tags` is not a JSON array.
    case tagsNotAnArray
    /// It has more than ``ProjectLimits/tags`` tags.
    case manyTags
    /// An item of `tags` is not a JSON string.
    case tagNotAString
    /// This text breaks the rule for tags; see ``Project/tagRule``.
    case tag(String)

    // MARK: A checkout

    /// `paths` is not an array of 1 to ``ProjectLimits/places`` items.
    case pathCount
    /// A path is not an object of path and kind.
    case pathNotAnObject
    /// The `kind` of a path is none of ``CheckoutPath/Kind``.
    case pathKind(String)
    /// A path is not absolute, or not in its simplest form.
    case pathForm(String)
    /// Two items of `paths` have the same path.
    case pathTwice
    /// It has more remotes than a checkout may have, or they are not an object.
    case remoteCount
    /// The name of a remote is empty, longer than a name may be, or holds a control character.
    case remoteName(String)
    /// The URL of this remote is not a string.
    case remoteNotAString(String)

    // MARK: What a machine says of its checkouts

    /// The state names this machine, and the reference that holds it another one.
    case otherMachine(MachineID)
    /// This key is not a project id, or not one that belongs into this file.
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
  /// A command, a client of the server and another machine get the same text.
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

  /// ``sentence``.
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
