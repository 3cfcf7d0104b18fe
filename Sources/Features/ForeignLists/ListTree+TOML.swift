import ByteStrings
import TOMLReader

extension ListTree {
  /// Reads a text in TOML. Its texts, tables and arrays are taken; other values are empty.
  static func toml(_ bytes: [UInt8]) throws(ListError) -> ListTree {
    guard bytes.count <= ListLimits.toml else { throw .tooLarge(limit: ListLimits.toml) }
    // Counted before the library makes values of them: there are no more than these.
    let marks = bytes.count { [UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "[")].contains($0) }
    guard marks <= ListLimits.values else { throw .tooManyValues(limit: ListLimits.values) }
    // The library goes down by a call for each part of a key, as deep as there are any.
    var dots = 0
    for byte in bytes {
      dots = byte == 0x0A ? 0 : byte == UInt8(ascii: ".") ? dots + 1 : dots
      guard dots <= ListLimits.tomlParts else {
        throw .malformed(line: nil, "it has a line with more than \(ListLimits.tomlParts) dots")
      }
    }
    let builder = TOMLBuilder()
    var visitor = dev_infra_toml_visitor(
      context: Unmanaged.passUnretained(builder).toOpaque(),
      name: { TOMLBuilder.of($0)?.name(TOMLBuilder.text($1, $2)) },
      text: { TOMLBuilder.of($0)?.value(.scalar(TOMLBuilder.text($1, $2), isPlain: false)) },
      begin_table: { TOMLBuilder.of($0)?.begin(isTable: true) },
      begin_array: { TOMLBuilder.of($0)?.begin(isTable: false) },
      end: { TOMLBuilder.of($0)?.end() })
    var reason = [CChar](repeating: 0, count: 200)
    let line = withExtendedLifetime(builder) {
      bytes.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
          reason.withUnsafeMutableBufferPointer { reason in
            dev_infra_toml_read(text.baseAddress, text.count, &visitor, reason.baseAddress, reason.count)
          }
        }
      }
    }
    guard line == 0 else {
      let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .malformed(line: Int(line), "it is not TOML: \(String(decoding: words, as: UTF8.self))")
    }
    return builder.root
  }
}

/// Makes a tree of what the reader comes upon.
private final class TOMLBuilder {
  /// A table or an array that has not ended.
  private struct Open {
    let isTable: Bool
    let name: String
    var members: [(key: String, value: ListTree)] = []
    var items: [ListTree] = []
  }

  private(set) var root = ListTree.map([])
  private var open: [Open] = []
  private var next = ""

  static func of(_ context: UnsafeMutableRawPointer?) -> TOMLBuilder? {
    context.map { Unmanaged<TOMLBuilder>.fromOpaque($0).takeUnretainedValue() }
  }

  static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    ByteText.string(
      from: UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).map { UInt8(bitPattern: $0) })
  }

  func name(_ text: String) { next = text }

  func begin(isTable: Bool) { open.append(Open(isTable: isTable, name: next)) }

  func end() {
    guard let last = open.popLast() else { return }
    next = last.name
    value(last.isTable ? .map(last.members) : .list(last.items))
  }

  func value(_ tree: ListTree) {
    guard let last = open.indices.last else {
      root = tree
      return
    }
    if open[last].isTable { open[last].members.append((next, tree)) } else { open[last].items.append(tree) }
  }
}
