import Terminal
import SystemSupport
import ByteStrings
import Registry
import RegistryIndex
import SystemPackage

/// How the checkouts of some projects are on every machine, by dev-infra-state(1): on this one as they are now, on the others as
/// they last said. Without libgit2 in this process, which reading what they said takes.
struct ToldStates {
  /// What a machine has of one project.
  private struct Place {
    let machine: String
    /// When it looked; nil for now.
    var taken: Timestamp?
    var parts: [CheckoutFacts] = []
    /// How many checkouts could not be read.
    var unreadable = 0
  }

  /// What the machines that reported a project have of it, in the order of their reports.
  private struct Told {
    private(set) var places: [Place] = []
    private var numbers: [String: Int] = [:]

    func has(_ machine: String) -> Bool { numbers[machine] != nil }

    mutating func change(_ machine: String, _ change: (inout Place) -> Void) {
      let number = numbers[machine] ?? places.count
      if number == places.count {
        numbers[machine] = number
        places.append(Place(machine: machine))
      }
      change(&places[number])
    }
  }

  private var projects: [String: Told] = [:]

  /// What is known of these projects.
  init(of rows: [ViewRow]) throws {
    if rows.isEmpty { return }
    let tool = try Environment.requireExecutablePath().appending("dev-infra-state")
    var run = ChildProcess(tool.text, ["--all-machines", "--json", "-z", "--stdin"])
    run.input = rows.flatMap { Array($0.id.utf8) + [0] }
    let result = try run.run()
    let lines = String(decoding: result.errors, as: UTF8.self).split(at: "\n").map { String($0) }
    guard result.termination == .exited(0) || result.termination == .exited(ExitStatus.no),
      let checkouts = (try? JSON.parse(result.output))?.array
    else {
      throw Failure.fatal(
        "reading what machines say of their checkouts failed: \(Quoting.visible(lines.last ?? "it ended early"))"
      )
    }
    for line in lines {
      for start in ["warning: ", "error: "] where line.begins(with: start) {
        Messages.warning(Quoting.visible(String(line.dropFirst(start.count))))
      }
    }
    for checkout in checkouts { add(checkout) }
  }

  private mutating func add(_ checkout: JSON) {
    guard let id = checkout["id"]?.string, let machine = checkout["machine"]?.string else { return }
    projects[id, default: Told()].change(machine) { place in
      if let taken = checkout["taken"]?.string.flatMap({ Timestamp($0) }) {
        place.taken = min(taken, place.taken ?? taken)
      }
      if let facts = CheckoutFacts(checkout) { place.parts.append(facts) } else { place.unreadable += 1 }
    }
  }

  /// What machines say of a project, this one first, and when they looked.
  ///
  /// - Parameter time: a moment as it is to be shown; nil for now.
  func text(of row: ViewRow, in view: View, time: (Timestamp?) -> String) -> String {
    let told = projects[row.id] ?? Told()
    let silent = row.list(.machines).filter { $0 != view.machine && !told.has($0) }
    let texts =
      told.places.map { place in
        "\(view.name(of: place.machine)): \(Self.marks(of: place)) (\(time(place.taken)))"
      }
      + silent.map { "\(view.name(of: $0)): not told" }
    return texts.joined(separator: ", ")
  }

  /// How many machines have something that was left undone, by which lists are sorted.
  func count(of row: ViewRow) -> Int {
    (projects[row.id]?.places ?? []).count { place in
      place.unreadable > 0 || CheckoutFacts.together(place.parts)?.needsAttention ?? false
    }
  }

  /// The checkouts that are there, and what became of the others.
  private static func marks(of place: Place) -> String {
    let there = place.parts.filter { $0.counts[.missing, default: 0] == 0 }
    var texts = CheckoutFacts.together(there).map { [$0.marks] } ?? []
    for (count, word) in [(place.parts.count - there.count, "gone"), (place.unreadable, "not readable")]
    where count > 0 {
      texts.append(texts.isEmpty && count == 1 ? word : "\(count) \(word)")
    }
    return texts.joined(separator: " ")
  }
}
