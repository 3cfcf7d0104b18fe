import Registry
import TestSupport
import Testing

/// URLs of the forms that nearly all have are read as the rules for all URLs read them.
@Suite struct PlainURLTests {
  private static let hosts = [
    "git.example.org", "github.com", "gitlab.com", "bitbucket.org", "www.github.com", "ssh.github.com",
    "altssh.gitlab.com",
    "gist.github.com", "git.savannah.gnu.org", "git.sv.nongnu.org", "git.git.savannah.gnu.org",
    "gitolite.kernel.org",
    "ssh.gitlab.gnome.org", "pkgs.fedoraproject.org", "gitrepo.freebsd.org", "a-1-ssh.us.sourcemanager.dev",
    "codeberg.org",
    "dev.azure.com", "acme.visualstudio.com", "vs-ssh.visualstudio.com",
    "gerrit.example.org",
    "review.example.org", "code-review.example.org", "chromium.googlesource.com",
    "source.developers.google.com", "hf.co",
    "huggingface.co", "heroku.com", "git-codecommit-fips.us-east-1.amazonaws.com", "localhost", "h", "a..b",
    "h.", ".h", "-h",
    "h-", "Git.Example.org", "h:22", "h:443", "u@h", "[::1]", "a_b", "http", "https", "é.org", "127.0.0.1",
  ]
  private static let parts = [
    "owner", "Owner", "name", "Name", "a", "scm", "SCM", "bitbucket", "stash", "r", "gerrit", "a", "_git",
    "v3", "_ssh", "~",
    "~user", ".git", "x.git", "x.git.git", "x.GIT", ".", "..", "...", "-x", "x-", "", "%41", "a b", "a@b",
    "a:b", "é", "x.",
    "ghp_0123456789abcdef", "glpat-0123456789abcdef", "ATBB0123456789abcdef", "x-ghp_0123456789",
    "hf_0123456789",
    "deadbeef", "a\\b", "a?b", "a#b", "?x=y", "d_e-f.g",
  ]
  private static let starts = [
    "https://", "https://", "git@", "git@", "HTTPS://", "http://", "ssh://git@", "ssh://", "me@", "",
  ]

  @Test func whatIsPlainIsReadAsByAllRules() throws {
    var generator = SeededGenerator(seed)
    var plain = 0
    for _ in 0..<20_000 {
      let start = generator.pick(Self.starts)
      let path = (0..<generator.below(5)).map { _ in generator.pick(Self.parts) }.joined(separator: "/")
      let separator =
        start.hasSuffix("@") ? generator.pick([":", ":", ":/", "/"]) : generator.pick(["/", "/", "//", ""])
      let text = start + generator.pick(Self.hosts) + separator + path
      let whole = try? RemoteURL(byAllRules: text)
      #expect((try? RemoteURL(text)) == whole, "seed \(seed) \(text)")
      guard let place = PlainURL.normalized(text) else { continue }
      plain += 1
      #expect(
        whole?.normalized == place && whole?.stored == text && whole?.isChanged == false,
        "seed \(seed) \(text)")
    }
    #expect(plain > 50)
  }

  @Test(arguments: [
    ("https://git.example.org/team/p00001.git", "git.example.org/team/p00001"),
    ("https://github.com/a/b", "github.com/a/b"),
    ("git@github.com:a/b-c_d.git", "github.com/a/b-c_d"),
  ])
  func takesTheUsualForms(url: String, place: String) { #expect(PlainURL.normalized(url) == place) }

  @Test(arguments: [
    "https://github.com/A/b", "https://u@h/a", "https://h/a/", "https://h//a", "https://h/a?b", "https://h",
    "https://h/", "git@h:",
    "git@h:/a", "https://h/ghp_0123456789abcdef", "https://h/scm/a/b", "https://dev.azure.com/a/b/_git/c",
    "https://h/.git",
    "https://h/a.git.git", "https://h:443/a", "http://h/a", "https://h/a\n",
  ])
  func leavesTheOthersToAllRules(url: String) { #expect(PlainURL.normalized(url) == nil) }

  @Test func aURLThatIsTooLongIsNotPlain() {
    #expect(PlainURL.normalized("https://h/" + String(repeating: "a", count: 1990)) != nil)
    #expect(PlainURL.normalized("https://h/" + String(repeating: "a", count: 1991)) == nil)
  }
}
