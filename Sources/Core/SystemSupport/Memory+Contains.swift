import CPlatform

extension Memory {
  /// Whether `part` is somewhere in `text` (memmem(3)): in a time that grows with the text alone.
  public static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    dev_infra_contains(text, text.count, part, part.count) != 0
  }
}
