import Terminal

/// A wrong command line of what this executable does itself.
enum WrongUsage {
  /// Says what is wrong, and shows the usage that `help` has, as every other command does.
  static func status(_ message: String, _ help: String) -> Int32 {
    let usage = help.split(separator: "\n").drop { !$0.hasPrefix("USAGE:") }
      .prefix { $0.hasPrefix("USAGE:") || $0.hasPrefix(" ") }
    Messages.note("error: \(message)\n\(usage.joined(separator: "\n"))")
    return ExitStatus.usage
  }
}
