import TemplateRendering
import Glibc
import SystemSupport
import SystemPackage
import TestSupport
import Testing

@Suite struct TemplateTreeTests {
  /// Fills a template that a shell script makes in the directory `t`, and gives what another prints of the result `p`.
  private func fill(_ make: String, _ values: [String: String] = [:], _ show: String) throws -> String {
    let directory = try scratchDirectory()
    try Files.makeDirectory(directory.appending("t"))
    func shell(_ script: String) throws -> String {
      let result = try ChildProcess("sh", ["-c", "cd \(directory.text) && \(script)"]).run()
      #expect(result.termination == .exited(0), "\(String(decoding: result.errors, as: UTF8.self))")
      return String(decoding: result.output, as: UTF8.self)
    }
    _ = try shell("cd t && \(make)")
    defer { #expect((try? shell("ls -A | tr -d '\\n'")).map { ["t", "pt"].contains($0) } ?? false) }
    _ = try TemplateTree(directory.appending("t"), values: values).fill(directory.appending("p"))
    return try shell(show)
  }

  @Test func fillsTextAndEscapesNothing() throws {
    #expect(
      try fill(
        "printf '<{{name}}>{{none}}\\n{{#d}}\\nd: {{d}}\\n{{/d}}\\n{{^d}}\\nno\\n{{/d}}\\n' >f",
        ["name": "a<&\"b"], "cat p/f")
        == "<a<&\"b>\nno\n")
  }

  @Test func aValueIsNotFilledAgain() throws {
    #expect(try fill("printf '{{a}}' >f", ["a": "{{b}}", "b": "no"], "cat p/f") == "{{b}}")
  }

  @Test func fillsNamesOfFilesDirectoriesAndLinks() throws {
    #expect(
      try fill(
        "mkdir '{{n}}' && echo x >'{{n}}/{{n}}.txt' && ln -s '{{n}}/{{n}}.txt' l && echo y >.gitignore.mustache",
        ["n": "it's"], "cd p && find . | LC_ALL=C sort && cat l .gitignore")
        == ".\n./.gitignore\n./it's\n./it's/it's.txt\n./l\nx\ny\n")
  }

  @Test func copiesWhatIsNoTextAsItIs() throws {
    #expect(
      try fill("printf '{{n}}\\0' >a; printf '{{n}}\\377' >b", ["n": "x"], "cmp t/a p/a && cmp t/b p/b") == ""
    )
  }

  @Test func keepsModes() throws {
    #expect(
      try fill("echo '{{n}}' >a && chmod 751 a && mkdir d && chmod 555 d", [:], "stat -c %a p/a p/d")
        == "751\n755\n")
  }

  @Test func leavesARepositorysOwnDirectoryOut() throws {
    #expect(try fill("mkdir .git && echo x >.git/config && echo y >f", [:], "ls -A p") == "f\n")
  }

  @Test(arguments: [
    "echo x >'{{up}}'", "echo x >'{{slash}}'", "echo x >'{{nothing}}'", "mkdir '{{up}}'",
    "echo x >'.g{{i}}t'",
    "echo x >'.G{{nothing}}iT'", "echo x >a && echo y >'{{a}}'", "ln -s / l", "ln -s ../x l",
    "ln -s /etc/passwd l",
    "mkdir d && ln -s ../../x d/l", "mkdir -p d/e && ln -s d/e l && ln -s l/../../.. m", "ln -s '{{up}}/x' l",
    "ln -s .git/config l", "mkfifo f", "printf '{{#a}}' >f", "printf '{{a' >f", "printf '{{/a}}' >f",
    "printf '{{a b}}' >f", "echo x >'{{#a}}'",
  ])
  func refusesAndLeavesNothing(_ make: String) throws {
    #expect(throws: (any Error).self) {
      try fill(make, ["up": "..", "slash": "/tmp/x", "a": "a", "i": "i"], "true")
    }
  }

  @Test func writesOverNothing() throws {
    #expect(throws: SystemError.self) { try fill("mkdir ../p && echo mine >../p/f; echo x >f", [:], "true") }
  }
}
