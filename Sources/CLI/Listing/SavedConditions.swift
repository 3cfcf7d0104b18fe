import IndexReporting
import Terminal
import SystemSupport
import Registry
public import RegistryIndex

/// Conditions that are saved under a name in the registry's configuration.
public enum SavedConditions {
  /// The text that is saved as `dev-infra.where.NAME`; nil where there is none, or where the name cannot be a key's.
  public static func text(_ name: String) throws -> String? {
    guard let first = name.utf8.first, (0x61...0x7A).contains(first | 0x20),
      !name.utf8.contains(UInt8(ascii: "_"))
    else { return nil }
    return try RegistrySettings.value(of: "dev-infra.where.\(name)")
  }

  /// What a condition in the configuration selects.
  ///
  /// - Parameter key: the setting that has the text, for messages.
  public static func selection(_ text: String, key: String) throws -> Selection {
    var selection = Selection()
    do {
      selection.narrow(try Condition(text, saved: self.text))
    } catch let error as ConditionError {
      throw Failure.fatal("reading \(key) failed: \(Failure(error).message)")
    }
    return selection
  }
}

extension Selection {
  /// Narrows it by a condition, with the time and the home directory that it is to be seen from.
  mutating func narrow(_ condition: Condition?) {
    self.condition = condition
    now = Timestamp(milliseconds: Clock.nowMilliseconds)
    home = Environment.home?.text
  }
}
