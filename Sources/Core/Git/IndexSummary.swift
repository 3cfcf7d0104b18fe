import CGit2
import SystemSupport
import ByteStrings

/// What an index says of its entries beside their content.
struct IndexSummary {
  /// A submodule that the index has.
  struct Submodule: Sendable {
    let path: String
    let commit: String
  }

  /// The submodules.
  private(set) var submodules: [Submodule] = []
  /// The paths that are to be added without content (`git add -N`).
  private(set) var intentToAdd: Set<ByteString> = []
  /// The paths that git is told not to look at in the work tree: `skip-worktree`, `assume-unchanged`.
  private(set) var hidden: Set<ByteString> = []
  /// The bytes of large files, which take their time to be compared.
  private(set) var large: [ByteString: Int] = [:]

  /// Whether a `.gitignore` that it has is a symbolic link.
  private(set) var hasLinkedRules = false

  private static let largeFile = 16 << 20
  /// GIT_INDEX_ENTRY_VALID: `assume-unchanged`.
  private static let assumeUnchanged: UInt16 = 0x8000

  /// Takes `assume-unchanged` from the entries in memory; what is hidden is known here.
  func show(_ index: OpaquePointer) {
    for name in hidden {
      // An entry in memory is a plain structure. Its replacement by git_index_add would want the blob to be there, which a partial
      // clone need not have.
      guard let entry = git_index_get_bypath(index, name.text.cText, 0) else { continue }
      UnsafeMutablePointer(mutating: entry).pointee.flags &= ~Self.assumeUnchanged
    }
  }

  private static func isRules(_ path: UnsafePointer<CChar>) -> Bool {
    let path = ByteText.string(fromC: path)
    return path == IgnoredHere.rules || path.ends(with: "/" + IgnoredHere.rules)
  }

  /// - Parameter part: the directory that counts; nil for all.
  init(_ index: OpaquePointer, part: WorkTreePart?) {
    for position in 0..<git_index_entrycount(index) {
      if position % 16384 == 16383 { Watch.sign() }
      guard let entry = git_index_get_byindex(index, position), let path = entry.pointee.path else {
        continue
      }
      if let part, !part.holds(path) { continue }
      if entry.pointee.file_size > Self.largeFile {
        large[ByteString(ByteText.string(fromC: path))] = Int(entry.pointee.file_size)
      }
      if entry.pointee.mode == 0o120000, Self.isRules(path) { hasLinkedRules = true }
      let flags = entry.pointee.flags_extended
      if entry.pointee.mode == 0o160000, git_index_entry_stage(entry) == 0 {
        submodules.append(
          Submodule(path: ByteText.string(fromC: path), commit: ObjectID(entry.pointee.id).hex))
      }
      // The flags of git_index_entry_flag_t and git_index_entry_extended_flag_t.
      if entry.pointee.flags & Self.assumeUnchanged == 0, flags & 0x6000 == 0 { continue }
      let name = ByteString(ByteText.string(fromC: path))
      if flags & 0x2000 != 0 { intentToAdd.insert(name) }
      if flags & 0x4000 != 0 || entry.pointee.flags & Self.assumeUnchanged != 0 { hidden.insert(name) }
    }
  }
}
