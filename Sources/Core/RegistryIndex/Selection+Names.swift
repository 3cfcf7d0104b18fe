extension Selection {
  /// The ids of the projects that words name. A name may have any characters in it, and goes before what a glob matches.
  ///
  /// - Parameter everywhere: whether a glob also matches what is not on this machine.
  /// - Throws: ``RegistryIndexError`` where a word names none, ``EmptySelection`` where a glob matches none.
  public func ids(named words: [String], in view: View, everywhere: Bool) throws -> Set<String> {
    var ids: Set<String> = []
    for query in try ProjectQuery.all(words) {
      do {
        ids.insert(try query.find(in: view).id)
      } catch RegistryIndexError.unknownProject where Selection.isGlob(query.text) {
        var globbed = self
        globbed.patterns = [query.text]
        globbed.condition = nil
        globbed.all = everywhere
        let matched = try globbed.rows(of: view)
        if matched.isEmpty { throw EmptySelection(globbed, of: view) }
        ids.formUnion(matched.map(\.id))
      }
    }
    return ids
  }
}
