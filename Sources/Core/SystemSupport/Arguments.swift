import ByteStrings

/// The process's arguments without loss.
public enum Arguments {
  /// The arguments behind the program's name; bytes that are not UTF-8 in the form of ``ByteText``.
  ///
  /// `CommandLine.arguments` would repair them, and so name other files.
  public static var all: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      guard let argument = CommandLine.unsafeArgv[index] else { return nil }
      return ByteText.string(from: ByteText.bytes(fromC: argument))
    }
  }

  /// The last component of the name that the process was started by, as the caller gave it; empty without one.
  public static var programName: String {
    guard CommandLine.argc > 0, let name = CommandLine.unsafeArgv[0] else { return "" }
    return ByteText.string(
      from: ByteText.bytes(fromC: name).split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? [])
  }
}
