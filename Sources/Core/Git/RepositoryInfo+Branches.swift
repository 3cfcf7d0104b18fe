import SystemSupport
import ByteStrings
import SystemPackage

/// The branches of a repository, by their names in its files: none of them is resolved.
extension RepositoryInfo {
  /// Whether there is a branch of this name.
  public func hasBranch(_ name: String) -> Bool {
    let bytes = ByteText.bytes(of: name)
    return !Files.isMissing(commonDirectory.pushing(FilePath("refs/heads")).pushing(FilePath(bytes: bytes)))
      || branches.contains { $0.elementsEqual(bytes) }
  }

  /// The branches that are packed, and the first parts of the names of those that are not.
  private var branches: [ArraySlice<UInt8>] {
    let loose = (try? Files.names(in: commonDirectory.pushing(FilePath("refs/heads")))) ?? []
    let packed = (try? Files.read(commonDirectory.appending("packed-refs"), limit: 32 << 20)) ?? []
    let names = packed.split(separator: UInt8(ascii: "\n")).map { $0.dropFirst(41) }
      .filter { $0.starts(with: "refs/heads/".utf8) }
    return loose.map { $0[...] } + names.map { $0.dropFirst(11) }
  }

  /// The default branch as far as it is known: the remote's, the one that a bare repository's HEAD names, else the current
  /// one where it is called as default branches are, or where there is no other.
  public var likelyDefaultBranch: String? {
    if let remoteDefaultBranch { return remoteDefaultBranch }
    guard let current = currentBranch else { return nil }
    if kind == .bare || Self.usualDefaults.contains(current) { return current }
    return branches.allSatisfy { $0.elementsEqual(ByteText.bytes(of: current)) } ? current : nil
  }

  private static let usualDefaults: Set<String> = ["main", "master", "trunk", "default", "develop", "devel"]
}
