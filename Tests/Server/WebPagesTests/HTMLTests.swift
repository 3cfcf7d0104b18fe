import Testing
import WebPages

/// What a template makes of the values that it is given.
@Suite struct HTMLTests {
  private func text(_ markup: HTML) -> String { String(decoding: markup.bytes, as: UTF8.self) }

  @Test func textIsEscapedAndMarkupIsNot() {
    let name = "<script>alert('1')</script> & \"co\""
    #expect(
      text("<b title=\"\(name)\">\(name)</b>")
        == "<b title=\"&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;\">"
        + "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;</b>")
    let inner: HTML = "<i>\(name.prefix(1))</i>"
    #expect(text("\(inner)\([inner, inner])\(nil as HTML?)\(3)") == "<i>&lt;</i><i>&lt;</i><i>&lt;</i>3")
  }

  /// An accent behind a mark makes one character of both; what counts to a browser are the scalars.
  @Test func aMarkIsFoundWhateverStandsBehindIt() {
    for mark in ["<", ">", "&", "\"", "'"] {
      #expect(
        !text("<i>\(mark + "\u{301}")</i>").dropFirst(3).dropLast(4).unicodeScalars.contains { $0 == "<" })
      #expect(!text("\(mark + "\u{301}")").unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) })
    }
  }

  @Test func whatDeceivesIsShownAsAnEscape() {
    let shown = text("\("a\u{202E}b\u{1B}[31m\u{0}\n")")
    #expect(!shown.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    #expect(shown.contains("\\u202e"))
  }

  /// A proxy may have put the server below a path that it does not know.
  @Test(arguments: [
    ("/", "./", "./projects/1"), ("/machines", "./", "./projects/1"), ("/projects/1", "../", "../projects/1"),
    ("/projects/1/edit", "../../", "../../projects/1"), ("", "./", "./projects/1"),
  ])
  func linksCountFromThePage(path: String, root: String, project: String) {
    let page: HTML = "<a href=\"\(link: "/")\"><a href=\"\(link: "/projects/1")\">"
    #expect(
      String(decoding: page.bytes(at: path), as: UTF8.self) == "<a href=\"\(root)\"><a href=\"\(project)\">")
    #expect(HTML.address(of: "/projects/1", from: path) == project)
  }

  @Test func noLinkLeadsToAnotherServer() {
    for address in ["//example.org/x", "http://example.org", "\"><script>", "/\\example.org"] {
      let page: HTML = "\(link: address)"
      let text = String(decoding: page.bytes(at: "/projects/1"), as: UTF8.self)
      #expect(text.hasPrefix("../") && !text.contains("\"") && !text.contains("<"))
    }
    // What text brings is never taken for the place of such a link.
    let page: HTML = "\("a\u{0}b")"
    #expect(!String(decoding: page.bytes(at: "/a/b"), as: UTF8.self).contains("../"))
  }
}
