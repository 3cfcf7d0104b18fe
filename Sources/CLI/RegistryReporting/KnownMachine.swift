import ByteStrings
import Registry
public import RegistryStore
import SystemSupport
import Terminal

extension KnownMachine {
  /// What a table has in its columns.
  public static let heads = ["", "NAME", "ID", "SYSTEM", "PROJECTS", "UNSAVED", "LAST PUSHED"]

  /// The machine as a row of a table, safe for a terminal.
  ///
  /// - Parameter unsaved: in how many of its projects it left something undone; nil where it has never told.
  public func cells(unsaved: Int?) -> [String] {
    [
      isHere ? "*" : "", Quoting.visible(name), id.hex, Quoting.visible(entry?.system ?? ""),
      String(projects.count), unsaved.map(String.init) ?? "", Self.minute(lastPush),
    ]
  }

  /// The machine as a line for programs, without its end; see ``cells(unsaved:)``.
  public func record(unsaved: Int?) -> String {
    [
      name, id.hex, entry?.system ?? "", String(projects.count), lastPush?.description ?? "",
      isHere ? "here" : "", unsaved.map(String.init) ?? "",
    ].map { Quoting.quote($0) }.joined(separator: "\t")
  }

  /// All that is known of the machine, a line each, safe for a terminal.
  ///
  /// - Parameters:
  ///   - alone: how many of its projects are on no other machine; nil where there is no other.
  ///   - leftUndone: the clause that says so; nil where it has never told.
  public func lines(alone: Int?, leftUndone: String?) -> [String] {
    let count = alone.map { $0 > 0 ? ", \($0) of them on no other machine" : "" } ?? ""
    let facts: [(String, String?)] = [
      ("name", name + (isHere ? " (this machine)" : "")), ("id", id.hex), ("system", entry?.system),
      ("home", entry?.home?.text), ("first seen", entry?.firstSeen.description),
      ("last pushed", lastPush?.description ?? "never"), ("projects", "\(projects.count)\(count)"),
      ("left undone", leftUndone),
    ]
    return facts.compactMap { label, value in value.map { LabelledLine.text(label, Quoting.visible($0)) } }
  }

  /// `2026-01-02 03:04`, for a table.
  private static func minute(_ time: Timestamp?) -> String {
    guard let time else { return "never" }
    let text = time.description
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }
}

extension Succession {
  /// The projects of the former machine that are not on this one, as a clause that has its name in it; nil
  /// where all are.
  public func missingClause(of name: String) -> String? {
    if missing.isEmpty { return nil }
    let count = missing.count
    return
      "\(count == 1 ? "1 project" : "\(count) projects") of \(name) \(count == 1 ? "is" : "are") not here: "
      + Listed.some(of: missing.map { Quoting.visible($0) })
  }
}
