import SystemSupport
import ByteStrings
public import SystemPackage

/// The hook file that is put where git looks for hooks: it sees to the registering, and becomes the hook that was there
/// before it.
///
/// It is known again by its second line; the rest is made from a few facts, so that a file which someone has added
/// lines to can be known.
public struct HookScript: Equatable, Sendable {
  /// The executable that does the registering.
  public var register: FilePath
  /// The event that it was made for, whatever another tool may have renamed it to.
  public var event: HookEvent
  /// Whether the hook before it is read by this one's shell, not run: it asks for its own name, as husky 4 does.
  public var sourcesPrevious: Bool
  /// Whether the folder was made with it, and is to go with it.
  public var ownsFolder: Bool

  /// A script; see its properties.
  public init(register: FilePath, event: HookEvent, sourcesPrevious: Bool, ownsFolder: Bool) {
    self.register = register
    self.event = event
    self.sourcesPrevious = sourcesPrevious
    self.ownsFolder = ownsFolder
  }

  private static let mark = "# dev-infra-hooks(1):"

  /// Where the hook that was there before stands, by its name in the same folder.
  public static func previousName(_ event: HookEvent) -> String { "\(event.rawValue).before-dev-infra" }

  /// The file's bytes.
  public var bytes: [UInt8] { bytes(standingIn: true) }

  /// - Parameter standingIn: whether it does what a ``YieldingTool``'s hook would; earlier versions wrote it without.
  private func bytes(standingIn: Bool) -> [UInt8] {
    let previous = Self.previousName(event)
    let folder = ownsFolder ? "\n# The folder was made with this file." : ""
    let call =
      sourcesPrevious
      ? ". \"${0%/*}/\(previous)\"" + (standingIn ? "; exit" : "") : "exec \"${0%/*}/\(previous)\" \"$@\""
    return ByteText.bytes(
      of: """
        #!/bin/sh
        \(Self.mark) registers this repository with dev-infra, then becomes the hook that was here before.
        # 'dev-infra hooks uninstall' puts that one back.\(folder)
        dev_infra_register=\(Self.quoted(register.text))
        if [ -x "$dev_infra_register" ]; then "$dev_infra_register" "$@" </dev/null >/dev/null || :; fi
        if [ -x "${0%/*}/\(previous)" ]; then \(call); fi

        """ + (standingIn ? YieldingTool.lines(event) : ""))
  }

  /// Whether a file is one of ours, with or without lines of others.
  public static func isOurs(_ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    return lines.count > 1 && lines[1].starts(with: mark.utf8)
  }

  /// The script that a file is; nil where it is not one of ours, or has been changed.
  public init?(bytes: [UInt8]) {
    guard Self.isOurs(bytes) else { return nil }
    let text = ByteText.string(from: bytes)
    guard let start = text.firstRange(of: "\ndev_infra_register=")?.upperBound,
      let end = text[start...].firstRange(of: "\nif [ -x \"$dev_infra_register\"")?.lowerBound
    else { return nil }
    register = FilePath(text: Self.unquoted(String(text[start..<end])))
    sourcesPrevious = text[end...].contains("then . \"${0%/*}/")
    ownsFolder = text[..<start].contains("\n# The folder was made with this file.\n")
    for event in HookEvent.allCases {
      self.event = event
      if self.bytes == bytes || self.bytes(standingIn: false) == bytes { return }
    }
    return nil
  }

  /// What a person is to put into a hook of their own.
  public static func line(_ register: FilePath) -> String {
    "\(quoted(register.text)) \"$@\" </dev/null >/dev/null || :"
  }

  /// The same for a hook that a project shares: others have dev-infra elsewhere, or not at all.
  public static let sharedLine =
    "command -v dev-infra >/dev/null && dev-infra hook-register \"$@\" </dev/null >/dev/null || :"

  /// Whether a hook has either line.
  public static func hasLine(_ hook: [UInt8]) -> Bool {
    let text = ByteText.string(from: hook)
    return text.contains("dev-infra-hook-register") || text.contains("dev-infra hook-register")
  }

  /// The command of a hook in git's configuration: git appends the arguments, and a status that is not 0 would stop a push.
  public static func command(_ register: FilePath) -> String {
    let program = quoted(register.text)
    return "[ ! -x \(program) ] || \(program) </dev/null >/dev/null; :"
  }

  /// Whether a hook must see its own name in `$0`: a `sh` script that takes it apart, or leaves that to husky's.
  public static func asksForItsName(_ hook: [UInt8]) -> Bool {
    let text = String(decoding: hook, as: UTF8.self)
    let first = text.prefix(before: "\n")
    let isPlainShell = first == "#!/bin/sh" || first == "#!/usr/bin/env sh"
    return isPlainShell
      && ["husky.sh", "basename \"$0\"", "basename $0", "basename -- \"$0\"", "${0##*/}"]
        .contains { text.contains($0) }
  }

  static func quoted(_ text: String) -> String {
    "'" + text.split(at: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static func unquoted(_ text: String) -> String {
    var rest = text.dropFirst().dropLast()
    var out = ""
    while let byte = rest.first {
      if rest.begins(with: "'\\''") {
        out.append("'")
        rest = rest.dropFirst(4)
      } else {
        out.append(byte)
        rest = rest.dropFirst()
      }
    }
    return out
  }
}
