import Registry
import SystemPackage
import SystemSupport
import Testing

@Suite("What git says")
struct GitDiagnosticsTests {
  @Test(
    "why it failed, in one sentence",
    arguments: [
      ("fatal: not a git repository\n", "not a git repository"),
      ("warning: x is odd\nfatal: bad config line 3 in file c\n", "bad config line 3 in file c"),
      ("warning: only that\n", "warning: only that"),
      ("error: a\nhint: do b\nfatal: c\r\n", "a; c"),
      (
        "error: would be overwritten by merge:\n\tone\n\ttwo\nAborting\n",
        "would be overwritten by merge: one; two; Aborting"
      ),
      ("Cloning into 'x'...\nremote: Counting objects: 3\rfatal: early EOF\n", "early EOF"),
      (
        "error: unable to write file big\nfatal: unable to checkout working tree\n"
          + "warning: Clone succeeded, but checkout failed.\nYou can inspect what was checked out with 'git status'\n"
          + "and retry with 'git restore --source=HEAD :/'\n\n",
        "unable to write file big; unable to checkout working tree"
      ),
      ("fatal: could not read https://u:s3cret@h/x\n", "could not read https://***@h/x"),
      ("fatal: \u{1B}[8mhidden\n", "\\033[8mhidden"),
      (
        "10:35:34.521099 git.c:460 trace: built-in: git fetch\n{\"event\":\"exit\",\"code\":128}\nfatal: no such remote\n"
          + "10:35:34.521200 usage.c:74 | d0 | main | exit\n", "no such remote"
      ),
      ("10:35 alone does not make a trace\n", "10:35 alone does not make a trace"),
      ("fatal: \n\n", nil), ("", nil), ("Writing objects: 100% (3/3)\n", nil),
    ] as [(String, String?)])
  func reason(errors: String, sentence: String?) {
    #expect(GitDiagnostics.reason(Array(errors.utf8)) == sentence)
  }

  @Test("of many lines the last ones")
  func lastLines() {
    let errors = Array((1...9).map { "line \($0)\n" }.joined().utf8)
    #expect(GitDiagnostics.reason(errors) == "line 5; line 6; line 7; line 8; line 9")
    #expect(GitDiagnostics.reason(errors, lines: 1) == "line 9")
  }

  @Test("the reason is told also where more follows it than is taken")
  func reasonBeforeMuchElse() {
    let files = (1...9).map { "\t\($0)\n" }.joined()
    let errors = Array("error: earlier\nerror: these are in the way:\n\(files)Move them.\n".utf8)
    #expect(GitDiagnostics.reason(errors) == "these are in the way: 1; 2; 3; 4")
    let lock = """
      fatal: Unable to create '/r/.git/HEAD.lock': File exists.

      Another git process seems to be running in this repository, e.g.
      an editor opened by 'git commit'. Please make sure all processes
      are terminated then try again. If it still fails, a git process
      may have crashed in this repository earlier:
      remove the file manually to continue.

      """
    #expect(GitDiagnostics.reason(Array(lock.utf8)) == "Unable to create '/r/.git/HEAD.lock': File exists.")
  }

  @Test("what git warns of is told without secrets and without control characters")
  func warnings() {
    let said =
      "Cloning into 'x'...\nwarning: redirecting to https://u:pw@h/new\nwarning: \nwarning: a\u{1B}[8m\ndone.\n"
    #expect(GitDiagnostics.warnings(Array(said.utf8)) == ["redirecting to https://***@h/new", "a\\033[8m"])
  }

  private func race(_ summary: String, _ errors: String = "") -> GitDiagnostics.PushedRef.Race? {
    let report = "To x\n!\tabc:refs/heads/main\t\(summary)\nDone\n"
    return GitDiagnostics.PushedRef("refs/heads/main", in: Array(report.utf8))?.race(Array(errors.utf8))
  }

  @Test("a push that another one overtook is told from one that is refused")
  func races() {
    for reason in ["fetch first", "non-fast-forward", "stale info", "needs force"] {
      #expect(race("[rejected] (\(reason))") == .overtaken)
      #expect(race("[remote rejected] (\(reason))") == .overtaken)
    }
    #expect(
      race("[remote rejected] (cannot lock ref 'refs/heads/main': is at a but expected b)") == .overtaken)
    #expect(race("[remote rejected] (failed to update ref)") == .overtaken)
    #expect(
      race(
        "[remote rejected] (failed to update ref)",
        "remote: error: cannot lock ref 'refs/heads/main': Unable to create '/r/main.lock': File exists.\n")
        == .locked)
    #expect(race("[remote rejected] (another command holds the registry, try again)") == .locked)
    for summary in [
      "[remote rejected] (branch is currently checked out)", "[remote rejected] (pre-receive hook declined)",
      "[rejected] (cannot lock ref)", "[remote failure]", "[no match]",
    ] { #expect(race(summary) == nil, "\(summary)") }
  }

  @Test("the line about a ref is found among others, and says what became of it")
  func lines() throws {
    let report = Array(
      """
      To h
      =\tx:refs/heads/main-other\t[up to date]
      !\tx:refs/heads/main\t[remote rejected] (n'est pas (permis))
      =\tx:refs/dev-infra/state/a\t[up to date]
      Done

      """.utf8)
    let main = try #require(GitDiagnostics.PushedRef("refs/heads/main", in: report))
    #expect(main.isRefused && !main.isUpToDate)
    #expect(main.refusal?.reason == "n'est pas (permis)" && main.refusal?.isRemote == true)
    #expect(GitDiagnostics.PushedRef("refs/dev-infra/state/a", in: report)?.isUpToDate == true)
    #expect(GitDiagnostics.PushedRef("refs/heads/gone", in: report) == nil)
    #expect(GitDiagnostics.PushedRef("refs/heads/main", in: [UInt8]("!\n\t\t\t\n!\t:\n".utf8)) == nil)
  }

  @Test func whatAHelperSaysOfProjectsIsToldApart() {
    let said = Array("To x\nwarning: one\nerror: 'app': no\rerror: failed to push\nwarning: a\u{1B}b\n".utf8)
    #expect(GitDiagnostics.ofHelper(said) == [.warning("one"), .error("'app': no")])
  }

  @Test("words are looked for in what git says nowhere else")
  func theOnlyReader() throws {
    let phrases = [
      "rejected] (", "dubious ownership", "unsupported extension", "shallow roots", "connection refused",
      "could not resolve host", "\"fatal: \"", "already exists in", "cannot lock ref",
    ]
    // They say such things themselves, for git and for scripts to read; the last two read what is ours.
    let writers: Set<String> = [
      "SendReport.swift", "ReceiveHooks.swift", "dev-infra-push", "NewProjectTerminal.swift",
      "GitDiagnostics.swift",
    ]
    let root = FilePath(#filePath).removingLastComponent().pushing("../../..")
    func search(_ folder: FilePath) throws {
      for name in try Files.names(in: folder) {
        let path = folder.pushing(FilePath(bytes: name))
        if Files.kind(of: path) == .directory {
          try search(path)
        } else if !writers.contains(path.lastComponent?.string ?? "") {
          let text = String(decoding: try Files.read(path), as: UTF8.self)
          for phrase in phrases { #expect(!text.contains(phrase), "\(path): \(phrase)") }
        }
      }
    }
    for folder in ["Sources", "libexec"] { try search(root.pushing(FilePath(folder))) }
  }
}
