import Git
import Metadata
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// Which entry a directory belongs to.
extension RegistrationPlanner {
  /// The entry that a directory belongs to: by its declared id, its path here or that of another work tree of its
  /// repository, its URL, the name of a part whose place is empty, its root commit, in this order.
  ///
  /// - Returns: the id, nil for a project that is new; and whether the id that it declares is its own.
  mutating func find(
    _ directory: ProjectDirectory, _ warnings: inout [RegistrationWarning], _ store: borrowing RegistryStore
  ) throws -> (id: ProjectID?, trusting: Bool) {
    var trusting = true
    if let declared = directory.metadata?.id, let id = declaredID(directory), let row = index.row(id) {
      if row.paths.containsBytes(of: directory.path.text) || directory.sharesOrigin(with: row) {
        return (id, true)
      }
      let here = row.paths.first { !Files.isMissing(FilePath(text: $0)) }
      if here == nil, directory.mayBe(row) { return (id, true) }
      warnings.append(
        .foreignID(directory.path, id: declared, project: row.name, at: here.map { FilePath(text: $0) }))
      trusting = false
    }
    var parted: String?
    for row in index.rows(where: .paths, is: directory.path.text)
    where directory.isSamePart(as: row) && (directory.mayBe(row) || directory.hasRewritten(row)) {
      if try hasParted(directory, from: row, store) {
        parted = row.id
      } else {
        return (ProjectID(row.id), trusting)
      }
    }
    let below = directory.subdirectory?.text ?? ""
    for sibling in directory.facts?.siblings ?? [] {
      let place = directory.subdirectory.map { sibling.pushing($0) } ?? sibling
      let rows = index.rows(where: .paths, is: place.text)
      if let row = rows.first(where: { directory.isSamePart(as: $0) }) {
        return (ProjectID(row.id), trusting)
      }
    }
    if let row = sharingGitDirectory(directory) { return (ProjectID(row.id), trusting) }
    // Two that declare different ids are different projects, whatever else they share.
    let declares = trusting && directory.metadata?.id != nil
    func mayBe(_ row: ViewRow) -> Bool {
      row.id != parted && !(declares && row[.identity].begins(with: "id "))
    }
    if let url = directory.url {
      // An older entry of this machine may still have the URL that only it knows.
      let local = directory.localURL.map { index.rows(where: .key, is: $0.normalized) } ?? []
      let known = index.rows(where: .key, is: url.normalized) + local.filter { !$0.isEmpty(.paths) }
      let rows = known.filter {
        $0[.subdirectory].hasSameBytes(as: below) && mayBe($0)
      }
      // Of several a client may have made some on purpose, with ids of their own: those are not this directory's.
      if let row = rows.first(where: { !$0[.identity].begins(with: "id ") }) ?? rows.first {
        return (ProjectID(row.id), trusting)
      }
    }
    if let row = movedPart(directory, mayBe) { return (ProjectID(row.id), trusting) }
    return (away.proposal(for: directory, in: index, mayBe), trusting)
  }

  /// Whether a directory that is known as a project is another one by now: nothing but a first commit made them one, and
  /// their remotes differ.
  private mutating func hasParted(
    _ directory: ProjectDirectory, from row: ViewRow, _ store: borrowing RegistryStore
  ) throws -> Bool {
    guard let url = directory.url, let name = directory.remoteName, let id = ProjectID(row.id),
      ![url, directory.localURL ?? url].contains(where: { $0.normalized.hasSameBytes(as: row[.key]) }),
      row[.identity] != Identity(.remote(url.normalized), subdirectory: directory.subdirectory).record,
      !row[.identity].begins(with: "id "), let checkout = try planned.checkout(id, in: store)
    else { return false }
    let first = checkout.ranked.first { place in
      place.path == directory.path || directory.hasOther(at: place.path)
    }
    guard let first else { return false }
    if first.path == directory.path {
      // A remote that it had has another URL now: the project has moved, and this is still it.
      if checkout.remotes[name] != nil || row.isEmpty(.key) { return false }
      return row.list(.machines).contains { $0 != machine.hex }
        || checkout.paths.contains { $0.path != directory.path && directory.hasOther(at: $0.path) }
    }
    guard var other = try? ProjectDirectory(first.path), other.path == first.path else { return false }
    other.resolve(by: addresses)
    if let one = directory.facts, let two = other.facts, one.commonDirectory == two.commonDirectory {
      return false
    }
    return !(other.url?.normalized.hasSameBytes(as: url.normalized) ?? false)
  }

  /// The project of another directory here whose `.git` leads to the same separate git directory.
  private func sharingGitDirectory(_ directory: ProjectDirectory) -> ViewRow? {
    guard let facts = directory.facts, facts.kind == .main, let root = directory.rootCommit,
      facts.gitDirectory.lastComponent?.string != ".git"
    else { return nil }
    return index.rows(where: .rootCommit, is: root).first { row in
      directory.isSamePart(as: row)
        && row.paths.contains { path in
          !path.hasSameBytes(as: directory.path.text) && facts.isReached(from: FilePath(text: path))
        }
    }
  }

  /// The entry of a part of a repository that has moved within it: it has the name, and what it was is not there any more.
  private func movedPart(_ directory: ProjectDirectory, _ mayBe: (ViewRow) -> Bool) -> ViewRow? {
    guard directory.subdirectory != nil else { return nil }
    let rows: [ViewRow]
    if let url = directory.url {
      rows = index.rows(where: .key, is: url.normalized)
    } else if let first = directory.rootCommit {
      rows = index.rows(where: .rootCommit, is: first)
    } else {
      return nil
    }
    let moved = rows.filter { row in
      !row.isEmpty(.subdirectory) && mayBe(row)
        && directory.hasMovedHere(
          from: FilePath(text: row[.subdirectory]), called: row.name, at: row.paths.map { FilePath(text: $0) }
        )
    }
    return moved.count == 1 ? moved[0] : nil
  }

  private func declaredID(_ directory: ProjectDirectory) -> ProjectID? {
    directory.identities(on: machine, trustingDeclared: true).first.flatMap {
      ProjectID(ofIdentity: $0.record, hash: ObjectID.blobHash)
    }
  }
}
