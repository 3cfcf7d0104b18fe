import Console
import Git
public import Registry

extension RegistryStore {
  /// The value at a path, checked in full: right names and types, bounded, and where an entry says who it is, that.
  ///
  /// - Throws: an error whose text says what is wrong; nothing of unknown origin is used that did not pass here.
  func checkedJSON(_ blob: ObjectID, at path: EntryPath) throws -> JSON {
    if path == .format {
      guard try repository.blob(blob, limit: 64) == Array(Self.format.utf8) else {
        throw Failure.fatal("it is not the format that this version of dev-infra writes")
      }
      return .number("1")
    }
    let value = try json(blob)
    switch path {
    case .format: break
    case .project(let id):
      let project = try Project(json: value)
      guard project.id == id else {
        throw Failure.fatal("its id is \(project.id.hex) and its name says \(id.hex)")
      }
      guard Self.id(ofIdentity: project.identity) == id else {
        throw Failure.fatal("its id is not the hash of its identity record")
      }
    case .machine(let id):
      let machine = try Machine(json: value)
      guard machine.id == id else {
        throw Failure.fatal("its id is \(machine.id.hex) and its name says \(id.hex)")
      }
    case .checkout: _ = try Checkout(json: value)
    }
    return value
  }

  /// The id of the project with this identity record: the git blob hash of the record as one line.
  public static func id(ofIdentity record: String) -> ProjectID? {
    (try? ObjectID.hash(blob: Array((record + "\n").utf8))).flatMap { ProjectID($0.hex) }
  }
}
