import ByteStrings
import SystemSupport

/// The installed catalogue of commands: `NAME TAB CATEGORY TAB GROUP TAB SUMMARY` lines, made at installation from
/// `man/command-list.txt` and the manual pages.
struct Catalogue {
  struct Entry {
    /// The page's name, such as `dev-infra-list`.
    let page: String
    /// `main`, `ancillary`, `plumbing`, `helper` or `guide`.
    let category: String
    /// Under which heading `help` shows it; nil where it is not among the common ones.
    let group: String?
    let summary: String

    /// Whether it is something to run, and no guide or format.
    var isCommand: Bool { category != "guide" }

    /// The name as it is typed behind `dev-infra`.
    var command: String {
      page.begins(with: "dev-infra-") ? String(page.dropFirst("dev-infra-".count)) : page
    }
  }

  /// In the order of the file; empty where this installation has none, as in a build tree.
  let entries: [Entry]

  init(_ installation: Installation) {
    let bytes = (try? Files.read(installation.catalogue)) ?? []
    entries = String(decoding: bytes, as: UTF8.self).split(at: "\n").compactMap { line in
      let fields = line.split(at: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4 else { return nil }
      return Entry(
        page: fields[0], category: fields[1], group: fields[2].isEmpty ? nil : fields[2], summary: fields[3])
    }
  }
}
