import ByteStrings
import Git
import Registry
import SystemSupport

/// A state that a remote has, as it is remembered from one transfer to the next.
struct HeldState: Equatable {
  /// Why a state was not taken.
  enum Verdict: Equatable {
    /// It breaks a rule of this version, and its bytes always will.
    case refused
    /// It is of a time that has not come.
    case early(Timestamp)
    /// It is not newer than the one in this commit.
    case older(than: ObjectID)
  }

  /// The commit that it is in.
  let commit: ObjectID
  /// Why it was not taken; nil where it was, or was not looked at.
  var verdict: Verdict?

  init(_ commit: ObjectID) { self.commit = commit }

  /// Whether to look at it once more would end alike.
  ///
  /// - Parameter former: the state that is known of its machine.
  func stands(beside former: ObjectID?, now: Timestamp) -> Bool {
    switch verdict {
    case nil: false
    case .refused: true
    case .early(let taken): taken.isFarFuture(now: now)
    case .older(let other): other == former
    }
  }

  // MARK: The file

  /// A line for each: the machine, the commit, and the verdict. What another version refused is not known here.
  static func bytes(of held: [MachineID: HeldState]) -> [UInt8] {
    held.sorted { $0.key < $1.key }.flatMap { id, state in
      let verdict =
        switch state.verdict {
        case nil: ""
        case .refused: " refused \(ToolsetVersion.number)"
        case .early(let taken): " early \(taken.milliseconds)"
        case .older(let commit): " older \(commit.hex)"
        }
      return Array("\(id.hex) \(state.commit.hex)\(verdict)\n".utf8)
    }
  }

  static func read(_ bytes: [UInt8]) -> [MachineID: HeldState] {
    var held: [MachineID: HeldState] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(at: "\n") {
      let words = line.split(at: " ").map { String($0) }
      guard [2, 4].contains(words.count), let id = MachineID(words[0]), let commit = ObjectID(hex: words[1])
      else { continue }
      held[id] = HeldState(commit)
      if words.count == 4 { held[id]?.verdict = verdict(words[2], words[3]) }
    }
    return held
  }

  private static func verdict(_ word: String, _ value: String) -> Verdict? {
    switch word {
    case "refused": value == ToolsetVersion.number ? .refused : nil
    case "early": Int64(value).map { .early(Timestamp(milliseconds: $0)) }
    case "older": ObjectID(hex: value).map { .older(than: $0) }
    default: nil
    }
  }
}
