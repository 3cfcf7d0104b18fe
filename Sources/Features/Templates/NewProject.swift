import Git
import Metadata
import SystemSupport
import ByteStrings
import Registry
public import RegistryStore
import RegistryIndex
public import SystemPackage

/// Gets notices while a project is made, and is asked to fill a template.
public protocol NewProjectDelegate: RegistryDelegate {
  /// Something is worth knowing; the work goes on.
  func note(_ notice: TemplateNotice)
  /// Fills the template in `source` into the directory `target`, each `KEY=VALUE` of `values` for a tag.
  func fillTemplate(_ source: FilePath, into target: FilePath, values: [String]) throws
}

/// A project that is to be made from a template.
public struct NewProject {
  /// Its directory, absolute.
  public let directory: FilePath
  /// The template as it was named.
  public var template = "standard-project"
  /// One line about it.
  public var description: String?
  /// Whether it becomes a repository with a first commit.
  public var isRepository = true
  /// The URL that becomes its `origin`; nothing is sent there.
  public var remote: String?
  private let delegate: any NewProjectDelegate
  private let here: FilePath
  private let name: String

  /// - Parameter path: the directory, whose last part is the project's name.
  /// - Throws: ``TemplateError`` for a name that no project has.
  public init(_ path: String, delegate: any NewProjectDelegate) throws {
    self.delegate = delegate
    // One that has been deleted is not to be made again.
    guard let here = Environment.existingCurrentDirectory else {
      throw SystemError("finding", "the current directory", code: .noSuchFileOrDirectory)
    }
    self.here = here
    directory = FilePath(text: path).absolute(against: here)
    name = directory.lastComponent.map { FilePath(root: nil, [$0]).text } ?? ""
    guard !path.isEmpty, ![".", ".."].contains(FilePath(text: path).lastComponent?.string), !name.isEmpty,
      name.unicodeScalars.count <= 200, name.lowercased() != ".git"
    else { throw TemplateError.unusableDirectory(path) }
    guard !ByteText.holdsRawBytes(name), !name.holdsControl else { throw TemplateError.unusableName(name) }
  }

  /// Makes it, whole or not at all, and puts it into the registry.
  ///
  /// - Returns: how it was registered; a failure to register it leaves it made.
  public func make() throws -> Swift.Result<Registration, TemplateError> {
    do throws(SystemError) {
      try AtomicDirectory.requireFree(directory)
    } catch {
      throw error.code == .directoryNotEmpty || error.code == .fileExists
        ? TemplateError.occupied(directory) : TemplateError.unusablePlace(error)
    }
    let origin = try origin()
    if origin?.droppedSecret == true { delegate.note(.secretsOfRemoteDropped) }
    let source = try TemplateSource(template, directory: here) { delegate.note($0) }
    let registry = try ViewFile.ofEnvironment()
    // A registry that cannot be used is reported before anything is made.
    let store = RegistryStore.mayBeMade(at: registry.registry) ? nil : registry.registry
    if let store { _ = try RegistryStore.open(store, delegate: delegate) }
    let making = try AtomicDirectory(at: directory)
    do {
      let author = try isRepository ? begin(making) : nil
      switch source {
      case .named(let name):
        try fill(TemplateFolders(registry: registry.registry).find(name), making, author)
      case .directory(let path): try fill(path, making, author)
      case .repository(let url, let reference):
        // A registry is made when there is a project for it.
        let cache =
          try store.map {
            try TemplateCache(RegistryStore.open($0, delegate: delegate)) { delegate.note($0) }
          } ?? TemplateCache(in: making.scratch) { delegate.note($0) }
        try cache.with(url, reference) { path in
          try fill(path, making, author)
        }
      }
      try writeMetadata(making.work, recordedTemplate(source))
      if isRepository { try commit(making, origin?.stored) }
      try Interruption.check()
      try making.commit()
    } catch {
      making.abandon()
      throw error
    }
    return register()
  }

  private func register() -> Swift.Result<Registration, TemplateError> {
    do {
      let store = try RegistryStore.makingIfMissing(delegate: delegate)
      let result = try store.register([directory], dryRun: false)
      guard let registration = result.registrations.first else {
        return .failure(.notRegistered(directory, result.failures.first))
      }
      return .success(registration)
    } catch {
      return .failure(.notRegistered(directory, error))
    }
  }

  /// What `.dev-infra.yml` says that it was made from: never a secret, and no longer than a value may be.
  private func recordedTemplate(_ source: TemplateSource) -> String {
    let text =
      switch source {
      case .named(let name): name
      case .directory(let path): path.lastComponent.map { FilePath(root: nil, [$0]).text } ?? "unknown"
      case .repository(let url, let reference): url.stored + (reference.map { "#\($0)" } ?? "")
      }
    return ByteText.holdsRawBytes(text) || text.unicodeScalars.count > 200 ? "unknown" : text
  }

  private func origin() throws(TemplateError) -> RemoteURL? {
    guard let remote else { return nil }
    return try TemplateSource.url(remote, relativeTo: here)
  }

  // MARK: Steps

  private func repository(_ making: AtomicDirectory) -> FilePath { making.scratch.appending(".repository") }

  /// Makes the repository, with no files yet, and asks git who the user is there.
  ///
  /// It is made first because the user's settings may depend on where it is (git-config(1), Conditional includes).
  private func begin(_ making: AtomicDirectory) throws -> (name: String, email: String) {
    let place = repository(making)
    try GitProgram(.person, at: making.scratch).require(
      ["init", "-q", "--", place.text], .makeRepository)
    var author = (name: "", email: "")
    for variable in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
      // Git would make up an address from the names of user and host; that is not an identity.
      let result = try GitProgram(.person, at: place).run(["-c", "user.useConfigOnly=true", "var", variable])
      guard result.termination == .exited(0) else {
        try Interruption.check()
        // A malformed date, settings that cannot be read, or a place that has gone: a name would not help.
        guard GitDiagnostics.personIsUnknown(result.errors) else {
          throw TemplateError.git(.commit, .failed(reason: GitDiagnostics.reason(result.errors)))
        }
        throw TemplateError.noAuthor
      }
      if variable == "GIT_AUTHOR_IDENT" { author = Self.person(result.output) }
    }
    return author
  }

  /// `NAME <EMAIL> SECONDS ZONE`, as git-var(1) prints it.
  private static func person(_ line: [UInt8]) -> (name: String, email: String) {
    let text = String(decoding: line, as: UTF8.self)
    guard let open = text.lastIndex(at: "<"), let close = text.lastIndex(at: ">"), open < close else {
      return (text, "")
    }
    let name = text[..<open].reversed().drop { $0 == " " }.reversed()
    return (String(name), String(text[text.index(after: open)..<close]))
  }

  private func fill(
    _ source: FilePath, _ making: AtomicDirectory, _ author: (name: String, email: String)?
  ) throws {
    let today = Self.today
    let values: [(String, String?)] = [
      ("name", name), ("description", description), ("template", template), ("created", today),
      ("year", String(today.prefix(4))), ("version", ToolsetVersion.number), ("author", author?.name),
      ("email", author?.email), ("identifier", Self.identifier(name)),
      ("remote", try origin()?.stored),
    ]
    var assignments: [String] = []
    // One without a value is named as well: its tag is filled with nothing, and a tag of no value is somebody else's.
    for (key, value) in values {
      let value = value.flatMap { ByteText.holdsRawBytes($0) ? nil : $0 } ?? ""
      assignments.append("\(key)=\(value)")
    }
    try delegate.fillTemplate(source, into: making.work, values: assignments)
  }

  /// The name as most languages would take it for a package or a module: `my-app 2` is `my_app_2`.
  static func identifier(_ name: String) -> String {
    let letters = name.unicodeScalars.map { scalar -> Character in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9": Character(scalar)
      default: "_"
      }
    }
    return letters.first?.isNumber == true ? "_" + String(letters) : String(letters)
  }

  private func writeMetadata(_ work: FilePath, _ template: String) throws {
    var values: [(FieldKey, String)] = [
      (.template, template), (.version, ToolsetVersion.number), (.created, Self.today),
      (.id, Host.randomHex(16)),
    ]
    if let description, !description.isEmpty { values.append((.description, description)) }
    let file = work.appending(ProjectMetadata.fileName)
    do {
      try ProjectMetadata.update(file: file, setting: values.map { ($0.rawValue, $1) })
    } catch let error as MetadataError {
      throw TemplateError.malformedMetadata(error)
    }
  }

  private func commit(_ making: AtomicDirectory, _ origin: String?) throws {
    try Files.move(repository(making).appending(".git"), to: making.work.appending(".git"))
    var git = GitProgram(.person, at: making.work)
    if let origin { try git.require(["remote", "add", "--", "origin", origin], .addRemote) }
    // The template may bring a folder of that name. Settings may depend on the remote.
    git.options += try git.optionsAgainstHooksInWorkTrees()
    // With `true`, git takes no file that was not written on the system whose ends of lines it shall have.
    try git.require(["-c", "core.safecrlf=false", "add", "-A", "--", "."], .addFiles)
    try git.require(
      ["commit", "-q", "-m", "Create \(name) from the template \(recordedName)"], .commit)
  }

  private var recordedName: String { String(RemoteURL.withoutSecrets(template).prefix(before: "\n")) }

  static var today: String { CalendarDate(Timestamp(milliseconds: Clock.nowMilliseconds)).description }
}
