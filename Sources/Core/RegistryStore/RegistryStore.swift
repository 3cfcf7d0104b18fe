public import Git
import SystemSupport
import ByteStrings
public import Registry
public import RegistryIndex
public import SystemPackage

/// The registry of this machine: a bare git repository, read and changed through libgit2.
///
/// Objects of libgit2 belong to one thread, and so does a store.
public struct RegistryStore: ~Copyable {
  /// Where it is.
  public let directory: FilePath
  /// The repository that it is.
  public let repository: Repository
  /// This machine, by the registry's configuration.
  public let machine: LocalMachine
  /// Whom it tells of what it comes upon.
  let delegate: any RegistryDelegate

  /// The branch that is the registry.
  public static let mainReference = "refs/heads/main"
  /// The version of the layout that this software reads and writes, as the tree's `format` says.
  public static let format = "1\n"

  /// Opens the registry that the environment names, and makes it where there is none.
  public static func makingIfMissing(delegate: any RegistryDelegate) throws -> RegistryStore {
    let file = try ViewFile.ofEnvironment()
    if try !file.exists(), mayBeMade(at: file.registry) {
      try requireOwnHome(of: file.registry)
      try create(at: file.registry, name: nil)
    }
    return try open(file.registry, delegate: delegate)
  }

  private static func requireOwnHome(of directory: FilePath) throws {
    guard Privileges.areRightfulAt(directory) else { throw RegistryStoreError.inAnothersHome(directory) }
  }

  /// Makes an empty registry in the temporary directory where the environment's is missing, for what only asks what
  /// would be done.
  ///
  /// - Returns: its directory, which the caller removes; nil where there is a registry.
  public static func scratchIfMissing() throws -> FilePath? {
    let file = try ViewFile.ofEnvironment()
    guard try !file.exists(), mayBeMade(at: file.registry) else { return nil }
    try requireOwnHome(of: file.registry)
    let scratch = FilePath(text: Environment["TMPDIR"] ?? "/tmp").appending("dev-infra-\(Host.randomHex(8))")
    try create(at: scratch, name: nil)
    return scratch
  }

  /// Opens the registry that the environment names.
  public static func ofEnvironment(delegate: any RegistryDelegate) throws -> RegistryStore {
    try open(ViewFile.ofEnvironment().registry, delegate: delegate)
  }

  /// Opens the registry at `directory`.
  ///
  /// - Throws: errors that tell a missing registry, an ordinary repository, one of someone else's and one of a newer
  ///   format apart.
  public static func open(_ directory: FilePath, delegate: any RegistryDelegate) throws -> RegistryStore {
    try ViewFile(registry: directory).requireRegistry()
    let repository = try Repository.open(directory)
    guard let main = try repository.reference(Self.mainReference) else {
      throw RegistryStoreError.noMainBranch(registry: directory)
    }
    try checkFormat(of: main, as: .registry(directory), in: repository)
    let machine = try LocalMachine.read(repository, directory, telling: delegate)
    return RegistryStore(
      directory: directory, repository: repository, machine: machine, delegate: delegate)
  }

  private init(
    directory: FilePath, repository: consuming Repository, machine: LocalMachine,
    delegate: any RegistryDelegate
  ) {
    self.directory = directory
    self.repository = repository
    self.machine = machine
    self.delegate = delegate
  }

  /// Checks that a commit's tree is a registry's, of a format that this software knows.
  ///
  /// - Parameter subject: what the caller calls the commit.
  static func checkFormat(
    of commit: ObjectID, as subject: RegistryStoreError.Subject, in repository: borrowing Repository
  ) throws {
    let entries = try repository.tree(repository.commit(commit).tree)
    guard let entry = entries.first(where: { $0.name.elementsEqual("format".utf8) }),
      entry.mode == TreeEntry.file
    else {
      throw RegistryStoreError.notARegistry(subject)
    }
    let text = String(decoding: try repository.blob(entry.id, limit: 64), as: UTF8.self)
    guard text != Self.format else { return }
    guard let number = Int(text.prefix(before: "\n")), number > 1 else {
      throw RegistryStoreError.unknownFormat(subject, text)
    }
    throw RegistryStoreError.laterFormat(subject, number)
  }

  /// The commit that main is at.
  public func main() throws -> ObjectID {
    guard let main = try repository.reference(Self.mainReference) else {
      throw RegistryStoreError.mainBranchLost(registry: directory)
    }
    return main
  }

  /// A commit as people name one: a hash, its beginning, a ref, `main~1`, `main@{1}`.
  public func commit(named text: String) throws -> ObjectID {
    guard let id = try repository.revparse(text) else {
      throw RegistryStoreError.unknownCommit(text, registry: directory)
    }
    return id
  }

  // MARK: Reading

  /// The largest entry that is read, in bytes: twice the largest that can be written.
  static let entryLimit = 256 * 1024

  /// The value of a blob.
  func json(_ blob: ObjectID) throws -> JSON { try Self.json(blob, in: repository) }

  /// The value of a blob of a registry's repository.
  static func json(_ blob: ObjectID, in repository: borrowing Repository) throws -> JSON {
    try JSON.parse(entryBytes(blob, in: repository))
  }

  /// The bytes of a blob that is not a larger than an entry may be.
  static func entryBytes(_ blob: ObjectID, in repository: borrowing Repository) throws -> [UInt8] {
    if let bytes = repository.packedBlob(blob, limit: entryLimit) { return bytes }
    try requireSize(of: blob, in: repository)
    return try repository.blob(blob)
  }

  /// Throws where a blob is larger than an entry may be.
  static func requireSize(of blob: ObjectID, in repository: borrowing Repository) throws {
    guard let header = try repository.header(of: blob), header.size <= entryLimit else {
      throw EntryFault.tooLarge(limit: entryLimit)
    }
  }

  /// The blob at a path of a commit; nil where there is none.
  public func blob(at path: EntryPath, in commit: ObjectID) throws -> ObjectID? {
    try Self.blob(at: path, below: repository.commit(commit).tree) { tree, name in
      try repository.entry(name, in: tree)
    }
  }

  /// The blob at a path below a tree; nil where there is none.
  ///
  /// - Parameter entry: finds what a tree has under a name.
  static func blob(
    at path: EntryPath, below tree: ObjectID, _ entry: (ObjectID, String) throws -> TreeEntry?
  ) rethrows -> ObjectID? {
    var id = tree
    let names = path.names
    for (index, name) in names.enumerated() {
      guard let entry = try entry(id, name) else { return nil }
      let isLast = index == names.count - 1
      guard entry.mode == (isLast ? TreeEntry.file : TreeEntry.directory) else { return nil }
      id = entry.id
    }
    return id
  }

  /// The entry of a project at a commit; nil where there is none.
  public func project(_ id: ProjectID, in commit: ObjectID) throws -> Project? {
    try blob(at: .project(id), in: commit).map { try Project(json: json($0)) }
  }

  /// Where a project is on a machine, by a commit; nil where it is not.
  public func checkout(_ id: ProjectID, of machine: MachineID, in commit: ObjectID) throws -> Checkout? {
    try blob(at: .checkout(machine, id), in: commit).map { try Checkout(json: json($0)) }
  }

  /// A machine, by a commit; nil where it does not know it.
  public func machine(_ id: MachineID, in commit: ObjectID) throws -> Machine? {
    try blob(at: .machine(id), in: commit).map { try Machine(json: json($0)) }
  }

  /// The machines that a commit knows, with what their names can be read from.
  func machines(in commit: ObjectID) throws -> [MachineID: Machine] {
    var machines: [MachineID: Machine] = [:]
    for (id, folder) in try machineFolders(in: commit) where folder.mode == TreeEntry.directory {
      guard let file = try repository.entry("machine.json", in: folder.id), file.mode == TreeEntry.file else {
        continue
      }
      machines[id] = try? Machine(json: json(file.id))
    }
    return machines
  }

  /// The machines that a commit has anything of.
  func machineIDs(in commit: ObjectID) throws -> [MachineID] { try machineFolders(in: commit).map(\.id) }

  /// The machines that a commit has anything of, each with where that is.
  func machineFolders(in commit: ObjectID) throws -> [(id: MachineID, entry: TreeEntry)] {
    guard let folder = try machinesFolder(in: commit) else { return [] }
    return try repository.tree(folder.id).compactMap { entry in
      MachineID(String(decoding: entry.name, as: UTF8.self)).map { ($0, entry) }
    }
  }

  func machinesFolder(in commit: ObjectID) throws -> TreeEntry? {
    let folder = try repository.entry("machines", in: repository.commit(commit).tree)
    return folder?.mode == TreeEntry.directory ? folder : nil
  }

  /// Whether a commit has anything of a machine.
  func knows(_ machine: MachineID, in commit: ObjectID) throws -> Bool {
    try machinesFolder(in: commit).flatMap { try repository.entry(machine.hex, in: $0.id) } != nil
  }

  /// What a commit says that a machine is called; its id where it says nothing.
  func name(of machine: MachineID, in commit: ObjectID) -> String {
    (try? self.machine(machine, in: commit))?.name ?? machine.hex
  }

  /// What differs between the trees of two commits; nil for the empty tree.
  ///
  /// - Parameter mayBeMuch: whether that may be all that there is, though there is a first tree.
  func changes(
    from old: ObjectID?, to new: ObjectID?, mayBeMuch: Bool = false
  ) throws -> TreeDifference {
    func compare(in repository: borrowing Repository) throws -> TreeDifference {
      var reader = TreeReader()
      try reader.compare(
        old.map { try repository.commit($0).tree }, new.map { try repository.commit($0).tree }, in: repository
      )
      return reader.difference
    }
    guard old == nil || mayBeMuch, let new else { return try compare(in: repository) }
    return try forWholeTree(of: [old, new].compactMap(\.self), compare)
  }

  /// Has the whole trees of commits read in a repository of its own. libgit2 keeps the trees that it has read for as long as one is
  /// open, and of 100,000 projects they take 7 MB.
  func forWholeTree<Value>(
    of commits: [ObjectID], _ body: (borrowing Repository) throws -> Value
  ) throws -> Value {
    // What is not written yet, or is borrowed, is in this one alone.
    guard !repository.isBorrowing, let other = try? Repository.open(directory),
      commits.allSatisfy({ other.contains($0) })
    else {
      return try body(repository)
    }
    return try body(other)
  }
}

extension RegistryStore {
  /// The entry of a row, as in main.
  ///
  /// - Parameter withCheckouts: also where it is, as `{"project": …, "checkouts": {MACHINE: …}}`.
  public func entry(of row: ViewRow, withCheckouts: Bool) throws -> JSON {
    let main = try main()
    guard let id = ProjectID(row.id), let blob = try blob(at: .project(id), in: main) else {
      throw RegistryStoreError.projectRemoved(name: row.name)
    }
    let project = try json(blob)
    guard withCheckouts else { return project }
    var checkouts: JSON.Members = [:]
    for machine in row.list(.machines).compactMap({ MachineID($0) }) {
      checkouts[machine.hex] = try self.blob(at: .checkout(machine, id), in: main).map { try json($0) }
    }
    return .object(["project": project, "checkouts": .object(checkouts)])
  }
}
