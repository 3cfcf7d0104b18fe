import Git
import Registry
import SystemPackage
import TestSupport
import WorkProd

/// Registries with all that may be in one, at random.
extension SeededGenerator {
  /// Texts of a description: with line ends and tabs, and no other control characters.
  static let texts = [
    "x", "", " ", "a\nb", "a\n\nb\n", "\n", "\n\n", "\t\"\\", "é", "e\u{301}", "😀 \u{202E}\u{2028}\u{FFFD}",
    "a\r\n\r\nb\r\n",
    "Dev-Infra-Id: 1", "words\n\nDev-Infra-Id: 12\nDev-Infra-Project: {}", "Dev-Infra-Id: 1\n\nwords",
    "words\nDev-Infra-Digest: x", "Signed-off-by: A <a@b>",
  ]

  /// Those among them that are one line, as all other text of an entry is.
  static let lines = texts.filter { text in !text.unicodeScalars.contains { $0.value < 0x20 } }

  mutating func text(_ longest: Int) -> String {
    oneIn(5) ? String(repeating: pick(["y", "ü", "\n"]), count: below(longest) + 1) : pick(Self.texts)
  }

  mutating func line(_ longest: Int) -> String {
    oneIn(5) ? String(repeating: pick(["y", "ü"]), count: below(longest) + 1) : pick(Self.lines)
  }

  mutating func project(_ number: Int) -> Project {
    let url = oneIn(2) ? "https://example.org/p\(number)" : nil
    let identity = Identity(url == nil ? .declared("p\(number)") : .remote("example.org/p\(number)")).record
    var project = Project(
      id: ProjectID(ofIdentity: identity, hash: ObjectID.blobHash)!, identity: identity,
      name: oneIn(9) ? String(repeating: "n", count: 200) : "p\(number)",
      created: CalendarDate("2026-01-02")!, status: pick(ProjectStatus.allCases),
      updated: Timestamp(
        milliseconds: 1_690_000_000_000 + Int64(below(20_000_000)) * 1000 + Int64(below(1000))),
      updatedBy: MachineID(UInt64(below(4) + 1)))
    project.remoteURL = url
    if oneIn(9), url != nil {
      project.remoteURL = "https://example.org/" + String(repeating: "u", count: 490 + below(20))
    }
    if oneIn(5) {
      project.remoteURL = "https://example.org/shared"
      project.isDistinct = oneIn(3)
    }
    if oneIn(4) { project.rootCommit = String(repeating: "\(number)", count: 40) }
    if oneIn(4) { project.defaultBranch = pick(["main", "é", "e\u{301}"]) }
    if oneIn(6) { project.subdirectory = pick(["a/b", "ü\n\"x\u{1}"]) }
    if oneIn(9) { project.updated = .latest }
    if oneIn(2) { project.description = text(3000) }
    if oneIn(3) { project.projectType = pick(ProjectType.allCases) }
    if oneIn(3) { project.classification = pick(Classification.allCases) }
    if oneIn(3) { project.organization = line(200) }
    if oneIn(3) { project.homepage = "https://example.org/é?p=\(number)#x" }
    if oneIn(3) { project.template = line(100) }
    if oneIn(3) { project.tags = ["a", "b c", "é", "e\u{301}"] }
    if oneIn(4) { project.unknown["later"] = .object(["n": .number("1.0"), "text": .string(text(50))]) }
    if oneIn(4) {
      project.unknown["é"] = .number("1")
      project.unknown["e\u{301}"] = .number("2")
    }
    return project
  }

  mutating func checkout(_ number: Int) -> Checkout {
    var path: FilePath = oneIn(3) ? "/same/place" : FilePath("/home/u/p\(number)")
    if oneIn(6) { path = FilePath("/home/ü\n\u{1}\"x") }
    let first: FilePath? = oneIn(4) ? path : nil
    var checkout = Checkout(
      paths: [CheckoutPath(path: path, kind: pick([.main, .worktree, .bare]))],
      remotes: oneIn(2)
        ? ["origin": "https://example.org/p\(number)", "é": "/é", "e\u{301}": "/e\u{301}"] : [:])
    checkout.first = first
    return checkout
  }

  mutating func machine(_ number: Int) -> Machine {
    Machine(
      id: MachineID(UInt64(number)), name: pick(["laptop", "a b", "日本"]), system: "Linux x86_64",
      firstSeen: Timestamp(milliseconds: 1_600_000_000_000), home: oneIn(2) ? "/home/u" : nil)
  }

  /// At least one project, and no checkout of a project or by a machine that is not there.
  mutating func registry() -> RegistryContents {
    var contents = RegistryContents()
    for number in 1...3 where number == 1 || oneIn(2) {
      contents.machines[MachineID(UInt64(number))] = machine(number).json
    }
    for number in 0...below(8) { put(number, in: &contents) }
    return contents
  }

  mutating func put(_ number: Int, in contents: inout RegistryContents) {
    let project = project(number)
    contents.projects[project.id] = project.json
    var places: [MachineID: JSON] = [:]
    for machine in contents.machines.keys.sorted() where oneIn(2) { places[machine] = checkout(number).json }
    contents.checkouts[project.id] = places.isEmpty ? nil : places
  }

  /// Adds, changes and removes some.
  mutating func edit(_ contents: inout RegistryContents) {
    for number in 0...7 where oneIn(3) { put(number, in: &contents) }
    for id in contents.projects.keys.sorted() where oneIn(4) && contents.projects.count > 1 {
      contents.projects[id] = nil
      contents.checkouts[id] = nil
    }
    for id in contents.machines.keys.sorted() where oneIn(4) {
      contents.machines[id] = machine(Int(id.hex, radix: 16)!).json
    }
  }
}

extension RegistryContents {
  /// What is wrong with its entries by the rules of the registry, which promises nothing of others.
  var illegal: [String] {
    var problems = projects.compactMap { ProjectSnapshot.problem($0.key, $0.value) }
    for value in checkouts.values.flatMap(\.values) {
      do throws(InvalidEntry) { _ = try Checkout(json: value) } catch { problems.append(error.sentence) }
    }
    for value in machines.values {
      do throws(InvalidEntry) { _ = try Machine(json: value) } catch { problems.append(error.sentence) }
    }
    return problems
  }
}
