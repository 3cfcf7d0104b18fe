import SystemPackage
import SystemSupport

/// The note that the view's file, as it is now, has been checked: `cache/checked`, derived and safe to
/// delete.
///
/// The view is written without waiting for the disk, so that a computer which stops may leave damage. Its checksum finds that, but
/// with 100,000 projects takes longer than finding one of them. A file that was whole since the computer started, and has not been
/// written to, is whole.
struct ViewSeal {
  private let file: CacheFile
  private let view: FilePath
  /// As it was before the view was opened.
  private let version: FileVersion

  /// Bytes of a view that is gone through in no time.
  static let small = 1 << 20

  /// That of the view in a registry, which is opened after this.
  init(of view: ViewFile) {
    file = CacheFile("checked", of: view.registry, limit: 256, startingWith: "dev-infra-checked 1 ")
    self.view = view.file.path
    version = FileVersion(of: self.view)
  }

  /// Whether the view with this checksum was found whole before.
  func holds(_ checksum: String) -> Bool {
    guard let bytes = file.read(), let line = line(checksum) else { return false }
    return bytes.elementsEqual(line.utf8)
  }

  /// Remembers that the view with this checksum is whole.
  func put(on checksum: String) {
    guard let line = line(checksum), FileSystem(at: view)?.tellsChanges ?? false else { return }
    // Without it the next reader takes as long as this one.
    try? file.write(Array(line.utf8))
  }

  /// Nil where the computer's run is not known, or another view has come meanwhile.
  private func line(_ checksum: String) -> String? {
    guard let run = Host.run, FileVersion(of: view) == version else { return nil }
    return "\(run) \(version) \(checksum)\n"
  }
}
