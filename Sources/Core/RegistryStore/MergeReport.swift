public import Registry

/// What a person should know of a merge.
public enum MergeReport: Sendable {
  /// Why an entry of the other side was not taken.
  public enum Reason: Sendable {
    /// It is not part of a registry.
    case misplaced(MisplacedFile)
    /// It cannot be used.
    case unusable(any Error)
    /// It is this machine's own, and the other side has changed it.
    case changedOwn
    /// It is this machine's own, and the other side has removed it.
    case removedOwn
    /// It is this machine itself, by its name, and the other side has taken it out.
    case removedThisMachine(name: String)
  }

  /// What was set aside.
  public enum Place: Sendable {
    /// An entry.
    case entry(EntryPath)
    /// A path that is not an entry's, shown as it is to be printed.
    case other(String)
  }

  /// The two have no history in common: all that either has is kept.
  case unrelated(String)
  /// The other side was rewound: all that either has is kept.
  case rewound(String)
  /// An entry of the other side was not taken.
  case setAside(Place, of: String, Reason)
  /// More were not taken than are worth listing.
  case setAsideMore(of: String)
  /// The other side's entry was taken as a whole, since what is here cannot be merged with it.
  case tookWhole(EntryPath, of: String, any Error)
  /// Both sides changed a field, or one removed what the other changed: as the merge commit's message says.
  case conflict(String)
  /// What this machine had written into a field gave way to another machine's value, written at the same time, where a third
  /// merged the two; `by` names that machine, where it is known.
  case valueLost(name: String, field: String, ours: JSON, taken: JSON?, by: String?)
  /// An entry was changed by a clock that is far ahead; its name, where it has one, and the time.
  case fromTheFuture(name: String?, time: String)
  /// Two entries were one project, and are one entry now.
  case registeredTwice(name: String, kept: ProjectID, dropped: ProjectID)
  /// What the other side has below this machine's own name is not what this machine wrote; the next push restores it.
  case ownWillBeRestored
}
