import Terminal
import SystemSupport
import ByteStrings
import SystemPackage

/// The page of a command, a guide or a format of this installation.
struct ManualPage {
  private let page: String
  private let section: String
  private let folder: FilePath

  /// The page that a person calls so; nil where there is none.
  init?(of name: String, in installation: Installation) {
    if name.isEmpty || name.utf8.contains(UInt8(ascii: "/")) { return nil }
    folder = installation.manualPages
    for page in ["dev-infra-\(name)", name, "dev-infra\(name.begins(with: ".") ? "" : ".")\(name)"] {
      for section in ["1", "5", "7"] where Files.kind(of: Self.file(page, section, in: folder)) == .file {
        (self.page, self.section) = (page, section)
        return
      }
    }
    return nil
  }

  private static func file(_ page: String, _ section: String, in folder: FilePath) -> FilePath {
    folder.appending("man\(section)").pushing(FilePath(text: "\(page).\(section)"))
  }

  /// Becomes man(1) with the page.
  func open() throws(Failure) -> Never {
    // An empty last part stands for the system's own folders.
    let others = Environment["MANPATH"] ?? ""
    Environment.set("MANPATH", to: "\(folder.text):\(others)")
    try Execution.becomeIfFound("man", [section, page])
    throw .fatal(
      "opening the manual page failed: the program 'man' was not found",
      hints: "The page is \(Self.file(page, section, in: folder).visible)")
  }
}
