import Git
import SystemPackage
import TestSupport
import Testing
import WorkTreeState

/// Which ref a branch's upstream is here, against what git says.
@Suite struct UpstreamTests {
  @Test(arguments: [
    // Another place for the refs, and several.
    "remote.o.fetch '+refs/heads/*:refs/mirror/*'",
    "remote.o.fetch +refs/heads/other:refs/remotes/o/other; add remote.o.fetch '+refs/heads/*:refs/remotes/o/*'",
    "remote.o.fetch '+refs/heads/m*n:refs/remotes/o/x-*'",
    // What is fetched and not kept, and what is left out.
    "remote.o.fetch refs/heads/main", "remote.o.fetch '+refs/tags/*:refs/tags/*'",
    "add remote.o.fetch ^refs/heads/main", "add remote.o.fetch '^refs/heads/m*'",
    // Of several merges the first counts, of several remotes the last.
    "add branch.main.merge refs/heads/other", "add branch.main.remote p", "branch.main.merge refs/heads/none",
    "branch.main.merge main", "branch.main.merge ''", "branch.main.remote ''",
    // The repository itself, a remote without a URL, one that is not there, and a URL.
    "branch.main.remote .", "branch.main.remote .; set branch.main.merge refs/heads/none",
    "unset remote.o.url",
    "branch.main.remote gone", "branch.main.remote https://h/o", "remote.o.url ''",
  ]) func whatGitTakesForTheUpstream(settings: String) throws {
    let scratch = try Scratch()
    try scratch.repository("r")
    let script =
      ([
        "remote.o.url https://h/o", "remote.o.fetch '+refs/heads/*:refs/remotes/o/*'",
        "branch.main.remote o", "branch.main.merge refs/heads/main",
      ] + settings.split(separator: "; ").map { String($0) })
      .map { line in
        let words = line.split(separator: " ", maxSplits: 1)
        return switch words[0] {
        case "add": "git config --add \(words[1])"
        case "unset": "git config --unset-all \(words[1])"
        case "set": "git config \(words[1])"
        default: "git config \(line)"
        }
      }
    try scratch.shell(
      """
      for ref in remotes/o/main remotes/o/other remotes/o/x-ai mirror/main heads/other; do
        git update-ref "refs/$ref" HEAD
      done
      git commit -q --allow-empty -m more
      """, at: "r")
    try scratch.shell(script.joined(separator: "; "), at: "r")
    let state = try #require(CheckoutState.examine(scratch.path.appending("r")).repository)
    let branch = try #require(state.branches.first { $0.name == "main" })
    let words = try scratch.shell(
      "git for-each-ref --format='%(upstream) %(upstream:track,nobracket)' refs/heads/main", at: "r"
    ).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
    let name = words[0].replacing("refs/remotes/", with: "").replacing("refs/heads/", with: "")
    #expect(branch.upstream ?? "" == name)
    switch words[1] {
    case "gone": #expect(branch.isUpstreamGone)
    case "ahead 1": #expect(branch.ahead == 1 && branch.behind == 0)
    default: #expect(branch.ahead ?? 0 == 0 && !branch.isUpstreamGone)
    }
  }
}
