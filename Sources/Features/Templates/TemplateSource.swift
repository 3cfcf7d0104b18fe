import SystemSupport
import ByteStrings
import Registry
import SystemPackage

/// What a person names a template by.
enum TemplateSource {
  /// The name of one of ``TemplateFolders``.
  case named(String)
  /// A directory.
  case directory(FilePath)
  /// A git repository, and the branch, tag or commit that is meant.
  case repository(RemoteURL, reference: String?)

  /// Reads `URL`, `URL#REF`, a path (it has a slash, or is `.` or `..`) or a name.
  ///
  /// - Parameters:
  ///   - directory: what relative paths start from.
  ///   - note: told where parts of a URL are not used.
  init(_ text: String, directory: FilePath, telling note: (TemplateNotice) -> Void) throws {
    let parts = text.split(at: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let address = parts.first ?? ""
    guard !address.isEmpty else { throw TemplateError.emptyTemplateName }
    let isPath = address.holds("/") || address == "." || address == ".."
    if !address.holds(":") || address.begins(with: "/") || address.begins(with: "./")
      || address.begins(with: "../")
    {
      guard isPath else {
        self = .named(text)
        return
      }
      let path = FilePath(text: address).absolute(against: directory)
      // With a `#`, or without files of its own, it can only be meant as a repository.
      if parts.count < 2, Files.kind(of: path.appending("HEAD")) != .file {
        self = .directory(path)
        return
      }
    }
    let url = try Self.url(address, relativeTo: directory)
    if url.droppedSecret { note(.secretsOfTemplateDropped) }
    self = .repository(url, reference: try parts.count < 2 ? nil : Self.checked(parts[1]))
  }

  /// A URL that a person gave.
  static func url(_ text: String, relativeTo directory: FilePath) throws(TemplateError) -> RemoteURL {
    do throws(RefusedURL) {
      return try RemoteURL(text, relativeTo: directory)
    } catch {
      throw .refusedURL(error)
    }
  }

  /// A ref as git-fetch(1) takes one as the left side of a refspec; never an option or a pattern.
  private static func checked(_ reference: String) throws(TemplateError) -> String {
    let forbidden = reference.utf8.contains { $0.isControl || " :^~?*[\\".utf8.contains($0) }
    guard !reference.isEmpty, !reference.begins(with: "-"), !reference.begins(with: "+"),
      !reference.begins(with: "/"),
      !forbidden, !reference.holds(text: ".."), !reference.holds(text: "@{"),
      !ByteText.holdsRawBytes(reference)
    else { throw .malformedReference(reference) }
    return reference
  }
}
