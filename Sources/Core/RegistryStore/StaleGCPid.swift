import SystemSupport
import SystemPackage

/// The file that keeps two `git gc` apart, of which a killed one leaves its own behind.
///
/// git looks whether the process that it names is there, and for half a day believes one that has ended and that nobody
/// has waited for: in a container without an init those stay for ever.
enum StaleGCPid {
  /// Removes the file where its process has ended on this machine.
  static func clear(_ directory: FilePath, telling delegate: any RegistryDelegate) {
    let file = directory.appending("gc.pid")
    guard let bytes = try? Files.read(file, limit: 4096) else { return }
    let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    guard words.count == 2, let process = Int32(String(decoding: words[0], as: UTF8.self)), process > 0,
      words[1].elementsEqual(Host.fullName.utf8), !Host.isRunning(process)
    else { return }
    delegate.note(.removedStaleGCPid(file))
    Files.remove(file)
  }
}
