import Registry
package import SystemPackage
import SystemSupport

extension EncryptedRemote {
  /// It would be encrypted to fewer keys than what the host has, and nobody asked for that.
  package struct FewerKeys: Error {
    /// Keys at the host.
    package let there: Int
    /// Keys of this machine's settings.
    package let here: Int
  }

  /// Runs git with words on a repository, by some helpers, with options before the words.
  package typealias Run = (
    _ words: [String], _ repository: FilePath, _ helpers: GitTransport.Helpers, _ options: [String]
  ) throws -> GitTransport.Outcome

  /// Runs git with these words; a fetch or a push goes through the copy of what the host has.
  ///
  /// - Parameter run: runs git.
  /// - Throws: ``FewerKeys``; ``RegistryBusy``; what `run` throws.
  package func run(
    _ words: [String], in store: borrowing RegistryStore, by run: Run
  ) throws -> GitTransport.Outcome {
    let helpers = GitTransport.Helpers.allowed(try store.allowedHelpers())
    guard words.first == "fetch" || words.first == "push" else {
      return try run(Self.words(words, of: address), store.directory, helpers, [])
    }
    let lock = try lock()
    defer { _ = lock.isHeld }
    try prepare()
    let own = Self.words(words, of: place)
    func encrypting() throws -> GitTransport.Outcome { try run(own, store.directory, .encryption, options) }
    return words.first == "fetch"
      ? try fetch({ try run($0, copy, helpers, []) }, encrypting)
      : try push({ try run($0, copy, helpers, []) }, encrypting, in: store)
  }

  /// The words with a place instead of the remote's name.
  private static func words(_ words: [String], of place: String) -> [String] {
    guard let mark = words.firstIndex(of: "--"), mark + 1 < words.count else { return words }
    return words[...mark] + [place] + words[(mark + 2)...]
  }

  /// Brings what the host has to the copy, and from there what it holds.
  private func fetch(
    _ carry: ([String]) throws -> GitTransport.Outcome, _ decrypt: () throws -> GitTransport.Outcome
  ) throws -> GitTransport.Outcome {
    var brought = try carry(fetchWords)
    if !brought.succeeded, try repair() { brought = try carry(fetchWords) }
    guard brought.succeeded else { return brought }
    tidy()
    try reset()
    if try known() == nil { return (true, [], []) }
    let first = try decrypt()
    if first.succeeded { return first }
    try forgetPacks()
    return try decrypt()
  }

  /// Encrypts into the copy, and sends the copy, which replaces only what it was made from.
  private func push(
    _ carry: ([String]) throws -> GitTransport.Outcome, _ encrypt: () throws -> GitTransport.Outcome,
    in store: borrowing RegistryStore
  ) throws -> GitTransport.Outcome {
    try reset()
    let known = try known()
    if !hasNewKeys, let others = try recipientCount(), others > participantCount {
      throw FewerKeys(there: others, here: participantCount)
    }
    let made = try encrypt()
    guard made.succeeded, try self.made() != known else { return made }
    let sent = try carry(pushWords(known))
    guard sent.succeeded else {
      try reset()
      return (false, GitDiagnostics.report(of: sent.output, inTheNameOf: made.output), sent.errors)
    }
    try accept(in: store)
    return made
  }
}
