import Registry
import TestSupport
import Testing

/// Several machines, remotes that only move forward, and random edits, pulls and pushes between them.
@Suite struct ConvergenceTests {
  private let runs = 300

  @Test(arguments: [false, true], [1, 2])
  func allMachinesComeToTheSameTreeAndNoEditIsLost(withAWrongClock isWrong: Bool, remotes: Int) {
    for run in 0..<runs {
      let seed = seed &+ UInt64(run)
      var world = World(seed: seed, isOneClockWrong: isWrong, remotes: remotes)
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

/// A field that both sides of a merge had changed, and the value that it took.
private struct Decision: Hashable {
  let entry: Int
  let field: String
  let taken: String?
}

private struct World {
  struct Commit {
    var parents: [Int]
    var tree: [Int: JSON]
    /// The edits that went into it, kept or overruled.
    var seen: Set<Int>
    /// Whether it is a merge in which a value gave way.
    var isDecision = false
  }

  var generator: SeededGenerator
  var commits = [Commit(parents: [], tree: [:], seen: [])]
  var ancestors: [Set<Int>] = [[0]]
  var edits: [Edit] = []
  /// What merges told that they decided.
  var decisions: Set<Decision> = []
  var mains = [0, 0, 0]
  /// What each machine knows of each remote.
  var tracking: [[Int]]
  var remotes: [Int]
  var clock: Int64 = 1_000_000
  /// Clocks are wrong by up to a minute.
  let skew: [Int64]

  /// - Parameter isWrong: whether one clock is a day, years or eight thousand years ahead.
  init(seed: UInt64, isOneClockWrong isWrong: Bool, remotes: Int) {
    self.remotes = Array(repeating: 0, count: remotes)
    tracking = Array(repeating: self.remotes, count: 3)
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
      let remote = generator.below(remotes.count)
      clock += Int64(generator.below(3)) * Int64(generator.below(20_000))
      switch generator.below(8) {
      case 0...3: edit(machine)
      case 4: tracking[machine][remote] = remotes[remote]
      case 5: take(tracking[machine][remote], on: machine)
      default: push(machine, remote)
      }
    }
  }

  /// A pull from and a push to each remote on each machine in turn, then a pull on each.
  mutating func settle() {
    for _ in remotes {
      for machine in 0..<3 {
        for remote in remotes.indices { pull(machine, remote) }
        for remote in remotes.indices {
          push(machine, remote)
          tracking[machine][remote] = remotes[remote]
          push(machine, remote)
        }
      }
    }
    for machine in 0..<3 {
      for remote in remotes.indices { pull(machine, remote) }
    }
  }

  mutating func pull(_ machine: Int, _ remote: Int) {
    tracking[machine][remote] = remotes[remote]
    take(remotes[remote], on: machine)
  }

  mutating func take(_ commit: Int, on machine: Int) {
    let ours = mains[machine]
    mains[machine] = merge(ours, commit, at: machine)
    // Where the other side's commit is taken as it is, what this side had besides is in it, or was overruled by it.
    commits[mains[machine]].seen.formUnion(commits[ours].seen)
  }

  /// Sends a merge that the local main does not get; refused when the remote has moved since it was last fetched.
  mutating func push(_ machine: Int, _ remote: Int) {
    let commit = merge(mains[machine], tracking[machine][remote], at: machine)
    guard ancestors[commit].contains(remotes[remote]) else { return }
    remotes[remote] = commit
    tracking[machine][remote] = commit
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
    let base = base(ancestors[ours], ancestors[theirs], at: machine)
    let strategy = generator.oneIn(5) ? generator.pick(MergeStrategy.allCases) : .lastWrite
    let (tree, told, isDecision) = merged(
      commits[ours].tree, commits[theirs].tree, from: base, strategy, at: machine)
    decisions.formUnion(told)
    if tree == commits[theirs].tree, !isDecision, isForgettable(ours, beyond: theirs, at: machine) {
      return theirs
    }
    let merge = commit([ours, theirs], tree, commits[ours].seen.union(commits[theirs].seen))
    commits[merge].isDecision = isDecision
    return merge
  }

  /// Whether nobody misses what `ours` has and `theirs` has not: there is no decision in it, and it is on no other remote, from
  /// where it would come back as if it were new.
  func isForgettable(_ ours: Int, beyond theirs: Int, at machine: Int) -> Bool {
    let extra = ancestors[ours].subtracting(ancestors[theirs])
    return !extra.contains { commits[$0].isDecision }
      && tracking[machine].allSatisfy { ancestors[$0].isDisjoint(with: extra) }
  }

  /// The tree of the best common ancestor of two histories, or those of several merged.
  func base(_ ours: Set<Int>, _ theirs: Set<Int>, at machine: Int) -> [Int: JSON] {
    var tree: [Int: JSON] = [:]
    var known: Set<Int> = []
    for next in best(ours.intersection(theirs)) {
      let other = commits[next].tree
      let common = known.isEmpty ? other : base(known, ancestors[next], at: machine)
      for entry in 0..<4 {
        tree[entry] =
          known.isEmpty
          ? other[entry]
          : Merge.base(
            .project, base: common[entry], one: tree[entry], other: other[entry], now: now(machine))
      }
      known.formUnion(ancestors[next])
    }
    return tree
  }

  /// Those that are ancestors of no other, the last first.
  func best(_ common: Set<Int>) -> [Int] {
    common.filter { candidate in !common.contains { $0 != candidate && ancestors[$0].contains(candidate) } }
      .sorted(by: >)
  }

  func merged(
    _ ours: [Int: JSON], _ theirs: [Int: JSON], from base: [Int: JSON], _ strategy: MergeStrategy,
    at machine: Int
  ) -> (tree: [Int: JSON], told: [Decision], isDecision: Bool) {
    var tree: [Int: JSON] = [:]
    var told: [Decision] = []
    var isDecision = false
    for entry in 0..<4 {
      let result = Merge.entry(
        .project, base: base[entry], ours: ours[entry], theirs: theirs[entry], strategy: strategy,
        now: now(machine))
      tree[entry] = result.value
      for conflict in result.conflicts {
        let taken = conflict.taken == .ours ? conflict.ours : conflict.theirs
        told.append(Decision(entry: entry, field: conflict.field, taken: taken?.string))
      }
      isDecision = isDecision || !result.conflicts.isEmpty || result.deletionOverruled
    }
    return (tree, told, isDecision)
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
          // With several remotes one conflict may be decided in two places, and the decisions meet once more. Then too somebody is told.
          let isTold =
            remotes.count > 1 && decisions.contains(Decision(entry: entry, field: field, taken: value))
          if !isTold, !last.contains(where: { edits[$0].value == value }) {
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
