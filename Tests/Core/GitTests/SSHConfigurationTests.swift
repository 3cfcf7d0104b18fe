import Git
import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite struct SSHConfigurationTests {
  private func host(_ name: String, _ text: String, more: [String: String] = [:]) throws
    -> SSHConfiguration.Host
  {
    let scratch = try Scratch()
    for (name, text) in more { try Files.replace(scratch.path.appending(name), with: Array(text.utf8)) }
    let file = scratch.path.appending("config")
    try Files.replace(file, with: Array(text.replacing("SCRATCH", with: scratch.path.text).utf8))
    return SSHConfiguration(file: file).host(name)
  }

  @Test func anAliasHasItsHost() throws {
    let text = """
      # accounts
      Host gh-work gh-home
        HostName github.com
        User git

      host = "nas"
      \thostname=192.0.2.7
      \tPort 2222
      Host *.corp !old.corp
        HostName %h.example.org
      Host *
        User nobody
        HostName ignored.example.org
      """
    #expect(try host("gh-work", text) == .init(name: "github.com", port: nil, user: "git"))
    #expect(try host("gh-home", text).name == "github.com")
    #expect(try host("nas", text) == .init(name: "192.0.2.7", port: 2222, user: "nobody"))
    #expect(try host("web.corp", text).name == "web.corp.example.org")
    #expect(try host("old.corp", text).name == "ignored.example.org")
    #expect(try host("gh-works", text).name == "ignored.example.org")
  }

  @Test func theFirstValueCounts() throws {
    let text = "Host a\n HostName one.org\nHost a*\n HostName two.org\n Port 22\nPort 2200\n"
    #expect(try host("a", text) == .init(name: "one.org", port: 22))
    #expect(try host("b", text) == .init(name: nil, port: nil, user: nil))
    #expect(try host("b", "User me\nHost a\nUser you\n").user == "me")
  }

  @Test func nothingIsRun() throws {
    let scratch = try Scratch()
    let mark = scratch.path.appending("ran")
    let text = """
      Match originalhost work exec "touch \(mark.text)"
        HostName evil.example.org
      Match exec "touch \(mark.text)"
        HostName evil.example.org
      Match user ann
        HostName evil.example.org
      Match final host work
        HostName evil.example.org
      Match originalhost w*,x !host *.org
        HostName good.example.net
      Match host good.example.net
        Port 2200
      Match all
        User last
      """
    #expect(try host("work", text) == .init(name: "good.example.net", port: 2200, user: "last"))
    #expect(Files.kind(of: mark) == nil)
    // A name from a foreign URL is compared, and no more.
    for name in ["$(touch \(mark.text))", "`touch \(mark.text)`", "-oProxyCommand=x", "*", "%h", "a b", ""] {
      #expect(try host(name, text.replacing("w*,x", with: "w*")).name == nil)
      #expect(Files.kind(of: mark) == nil)
    }
  }

  @Test func filesAreIncluded() throws {
    let more = [
      "a.conf": "Host a\nHostName a.org\n", "b.conf": "Host b\nHostName b.org\nInclude SCRATCH/none\n",
    ]
    #expect(try host("b", "Include SCRATCH/*.conf\n", more: more).name == "b.org")
    #expect(try host("c", "Include SCRATCH/*.conf\nHostName top.org\n", more: more).name == "top.org")
    // Within a block only for its hosts, and what it says of others does not go on behind it.
    #expect(try host("b", "Host x\nInclude SCRATCH/b.conf\n", more: more).name == nil)
    #expect(try host("b", "Host b\nInclude SCRATCH/a.conf\nPort 99\n", more: more).port == 99)
  }

  @Test func whatIsEndlessOrBrokenEnds() throws {
    #expect(try host("a", "Include SCRATCH/config\nHost a\nHostName a.org\n").name == "a.org")
    let twice = String(repeating: "Include SCRATCH/config\n", count: 50)
    _ = try host("a", twice)
    #expect(
      try host("a", "Host\nHostName\nPort\nMatch\nMatch host\nInclude\n\"\nPort x\n=\n= =\n") == .init())
    #expect(try host("a", "Host \"a\nHostName a.org") == .init())
    let stars = "Host " + String(repeating: "*a", count: 300) + "b\nHostName x\n"
    #expect(try host(String(repeating: "a", count: 300), stars).name == nil)
    #expect(SSHConfiguration(file: "/dev/zero").host("a") == .init())
    #expect(SSHConfiguration(file: "/none").host("a") == .init())
  }
}
