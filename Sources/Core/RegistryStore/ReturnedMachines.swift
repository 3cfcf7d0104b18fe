import Registry

/// The machines that one side of a merge took out, and of which the other side has something new: each pushed after the
/// other side last saw it, and is back as it pushed.
struct ReturnedMachines {
  private var ours: Set<MachineID> = []
  private var theirs: Set<MachineID> = []

  init() {}

  /// - Parameter own: this machine, of which the other side says nothing that counts.
  init(ours: [TreeChange], theirs: [TreeChange], but own: MachineID) {
    let (goneHere, newHere) = Self.sorted(ours)
    let (goneThere, newThere) = Self.sorted(theirs)
    self.ours = goneThere.intersection(newHere).subtracting([own])
    self.theirs = goneHere.intersection(newThere).subtracting([own])
  }

  /// The machines that were taken out, and those with something that is new or other.
  private static func sorted(_ changes: [TreeChange]) -> (gone: Set<MachineID>, new: Set<MachineID>) {
    var gone: Set<MachineID> = []
    var new: Set<MachineID> = []
    for change in changes {
      guard let owner = change.path.owner else { continue }
      if change.new != nil { new.insert(owner) }
      if change.path == .machine(owner), change.new == nil { gone.insert(owner) }
    }
    return (gone, new)
  }

  /// Whether what is here of the path's machine stays as it is.
  func isOurs(_ path: EntryPath) -> Bool { path.owner.map(ours.contains) ?? false }

  /// Whether what the other side has of the path's machine is taken as it is.
  func isTheirs(_ path: EntryPath) -> Bool { path.owner.map(theirs.contains) ?? false }
}
