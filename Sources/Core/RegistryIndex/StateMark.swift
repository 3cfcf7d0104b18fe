/// A mark of dev-infra-state(1), which stands before a number; in the order in which a line has them.
public enum StateMark: String, CaseIterable, Sendable {
  /// Files in conflict.
  case conflicted = "~"
  /// Files whose index differs from HEAD.
  case staged = "+"
  /// Files that differ from the index.
  case changed = "!"
  /// Files of which nobody can say.
  case unsure = "%"
  /// Files that git does not know.
  case untracked = "?"
  /// Stashes.
  case stashed = "*"
  /// Commits that are to be pushed.
  case ahead = "⇡"
  /// Commits that are to be brought in.
  case behind = "⇣"

  /// The mark before a number; nil for 0.
  public func text(_ number: Int) -> String? { number > 0 ? rawValue + String(number) : nil }
}

extension CheckoutFacts {
  /// Whether there is anything here that a person may have left undone, as `CheckoutState.needsAttention` says it of a state.
  public var needsAttention: Bool {
    [.dirty, .untracked, .stashed, .busy].contains { number($0) > 0 }
      || number(.unpushed) > 0 && number(.noremote) == 0
  }

  /// The marks of what there is. For files that may or may not be changed, facts have no number.
  public var marks: String {
    var marks = number(.busy) > 0 ? ["busy"] : []
    marks += StateMark.allCases.compactMap { mark in field(of: mark).flatMap { mark.text(number($0)) } }
    if number(.dirty) > 0, [.conflicted, .staged, .changed].allSatisfy({ number($0) == 0 }) {
      marks.append(StateMark.unsure.rawValue)
    }
    if number(.noremote) > 0 {
      marks.append("no remote")
    } else if number(.unpushed) > 0 {
      marks.append("\(number(.unpushed)) unpushed")
    }
    return marks.isEmpty ? "clean" : marks.joined(separator: " ")
  }

  private func number(_ field: StateField) -> Int { counts[field, default: 0] }

  private func field(of mark: StateMark) -> StateField? {
    switch mark {
    case .conflicted: .conflicted
    case .staged: .staged
    case .changed: .changed
    case .unsure: nil
    case .untracked: .untracked
    case .stashed: .stashed
    case .ahead: .ahead
    case .behind: .behind
    }
  }
}
