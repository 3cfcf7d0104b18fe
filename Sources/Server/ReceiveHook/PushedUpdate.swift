import ByteStrings
import Git

/// What a push wants to do with a reference.
package struct PushedUpdate {
  /// What the client takes it to be at; nil: not there.
  let old: ObjectID?
  /// What it is to be at; nil: gone.
  let new: ObjectID?
  let name: String

  /// The update of a line `OLD NEW NAME`; nil for anything else.
  package init?(line: some Sequence<UInt8>) {
    let parts = String(decoding: Array(line), as: UTF8.self).split(at: " ", maxSplits: 2)
    guard parts.count == 3, let old = Self.object(parts[0]), let new = Self.object(parts[1]) else {
      return nil
    }
    self.old = old
    self.new = new
    name = String(parts[2])
  }

  /// The object of a name of 40 digits; nil inside for all zeros, outside for none.
  private static func object(_ text: Substring) -> ObjectID?? {
    if text.utf8.count == 40, text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return .some(nil) }
    return ObjectID(hex: String(text)).map { .some($0) }
  }
}
