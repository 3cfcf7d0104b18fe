import ByteStrings
import Terminal

/// A wrong command line of what this executable does itself.
enum WrongUsage {
  /// Says what is wrong, and shows the usage that `help` has, as every other command does.
  static func status(_ message: String, _ help: String) -> Int32 {
    let usage = help.split(at: "\n").drop { !$0.begins(with: "USAGE:") }
      .prefix { $0.begins(with: "USAGE:") || $0.begins(with: " ") }
    Messages.note("error: \(message)\n\(usage.joined(separator: "\n"))")
    return ExitStatus.usage
  }
}
