import Git
import SystemSupport
import ByteStrings
import SystemPackage

/// A file of git's configuration that gets settings of ours, and loses them again byte for byte.
///
/// git-config(1) edits them. What it inserted is remembered by place, length and the file's checksum: nothing of what
/// the file says is copied, for it may hold secrets. Where the file has changed since, git takes the settings out.
struct ConfigurationFile {
  let path: FilePath
  /// The folder that remembers.
  let memory: FilePath

  /// The values of a key in this file.
  func values(_ key: String) throws -> [String] {
    guard Files.kind(of: path) != nil else { return [] }
    let output = try Self.git(["--null", "--get-all", key], path) ?? []
    return output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      ByteText.string(from: $0)
    }
  }

  /// Makes changes, each the words of git-config(1), and remembers what they have inserted.
  func change(_ changes: [[String]]) throws {
    let before = Files.kind(of: path) == nil ? nil : try Files.read(path)
    // On top of what was remembered already, unless others have written since.
    let known = remembered(in: before ?? [])
    let original = known ?? before
    let wasThere = known == nil ? before != nil : try Files.read(note).first != UInt8(ascii: "0")
    try edit(changes)
    let after = try Files.read(path)
    let start = zip(original ?? [], after).prefix { $0 == $1 }.count
    let count = after.count - (original ?? []).count
    guard count > 0, after[(start + count)...].elementsEqual((original ?? [])[start...]) else {
      Files.remove(note)
      return
    }
    try Files.makeDirectory(memory, mode: 0o700)
    try Files.replace(
      note, with: Array("\(wasThere ? 1 : 0) \(start) \(count) \(FNV1a.text(after))\n".utf8))
  }

  /// Takes out what was inserted.
  ///
  /// - Parameter removal: the words by which git takes it out, where the file has changed since.
  func undo(_ removal: [String]) throws {
    defer { Files.remove(note) }
    if let bytes = try? Files.read(path), let original = remembered(in: bytes) {
      let wasThere = try !original.isEmpty || Files.read(note).first != UInt8(ascii: "0")
      let isUndone = try ConfigurationWriter(path).replace(with: wasThere ? original : nil, path.visible) {
        $0 == bytes
      }
      if isUndone { return }
    }
    try edit([removal])
  }

  /// Makes changes, each the words of git-config(1): all of them or none.
  func edit(_ changes: [[String]]) throws(GitError) {
    try ConfigurationWriter(path).change(path.visible) { (copy) throws(GitError) in
      for words in changes { try Self.git(words, copy) }
    }
  }

  @discardableResult
  private static func git(_ words: [String], _ file: FilePath) throws(GitError) -> [UInt8]? {
    try GitProgram(outsideRepositories: .person).output(["config", "--file", file.text] + words)
  }

  /// The file without what was inserted; nil where it has changed since, or nothing was.
  private func remembered(in bytes: [UInt8]) -> [UInt8]? {
    guard let text = try? Files.read(note) else { return nil }
    let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 4, let start = Int(words[1]), let count = Int(words[2]), start >= 0, count > 0,
      start + count <= bytes.count, words[3] == FNV1a.text(bytes)
    else { return nil }
    return Array(bytes[..<start] + bytes[(start + count)...])
  }

  private var note: FilePath { memory.pushing(FilePath(text: "config-" + FNV1a.text(path.bytes))) }
}
