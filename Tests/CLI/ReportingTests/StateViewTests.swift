import FeatureReporting
import Git
import SystemPackage
import Terminal
import Testing
import WorkTreeState

@Suite struct StateViewTests {
  private func line(_ name: String, _ change: (inout RepositoryState) -> Void = { _ in }) -> StateLine {
    var state = RepositoryState()
    state.branch = "main"
    state.remotes = ["origin"]
    state.head = String(repeating: "1", count: 40)
    change(&state)
    return StateLine(name: name, state: StateMarks(CheckoutState(path: "/p", repository: state)))
  }

  private var lines: [StateLine] {
    [
      line("clean"),
      line("behind") {
        $0.branches = [.init(name: "main", upstream: "origin/main", ahead: 0, behind: 2, isOnRemote: true)]
      },
      line("untracked") { $0.untracked = 3 },
      line("conflict") { $0.conflicted = 1 },
    ]
  }

  @Test func whatIsToBeDoneComesFirstAndTheRestIsCounted() {
    let text = StateView(lines, all: false, verbose: false, width: 80).text(colours: false)
    #expect(
      text == """
        conflict   main  ~1
        untracked  main  ?3

        only behind:
        behind  main  ⇣2

        2 of 4 need attention; 1 only behind; 1 clean

        """)
  }

  @Test func everythingIsShownWhereItIsAskedFor() {
    let text = StateView(lines, all: true, verbose: true, width: 80).text(colours: false)
    #expect(text.contains("\nclean:\nclean  main\n"))
    #expect(text.contains("? untracked"))
    #expect(StateView([], all: true, verbose: false, width: 80).text(colours: false) == "no projects\n")
  }

  @Test(arguments: [10, 20, 40]) func noLineIsWiderThanTheTerminal(width: Int) {
    let lines = lines + [line("a-name-that-is-longer-than-any-of-these-terminals-are") { $0.stashes = 1 }]
    let text = StateView(lines, all: true, verbose: true, width: width).text(colours: false)
    for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= width) }
    // What the marks mean is not cut where it fits on a line of its own.
    if width == 40 { #expect(text.contains("\n@ no branch (detached HEAD)")) }
  }
}
