import ByteStrings
public import ListFormats
import Terminal

/// A format as a command line names it.
public enum ListOption {
  /// The format of this name.
  ///
  /// - Throws: a usage `Failure` where there is none.
  public static func format(_ name: String) throws -> ListFormat {
    guard let format = ListFormat(rawValue: name) else {
      throw Failure.usage("unknown format '\(Quoting.visible(name))'; known are: \(ListFormat.names)")
    }
    return format
  }
}
