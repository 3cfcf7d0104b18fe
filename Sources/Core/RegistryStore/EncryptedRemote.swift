import Git
import SystemSupport
import ByteStrings
import Registry
package import SystemPackage

/// A remote whose host has nothing but what git-remote-gcrypt(1) has encrypted, in one branch.
///
/// gcrypt by itself overwrites what the host has, even what another machine has pushed meanwhile. So it works on a copy of the
/// host's branch on this disk, and git carries the copy: what it sends replaces only what it was made from (`--force-with-lease`),
/// and the loser of a race is told as with every other remote.
package struct EncryptedRemote {
  /// Where the host is, as git takes it.
  package let address: String
  /// The keys that it is encrypted to, as gpg(1) takes them.
  let participants: String
  /// The key that signs.
  let signingKey: String?
  /// The program that encrypts.
  let program: String
  /// Whether a person has named the keys anew since the last push: then there may be fewer.
  let hasNewKeys: Bool
  /// The copy of what the host has: derived, and safe to delete.
  package let copy: FilePath
  private let gpgArguments: [String]
  private let registry: FilePath
  private let newKeys: String

  /// gcrypt's only branch.
  private static let branch = "refs/heads/master"
  /// Where the copy keeps what the host had when it was last seen.
  private static let host = "refs/host/master"
  /// The file with the list of what there is, which gcrypt calls so in every repository.
  private static let manifest = "91bd0c092128cf2e60e1a608c31e92caf1f9c1595f83f2890ef17c0e4881aa0a"

  /// The remote of this name, where it is one whose host git itself can reach.
  ///
  /// - Returns: nil where it is not encrypted; and for what gcrypt carries by itself, such as `rsync://`, or in a branch of
  ///   another name: then one machine may write at a time.
  package init?(_ remote: String, url: String, in store: borrowing RegistryStore) throws {
    guard let (name, address) = RemoteURL.helper(of: url), name == "gcrypt", !address.holds("#"),
      (try? RemoteURL(address)) != nil
    else { return nil }
    let configuration = try store.repository.configuration()
    self.address = address
    if let own = try configuration.string("remote.\(remote).gcrypt-participants") {
      participants = own
    } else {
      participants = try configuration.string("gcrypt.participants") ?? "simple"
    }
    signingKey = try configuration.string("remote.\(remote).gcrypt-signingkey")
    program = try configuration.string("gpg.program") ?? "gpg"
    gpgArguments = try configuration.string("gcrypt.gpg-args").map { $0.isEmpty ? [] : [$0] } ?? []
    newKeys = "remote.\(remote).gcrypt-newKeys"
    hasNewKeys = try configuration.bool(newKeys) ?? false
    registry = store.directory
    let folder = registry.pushing("cache/encrypted")
    copy = folder.appending(try ObjectID.hash(blob: Array(address.utf8)).hex + ".git")
  }

  /// What git takes the copy for.
  package var place: String { "gcrypt::" + copy.text }

  /// What gcrypt reads beside its own settings, which it would look for under the remote's name.
  ///
  /// gpg ends as if it had failed where it tried another key before the right one: so the right one is named. With several keys
  /// that does not help, and the message has to say which they are.
  var options: [String] {
    let own = signingKey.map { ["--try-secret-key=\($0)"] } ?? []
    let settings =
      [
        "gcrypt.participants=\(participants)", "gcrypt.publish-participants=\(participantCount > 1)",
        "gcrypt.gpg-args=\((gpgArguments + own).joined(separator: " "))",
      ] + (signingKey.map { ["user.signingkey=\($0)"] } ?? [])
    return settings.flatMap { ["-c", $0] }
  }

  /// Keeps other commands on this registry away: gcrypt has one place for its work in a repository.
  ///
  /// - Throws: ``RegistryBusy``.
  func lock() throws -> FileLock {
    let folder = copy.removingLastComponent()
    try Files.makeDirectory(folder, mode: 0o700)
    let (file, seconds) = (folder.appending("lock"), 120.0)
    do throws(SystemError) {
      return try FileLock(file, timeout: seconds)
    } catch {
      guard error.code == .wouldBlock else { throw error }
      throw RegistryBusy(registry: registry, lock: file, seconds: seconds)
    }
  }

  // MARK: The copy

  /// Makes the copy where there is none, or one that cannot be opened.
  func prepare() throws {
    if Files.kind(of: copy) != nil, !isUsable { try Files.removeTree(copy) }
    guard Files.kind(of: copy) == nil else { return }
    let repository = try Repository.initializeBare(at: copy)
    // How one connects is the registry's.
    try repository.configuration().change([.set("include.path", to: "../../../config")])
  }

  private var isUsable: Bool {
    do {
      return try Repository.open(copy).isBare
    } catch {
      return false
    }
  }

  /// Makes the copy anew where git cannot use it.
  ///
  /// - Returns: whether that was so.
  func repair() throws -> Bool {
    let git = GitProgram(.registry, gitDirectory: copy)
    // What is not there yet is not damaged.
    let words = ["for-each-ref", "--format=%(objecttype)"]
    if let result = try? git.run(words), result.termination == .exited(0) { return false }
    try Files.removeTree(copy)
    try prepare()
    return true
  }

  /// What the host has, as last seen; nil for nothing.
  func known() throws -> ObjectID? { try Repository.open(copy).reference(Self.host) }

  /// What gcrypt has made of it.
  func made() throws -> ObjectID? { try Repository.open(copy).reference(Self.branch) }

  /// Has the copy's branch be what the host has again.
  func reset() throws { try set(Self.branch, to: known()) }

  /// Remembers that the host has got what was made.
  func accept(in store: borrowing RegistryStore) throws {
    try set(Self.host, to: made())
    guard hasNewKeys else { return }
    try StaleLocks.pass(in: registry, telling: store.delegate) {
      try store.repository.configuration().change([.unset(newKeys)])
    }
  }

  private func set(_ name: String, to new: ObjectID?) throws {
    let repository = try Repository.open(copy)
    let old = try repository.reference(name)
    guard old != new else { return }
    if let new {
      try repository.updateReference(name, to: new, expecting: old, message: "encrypted")
    } else if let old {
      try repository.deleteReference(name, expecting: old)
    }
  }

  /// Packs the copy where it has grown: each push leaves what it replaced.
  func tidy() {
    guard let packs = try? PackFiles.all(in: copy.appending("objects")), packs.count > 50 else { return }
    // Nobody else has the copy, and what it needs the host has as well.
    _ = try? GitProgram(.registry, gitDirectory: copy).run(["gc", "--quiet", "--prune=now"])
  }

  /// Forgets which of the host's packs the registry has: it may have lost what no ref of its own held.
  func forgetPacks() throws {
    let folder = registry.appending("remote-gcrypt")
    if Files.kind(of: folder) != nil { try Files.removeTree(folder) }
  }

  /// Words for `git fetch` that bring what the host has.
  var fetchWords: [String] {
    [
      "fetch", "--quiet", "--no-write-fetch-head", "--no-tags", "--prune", "--progress",
      "--no-recurse-submodules", "--no-filter", "--refmap=", "--", address, "+\(Self.branch)*:\(Self.host)*",
    ]
  }

  /// The arguments of a `git push` that replaces what the copy was made from with what was made. With a `+` it would replace
  /// anything.
  func pushWords(_ known: ObjectID?) -> [String] {
    [
      "push", "--porcelain", "--no-verify", "--progress", "--no-follow-tags", "--recurse-submodules=no",
      "--force-with-lease=\(Self.branch):\(known?.hex ?? "")", "--", address, "\(Self.branch):\(Self.branch)",
    ]
  }

  // MARK: Keys

  /// To how many keys what the host has is encrypted; nil where nothing is there, or gpg does not say.
  func recipientCount() throws -> Int? {
    guard let known = try known() else { return nil }
    let git = GitProgram(.registry, gitDirectory: copy)
    guard let manifest = try git.output(["cat-file", "blob", "\(known.hex):\(Self.manifest)"]) else {
      return nil
    }
    var gpg = ChildProcess(program, ["--batch", "--no-tty", "--list-only", "--status-fd", "1", "--decrypt"])
    gpg.input = manifest
    gpg.timeLimit = 60
    guard let result = try? gpg.run() else { return nil }
    let count = String(decoding: result.output, as: UTF8.self).split(at: "\n")
      .count { $0.begins(with: "[GNUPG:] ENC_TO ") }
    return count == 0 ? nil : count
  }

  /// How many keys it would be encrypted to.
  var participantCount: Int {
    participants == "simple" ? 1 : participants.split(whereSeparator: \.isWhitespace).count
  }
}
