import SystemPackage
import SystemSupport
import TestSupport
import Testing

@Suite("A file of the cache") struct CacheFileTests {
  @Test("is read as it was written, and is the user's alone")
  func roundTrip() throws {
    let registry = try Scratch().path
    let file = CacheFile("deep/list", of: registry, limit: 10, startingWith: "list 2\n")
    #expect(file.read() == nil && file.age == nil)
    for text in ["", "0123456789"] {
      try file.write(Array(text.utf8))
      #expect(file.read() == Array(text.utf8))
      #expect(try Files.read(file.path) == Array("list 2\n\(text)".utf8))
    }
    #expect(try FilePermissions(of: file.path).mode == 0o600)
    #expect(try FilePermissions(of: file.folder).mode == 0o700)
    #expect(file.age.map { $0 < 60 } == true)
    #expect(try Files.names(in: file.folder) == [Array("list".utf8)])
    file.remove()
    #expect(file.read() == nil)
  }

  @Test("counts as none where it is of another version, too large, no file, or not to be read")
  func none() throws {
    let registry = try Scratch().path
    let file = CacheFile("list", of: registry, limit: 10, startingWith: "list 2\n")
    try file.write([])
    for text in ["list 1\n", "list 2", "", "list 2\n0123456789x", "rubbish"] {
      try Files.replace(file.path, with: Array(text.utf8), durable: false)
      #expect(file.read() == nil, "\(text)")
    }
    file.remove()
    try Files.makeDirectory(file.path)
    #expect(file.read() == nil)
    #expect(throws: SystemError.self) { try file.write([]) }
    try Files.removeTree(file.folder)
    try Files.replace(file.folder, with: [], durable: false)
    #expect(file.read() == nil)
    #expect(throws: SystemError.self) { try file.write([]) }
  }

  @Test("loses what killed writers left, in every folder, and nothing that somebody is about to finish")
  func unfinished() throws {
    let scratch = try Scratch()
    for folder in ["", "hooks/", "states/", "new-kind/"] {
      for name in [".dev-infra-tmp-a1B2c3", ".dev-infra-tmp-fresh1", "kept", ".dev-infra-tmp-longer-name"] {
        try scratch.write("registry/cache/\(folder)\(name)")
      }
    }
    try scratch.write("registry/.dev-infra-tmp-a1B2c3")
    try scratch.write("elsewhere/.dev-infra-tmp-a1B2c3")
    try scratch.shell("ln -s ../../elsewhere registry/cache/link", at: "")
    try scratch.shell("find . -type f ! -name '*fresh1' -exec touch -d '2 hours ago' {} +", at: "")
    CacheFile.removeUnfinished(of: scratch.path.appending("registry"))
    for folder in ["", "hooks", "states", "new-kind"] {
      let names = try Files.names(in: scratch.path.pushing(FilePath("registry/cache/\(folder)")))
      let files = names.map { String(decoding: $0, as: UTF8.self) }.filter {
        $0.contains("-") || $0 == "kept"
      }
      #expect(
        Set(files).subtracting(["new-kind"]) == [
          ".dev-infra-tmp-fresh1", "kept", ".dev-infra-tmp-longer-name",
        ],
        "\(folder)")
    }
    // What only a link leads to is not the cache's.
    #expect(Files.kind(of: scratch.path.pushing("elsewhere/.dev-infra-tmp-a1B2c3")) == .file)
    #expect(Files.kind(of: scratch.path.pushing("registry/.dev-infra-tmp-a1B2c3")) == .file)
  }
}
