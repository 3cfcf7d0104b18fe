import Registry
import TestSupport
import Testing

@Suite struct IdentifierTests {
  @Test func idsComeBackAsTheyWere() {
    var generator = SeededGenerator(seed)
    for _ in 0..<500 {
      let digits = (0..<40).map { _ in generator.pick(Array("0123456789abcdef")) }
      #expect(ProjectID(String(digits))?.hex == String(digits))
      let machine = String(digits.prefix(16))
      #expect(MachineID(machine)?.hex == machine)
    }
  }

  @Test(arguments: [
    "", "0", String(repeating: "0", count: 39), String(repeating: "0", count: 41),
    String(repeating: "A", count: 40), String(repeating: "g", count: 40),
    String(repeating: "0", count: 39) + "é",
    String(repeating: "0", count: 39) + "\n", "+" + String(repeating: "0", count: 39),
  ])
  func refusesWhatIsNoId(text: String) {
    #expect(ProjectID(text) == nil)
    #expect(MachineID(text.prefix(15) + "x") == nil)
  }

  @Test func ordersByDigits() {
    var generator = SeededGenerator(seed)
    for _ in 0..<500 {
      let texts = (0..<2).map { _ in String((0..<40).map { _ in generator.pick(Array("0123456789abcdef")) }) }
      #expect((ProjectID(texts[0])! < ProjectID(texts[1])!) == (texts[0] < texts[1]))
    }
  }
}

@Suite struct EntryPathTests {
  static let id = "0123456789abcdef0123456789abcdef01234567"
  static let machine = "00000000000000a1"

  @Test(arguments: [
    "format", "projects/01/23456789abcdef0123456789abcdef01234567.json",
    "machines/00000000000000a1/machine.json",
    "machines/00000000000000a1/checkouts/01/23456789abcdef0123456789abcdef01234567.json",
  ])
  func pathsComeBackAsTheyWere(path: String) { #expect(EntryPath(path)?.path == path) }

  @Test func ordersByThePathsBytes() throws {
    let ids = ["0", "01", "ff"].map { $0 + String(repeating: "8", count: 40 - $0.count) }
    let machines = ["00000000000000a1", "00000000000000b0"]
    var texts = ["format"]
    for id in ids {
      let name = "\(id.prefix(2))/\(id.dropFirst(2)).json"
      texts.append("projects/\(name)")
      for machine in machines { texts.append("machines/\(machine)/checkouts/\(name)") }
    }
    for machine in machines { texts.append("machines/\(machine)/machine.json") }
    var paths = try texts.map { try #require(EntryPath($0)) }
    for name in ["a", "machines/00000000000000a1/b", "projects/01/b", "z/y"] {
      paths.append(try #require(EntryPath.unknown(path: Array(name.utf8))))
    }
    var generator = SeededGenerator(seed)
    #expect(paths.shuffled(using: &generator).sorted().map(\.path) == paths.map(\.path).sorted())
  }

  @Test func knowsWhatItNames() {
    let id = ProjectID(Self.id)!
    let machine = MachineID(Self.machine)!
    #expect(EntryPath("projects/01/23456789abcdef0123456789abcdef01234567.json") == .project(id))
    #expect(
      EntryPath("machines/00000000000000a1/checkouts/01/23456789abcdef0123456789abcdef01234567.json")
        == .checkout(machine, id))
    #expect(EntryPath("machines/00000000000000a1/machine.json") == .machine(machine))
  }

  @Test(arguments: [
    "", "formats", "format/", "projects", "projects/", "projects/01", "projects/../format",
    "projects/01/23456789abcdef0123456789abcdef0123456.json",
    "projects/01/23456789abcdef0123456789abcdef012345678.json",
    "projects/0123456789abcdef0123456789abcdef01234567.json",
    "projects/01/23456789ABCDEF0123456789abcdef01234567.json",
    "projects/01/23456789abcdef0123456789abcdef01234567.jsoN",
    "projects//0123456789abcdef0123456789abcdef0123456.json",
    "machines/00000000000000a1", "machines/00000000000000a1/", "machines/00000000000000a/machine.json",
    "machines/00000000000000a1/machine.json/", "machines/00000000000000a1/checkouts/",
    "machines/00000000000000a1/checkouts/01/../../../../format", "/format",
    "machines/00000000000000a1xmachine.json",
  ])
  func refusesEveryOtherPath(path: String) { #expect(EntryPath(path) == nil) }

  @Test func onlyWhatItWritesIsRead() {
    var generator = SeededGenerator(seed)
    let paths = [
      "format", "projects/01/23456789abcdef0123456789abcdef01234567.json",
      "machines/00000000000000a1/machine.json",
      "machines/00000000000000a1/checkouts/01/23456789abcdef0123456789abcdef01234567.json",
    ]
    for _ in 0..<5000 {
      var bytes = Array(generator.pick(paths).utf8)
      switch generator.below(3) {
      case 0: bytes[generator.below(bytes.count)] = UInt8(generator.below(256))
      case 1: bytes.remove(at: generator.below(bytes.count))
      default: bytes.insert(UInt8(generator.below(128)), at: generator.below(bytes.count))
      }
      if let path = EntryPath(bytes: bytes) { #expect(Array(path.path.utf8) == bytes, "seed \(seed)") }
    }
  }
}
