import Diagnosis
import Testing

@Suite("A shell's start-up file")
struct StartUpFileTests {
  private func read(_ text: String, completion: String = "") -> StartUpFile {
    StartUpFile(Array(text.utf8), completion: completion)
  }

  @Test(
    "defines the function, in any form that the manual has",
    arguments: [
      "eval \"$(dev-infra shell-init bash)\"", "  source <(dev-infra shell-init zsh)",
      "dev-infra shell-init fish | source",
      "command -v dev-infra >/dev/null && eval \"$(dev-infra-shell-init bash)\"",
    ])
  func function(line: String) {
    #expect(read("# mine\n\(line)\n").definesFunction)
    #expect(!read("# \(line)\n").definesFunction)
  }

  @Test("loads the completion by the command or by its folder")
  func completion() {
    #expect(read("eval \"$(dev-infra completion bash)\"\n").loadsCompletion)
    #expect(
      read("fpath+=(/opt/x/share/zsh/site-functions)\n", completion: "/opt/x/share/zsh/site-functions")
        .loadsCompletion)
    #expect(!read("# eval \"$(dev-infra completion bash)\"\n").loadsCompletion)
  }

  @Test(
    "takes the name where something else has it below",
    arguments: ["alias p='pwd'", "p() { pwd; }", "function p { pwd; }", "abbr -a p pwd", "alias p pwd"])
  func name(line: String) {
    let ours = "eval \"$(dev-infra shell-init bash)\"\n"
    #expect(read(ours + line + "\n").takesName == 2)
    // Ours counts where it comes last.
    #expect(read(line + "\n" + ours).takesName == nil)
    #expect(read("# \(line)\n" + ours).takesName == nil)
  }

  @Test(
    "says nothing of names that only begin so",
    arguments: ["alias pp=pwd", "print p", "pa() { :; }", "aliasp=1"])
  func otherNames(line: String) { #expect(read(line + "\n").takesName == nil) }

  @Test("need not be text, nor end") func anyBytes() {
    #expect(StartUpFile([0xFF, 0, 0x0A, 0xC3]) == StartUpFile([]))
  }
}
