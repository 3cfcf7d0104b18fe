public import Registry

extension MachineState {
  /// Those of some projects in which something was left undone, or was on no remote, when the machine last looked.
  public func leftUndone(among projects: [ProjectID]) -> [ProjectID] {
    projects.filter { id in
      self.projects[id]?.places.contains { place in
        CheckoutState(json: place)?.hasUnsavedWork ?? false
      } ?? false
    }
  }
}
