import ByteStrings
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite struct RemoteURLTests {
  @Test(arguments: [
    ("https://github.com/grimm00/work-prod", "github.com/grimm00/work-prod"),
    ("https://github.com/grimm00/work-prod.git", "github.com/grimm00/work-prod"),
    ("https://github.com/grimm00/work-prod.git/", "github.com/grimm00/work-prod"),
    ("https://github.com/grimm00/work-prod.git.git//", "github.com/grimm00/work-prod"),
    ("HTTPS://me:secret@GitHub.COM:443/Grimm00/Work-Prod.GIT?x=1#y", "github.com/grimm00/work-prod"),
    ("git@github.com:grimm00/work-prod.git", "github.com/grimm00/work-prod"),
    ("github.com:/grimm00/work-prod", "github.com/grimm00/work-prod"),
    ("ssh://git@github.com:22/grimm00/work-prod", "github.com/grimm00/work-prod"),
    ("git+ssh://git@github.com/grimm00/work-prod", "github.com/grimm00/work-prod"),
    ("git://github.com:9418/grimm00/work-prod", "github.com/grimm00/work-prod"),
    ("http://example.org:80/A", "example.org/A"), ("http://example.org:443/A", "example.org:443/A"),
    ("https://example.org:8443/A.GIT", "example.org:8443/A.GIT"),
    ("https://www.github.com/A", "github.com/a"),
    ("ssh://git@ssh.github.com:443/A/b", "github.com/a/b"),
    ("ssh://host/~me/x.git", "host/~me/x"), ("host:~me/x.git", "host/~me/x"), ("me@host:x", "host/x"),
    ("ssh://[::1]:22/x", "[::1]/x"), ("[::1]:x", "[::1]/x"), ("me@[FE80::1%25eth0]:x", "[fe80::1%eth0]/x"),
    ("[me@FE80::1]:a/x", "[fe80::1]/a/x"),
    ("ssh://[2001:DB8::1]:2222/x", "[2001:db8::1]:2222/x"), ("[me@host:2222]:x", "host:2222/x"),
    ("https://h.org/a%20b/%c3%a9", "h.org/a b/é"), ("https://h.org/%ff%0a%00", "h.org/%FF%0A%00"),
    ("https://h.org/a%2Fb", "h.org/a/b"), ("https://h.org/100%25", "h.org/100%25"),
    ("https://h.org/100%", "h.org/100%25"), ("h.org:100%", "h.org/100%25"), ("https://h.org", "h.org"),
    ("https://h.org//a///b/", "h.org/a/b"), ("https://gitlab.com/É", "gitlab.com/É"),
    ("/srv/git/x.git/", "/srv/git/x"), ("/srv//git/../x/.git", "/srv/x"),
    ("file:///srv/a%20b.git", "/srv/a b"),
    ("FILE:///srv/x", "/srv/x"), ("file://host/srv", "/host/srv"), ("/", "/"), ("/.git", "/"),
    ("/a:b", "/a:b"),
    ("../x", "/home/x"), ("./a:b.git", "/home/me/a:b"), ("x/y", "/home/me/x/y"), ("../../../..", "/"),
    ("https://user@dev.azure.com/o/p", "dev.azure.com/o/p"),
  ])
  func normalizes(url: String, normalized: String) throws {
    #expect(try RemoteURL(url, relativeTo: "/home/me").normalized == normalized)
  }

  /// What a hosting service, or a server, documents of itself: the first of each line is how it is compared, and all
  /// others are that.
  @Test(arguments: [
    [
      "dev.azure.com/org/my proj/_git/repo", "https://dev.azure.com/Org/My%20Proj/_git/Repo",
      "https://Org@dev.azure.com/Org/My%20Proj/_git/Repo", "git@ssh.dev.azure.com:v3/Org/My%20Proj/Repo",
      "ssh://git@ssh.dev.azure.com/v3/Org/My%20Proj/Repo",
      "ssh://git@ssh.dev.azure.com:22/v3/Org/My%20Proj/Repo/",
      "https://org.visualstudio.com/DefaultCollection/My%20Proj/_git/Repo",
      "https://Org.VisualStudio.com/My%20Proj/_git/Repo",
      "org@vs-ssh.visualstudio.com:v3/org/My%20Proj/Repo",
      "ssh://org@vs-ssh.visualstudio.com:22/My%20Proj/_ssh/Repo",
      "ssh://org@vs-ssh.visualstudio.com:22/DefaultCollection/My%20Proj/_ssh/Repo",
      "ssh://org@org.visualstudio.com:22/My%20Proj/_git/Repo",
      "https://dev.azure.com/org/My%20Proj/_git/_optimized/Repo",
      "https://org.visualstudio.com/My%20Proj/_git/_full/Repo",
    ],
    [
      "dev.azure.com/org/repo/_git/repo", "https://dev.azure.com/org/_git/Repo",
      "https://org.visualstudio.com/_git/repo",
      "https://org.visualstudio.com/DefaultCollection/_git/repo", "git@ssh.dev.azure.com:v3/org/Repo/Repo",
    ],
    [
      "github.com/acme/app", "git@ssh.github.com:acme/app.git", "ssh://git@ssh.github.com:443/Acme/App.git",
      "[git@ssh.github.com:443]:acme/app", "https://github.com./acme/app",
      "git+ssh://git@github.com/acme/app", "https://www.github.com/acme/app.git",
    ],
    ["github.com/acme/app.wiki", "https://github.com/acme/app.wiki.git", "git@github.com:acme/app.wiki.git"],
    [
      "gist.github.com/aa5a315d61ae9438b18d", "https://gist.github.com/aa5a315d61ae9438b18d.git",
      "git@gist.github.com:aa5a315d61ae9438b18d.git", "https://gist.github.com/octocat/AA5A315D61AE9438b18d",
    ],
    [
      "gitlab.com/group/sub/app", "ssh://git@altssh.gitlab.com:443/Group/Sub/app.git",
      "git@gitlab.com:group/sub/app.git",
    ],
    [
      "bitbucket.org/acme/app", "ssh://git@altssh.bitbucket.org:443/acme/app.git",
      "https://ann@bitbucket.org/acme/app.git",
    ],
    [
      "git.example.org/prj/app", "https://git.example.org/scm/prj/app.git",
      "ssh://git@git.example.org:7999/PRJ/app.git",
      "https://git.example.org/bitbucket/scm/PRJ/app", "http://git.example.org:7990/scm/prj/app",
      "https://git.example.org/stash/scm/prj/app",
    ],
    [
      "git.example.org/~ann/app", "https://git.example.org/scm/~Ann/app.git",
      "ssh://git@git.example.org:7999/~ann/app.git",
    ],
    [
      "gerrit.example.org/tools/app", "https://gerrit.example.org/a/tools/app",
      "ssh://ann@gerrit.example.org:29418/tools/app.git",
      "https://gerrit.example.org/tools/app", "https://gerrit.example.org/r/a/tools/app",
      "https://gerrit.example.org/r/tools/app",
    ],
    [
      "review.example.org/app", "https://ann@review.example.org/a/app",
      "ssh://ann@review.example.org:29418/app",
    ],
    [
      "android.googlesource.com/platform/art", "https://android.googlesource.com/a/platform/art",
      "https://android-review.googlesource.com/platform/art",
    ],
    [
      "git.sr.ht/~ann/app", "git@git.sr.ht:~ann/app", "https://git.sr.ht/~ann/app",
      "ssh://git@git.sr.ht/~ann/app.git",
    ],
    ["huggingface.co/ann/model", "git@hf.co:ann/model", "https://huggingface.co/ann/model"],
    ["git.heroku.com/app", "git@heroku.com:app.git", "https://git.heroku.com/app.git"],
    [
      "source.developers.google.com/p/proj/r/app",
      "ssh://ann@corp.org@source.developers.google.com:2022/p/proj/r/app",
      "https://source.developers.google.com/p/proj/r/app",
    ],
    [
      "git-codecommit.eu-west-1.amazonaws.com/v1/repos/orders", "codecommit::eu-west-1://orders",
      "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/orders",
      "ssh://APKAEXAMPLE@git-codecommit.eu-west-1.amazonaws.com/v1/repos/orders",
      "https://git-codecommit-fips.eu-west-1.amazonaws.com/v1/repos/orders",
    ],
    [
      "git.savannah.gnu.org/emacs", "https://git.savannah.gnu.org/git/emacs.git",
      "git://git.savannah.gnu.org/emacs.git", "ann@git.savannah.gnu.org:/srv/git/emacs.git",
      "ssh://ann@git.sv.gnu.org/srv/git/emacs.git", "https://https.git.savannah.gnu.org/git/emacs.git",
      "git://git.git.savannah.nongnu.org/emacs.git", "http://git.savannah.nongnu.org/r/emacs.git",
      "https://git.savannah.gnu.org/cgit/emacs.git", "git@git.sv.nongnu.org:emacs.git",
    ],
    [
      "git.savannah.gnu.org/emacs/elpa", "https://git.savannah.gnu.org/git/emacs/elpa.git",
      "git://git.sv.gnu.org/emacs/elpa.git",
    ],
    [
      "git.kernel.org/pub/scm/git/git", "https://git.kernel.org/pub/scm/git/git.git",
      "git@gitolite.kernel.org:pub/scm/git/git", "ssh://git@gitolite.kernel.org/pub/scm/git/git.git",
    ],
    [
      "gitlab.gnome.org/GNOME/gtk", "https://gitlab.gnome.org/GNOME/gtk.git",
      "git@ssh.gitlab.gnome.org:GNOME/gtk.git",
    ],
    [
      "gitlab.freedesktop.org/mesa/mesa", "https://gitlab.freedesktop.org/mesa/mesa.git",
      "git@ssh.gitlab.freedesktop.org:mesa/mesa.git",
    ],
    [
      "src.fedoraproject.org/rpms/git", "https://src.fedoraproject.org/rpms/git.git",
      "ssh://ann@pkgs.fedoraproject.org/rpms/git",
    ],
    [
      "git.freebsd.org/src", "https://git.FreeBSD.org/src.git", "ssh://anongit@git.freebsd.org/src.git",
      "git@gitrepo.FreeBSD.org:src.git",
    ],
    [
      "acme-123-git.us-central1.sourcemanager.dev/proj/app",
      "https://acme-123-git.us-central1.sourcemanager.dev/proj/app.git",
      "git@acme-123-ssh.us-central1.sourcemanager.dev:proj/app.git",
    ],
    [
      "tfs.example.org/tfs/Main/proj/_git/app", "http://tfs.example.org:8080/tfs/Main/proj/_git/app",
      "https://tfs.example.org/tfs/Main/proj/_git/app", "ssh://tfs.example.org:22/tfs/Main/proj/_git/app",
    ],
    [
      "codeberg.org/forgejo/forgejo", "https://codeberg.org/Forgejo/forgejo.git",
      "git@codeberg.org:forgejo/Forgejo",
    ],
    ["git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/orders", "codecommit::cn-north-1://orders"],
    ["host/x/y", "me@host:~/x/y", "ssh://host/~/x/y", "host:x/y", "git+ssh://me@host/~/x/y"],
    [
      "[2001:db8::1]/x", "ssh://[2001:DB8:0:0:0:0:0:1]/x", "git@[2001:0db8::0001]:x",
      "https://[2001:db8::0:1]/x",
    ],
    ["[::ffff:102:304]:2222/x", "ssh://[::ffff:1.2.3.4]:2222/x", "ssh://[0:0:0:0:0:ffff:102:304]:2222/x"],
  ])
  func oneRepositoryHasOneNormalForm(forms: [String]) throws {
    for form in forms.dropFirst() { #expect(try RemoteURL(form).normalized == forms[0], "\(form)") }
  }

  /// What looks alike and is another repository, or may be.
  @Test(arguments: [
    ("https://dev.azure.com/Org/P/_git/Repo", "https://dev.azure.com/Org/P/_git/Repo2"),
    ("https://dev.azure.com/Org/P/_git/Repo", "https://dev.azure.com/Org/Q/_git/Repo"),
    ("https://dev.azure.com/Org/P/_git/Repo", "https://dev.azure.com/Org2/P/_git/Repo"),
    ("https://dev.azure.com/Org/P/_git/Repo", "https://visualstudio.com/Org/P/_git/Repo"),
    ("https://dev.azure.com/Org/P/_git/Repo", "https://dev.azure.com.example.org/Org/P/_git/Repo"),
    ("https://dev.azure.com/Org/P/_git/Repo", "https://org.visualstudio.com.example.org/P/_git/Repo"),
    ("git@ssh.dev.azure.com:v3/Org/P/Repo", "git@ssh.dev.azure.com:v4/Org/P/Repo"),
    ("ssh://git@ssh.github.com:443/a/b", "ssh://git@ssh.github.com:8443/a/b"),
    ("https://github.com/acme/app", "https://github.com/acme/app.wiki"),
    ("https://github.com/acme/app", "https://xgithub.com/acme/app"),
    ("https://gist.github.com/ann/list", "https://gist.github.com/bob/list"),
    ("https://gitlab.com/a/x/y", "https://gitlab.com/x/y"),
    ("https://github.com/a/x", "https://github.com/x"),
    ("https://gitlab.com/scm/x/y", "https://gitlab.com/x/y"),
    ("https://git.example.org/a/x/y", "https://git.example.org/x/y"),
    ("https://h.org/scm/x/y/z", "https://h.org/x/y/z"),
    ("https://git.kernel.org/pub/scm/git/git.git", "https://git.kernel.org/git/git"),
    ("https://git.savannah.gnu.org/git/emacs.git", "https://git.savannah.gnu.org/git/emacs/elpa.git"),
    ("https://git.savannah.gnu.org/git/emacs.git", "https://git.savannah.gnu.org:8443/git/emacs.git"),
    ("https://svn.savannah.gnu.org/git/emacs.git", "https://git.savannah.gnu.org/git/emacs.git"),
    ("https://xgit.savannah.gnu.org/git/emacs.git", "https://git.savannah.gnu.org/git/emacs.git"),
    ("https://gitlab.gnome.org/a/x", "https://ssh.gitlab.example.org/a/x"),
    ("https://x-ssh.example.org/a/x", "https://x-git.example.org/a/x"),
    ("http://h.org:8080/tfs/p/_git/x", "https://h.org:8080/tfs/p/_git/x"),
    ("http://h.org:8080/tfs/p/x", "https://h.org/tfs/p/x"),
    ("ssh://h.org:7999/x/y", "ssh://h.org:7998/x/y"), ("https://h.org:29418/x", "https://h.org/x"),
    ("https://h.org:7999/x/y", "https://h.org/x/y"), ("http://h.org:7990/x/y", "http://h.org/x/y"),
    ("codecommit::eu-west-1://work@orders", "codecommit::eu-west-1://home@orders"),
    ("codecommit::eu-west-1://work@orders", "codecommit::eu-west-1://orders"),
    ("codecommit::eu-west-1://orders", "codecommit::eu-west-2://orders"),
    ("codecommit://orders", "codecommit::eu-west-1://orders"),
    ("host:~ann/x", "host:~/x"), ("host:~ann/x", "host:x"), ("ssh://[::1]/x", "ssh://[::2]/x"),
    ("https://git.sr.ht/~ann/x", "https://git.sr.ht/~bob/x"), ("https://h.org/A/x", "https://h.org/a/x"),
  ])
  func anotherRepositoryHasAnother(one: String, other: String) throws {
    #expect(try RemoteURL(one).normalized != RemoteURL(other).normalized)
  }

  @Test(
    arguments: [
      ("work:acme/x.git", "github.com", nil, "git", "git@github.com:acme/x.git"),
      ("ann@work:acme/x", "github.com", nil, "git", "ann@github.com:acme/x"),
      ("work:x", "h.org", 22, nil, "h.org:x"), ("work:x", "h.org", 2222, "me", "[me@h.org:2222]:x"),
      ("[me@work:2200]:x", "h.org", 2222, nil, "[me@h.org:2200]:x"),
      ("work:x", "2001:db8::1", nil, "me", "me@[2001:db8::1]:x"),
      ("ssh://work/x", "h.org", 2222, "me", "ssh://me@h.org:2222/x"),
      ("ssh://ann@work:2200/x", "h.org", 2222, "me", "ssh://ann@h.org:2200/x"),
      ("git+ssh://work/~/x", "::1", 2222, nil, "git+ssh://[::1]:2222/~/x"),
      ("work:x", "::1", 2222, nil, nil), ("work:x", "-oProxyCommand=x", nil, nil, nil),
      ("work:x", "h.org", nil, "-x", nil),
      ("work:x", "h org", nil, nil, nil), ("work:x", "h.org", nil, "a:b", nil),
      ("work:x", "h.org", 70000, nil, nil),
      ("https://work/x", "h.org", nil, nil, nil), ("/work:x", "h.org", nil, nil, nil),
      ("me@[::1]:x", "h.org", nil, nil, nil),
      ("codecommit::eu-west-1://me@x", "h.org", nil, nil, nil),
    ] as [(String, String, Int?, String?, String?)])
  func takesAnotherHostForSSH(url: String, host: String, port: Int?, user: String?, stored: String?) throws {
    #expect(try RemoteURL(url).atSSHHost(host, port: port, user: user)?.stored == stored)
  }

  @Test(arguments: [
    ("https://u:p@h.org/x.git", "https://h.org/x.git", true),
    ("https://ann@h.org/x", "https://h.org/x", false),
    ("https://ghp_0123456789abcdefghij@h.org/x", "https://h.org/x", true),
    ("https://0123456789abcdef0123456789abcdef01234567@h.org/x", "https://h.org/x", true),
    ("https://u:p@q@h.org/x", "https://h.org/x", true),
    ("http://h.org/x?private_token=s", "http://h.org/x", true),
    ("https://h.org/x#s", "https://h.org/x", true), ("https://@h.org/x", "https://h.org/x", false),
    ("HTTPS://H.org/X", "https://H.org/X", false), ("ssh://git:pw@h.org:22/x", "ssh://git@h.org:22/x", true),
    ("ssh://git@h.org/x", "ssh://git@h.org/x", false), ("git@h.org:x", "git@h.org:x", false),
    ("git://u:p@h.org/x", "git://h.org/x", true), ("https://h.org/a@b:c", "https://h.org/a@b:c", false),
    ("https://[::1]/a@b", "https://[::1]/a@b", false),
    ("file:///a%20b", "file:///a%20b", false),
    ("/a/../b/", "/b", false), ("https://h.org?x=https://a:b@c/", "https://h.org", true),
  ])
  func storesNoSecret(url: String, stored: String, dropped: Bool) throws {
    let remote = try RemoteURL(url)
    #expect(remote.stored == stored)
    #expect(remote.droppedSecret == dropped)
  }

  @Test(arguments: [
    "", "-", "--upload-pack=x", "-oProxyCommand=x", "ext::sh -c x", "EXT::sh", "fd::3", "ext://x", "::x",
    "foo::bar",
    "work-prod::ext::sh", "work-prod::/x", "work-prod::ssh://h/x", "work-prod::work-prod::https://h/",
    "work-prod::",
    "ftp://h/x", "foo://h/x", "s3://b", "gcrypt::https://h/x", "ssh://-oProxyCommand=x/y",
    "ssh://%2DoProxyCommand=x/y",
    "ssh://-x@h/y", "ssh://%2dx@h/y", "-x@h:y", "h:-x", "me@h:--upload-pack=x", "me@-h:x", "[-h]:x",
    "[-h:22]:x", "h:", ":x", "@:x",
    "https:///x", "https://", "ssh://:22/x", "https://h:0/x", "https://h:65536/x", "https://h:x/y",
    "https://h:1:2/y",
    "https://h:8443/a@b", "https://u:secret/x@h/y", "https://u:secret@h/x@y", "https://[::1/x",
    "https://[]/x", "https://[::1]x/y", "https://h o/x", "https://h%00/x", "https://h%0a/x",
    "https://h\\@e/x", "https://h%2Fx/y", "https://h\u{200B}/x", "https://h\u{202E}/x", "ssh://a%0ab@h/x",
    "ssh://a b@h/x",
    "a\nb", "https://h/\u{0}", "https://h/\u{1B}[31m", "/x\ny", "https://h/\u{9B}", " https://h/x",
    "file://", "file://x", "file://u:p@h/x", "file:///a%00b", "file:///a%0ab", "user:secret@h:x",
    "user:secret\\@h:x/y",
    "relative/path", "../x", "https://h/" + String(repeating: "x", count: 2000),
  ])
  func refuses(url: String) {
    let error = #expect(throws: RefusedURL.self) { try RemoteURL(url) }
    #expect(error?.sentence.contains("secret") != true)
    #expect(error?.sentence.unicodeScalars.contains { $0.value < 0x20 } != true)
  }

  @Test(arguments: [
    ("", RefusedURL.Reason.empty), ("-x", .option), ("ext::sh -c x", .command), ("ext://x", .command),
    ("work-prod::https://h", .registrysRemote), ("gcrypt::https://h/x", .helper("gcrypt")),
    ("ftp://h/x", .transport("ftp")), ("https://h:0/x", .port), ("https://h h/x", .host),
    ("file://u@h/x", .userOfFile), ("relative/path", .relative), ("u:secret@h:x", .passwordBeforeHost),
    ("ssh://u%3Asecret@h/x", .colonInUser), ("codecommit://a/b", .noCodeCommit),
    ("https:///x\u{7}", .controlCharacter),
    ("https://h/" + String(repeating: "x", count: 5000), .tooLong(bytes: 5010)),
  ])
  func saysWhatIsWrong(url: String, reason: RefusedURL.Reason) {
    let error = #expect(throws: RefusedURL.self, "\(url)") { try RemoteURL(url) }
    #expect(error?.reason == reason)
    // What may be a password is not handed on either.
    #expect(error?.url?.contains("secret") != true)
  }

  @Test func bytesThatAreNoTextStandAsEscapes() throws {
    let raw = ByteText.string(from: Array("https://h.org/a".utf8) + [0xFF])
    #expect(try RemoteURL(raw).normalized == "h.org/a%FF")
    #expect(try RemoteURL("https://h.org/a%ff").normalized == "h.org/a%FF")
  }

  @Test func takesTheHelpersOfThirdPartiesOnlyByName() throws {
    let url = try RemoteURL("gcrypt::https://u:secret@h.org/x", helpers: ["gcrypt"])
    #expect(url.stored == "gcrypt::https://h.org/x")
    #expect(url.droppedSecret)
    #expect(try RemoteURL("gcrypt::git@h.org:x", helpers: ["gcrypt"]).stored == "gcrypt::git@h.org:x")
    #expect(try RemoteURL("s3://bucket/x", helpers: ["s3"]).stored == "s3://bucket/x")
    for bad in [
      "gcrypt::ext::sh", "gcrypt::-x", "ext::sh", "fd::1", "gcrypt::a:secret@h:x", "gcrypt::s3://a",
      "gcrypt::",
    ] {
      #expect(throws: RefusedURL.self) { try RemoteURL(bad, helpers: ["gcrypt", "ext", "fd"]) }
    }
    let deep = String(repeating: "gcrypt::", count: 200)
    #expect(throws: RefusedURL.self) { try RemoteURL(deep + "https://h/", helpers: ["gcrypt"]) }
  }

  @Test(arguments: [
    "work-prod::http://h/", "work-prod::https://u:p@h/api", "WORK-PROD::https://h", "gcrypt::https://h/x",
    "hg::https://h/x", "work-prod::codecommit::eu://x", "codecommit::work-prod::https://h",
    "persistent-https://h/x",
  ])
  func noProjectHasARemoteOfARegistry(url: String) throws {
    #expect(throws: RefusedURL.self) { try RemoteURL(url) }
  }

  @Test func theRegistrysOwnRemoteMayBeAService() throws {
    let url = try RemoteURL("work-prod::https://u:p@h.org/api/", helpers: ["work-prod"])
    #expect(url.stored == "work-prod::https://h.org/api/" && url.normalized == "work-prod::h.org/api")
    #expect(url.droppedSecret)
  }

  @Test func aCodeCommitURLIsKeptAsItIs() throws {
    for text in [
      "codecommit::eu-west-1://work@orders", "codecommit::us-gov-west-1://orders.api_2",
      "codecommit://work@orders",
      "codecommit://orders",
    ] {
      let url = try RemoteURL(text)
      #expect(url.stored == text && !url.isChanged)
      #expect(url.normalized == text || !text.contains("@"))
    }
    for bad in [
      "codecommit::eu-west-1://-oX@orders", "codecommit::eu-west-1://work@-x", "codecommit::-x://orders",
      "codecommit::ext::sh -c x", "codecommit::eu-west-1://a:b@orders", "codecommit://a/b", "codecommit://",
      "codecommit::/x", "codecommit::https://u:SECRET@h/x", "CODECOMMIT::eu-west-1://orders",
      "codecommit::eu://a@b@c",
      "codecommit::eu-west-1://work@orders?x=1", "codecommit::eu-west-1://ghp_0123456789abcdefghij@orders",
    ] {
      let error = #expect(throws: RefusedURL.self, "\(bad)") { try RemoteURL(bad) }
      #expect(error?.sentence.contains("SECRET") == false)
    }
  }

  @Test(arguments: [
    "https:/u:SECRET@h", "https:/u:SECRET@h/x", "//u:SECRET@h", "//u:SECRET@h/x", "https:///u:SECRET@h/x",
    "HTTPS:\\\\u:SECRET@h", "https:\\/u:SECRET@h/x", "http:u:SECRET@h", "http:u:SECRET@h/x",
    "https:SECRET@h/x",
    "u:SECRET@h:path", "u:SECRET@h/path", "u:SECRET@h", "ann@corp.org:SECRET@h/path",
    "ann@corp.org:SECRET@h:path",
    "git+https://u:SECRET@h/x", "ftp://u:SECRET@h/x", "ssh://u%3ASECRET@h/x", "ssh://u%253ASECRET@h/x",
    "ssh:/u:SECRET@h/x", "git:/u:SECRET@h/x", "file:///u:SECRET@h/x", "file:/u:SECRET@h/x",
    "/srv/u:SECRET@h/x",
    "https://h/https://u:SECRET@g/x", "https://h/https://SECRET@g/x", "https://h/u%3ASECRET%40g/x",
    "https://u:SECRET%40h/x", "ssh://h/x?access_token=SECRET", "git@h:x?token=SECRET",
    "h:x#access_token=SECRET",
    "/srv/x?access_token=SECRET", "file:///x?access_token=SECRET", "ssh://h/x%3Ftoken%3DSECRET",
    "https://h/x%3Faccess_token=SECRET", "https://h/x;token=SECRET", "git://h/x?a=b&token=SECRET",
    "\\\\u:SECRET@h\\x", " https://u:SECRET@h/x", "https://u:p\tSECRET@h/x", "ssh://ghp_SECRET0123456789@h/x",
    "ghp_SECRET0123456789@h:x", "https://h/ghp_SECRET0123456789/x", "//SECRET@h/x", "https://u:SECRET@-h/x",
    "https://u:SECRET@h:port/x", "ext::https://u:SECRET@h/x", "foo::https://u:SECRET@h/x",
    "http:/ann:SECRET@h:80/x",
    "https://x-access-token:SECRET@h\\x/y", "scp://u:SECRET@h/x", "https:u%3ASECRET@h/x",
    "/a/../b://a/..//SECRET@", "/a/..//u:/./SECRET@h",
  ])
  func refusesWhatMayBeAPassword(url: String) {
    let error = #expect(throws: RefusedURL.self) { try RemoteURL(url, relativeTo: "/d") }
    #expect(error?.sentence.contains("SECRET") == false, "\(error?.sentence ?? "")")
  }

  @Test(arguments: [
    "git@h:~user/x", "git@h:v3/o/p/r@2", "ssh://git@h/r@v1", "ssh://ann@corp.org@h:2022/p/x/r/y",
    "https://h/@scope/x",
    "git@h:@scope/x", "/srv/a@b", "/a:b", "/srv/a#1", "/srv/%(name)", "ssh://h/a;b", "https://h/a/b:c/d@e",
    "[me@host:22]:x", "me@[::1]:x", "host:C:/x", "/mnt/x=1?y",
  ])
  func takesWhatIsNone(url: String) throws {
    let remote = try RemoteURL(url)
    #expect(remote.stored == url && !remote.isChanged)
  }

  @Test func noSpellingOfAURLLeaksItsPassword() {
    var generator = SeededGenerator(seed)
    let schemes = [
      "https", "http", "HTTPS", "ssh", "git", "git+ssh", "git+https", "ftp", "file", "foo",
      "work-prod::https",
      "codecommit::eu", "",
    ]
    let marks = ["://", ":/", ":///", ":\\\\", ":\\/", "//", ":", "::", "/", "%3A%2F%2F", ""]
    func encoded(_ text: String) -> String {
      text.unicodeScalars.map { scalar in
        scalar.isASCII && ":@?=/".unicodeScalars.contains(scalar)
          ? "%" + String(scalar.value, radix: 16) : String(scalar)
      }.joined()
    }
    var (taken, refused) = (0, 0)
    for _ in 0..<20_000 {
      var login = generator.pick(["u", "ann@corp.org", "x-access-token", "oauth2", "", "%75", "git"])
      login +=
        ":" + generator.pick(["", "p", "%", "é", "1"]) + "SECRET" + generator.pick(["", "1", "x", "%40"])
        + "@"
      let rest =
        generator.pick(["h", "host.org", "[::1]", "h:22", "h:x", ""])
        + generator.pick(["/o/r.git", "", "/", ":o/r"])
      var text = login + rest
      if generator.oneIn(3) { text = encoded(text) }
      if generator.oneIn(6) { text = encoded(text.replacing("%", with: "%25")) }
      if generator.oneIn(4) { text = generator.pick(["h/", "https://h/", "/srv/", "o@h:"]) + text }
      if generator.oneIn(5) {
        text = "h.org/x" + generator.pick(["?", "#", "?a=b&", "?a&"]) + "access_token=SECRET"
      }
      text = generator.pick(schemes) + generator.pick(marks) + text
      do {
        let url = try RemoteURL(text, relativeTo: "/d", helpers: ["work-prod"])
        taken += 1
        #expect(
          !url.stored.contains("SECRET") && !url.normalized.contains("SECRET"),
          "seed \(seed) \(text) \(url.stored)")
        #expect(url.droppedSecret, "seed \(seed) \(text)")
      } catch {
        refused += 1
        #expect(!error.sentence.contains("SECRET"), "seed \(seed) \(text): \(error.sentence)")
      }
    }
    #expect(taken > 200 && refused > 500, "\(taken) \(refused)")
  }

  @Test func aUserNameIsNoPassword() throws {
    for text in [
      "https://Org@dev.azure.com/Org/Proj/_git/Repo", "https://ann-work@bitbucket.org/acme/app.git",
    ] {
      let url = try RemoteURL(text)
      #expect(url.droppedUser && !url.droppedSecret && !url.stored.contains("@"))
    }
  }

  @Test(arguments: [
    ("gh:owner/name", true), ("git@work:x", true), ("gh://x", true), ("work/x", true),
    ("git@github.com:x", false),
    ("https://h/x", false), ("/x", false), ("./x", false), ("../x:y", false), ("-gh:x", false), ("", false),
    ("[::1]:x", false), ("localhost:x", false), ("ext::x", false), ("ssh://work/x", false),
    ("file:///x", false),
  ])
  func knowsAnAlias(url: String, candidate: Bool) { #expect(RemoteURL.isAliasCandidate(url) == candidate) }

  @Test(arguments: ["/a/../b://a/..//@", "/x/../a:/./@b", "/a:/b/../@c", "b://a/..//@", "b:/../@"])
  func aPathIsRefusedWhereItsSimplestFormIs(path: String) {
    for directory in [nil, "/d"] as [FilePath?] {
      guard let url = try? RemoteURL(path, relativeTo: directory) else { continue }
      #expect((try? RemoteURL(url.stored))?.stored == url.stored)
    }
  }

  @Test func whatIsStoredIsStable() {
    var generator = SeededGenerator(seed)
    let parts = [
      "https", "http", "ssh", "git", "file", "work-prod", "ext", "://", "::", ":", "@", "/", "//", ".git",
      "..", ".", "~", "%2d",
      "%41", "%", "%25", "%ff", "%0A", "?", "#", "[", "]", "[::1]", "host", "Git.Hub", "github.com", "22",
      "443", "user", "-", "é",
      " ", "a", "B", "\\", "\u{202E}", "\u{10FF85}", "=", "'", "\"",
    ]
    var taken = 0
    for _ in 0..<5000 {
      let prefix = generator.pick([
        "", "", "https://", "https://u:SECRET@", "ssh://u:SECRET@h/", "ssh://", "h:", "/",
        "work-prod::https://",
      ])
      let text = prefix + (0..<generator.below(9)).map { _ in generator.pick(parts) }.joined()
      guard let url = try? RemoteURL(text, relativeTo: "/d", helpers: ["work-prod"]) else { continue }
      taken += 1
      let again = try? RemoteURL(url.stored, relativeTo: "/d", helpers: ["work-prod"])
      #expect(again?.stored == url.stored, "seed \(seed) \(text)")
      #expect(again?.droppedSecret == false, "seed \(seed) \(text)")
      #expect(again?.normalized == url.normalized, "seed \(seed) \(text)")
      #expect(!url.normalized.hasSuffix("/.git"), "seed \(seed) \(text)")
      #expect(url.normalized == "/" || !url.normalized.hasSuffix("/"), "seed \(seed) \(text)")
      #expect(!url.stored.hasPrefix("-") && !url.normalized.isEmpty, "seed \(seed) \(text)")
      #expect(
        !url.normalized.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) },
        "seed \(seed) \(text)")
      // An entry with it is judged alike, whether it is read again or known.
      if let read = try? RemoteURL(text, relativeTo: "/d") {
        let (project, known) = (Sample.project(1, url: read.stored), ReadURLs([read]))
        #expect(throws: Never.self, "seed \(seed) \(text)") { try project.validate() }
        #expect(throws: Never.self, "seed \(seed) \(text)") { try project.validate(known) }
        #expect(project.duplicateKey == project.duplicateKey(known), "seed \(seed) \(text)")
      }
    }
    #expect(taken > 500)
  }

  @Test func whatIsNotKnownOfAnEntryIsRead() throws {
    let known = ReadURLs([try RemoteURL("https://u:SECRET@h/x")])
    for url in ["https://u:SECRET@h/x", "https://h/X?key", "ext::sh", "../x"] {
      #expect(throws: InvalidEntry.self) { try Sample.project(1, url: url).validate(known) }
      let json = JSON.object([
        "paths": .array([.object(["path": .string("/x"), "kind": .string("main")])]),
        "remotes": .object(["origin": .string(url)]),
      ])
      #expect(throws: InvalidEntry.self) { try Checkout(json: json, known) }
    }
    #expect(Sample.project(1, url: "https://H/x.git").duplicateKey(known)?.url == "h/x")
  }

  @Test func schemeUserPortAndEndMakeNoDifference() throws {
    var generator = SeededGenerator(seed)
    for _ in 0..<2000 {
      let host = generator.pick(["github.com", "GitHub.com", "example.org", "[::1]"])
      let path = (0...generator.below(3)).map { _ in generator.pick(["a", "b-c", "x.y", "d_1"]) }.joined(
        separator: "/")
      let end = generator.pick(["", "/", ".git", ".git/", "//"])
      let forms = [
        "https://\(host)/\(path)\(end)", "http://u:p@\(host):80/\(path)\(end)",
        "ssh://git@\(host):22/\(path)\(end)",
        "git@\(host):\(path)\(end)", "\(host):/\(path)\(end)", "git://\(host)/\(path)\(end)",
      ]
      let normal = Set(try forms.map { try RemoteURL($0).normalized })
      #expect(normal.count == 1, "seed \(seed) \(forms)")
    }
  }
}

@Suite struct SecretsTests {
  @Test(arguments: [
    ("https://u:p@h/x", "https://***@h/x"), ("https://token@h/x", "https://***@h/x"),
    ("fatal: unable to access 'https://u:p@h/x/': no", "fatal: unable to access 'https://***@h/x/': no"),
    ("ssh://git@h/x", "ssh://git@h/x"), ("ssh://git:pw@h/x", "ssh://git:***@h/x"),
    ("git@h:x: Permission denied", "git@h:x: Permission denied"), ("https://u:p/q@h/x", "https://***@h/x"),
    ("https://u:p#q@h/x", "https://***@h/x"), ("https://u:p'q@h/x", "https://***@h/x"),
    ("u:p@h:x", "u:***@h:x"),
    ("https://h/x?token=s", "https://h/x?***"), ("'https://h/x?token=s'", "'https://h/x?***'"),
    ("https://h/a@b", "https://h/a@b"), ("me@x.org", "me@x.org"), ("plain", "plain"), ("", ""),
    ("a@b\nhttps://u:p@h c", "a@b\nhttps://***@h c"),
    ("https://a@b:p/q@h/", "https://***@h/"), ("https://a:p@h,https://b:p@i", "https://***@i"),
    ("work-prod::https://u:p@h/", "work-prod::https://***@h/"), ("git+ssh://u:p@h/", "git+ssh://u:***@h/"),
    ("@ ?", "@ ?"), ("://@", "://***@"),
  ])
  func masks(text: String, shown: String) { #expect(RemoteURL.withoutSecrets(text) == shown) }

  @Test func noPasswordOfAnAuthorityIsShown() {
    var generator = SeededGenerator(seed)
    for _ in 0..<5000 {
      let noise = (0..<generator.below(4)).map { _ in
        generator.pick(["/", "#", "?", ":", "@", "'", "\"", "é", "%40", "x", "1"])
      }.joined()
      let scheme = generator.pick(["https", "http", "ssh", "git", "foo", "work-prod::https", "HTTPS"])
      let url = "\(scheme)://user:\(noise)SECRET\(generator.pick(["", "/", "#", "x", "@"]))@host/path"
      let text =
        generator.pick(["", "fatal: '", "a@b https://h:1/x "]) + url + generator.pick(["", "': gone", " x"])
      #expect(!RemoteURL.withoutSecrets(text).contains("SECRET"), "seed \(seed) \(text)")
      do {
        let stored = try RemoteURL(url).stored
        #expect(!stored.contains("SECRET"), "seed \(seed) \(url)")
      } catch {
        #expect(!error.sentence.contains("SECRET"), "seed \(seed) \(url)")
      }
    }
  }

  @Test func aLongURLIsMaskedBeforeItIsCut() {
    let url = "https://user:SECRET" + String(repeating: "x", count: 200) + "@-h/"
    let error = #expect(throws: RefusedURL.self) { try RemoteURL(url) }
    #expect(error?.sentence.contains("SECRET") == false)
  }
}
