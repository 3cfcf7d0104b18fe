import ByteStrings
import Git
import Registry
import WorkProd

/// What is kept of a service from one run to the next, in refs of the registry below `refs/dev-infra/work-prod`: the
/// commit that its records were when last seen or pushed, and which record was which project's.
struct RemoteState {
  private let prefix: String

  /// Where the states of all services are.
  private static let folder = "refs/dev-infra/work-prod/"

  /// The state of the service at a URL.
  init(_ url: String) throws {
    prefix = Self.folder + (try ObjectID.hash(blob: Array(url.utf8)).hex.prefix(16))
  }

  private init(prefix: String) { self.prefix = prefix }

  /// The states of all services that were ever seen from this repository.
  static func all(_ repository: borrowing Repository) throws -> [RemoteState] {
    try repository.references(withPrefix: folder).compactMap { reference in
      reference.name.ends(with: "/main") ? RemoteState(prefix: String(reference.name.dropLast(5))) : nil
    }
  }

  private var main: String { "\(prefix)/main" }
  private var records: String { "\(prefix)/records" }

  /// The commit; nil where the service was never seen, or had nothing.
  func commit(_ repository: borrowing Repository) throws -> ObjectID? { try repository.reference(main) }

  /// Keeps a commit.
  ///
  /// Another process that looks at the same service at the same time may be faster. Then its commit stays: what it saw
  /// is as good, and what is different at the next look shows then.
  func keep(_ commit: ObjectID?, after known: ObjectID?, _ repository: borrowing Repository) throws {
    guard commit != known else { return }
    do throws(GitError) {
      if let commit {
        try repository.updateReference(main, to: commit, expecting: known, message: "work-prod")
      } else if let known {
        try repository.deleteReference(main, expecting: known)
      }
    } catch {
      guard error.kind == .modified || error.kind == .locked else { throw error }
    }
  }

  /// The records by number.
  func remembered(_ repository: borrowing Repository) throws -> [Int: LastSeenState.Remembered] {
    guard let blob = try repository.reference(records),
      let members = (try? JSON.parse(repository.blob(blob)))?.object
    else { return [:] }
    var result: [Int: LastSeenState.Remembered] = [:]
    for (number, value) in members {
      if let number = Int(number), let items = value.array, items.count >= 2,
        let id = items[0].string.flatMap({ ProjectID($0) }), let time = items[1].string
      {
        result[number] = LastSeenState.Remembered(
          project: id, createdAt: time, projectType: items.count > 2 ? items[2].string : nil)
      }
    }
    return result
  }

  /// Keeps records by number.
  func remember(_ list: [Int: LastSeenState.Remembered], _ repository: borrowing Repository) throws {
    let members = list.map {
      let type = $0.value.projectType.map { [JSON.string($0)] } ?? []
      return ("\($0.key)", JSON.array([.string($0.value.project.hex), .string($0.value.createdAt)] + type))
    }
    let blob = try repository.writeBlob(JSON.object(JSON.Members(members)).canonical)
    let known = try repository.reference(records)
    guard blob != known else { return }
    do throws(GitError) {
      try repository.updateReference(records, to: blob, expecting: known, message: "work-prod")
    } catch {
      guard error.kind == .modified || error.kind == .locked else { throw error }
    }
  }
}
