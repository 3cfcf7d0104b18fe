import Registry
import TestSupport
import Testing

/// Several machines, one remote that only moves forward, and random edits, pulls and pushes between them.
@Suite struct ConvergenceTests {
  private let runs = 300

  @Test(arguments: [false, true])
  func allMachinesComeToTheSameTreeAndNoEditIsLost(withAWrongClock isWrong: Bool) {
    for run in 0..<runs {
      let seed = seed &+ UInt64(run)
      var world = World(seed: seed, isOneClockWrong: isWrong)
      world.live(steps: 60)
      world.settle()
      #expect(Set(world.mains.map { world.text($0) }).count == 1, "seed \(seed)")
      #expect(world.lost() == [], "seed \(seed)")
    }
  }
}

/// One write of one field of one entry; "" is the entry itself, written by its deletion.
private struct Edit {
  let entry: Int
  let field: String
  let value: String
  /// The edits that its writer had seen.
  let seen: Set<Int>
}

private struct World {
  struct Commit {
    var parents: [Int]
    var tree: [Int: JSON]
    /// The edits that went into it, kept or overruled.
    var seen: Set<Int>
  }

  var generator: SeededGenerator
  var commits = [Commit(parents: [], tree: [:], seen: [])]
  var ancestors: [Set<Int>] = [[0]]
  var edits: [Edit] = []
  var mains = [0, 0, 0]
  var tracking = [0, 0, 0]
  var remote = 0
  var clock: Int64 = 1_000_000
  /// Clocks are wrong by up to a minute.
  let skew: [Int64]

  /// - Parameter isWrong: whether one clock is a day, years or eight thousand years ahead.
  init(seed: UInt64, isOneClockWrong isWrong: Bool) {
    generator = SeededGenerator(seed)
    let wrong: Int64? =
      isWrong ? generator.pick([86_400_000, 86_460_000, 365 * 86_400_000, 252_000_000_000_000]) : nil
    let (second, third) = (Int64(generator.below(120_000)) - 60_000, Int64(generator.below(120_000)) - 60_000)
    skew = [0, second, wrong ?? third]
  }

  func now(_ machine: Int) -> Timestamp { Sample.time(clock + skew[machine]) }

  func text(_ commit: Int) -> String {
    commits[commit].tree.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.compact)" }.joined(
      separator: "\n")
  }

  mutating func live(steps: Int) {
    for _ in 0..<steps {
      let machine = generator.below(3)
      clock += Int64(generator.below(3)) * Int64(generator.below(20_000))
      switch generator.below(8) {
      case 0...3: edit(machine)
      case 4: tracking[machine] = remote
      case 5: mains[machine] = merge(mains[machine], tracking[machine], at: machine)
      default: push(machine)
      }
    }
  }

  /// A pull and a push on each in turn, then a pull on each.
  mutating func settle() {
    for machine in 0..<3 {
      pull(machine)
      push(machine)
      tracking[machine] = remote
      push(machine)
    }
    for machine in 0..<3 { pull(machine) }
  }

  mutating func pull(_ machine: Int) {
    tracking[machine] = remote
    mains[machine] = merge(mains[machine], remote, at: machine)
  }

  /// Sends a merge that the local main does not get; refused when the remote has moved since it was last fetched.
  mutating func push(_ machine: Int) {
    let commit = merge(mains[machine], tracking[machine], at: machine)
    guard ancestors[commit].contains(remote) else { return }
    remote = commit
    tracking[machine] = commit
  }

  mutating func commit(_ parents: [Int], _ tree: [Int: JSON], _ seen: Set<Int>) -> Int {
    commits.append(Commit(parents: parents, tree: tree, seen: seen))
    ancestors.append(parents.reduce(into: [commits.count - 1]) { $0.formUnion(ancestors[$1]) })
    return commits.count - 1
  }

  mutating func edit(_ machine: Int) {
    let head = commits[mains[machine]]
    var tree = head.tree
    let number = edits.count
    let entry = generator.below(4)
    var project: Project
    if let json = tree[entry] {
      project = try! Project(json: json)
    } else {
      project = Sample.project(entry)
    }
    var field = generator.pick(["description", "template", "organization", "tags", "remove tag", ""])
    var value = "v\(number)"
    switch field {
    case "tags": try! project.addTag(value)
    case "remove tag":
      guard let tag = project.tags.first else { return }
      project.removeTag(tag)
      (field, value) = ("no \(tag)", "")
    case "":
      guard tree[entry] != nil, generator.oneIn(3) else { return }
    default: try! project.set(field, to: value)
    }
    project.touch(by: MachineID(UInt64(machine)), now: now(machine))
    tree[entry] = field.isEmpty ? nil : project.json
    edits.append(Edit(entry: entry, field: field, value: value, seen: head.seen))
    mains[machine] = commit([mains[machine]], tree, head.seen.union([number]))
  }

  mutating func merge(_ ours: Int, _ theirs: Int, at machine: Int) -> Int {
    if ancestors[ours].contains(theirs) { return ours }
    if ancestors[theirs].contains(ours) { return theirs }
    let common = ancestors[ours].intersection(ancestors[theirs])
    let best = common.filter { candidate in
      !common.contains { $0 != candidate && ancestors[$0].contains(candidate) }
    }
    let base = commits[best.max()!].tree
    let strategy = generator.oneIn(5) ? generator.pick(MergeStrategy.allCases) : .lastWrite
    var tree: [Int: JSON] = [:]
    for entry in 0..<4 {
      tree[entry] =
        Merge.entry(
          .project, base: base[entry], ours: commits[ours].tree[entry], theirs: commits[theirs].tree[entry],
          strategy: strategy, now: now(machine)
        ).value
    }
    let seen = commits[ours].seen.union(commits[theirs].seen)
    if tree == commits[theirs].tree {
      // The remote's commit is adopted: what we had besides is in it, or was overruled by it.
      commits[theirs].seen = seen
      return theirs
    }
    return commit([ours, theirs], tree, seen)
  }

  /// What the settled tree lacks although nobody overwrote it, or has although somebody did.
  func lost() -> [String] {
    let tree = commits[mains[0]].tree
    var findings: [String] = []
    for entry in 0..<4 {
      let own = edits.indices.filter { edits[$0].entry == entry }
      let deletions = own.filter { edits[$0].field.isEmpty }
      // An edit that no deletion had seen keeps its entry, unless another write of the field at the same time won.
      for edit in own where !deletions.contains(where: { $0 == edit || edits[$0].seen.contains(edit) }) {
        // A tag that came and went again leaves nothing that could meet a deletion.
        if edits[edit].field.hasPrefix("no ")
          || own.contains(where: { edits[$0].field == "no \(edits[edit].value)" })
        {
          continue
        }
        let alone = own.allSatisfy {
          $0 == edit || edits[$0].field != edits[edit].field || edits[edit].seen.contains($0)
        }
        if alone, tree[entry] == nil { findings.append("entry \(entry) is gone in spite of edit \(edit)") }
      }
      // A deletion overwrites all fields it saw, so fields are followed where there was none.
      guard deletions.isEmpty, let json = tree[entry], let project = try? Project(json: json) else {
        continue
      }
      for field in ["description", "template", "organization"] {
        let writes = own.filter { edits[$0].field == field }
        let last = writes.filter { write in !writes.contains { edits[$0].seen.contains(write) } }
        if let value = project.value(of: field) {
          if !last.contains(where: { edits[$0].value == value }) {
            findings.append("\(entry) \(field) is the overwritten \(value)")
          }
        } else if !writes.isEmpty {
          findings.append("\(entry) \(field) is lost")
        }
      }
      for write in own where edits[write].field == "tags" {
        let removed = own.contains { edits[$0].field == "no \(edits[write].value)" }
        if project.tags.contains(edits[write].value) == removed {
          findings.append("\(entry) tag \(edits[write].value)")
        }
      }
    }
    return findings
  }
}
