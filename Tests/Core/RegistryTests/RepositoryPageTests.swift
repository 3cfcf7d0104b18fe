import Registry
import SystemPackage
import Testing

@Suite struct RepositoryPageTests {
  private func page(_ url: String, _ directory: String? = nil) -> String? {
    guard let remote = try? RemoteURL(url) else { return nil }
    return RepositoryPage(remote, directory: directory.map { FilePath($0) })?.url
  }

  @Test(
    "each form of a URL leads to the page of the repository",
    arguments: [
      ("git@github.com:Owner/Name.git", "https://github.com/Owner/Name"),
      ("https://github.com/owner/name.git/", "https://github.com/owner/name"),
      ("ssh://git@ssh.github.com:443/owner/name.git", "https://github.com/owner/name"),
      ("git://github.com/owner/name", "https://github.com/owner/name"),
      ("https://user:secret@github.com/owner/name", "https://github.com/owner/name"),
      ("https://gist.github.com/owner/0123456789abcdef.git", "https://gist.github.com/0123456789abcdef"),
      ("git@github.com:owner/name.wiki.git", "https://github.com/owner/name/wiki"),
      ("git@gitlab.com:group/sub/sub/name.git", "https://gitlab.com/group/sub/sub/name"),
      ("ssh://git@altssh.gitlab.com:443/group/name.git", "https://gitlab.com/group/name"),
      ("https://gitlab.com/group/name.wiki.git", "https://gitlab.com/group/name/-/wikis"),
      ("ssh://git@gitlab.example.org:2222/group/name.git", "https://gitlab.example.org/group/name"),
      ("https://gitlab.example.org:8443/group/name.git", "https://gitlab.example.org:8443/group/name"),
      ("http://git.example.org:3000/owner/name.git", "http://git.example.org:3000/owner/name"),
      ("git@bitbucket.org:team/name.git", "https://bitbucket.org/team/name"),
      ("git@codeberg.org:owner/name.git", "https://codeberg.org/owner/name"),
      ("git@git.sr.ht:~owner/name", "https://git.sr.ht/~owner/name"),
      ("https://huggingface.co/owner/name", "https://huggingface.co/owner/name"),
      ("git@hf.co:owner/name", "https://huggingface.co/owner/name"),
      ("https://Acme@dev.azure.com/Acme/Shop/_git/Cart", "https://dev.azure.com/Acme/Shop/_git/Cart"),
      ("git@ssh.dev.azure.com:v3/acme/Web%20Shop/cart", "https://dev.azure.com/acme/web%20shop/_git/cart"),
      (
        "https://acme.visualstudio.com/DefaultCollection/shop/_git/cart",
        "https://dev.azure.com/acme/shop/_git/cart"
      ),
      (
        "ssh://git@stash.example.org:7999/PRJ/name.git",
        "https://stash.example.org/projects/PRJ/repos/name/browse"
      ),
      (
        "ssh://git@stash.example.org:7999/~ann/name.git",
        "https://stash.example.org/users/ann/repos/name/browse"
      ),
      ("https://git.example.org/scm/prj/name.git", "https://git.example.org/projects/prj/repos/name/browse"),
      (
        "http://git.example.org:7990/bitbucket/scm/prj/name.git",
        "http://git.example.org:7990/bitbucket/projects/prj/repos/name/browse"
      ),
      (
        "ssh://ann@review.example.org:29418/plugins/its", "https://review.example.org/admin/repos/plugins/its"
      ),
      ("https://review.example.org/r/a/plugins/its", "https://review.example.org/r/admin/repos/plugins/its"),
      ("https://gerrit-review.googlesource.com/a/plugins/its", "https://gerrit.googlesource.com/plugins/its"),
      ("https://android.googlesource.com/platform/build", "https://android.googlesource.com/platform/build"),
      (
        "codecommit::eu-west-1://shop",
        "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop/browse"
      ),
      (
        "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/shop",
        "https://cn-north-1.console.amazonaws.cn/codesuite/codecommit/repositories/shop/browse"
      ),
      (
        "ssh://ann@source.developers.google.com:2022/p/acme/r/shop",
        "https://source.cloud.google.com/acme/shop"
      ),
      ("https://git.heroku.com/tide.git", "https://dashboard.heroku.com/apps/tide"),
      ("https://git.overleaf.com/5f00", "https://www.overleaf.com/project/5f00"),
      (
        "git://git.kernel.org/pub/scm/git/git.git", "https://git.kernel.org/pub/scm/git/git.git"
      ),
      ("https://git.savannah.gnu.org/git/emacs.git", "https://git.savannah.gnu.org/cgit/emacs.git"),
      ("ann@git.sv.gnu.org:/srv/git/emacs/elpa.git", "https://git.savannah.gnu.org/cgit/emacs/elpa.git"),
      ("git@gitolite.kernel.org:pub/scm/git/git", "https://git.kernel.org/pub/scm/git/git.git"),
      ("git@ssh.gitlab.gnome.org:GNOME/gtk.git", "https://gitlab.gnome.org/GNOME/gtk"),
      ("nas:projects/name.git", "https://nas/projects/name"),
      ("[git@host.example:2200]:owner/name", "https://host.example/owner/name"),
      ("ssh://git@[2001:db8::1]:22/owner/name", "https://[2001:db8::1]/owner/name"),
    ])
  func leads(url: String, expected: String) {
    #expect(page(url) == expected)
  }

  @Test("a path, and what a helper alone understands, have none")
  func none() {
    for url in [
      "/srv/git/name.git", "file:///srv/git/name.git", "codecommit://profile@shop",
      "codecommit::eu-west-1://ann@shop",
      "https://github.com/owner/../name",
    ] {
      #expect(page(url) == nil, "\(url)")
    }
  }

  @Test("a part of a repository has a page of its own where the service says so")
  func parts() {
    #expect(page("git@github.com:o/n", "web/app") == "https://github.com/o/n/tree/HEAD/web/app")
    #expect(page("git@gitlab.com:g/s/n", "web") == "https://gitlab.com/g/s/n/-/tree/HEAD/web")
    #expect(page("git@bitbucket.org:o/n", "web") == "https://bitbucket.org/o/n/src/HEAD/web")
    #expect(page("git@git.sr.ht:~o/n", "web") == "https://git.sr.ht/~o/n/tree/HEAD/item/web")
    #expect(page("https://dev.azure.com/a/p/_git/r", "w b") == "https://dev.azure.com/a/p/_git/r?path=/w%20b")
    #expect(page("ssh://git@h.example:7999/P/n", "web") == "https://h.example/projects/P/repos/n/browse/web")
    #expect(page("git@git.example.org:o/n", "web") == "https://git.example.org/o/n")
  }

  @Test("nothing of a URL is left that a shell, an option or a terminal is made of")
  func hostile() {
    #expect(
      page("https://h.example/$(touch pwned)/`id`;'\"&|<>*?x")
        == "https://h.example/%24%28touch%20pwned%29/%60id%60%3B%27%22%26%7C%3C%3E%2A")
    #expect(page("https://h.example/a\u{202E}b") == "https://h.example/a%E2%80%AEb")
    #expect(page("https://b\u{FC}cher.example/a") == "https://b%C3%BCcher.example/a")
    for url in [
      "https://h.example/%0a--x", "h.example:-x", "--upload-pack=x", "https://-h.example/x", "ext::sh -c x",
    ] {
      let plain = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+@:,=/%?[]".utf8)
      guard let page = page(url) else { continue }
      #expect(page.hasPrefix("https://"))
      #expect(page.utf8.allSatisfy { plain.contains($0) })
    }
  }

  @Test("a homepage is taken as it is, with what is not plain escaped")
  func homepage() {
    #expect(
      RepositoryPage(homepage: "https://shop.example/a?b=c&d#e")?.url == "https://shop.example/a?b=c&d#e")
    #expect(
      RepositoryPage(homepage: "https://shop.example/$(id)'ü")?.url
        == "https://shop.example/%24%28id%29%27%C3%BC")
    for text in [
      "", "javascript:alert(1)", "file:///etc/passwd", "-x", "https://u:p@shop.example/", "https://a b/",
    ] {
      #expect(RepositoryPage(homepage: text) == nil)
    }
  }
}
