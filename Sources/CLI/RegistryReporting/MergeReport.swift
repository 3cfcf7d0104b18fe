import ByteStrings
import Registry
public import RegistryStore
import Terminal

extension MergeReport {
  /// The report as one sentence, safe for a terminal.
  public var sentence: String {
    switch self {
    case .unrelated(let other):
      "\(other) has no history in common with this registry: all that either has is kept"
    case .rewound(let other): "\(other) was rewound: all that either has is kept"
    case .setAside(let place, let other, let reason):
      "set aside \(place.words) of \(other): \(reason.words)"
    case .setAsideMore(let other): "set aside more entries of \(other), which are not listed"
    case .tookWhole(let path, let other, let error):
      "took \(path.titled) of \(other) as a whole: here \(Failure(error).message)"
    case .conflict(let line): "conflict: \(line)"
    case .valueLost(let name, let field, let ours, let taken, let other):
      "conflict: \(Quoting.visible(name)): \(Quoting.visible(field)) was \(Quoting.visible(ours.compact)) here, and "
        + "\(other.map { Quoting.visible($0) } ?? "another machine") changed it at the same time to "
        + "\(taken.map { Quoting.visible($0.compact) } ?? "nothing"), which was taken"
    case .fromTheFuture(let name, let time):
      "\(name.map { Quoting.visible($0) } ?? "an entry") was last changed at \(time) by a clock that is more than a day "
        + "ahead of this machine's"
    case .registeredTwice(let name, let kept, let dropped):
      "\(Quoting.visible(name)) was registered twice (\(kept.hex.prefix(12)), \(dropped.hex.prefix(12))): now one"
    case .ownWillBeRestored:
      "what is on this machine is what 'dev-infra register' says here; the next push restores it there "
        + "(a copy of this machine needs an id of its own: see dev-infra-troubleshooting(7))"
    }
  }
}

extension MergeReport.Place {
  /// What was set aside, as it may be shown.
  fileprivate var words: String {
    switch self {
    case .entry(let path): path.titled
    case .other(let path): path
    }
  }
}

extension MergeReport.Reason {
  fileprivate var words: String {
    switch self {
    case .misplaced(let fault): fault.words
    case .unusable(let error): Failure(error).message
    case .changedOwn: "only this machine writes below its own name"
    case .removedThisMachine(let name):
      "it was removed there; the next push puts this machine back, 'dev-infra machine remove "
        + "\(Quoting.visible(name))' here takes it out"
    case .removedOwn: "it was removed there, and only this machine writes below its own name"
    }
  }
}

extension EntryPath {
  /// The path, with the id that it spells where it is a project's.
  fileprivate var titled: String {
    switch self {
    case .project(let id), .checkout(_, let id): "\(path) (project \(id.hex.prefix(12)))"
    case .machine, .format, .unknown: path
    }
  }
}
