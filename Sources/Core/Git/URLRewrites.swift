/// What URLs may begin with, and what then stands in its place: `url.<base>.insteadOf` of git-config(1), and settings of
/// that form in other sections.
public struct URLRewrites: Sendable, Hashable {
  private let rewrites: [RepositoryInfo.Rewrite]

  init(_ rewrites: [RepositoryInfo.Rewrite]) { self.rewrites = rewrites }

  /// Whether there is none.
  public var isEmpty: Bool { rewrites.isEmpty }

  /// `url` with the longest prefix that fits replaced.
  public func rewritten(_ url: String) -> String {
    let fitting = rewrites.filter { !$0.prefix.isEmpty && url.utf8.starts(with: $0.prefix.utf8) }
    guard let longest = fitting.max(by: { $0.prefix.utf8.count < $1.prefix.utf8.count }) else { return url }
    return longest.base + String(url[longest.prefix.endIndex...])
  }
}

extension Configuration {
  /// The settings `<section>.<base>.insteadOf`.
  public func rewrites(in section: String) throws(GitError) -> URLRewrites {
    let section = "\(section)."
    let found = try entries { key in
      section.utf8CString.dropLast().enumerated().allSatisfy { key[$0.offset] == $0.element }
    }
    return URLRewrites(
      found.compactMap { key, value in
        RemoteSettings.subsection(of: key, in: section, variable: ".insteadof").map {
          RepositoryInfo.Rewrite(prefix: value, base: $0)
        }
      })
  }
}
