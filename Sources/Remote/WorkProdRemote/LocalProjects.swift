import ByteStrings
import Git
import Registry
import SystemPackage
import WorkProd

/// The projects of this registry that a record of another client may be of.
///
/// Read only when there is such a record: nearly always there is none.
final class LocalProjects {
  private var byURL: [ProjectKey: String?] = [:]
  private var byPath: [FilePath: String?] = [:]

  /// The projects of a commit, with where they are on a machine.
  init(_ contents: RegistryContents, on machine: MachineID?) {
    for (id, value) in contents.projects {
      guard let project = try? Project(json: value) else { continue }
      if let key = project.duplicateKey {
        byURL.updateValue(byURL[key] == nil ? project.identity : nil, forKey: key)
      }
      guard let machine, let place = contents.checkouts[id]?[machine],
        let checkout = try? Checkout(json: place)
      else { continue }
      for place in checkout.paths {
        byPath.updateValue(byPath[place.path] == nil ? project.identity : nil, forKey: place.path)
      }
    }
  }

  /// The identity record of the one project with the record's remote URL, or, for a record without one, with its path on
  /// this machine. What has another URL is another project, wherever it is.
  func identity(of record: ServiceRecord) -> String? {
    if let text = record.fields[.remoteURL], !text.isEmpty {
      guard let url = try? RemoteURL(text) else { return nil }
      return byURL[ProjectKey(url: url.normalized, subdirectory: nil)] ?? nil
    }
    guard let path = record.path, path.begins(with: "/") else { return nil }
    return byPath[FilePath(path).lexicallyNormalized()] ?? nil
  }
}
