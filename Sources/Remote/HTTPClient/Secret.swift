import ByteStrings

/// A key or password: whatever prints it by accident prints `***`.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  let text: String

  /// A secret, which must hold no control character: it goes into a header's line.
  ///
  /// - Returns: nil where it is empty, or holds one.
  public init?(_ text: String) {
    guard !text.isEmpty, !text.utf8.contains(where: \.isControl) else { return nil }
    self.text = text
  }

  /// Three stars.
  public var description: String { "***" }
  /// Three stars.
  public var debugDescription: String { "***" }
  /// Nothing within.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
