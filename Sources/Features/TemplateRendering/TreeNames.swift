import SystemSupport
import ByteStrings
import SystemPackage

/// What may stand in a tree that is filled, no matter who wrote the template.
enum TreeNames {
  /// The ending that a file of a template loses, so that a template may hold a `.gitignore` that is not its own.
  private static let ending = ".mustache"

  /// Whether a file is written as a template, so that a comment in braces is the template's: any that loses its ending, and the
  /// one that says what a template is.
  static func isTemplate(_ file: FilePath) -> Bool {
    let name = file.lastComponent?.string ?? ""
    return name.ends(with: ending) || name == ".dev-infra.yml"
  }

  /// A filled name as it may be made.
  ///
  /// - Parameter path: where it comes from.
  static func checked(_ filled: String, isFile: Bool, in path: FilePath) throws(FillingError) -> String {
    let name =
      isFile && filled.ends(with: ending) && filled.utf8.count > ending.utf8.count
      ? String(filled.dropLast(ending.count)) : filled
    if let fault = fault(of: name) { throw .unusableName(path, name, fault) }
    return name
  }

  /// Bytes that file systems take for a name.
  private static let longest = 255

  private static func fault(of name: String) -> FillingError.NameFault? {
    if name.isEmpty { return .empty }
    if name == "." || name == ".." { return .notAName }
    if name.utf8.contains(UInt8(ascii: "/")) { return .slash }
    if name.utf8.contains(0) { return .nul }
    if name.utf8.count > longest { return .longerThan(bytes: longest) }
    // In it are programs that git runs. Some file systems take it in any case.
    return GitNames.isDotGit(ByteText.bytes(of: name)) ? .gitsOwn : nil
  }

  /// Checks that a symbolic link stays inside the tree.
  ///
  /// `..` may only come first: behind another name, which may be a link itself, it could lead anywhere.
  ///
  /// - Parameter depth: how many directories below the tree's root the link is.
  static func checkLink(_ target: String, depth: Int, in path: FilePath) throws(FillingError) {
    func refuse(_ fault: FillingError.LinkFault) -> FillingError {
      .unusableLink(path, target: target, fault)
    }
    if target.isEmpty { throw refuse(.empty) }
    if target.utf8.first == UInt8(ascii: "/") { throw refuse(.absolute) }
    var parts = target.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }[
      ...]
    var up = 0
    while parts.first == ".." || parts.first == "." {
      if parts.first == ".." { up += 1 }
      parts.removeFirst()
    }
    if up > depth || parts.contains("..") { throw refuse(.leadsOut) }
    if parts.contains(where: { GitNames.isDotGit(ByteText.bytes(of: $0)) }) {
      throw refuse(.gitsOwn)
    }
  }
}
