import Foundation
import Registry

/// What is taken has one canonical form, and is JSON to Foundation with the same texts; what is refused is not JSON to
/// Foundation either, but for the rules that only ours has.
enum JSONProperties {
  /// Whether it is a rule of ours alone: RFC 8259 allows what it refuses.
  private static func isOwnRule(_ fault: JSONError.Fault) -> Bool {
    switch fault {
    case .tooDeep, .tooManyValues, .repeatedName, .loneSurrogate, .notUTF8: true
    default: false
    }
  }

  static func check(_ bytes: [UInt8]) throws {
    let ours: JSON
    do throws(JSONError) {
      ours = try JSON.parse(bytes)
    } catch {
      try require(
        (0...(bytes.count + 4)).contains(error.offset), "the place is outside of the text: \(error)")
      if isOwnRule(error.fault) { return }
      if isOtherEncoding(bytes) || holdsLastComma(bytes) { return }
      return try require(foundation(bytes) == nil, "only ours refuses \(shown(bytes)): \(error)")
    }
    for text in [ours.canonical, Array(ours.compact.utf8)] {
      guard let again = try? JSON.parse(text) else {
        throw PropertyViolation(description: "cannot be read again: \(shown(bytes)) as \(shown(text))")
      }
      try require(again == ours, "has another value again: \(shown(bytes)) as \(shown(text))")
      try require(again.canonical == ours.canonical, "has two canonical forms: \(shown(bytes))")
    }
    guard let theirs = foundation(bytes) else {
      // Foundation refuses numbers that it has no room for.
      return try require(holdsNumber(ours), "only Foundation refuses \(shown(bytes))")
    }
    try require(isSame(ours, theirs), "has another value to Foundation: \(shown(bytes))")
  }

  private static func foundation(_ bytes: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }

  /// Foundation also reads UTF-16, UTF-32 and byte order marks, which all have one of these bytes near the start.
  private static func isOtherEncoding(_ bytes: [UInt8]) -> Bool {
    bytes.prefix(4).contains { $0 == 0 || $0 == 0xEF || $0 >= 0xFE }
  }

  /// Foundation takes a comma behind the last item.
  private static func holdsLastComma(_ bytes: [UInt8]) -> Bool {
    var afterComma = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: ","): afterComma = true
      case 0x20, 0x09, 0x0A, 0x0D: break
      case UInt8(ascii: "]"), UInt8(ascii: "}"): if afterComma { return true }
      default: afterComma = false
      }
    }
    return false
  }

  private static func holdsNumber(_ value: JSON) -> Bool {
    switch value {
    case .number: true
    case .array(let items): items.contains(where: holdsNumber)
    case .object(let members): members.values.contains(where: holdsNumber)
    default: false
    }
  }

  /// Texts, names and shape; a number is a number.
  private static func isSame(_ ours: JSON, _ theirs: Any) -> Bool {
    switch ours {
    case .null: return theirs is NSNull
    case .bool(let value): return (theirs as? Bool) == value
    case .number: return theirs is NSNumber
    case .string(let text): return (theirs as? String).map { isSame(text, $0) } ?? false
    case .array(let items):
      guard let others = theirs as? [Any], items.count == others.count else { return false }
      return zip(items, others).allSatisfy { isSame($0, $1) }
    case .object(let members):
      guard let others = theirs as? [String: Any] else { return false }
      // Foundation takes two spellings of a letter for one name; names are bytes to ours.
      if Set(members.keys).count < members.count { return true }
      // Foundation's names may have lost what its texts may.
      if members.keys.contains(where: { $0.unicodeScalars.contains("\u{FEFF}") }) { return true }
      guard members.count == others.count else { return false }
      return members.allSatisfy { key, value in others[key].map { isSame(value, $0) } ?? false }
    }
  }

  /// Foundation drops a byte order mark that stands in a string behind an escape.
  private static func isSame(_ ours: String, _ theirs: String) -> Bool {
    let (ours, theirs) = (ours.unicodeScalars, theirs.unicodeScalars)
    return ours.filter { $0 != "\u{FEFF}" }.elementsEqual(theirs.filter { $0 != "\u{FEFF}" })
  }
}
