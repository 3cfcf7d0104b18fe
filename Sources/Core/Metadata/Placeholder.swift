/// What a template leaves where a value was to be filled in: `[DEV_INFRA_VERSION]`.
enum Placeholder {
  /// The placeholder's text where `value` is one; without quotes YAML takes it for a list of one.
  static func text(in value: MetadataValue) -> String? {
    switch value {
    case .scalar(let text, _):
      guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") else { return nil }
      return isName(text.utf8.dropFirst().dropLast()) ? text : nil
    case .list(let items):
      guard items.count == 1, case .scalar(let text, plain: true) = items[0] else { return nil }
      return isName(text.utf8[...]) ? "[\(text)]" : nil
    case .map: return nil
    }
  }

  private static func isName(_ text: Substring.UTF8View) -> Bool {
    guard let first = text.first, (0x41...0x5A).contains(first) else { return false }
    return text.allSatisfy {
      (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || "_- ".utf8.contains($0)
    }
  }
}
