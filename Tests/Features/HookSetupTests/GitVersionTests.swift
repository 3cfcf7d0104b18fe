import HookSetup
import SystemPackage
import Testing

@Suite("Which git runs hooks from its configuration")
struct GitVersionTests {
  @Test(
    "what git version prints is read, with whatever vendors add",
    arguments: [
      ("git version 2.39.5\n", 2, 39), ("git version 2.54.0\n", 2, 54),
      ("git version 2.50.1 (Apple Git-155)\n", 2, 50),
      ("git version 2.54.0.windows.1\n", 2, 54), ("git version 2.55.0-rc1\n", 2, 55),
      ("git version 3.0.GIT\n", 3, 0),
    ])
  func reads(output: String, major: Int, minor: Int) throws {
    let version = try #require(GitVersion(output: output))
    #expect(version.major == major)
    #expect(version.minor == minor)
  }

  @Test(
    "what is not a version gives none",
    arguments: ["", "git", "git version", "git version x.y", "git version 2"])
  func refuses(output: String) { #expect(GitVersion(output: output) == nil) }

  @Test(
    "2.54 is the first",
    arguments: [
      ("2.39.5", false), ("2.53.9", false), ("2.54.0", true), ("2.54.0-rc0", true), ("3.0.0", true),
      ("1.99.0", false),
    ])
  func decides(version: String, expected: Bool) {
    #expect(GitVersion(output: "git version \(version)\n")?.hasConfigurationHooks == expected)
    #expect(
      HookSetup(register: "/r", memory: "/m", version: GitVersion(output: "git version \(version)\n"))
        .usesConfiguration == expected)
  }

  @Test("a git that does not say is taken for an old one")
  func unknown() { #expect(!HookSetup(register: "/r", memory: "/m", version: nil).usesConfiguration) }
}
