import ByteStrings
import ListFormats
import Registry
import SystemSupport
import SystemPackage

/// An entry of a list: texts that nobody has checked.
struct EntryDraft {
  /// Its line, or its number in the list, from 1.
  var place: Int
  var name: String?
  var url: String?
  /// Paths, absolute or relative to the list.
  var paths: [String] = []
  var fields: [(key: FieldKey, value: String)] = []
  var tags: [String] = []
  var remotes: [(name: String, url: String)] = []
  var rank: Double?
  var lastUsed: Timestamp?

  init(_ place: Int) { self.place = place }

  /// What messages call it.
  var label: String { name ?? url.map { RemoteURL.withoutSecrets($0) } ?? paths.first ?? "" }

  /// Gives a field a value, where the list has one.
  mutating func put(_ key: FieldKey, _ value: String?) {
    if let value, !value.isEmpty { fields.append((key, value)) }
  }
}

/// Takes the entries of a list one by one, checks each, and hands on what may be stored.
final class EntrySink {
  private let source: ListSource
  private let deliver: (ListEntry) throws -> Void
  private let tell: (ListNotice) -> Void
  private var count = 0
  /// A project that values are tried on.
  private var trial: Project

  init(
    _ source: ListSource, deliver: @escaping (ListEntry) throws -> Void,
    tell: @escaping (ListNotice) -> Void
  ) throws(ListError) {
    self.source = source
    self.deliver = deliver
    self.tell = tell
    let zeros = String(repeating: "0", count: 40)
    guard let id = ProjectID(zeros), let machine = MachineID(String(zeros.prefix(16))) else {
      throw .malformed(line: nil, "there is no project to try values on")
    }
    let start = Timestamp(milliseconds: 0)
    trial = Project(
      id: id, identity: "id trial", name: "trial", created: CalendarDate(start), updated: start,
      updatedBy: machine)
  }

  /// Tells that another list which this one names is not read.
  func passOver(include name: String) { tell(.notFollowed(name)) }

  /// Passes an entry over.
  func skip(_ label: String, at place: Int, _ fault: EntryFault) throws {
    try countOne()
    tell(.skipped(label: label, place: place, fault))
  }

  /// Takes an entry, or passes it over and tells why.
  func add(_ draft: EntryDraft) throws {
    try countOne()
    let entry: ListEntry
    do throws(EntryFault) {
      entry = try checked(draft)
    } catch {
      tell(.skipped(label: draft.label, place: draft.place, error))
      return
    }
    try deliver(entry)
  }

  private func countOne() throws {
    count += 1
    if count > source.limits.entries { throw ListError.tooManyEntries(limit: source.limits.entries) }
  }

  // MARK: Checks

  private func checked(_ draft: EntryDraft) throws(EntryFault) -> ListEntry {
    var entry = ListEntry()
    for text in draft.paths { entry.paths.append(try path(text)) }
    if let text = draft.url, !text.isEmpty { entry.url = try url(text, draft) }
    guard entry.url != nil || !entry.paths.isEmpty else { throw .noPlace }
    let fallback = entry.url.flatMap(ListPlaces.name(ofURL:)) ?? entry.paths.first?.lastComponent?.string
    let name = draft.name.flatMap { $0.isEmpty ? nil : $0 } ?? TextRule.line.cleaned(fallback ?? "")
    do {
      try trial.set(.name, to: name)
    } catch {
      throw .unusableName(error)
    }
    entry.fields[.name] = name
    for (key, value) in draft.fields where key != .name {
      if let reason = objection(to: value, as: key) {
        tell(.leftOut(label: draft.label, key: key.rawValue, reason))
      } else {
        entry.fields[key] = value
      }
    }
    entry.tags = tags(draft)
    for (name, text) in draft.remotes {
      if let reason = remote(name, text, draft, &entry) {
        tell(.leftOut(label: draft.label, key: "remotes", reason))
      }
    }
    if let rank = draft.rank, rank.isFinite, rank >= 0 { entry.rank = rank }
    entry.lastUsed = draft.lastUsed
    return entry
  }

  private func path(_ text: String) throws(EntryFault) -> FilePath {
    let bytes = ByteText.bytes(of: text)
    guard !bytes.isEmpty else { throw .unusablePath("is empty") }
    guard !bytes.contains(0) else { throw .unusablePath("holds a NUL") }
    let path = FilePath(bytes: bytes).absolute(against: source.directory)
    guard path.bytes.count <= ListLimits.path else {
      throw .unusablePath("is longer than \(ListLimits.path) bytes")
    }
    return path
  }

  private func url(_ text: String, _ draft: EntryDraft) throws(EntryFault) -> String {
    var text = text
    if text.begins(with: "~/"), let home = source.home {
      text = home.pushing(FilePath(text: String(text.dropFirst(2)))).text
    }
    // A path relative to the list begins so; a text with neither scheme nor host is somebody's short form.
    guard RemoteURL.looksLikeURL(text) || ["/", "./", "../"].contains(where: { text.begins(with: $0) }) else {
      throw .notAURL(text)
    }
    let url: RemoteURL
    do {
      url = try RemoteURL(text, relativeTo: source.directory)
    } catch {
      throw .refusedURL(error)
    }
    if url.droppedSecret {
      tell(.secretDropped(label: draft.name ?? "", url: url.stored))
    } else if url.droppedUser {
      tell(.userDropped(label: draft.name ?? "", url: url.stored))
    }
    return url.stored
  }

  /// Why a value cannot be stored in a field; nil where it can.
  private func objection(to value: String, as key: FieldKey) -> String? {
    switch key {
    case .created: return CalendarDate(value) == nil ? "it is not a day such as 2026-01-02" : nil
    case .defaultBranch:
      trial.defaultBranch = value
      defer { trial.defaultBranch = nil }
      return (try? trial.validate()) == nil ? "it is not the name of a branch" : nil
    case .subdirectory:
      trial.subdirectory = ListEntry.path(of: value)
      defer { trial.subdirectory = nil }
      let isOne = trial.subdirectory != nil && (try? trial.validate()) != nil
      return isOne ? nil : "it is not a path below a repository's root"
    default:
      do {
        try trial.set(key, to: value)
        return nil
      } catch {
        return error.sentence
      }
    }
  }

  private func tags(_ draft: EntryDraft) -> [String] {
    var tags: [String] = []
    for text in draft.tags {
      let tag = Project.trimmedTag(text)
      if tag.isEmpty { continue }
      guard Project.isTag(tag) else {
        tell(.leftOut(label: draft.label, key: FieldKey.tags.rawValue, Project.tagRule))
        continue
      }
      tags.append(tag)
    }
    let unique = tags.sortedUniqueByBytes()
    guard unique.count <= ProjectLimits.tags else {
      tell(
        .leftOut(
          label: draft.label, key: FieldKey.tags.rawValue, "a project has at most \(ProjectLimits.tags) tags")
      )
      return Array(unique.prefix(ProjectLimits.tags))
    }
    return unique
  }

  /// - Returns: why the remote is left out; nil where it is not.
  private func remote(_ name: String, _ text: String, _ draft: EntryDraft, _ entry: inout ListEntry)
    -> String?
  {
    guard !name.isEmpty, !name.holdsControl, name.utf8.count <= ProjectLimits.name else {
      return "the name of a remote is 1 to \(ProjectLimits.name) bytes without control characters"
    }
    guard entry.remotes.count < ListLimits.depth else { return "there are more than \(ListLimits.depth)" }
    do throws(EntryFault) {
      entry.remotes[name] = try url(text, draft)
      return nil
    } catch {
      switch error {
      case .refusedURL(let refused): return "the URL of one is refused: \(refused.sentence)"
      default: return "one of them has no URL"
      }
    }
  }
}
