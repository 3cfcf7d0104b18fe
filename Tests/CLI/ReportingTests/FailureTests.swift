import Git
import GitReporting
import IndexReporting
import RegistryIndex
import RegistryReporting
import RegistryStore
import SystemPackage
import Terminal
import Testing

/// What is said of the libraries' errors.
@Suite struct FailureTests {
  private let foreign = GitError(
    .ownedBySomeoneElse, "opening the repository", "/it's", reason: "it belongs to another user (eve)",
    remedy: .trust("/it's"))

  @Test func aHintCanBePastedIntoAShell() {
    #expect(
      Failure(foreign).hints
        == [#"if you trust it: git config --global --add safe.directory '/it'\''s'"#])
  }

  @Test func anEmptySelectionSaysWhereElseToLook() throws {
    let file = View.file(
      commit: String(repeating: "a", count: 40), machine: "00112233aabbccdd",
      machineNames: ["00112233aabbccdd": "laptop"], rows: [])
    let view = try #require(View(file))
    var selection = Selection()
    selection.patterns = ["no*", "x"]
    let failure = Failure(EmptySelection(selection, of: view))
    #expect(failure.status == ExitStatus.no)
    #expect(failure.message == "no project on this machine matches 'no*' or 'x'")
    #expect(failure.hints == ["'dev-infra list --all' lists all there are, on every machine"])
    selection.machines = ["desk"]
    #expect(
      Failure(EmptySelection(selection, of: view)).message
        == "there is no machine 'desk' in the registry; there are: laptop")
  }

  @Test func anErrorInsideAnotherKeepsItsHintsAndItsStatus() {
    let failure = Failure(RegistryStoreError.unreadableProject("/p", foreign))
    #expect(failure.status == ExitStatus.fatal)
    #expect(
      failure.message
        == "reading the project /p: opening the repository /it's failed: it belongs to another user (eve)")
    #expect(failure.hints == Failure(foreign).hints)
  }

  @Test func whatIsNotThereIsADocumentedNo() {
    #expect(Failure(RegistryIndexError.unknownProject("x")).status == ExitStatus.no)
    #expect(Failure(RegistryStoreError.notOnThisMachine(name: "x")).status == ExitStatus.no)
    #expect(Failure(RegistryIndexError.malformedFormat("%")).status == ExitStatus.usage)
    #expect(Failure(RegistryIndexError.registryNotNamed).status == ExitStatus.fatal)
  }

  @Test func textFromElsewhereIsShownWithEscapes() {
    let failure = Failure(RegistryIndexError.unknownProject("a\u{1B}[2J\n"))
    #expect(!failure.message.unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func anErrorWithoutWordsIsDescribed() {
    struct Odd: Error, CustomStringConvertible { let description = "it is odd" }
    #expect(Failure(Odd()).message == "it is odd")
  }
}
