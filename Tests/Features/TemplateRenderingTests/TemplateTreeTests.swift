import TemplateRendering
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
        ["name": "a<&\"b", "none": "", "d": ""], "cat p/f")
        == "<a<&\"b>\nno\n")
  }

  /// What is written in braces by others, beside tags of ours.
  static let foreign = [
    // GitHub Actions: an expression is one even where it names what a value is named.
    "runs-on: ${{ matrix.os }}", "T: \"${{ secrets.GITHUB_TOKEN }}\"", "${{ name }} ${{name}}",
    "if: ${{ format('{{0}} {{name}}', github.sha) }}", "${{",
    // Helm and Go.
    "image: {{ .Values.image }}", "{{- if .Values.name -}}", "{{- end }}", "{{/* name */}}", "{{ $x := 1 }}",
    "{{ include \"x.labels\" . | nindent 4 }}", "{{.}}", "{{ range .name }}",
    // Jinja, Ansible, Twig, Liquid, cookiecutter.
    "{{ name | default('x') }}", "{{cookiecutter.name}}", "{% raw %}{{ other }}{% endraw %}", "{# name #}",
    "{{ 'name' }}", "{{ lookup('env', 'HOME') }}",
    // Vue, Angular, React.
    "<p v-if=\"a\">{{ user.name }} {{ a ? name : b }}</p>", "{{ name() }}", "style={{color: 'red'}}",
    "{{\n  name\n}}",
    // Handlebars, and Mustache of other people's.
    "{{#if name}}x{{else}}y{{/if}}", "{{> name}}", "{{! name }}", "{{!-- {{name2}} --}}",
    "{{{{raw}}}}{{{{/raw}}}}",
    "{{#other}}{{/other}}", "{{^other}}", "{{/other}}", "{{{other}}}", "{{&other}}", "{{name.first}}",
    // LaTeX and BibTeX, initialisers, format strings, doT.
    "title = {{The {TeX}book}}", "\\textbf{{\\it x}}", "int a[2][2] = {{1, 2}, {3, 4}};", "\"{{}}\"",
    "{{{name}}",
    "{{{{name}}}}", "{{= it.name }}", "{{name", "{{ name }", "{{Name}}", "{{name }x}}", "{{é}}", "{{=x=}}",
    "{{= =}}",
  ]

  @Test(arguments: foreign) func bracesOfOthersStayByteForByte(_ text: String) throws {
    for (before, after) in [("", ""), ("{{name}} ", " {{name}}"), ("a\r\n", "\r\n{{#name}}b{{/name}}")] {
      let directory = try scratchDirectory()
      let template = directory.appending("t")
      try Files.makeDirectory(template)
      try Files.replace(template.appending("f"), with: Array((before + text + after).utf8))
      _ = try TemplateTree(template, values: ["name": "out"]).fill(directory.appending("p"))
      let made = try Files.read(directory.pushing("p/f"))
      let filled = [before, after].map {
        $0.replacing("{{#name}}b{{/name}}", with: "b").replacing("{{name}}", with: "out")
      }
      #expect(String(decoding: made, as: UTF8.self) == filled[0] + text + filled[1])
    }
  }

  @Test(arguments: [
    ("{{ name }}|{{{name}}}|{{& name }}|{{name}}}|{{\tname}}", "out|out|out|out}|out"),
    ("\\title{{{name}}}", "\\titleout"), ("f({{name}}, {{ x }})", "f(out, {{ x }})"),
    ("{{#name}}a{{/name}}{{^name}}b{{/name}}", "a"),
    ("{{^none}}a{{name}}{{/none}}{{#none}}b{{/none}}{{none}}", "aout"),
    ("a\r\n  {{#name}}  \r\nb\r\n{{/name}}", "a\r\nb\r\n"),
    ("{{#none}}{{#if x}}{{/none}}{{#if x}}", "{{#if x}}"),
    ("{{=<% %>=}}\n<%name%> {{name}} <% x %> <%={{ }}=%>{{name}}", "out {{name}} <% x %> out"),
    ("{{ {{name}} }}", "{{ out }}"),
  ])
  func tagsThatNameAValueAreFilled(_ text: String, _ filled: String) throws {
    let directory = try scratchDirectory()
    let template = directory.appending("t")
    try Files.makeDirectory(template)
    try Files.replace(template.appending("f"), with: Array(text.utf8))
    _ = try TemplateTree(template, values: ["name": "out", "none": ""]).fill(directory.appending("p"))
    #expect(String(decoding: try Files.read(directory.pushing("p/f")), as: UTF8.self) == filled)
  }

  @Test func commentsAreTheTemplatesOnlyInFilesWrittenAsOne() throws {
    #expect(
      try fill(
        "printf '{{! Summary: x }}\\na{{! b\\nc }}d\\n' | tee a.mustache b.hbs >.dev-infra.yml", [:],
        "cd p && cat a .dev-infra.yml b.hbs")
        == "ad\nad\n{{! Summary: x }}\na{{! b\nc }}d\n")
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
      try fill("echo '{{m}}' >a && chmod 751 a && mkdir d && chmod 555 d", [:], "stat -c %a p/a p/d")
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
    "ln -s .git/config l", "mkfifo f", "printf '{{#a}}' >f", "printf '{{/a}}' >f",
    "printf '{{#a}}{{#i}}{{/a}}{{/i}}' >f", "echo x >'{{#a}}'", "printf '{{=abc def=}}' >f",
  ])
  func refusesAndLeavesNothing(_ make: String) throws {
    #expect(throws: (any Error).self) {
      try fill(make, ["up": "..", "slash": "/tmp/x", "a": "a", "i": "i", "nothing": ""], "true")
    }
  }

  @Test func writesOverNothing() throws {
    #expect(throws: SystemError.self) { try fill("mkdir ../p && echo mine >../p/f; echo x >f", [:], "true") }
  }
}
