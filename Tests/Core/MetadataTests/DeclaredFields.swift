import Metadata
import Registry

extension ProjectMetadata {
  /// What the file declares for a field of the registry.
  func declared(_ key: String) -> String? { ProjectField(key).flatMap { text(of: $0) } }

  var description: String? { declared("description") }
  var status: String? { declared("status") }
  var template: String? { declared("template") }
  var organization: String? { declared("organization") }
}
