import SystemSupport
import ByteStrings
import Synchronization

/// The names of the machines in a view's file, which are read when the first is asked for: most commands ask for none.
final class WrittenMachines: Sendable {
  private struct Names {
    /// By machine id.
    var all: [String: String] = [:]
    /// What each is called: its name, with the beginning of its id where another has the same.
    var shown: [String: String] = [:]
  }

  private let lines: FileBytes
  private let read: Mutex<Names?> = Mutex(nil)

  /// - Parameter lines: `@ID<TAB>NAME`, each with its end.
  init(_ lines: FileBytes) { self.lines = lines }

  /// Names by machine id.
  var all: [String: String] { names.all }

  /// What each machine is called, by its id.
  var shown: [String: String] { names.shown }

  private var names: Names {
    read.withLock { read in
      if let read { return read }
      let names = Self.names(lines)
      read = names
      return names
    }
  }

  private static func names(_ lines: FileBytes) -> Names {
    var names = Names()
    var position = 0
    while position < lines.count {
      let end =
        lines.withUnsafeBufferPointer { ByteSearch.first(UInt8(ascii: "\n"), in: $0, from: position) }
        ?? lines.count
      let line = lines[(position + 1)..<end]
      names.all[ViewField.text(at: 0, of: line)] = ViewField.text(at: 1, of: line)
      position = end + 1
    }
    let owners = Dictionary(grouping: names.all.keys) { names.all[$0] ?? "" }
    names.shown = Dictionary(
      uniqueKeysWithValues: names.all.map { id, name in
        (id, owners[name]?.count == 1 ? name : "\(name)-\(id.prefix(4))")
      })
    return names
  }
}
