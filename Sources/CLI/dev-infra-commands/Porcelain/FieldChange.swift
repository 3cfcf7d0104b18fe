import ByteStrings
import RegistryIndex
import RegistryStore
import SystemSupport
import Terminal

/// A change of fields of some projects, and what is said of it.
struct FieldChange {
  let edits: [FieldEdit]
  /// What a project that changes becomes: `changed`.
  let done: String
  /// The same before it is done: `would change`.
  let wouldDo: String

  func make(of rows: [ViewRow], in store: borrowing RegistryStore, dryRun: Bool, quiet: Bool) throws {
    var output = Output()
    if dryRun {
      for row in try store.changed(edits, of: rows) {
        try output.line("\(wouldDo) \(Quoting.visible(row.name))")
      }
    } else {
      let result = try store.set(edits, of: rows)
      if !quiet {
        for file in result.files { try output.line("changed \(file.visible)") }
        for row in rows {
          let word = result.changed.contains(row.id) ? done : "unchanged"
          try output.line("\(word) \(Quoting.visible(row.name))")
        }
      }
    }
    try output.flush()
  }
}
