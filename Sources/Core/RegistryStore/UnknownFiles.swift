import Git
import ByteStrings
import Registry
import SystemSupport

/// A file whose name this version does not know, and that both sides of a merge changed.
struct ContestedFile {
  let path: UnknownPath
  let ours: ObjectID
  let theirs: ObjectID
}

/// When a side of a merge last wrote a file, in the order in which they count. Both machines that merge find the same, so
/// they end the same.
struct LastWrite: Comparable {
  /// Whether the machine below whose name the file stands wrote it: no other has a say.
  var isOwners = false
  /// By the commit's clock; 0 for a clock that is more than a day ahead, or where no commit tells.
  var seconds: Int64 = 0
  /// What tells two apart that were written in the same second.
  let blob: ObjectID

  static func < (one: LastWrite, other: LastWrite) -> Bool {
    if one.isOwners != other.isOwners { return other.isOwners }
    if one.seconds != other.seconds { return one.seconds < other.seconds }
    return one.blob.hex < other.blob.hex
  }
}

extension RegistryStore {
  /// The commits that are looked through for when a file was written, and the files that this is done for: of more, the
  /// objects' names decide alone.
  private static let (commitLimit, fileLimit) = (1000, 100)

  /// When one side of a merge wrote the version that it has of each of these files.
  ///
  /// - Parameters:
  ///   - files: the blob that the side has, by path.
  ///   - side: the side's commit.
  ///   - base: what both sides have.
  func lastWrites(
    of files: [UnknownPath: ObjectID], in side: ObjectID, beyond base: ObjectID?
  ) throws -> [UnknownPath: LastWrite] {
    var writes = files.mapValues { LastWrite(blob: $0) }
    guard files.count <= Self.fileLimit else { return writes }
    let horizon = Clock.nowMilliseconds / 1000 + 24 * 60 * 60
    var wanted = Set(files.keys)
    for id in try repository.commits(of: side, beyond: base, limit: Self.commitLimit) {
      if wanted.isEmpty { break }
      let commit = try repository.commit(id)
      // A merge only carries on what another commit wrote.
      guard commit.parents.count < 2 else { continue }
      for path in wanted where try blob(at: .unknown(path), in: id) == files[path] {
        if let parent = commit.parents.first, try blob(at: .unknown(path), in: parent) == files[path] {
          continue
        }
        wanted.remove(path)
        writes[path]?.isOwners =
          path.owner.map { commit.committer.email == $0.hex + Self.machineDomain } ?? false
        writes[path]?.seconds = commit.committer.seconds > horizon ? 0 : commit.committer.seconds
      }
    }
    return writes
  }
}

extension MergeWork {
  /// Takes a file whose name this version does not know from the other side, or as it is here.
  ///
  /// - Parameter our: what this side did to the file; nil where that is nothing.
  mutating func carry(
    _ their: TreeChange, _ path: UnknownPath, beside our: TreeChange?, in store: borrowing RegistryStore
  ) throws {
    do {
      if let blob = their.new { _ = try store.checkedEntry(blob, at: their.path) }
    } catch let error as GitError {
      throw error
    } catch {
      return setAside(.entry(their.path), .unusable(error))
    }
    guard let our else {
      changes[their.path] = .some(their.new.map { .blob($0) })
      return
    }
    guard our.new != their.new else { return }
    guard let ourBlob = our.new, let theirBlob = their.new else {
      if let blob = their.new { changes[their.path] = .some(.blob(blob)) }
      return conflict("\(path.path): removed on one side and changed on the other: kept")
    }
    contested.append(ContestedFile(path: path, ours: ourBlob, theirs: theirBlob))
  }

  /// Decides between two versions of a file that cannot be merged, since this version does not know what it is.
  mutating func settleContested(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, in store: borrowing RegistryStore
  ) throws {
    guard !contested.isEmpty else { return }
    let our = try store.lastWrites(
      of: Dictionary(uniqueKeysWithValues: contested.map { ($0.path, $0.ours) }), in: ours, beyond: base)
    let their = try store.lastWrites(
      of: Dictionary(uniqueKeysWithValues: contested.map { ($0.path, $0.theirs) }), in: theirs, beyond: base)
    for file in contested {
      guard let one = our[file.path], let other = their[file.path] else { continue }
      let takesTheirs =
        switch strategy {
        case .ours: false
        case .theirs: true
        case .lastWrite: one < other
        }
      if takesTheirs { changes[.unknown(file.path)] = .some(.blob(file.theirs)) }
      conflict(
        "\(file.path.path): changed here and in \(theirName): took \(takesTheirs ? "theirs" : "ours") as a whole"
      )
    }
  }

  /// Tells of files on one side that are directories on the other, where the directory stays.
  mutating func tellOfReplacedFiles(_ ours: [TreeChange], _ theirs: [TreeChange]) {
    func files(_ changes: [TreeChange]) -> Set<String> {
      Set(changes.filter { $0.path.kind == .unknown && $0.new != nil }.map(\.path.path))
    }
    let (here, there) = (files(ours), files(theirs))
    guard !here.isEmpty, !there.isEmpty else { return }
    for path in Self.folders(of: there).intersection(here).sorted() {
      conflict("\(path): a file here and a directory in \(theirName): took the directory")
    }
    for path in Self.folders(of: here).intersection(there).sorted() {
      conflict("\(path): a directory here and a file in \(theirName): took the directory")
    }
  }

  private static func folders(of paths: Set<String>) -> Set<String> {
    var folders: Set<String> = []
    for path in paths {
      var rest = path[...]
      while let slash = rest.lastIndex(at: "/") {
        rest = rest[..<slash]
        folders.insert(String(rest))
      }
    }
    return folders
  }
}
