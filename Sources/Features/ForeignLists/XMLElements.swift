import CExpat

/// The elements of an XML text, one after the other as libexpat finds them.
///
/// A text that declares a document type is refused: that is what brings in entities and other files, and no list needs one.
final class XMLElements {
  private let parser: OpaquePointer
  private let started: (String, [String: String], Int) throws -> Void
  private let ended: (String) throws -> Void
  private var depth = 0
  private var failure: (any Error)?

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - started: is handed each element's name, its attributes and its line.
  ///   - ended: is handed the name of each element that ends.
  /// - Throws: ``ListError``, and what these throw.
  static func read(
    _ bytes: [UInt8], started: @escaping (String, [String: String], Int) throws -> Void,
    ended: @escaping (String) throws -> Void
  ) throws {
    guard bytes.count <= ListLimits.xml else { throw ListError.tooLarge(limit: ListLimits.xml) }
    guard let parser = XML_ParserCreate(nil) else {
      throw ListError.malformed(line: nil, "there is no memory to read it")
    }
    defer { XML_ParserFree(parser) }
    let reader = XMLElements(parser, started, ended)
    try withExtendedLifetime(reader) { try reader.run(bytes) }
  }

  private init(
    _ parser: OpaquePointer, _ started: @escaping (String, [String: String], Int) throws -> Void,
    _ ended: @escaping (String) throws -> Void
  ) {
    self.parser = parser
    self.started = started
    self.ended = ended
  }

  private func run(_ bytes: [UInt8]) throws {
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let name, let attributes else { return }
        XMLElements.of(data)?.start(name, attributes)
      },
      { data, name in
        guard let name else { return }
        XMLElements.of(data)?.end(name)
      })
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      guard let reader = XMLElements.of(data) else { return }
      reader.stop(ListError.hasDocumentType(line: reader.line))
    }
    // In pieces: what is wrong early is not read to its end.
    let size = 1 << 16
    var position = 0
    repeat {
      let end = min(position + size, bytes.count)
      let status = bytes[position..<end].withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) {
          XML_Parse(parser, $0.baseAddress, Int32($0.count), end == bytes.count ? 1 : 0)
        }
      }
      if let failure { throw failure }
      guard status == XML_STATUS_OK else {
        let words = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown reason"
        throw ListError.malformed(line: line, "it is not XML: \(words)")
      }
      position = end
    } while position < bytes.count
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> XMLElements? {
    data.map { Unmanaged<XMLElements>.fromOpaque($0).takeUnretainedValue() }
  }

  private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  private func stop(_ error: any Error) {
    if failure == nil { failure = error }
    XML_StopParser(parser, 0)
  }

  private func start(
    _ name: UnsafePointer<CChar>, _ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>
  ) {
    guard failure == nil else { return }
    depth += 1
    guard depth <= ListLimits.depth else {
      return stop(ListError.malformed(line: line, "it has more than \(ListLimits.depth) levels"))
    }
    var attributes: [String: String] = [:]
    var index = 0
    while let key = pairs[index], let value = pairs[index + 1] {
      guard index < 2 * ListLimits.row else {
        return stop(
          ListError.malformed(
            line: line, "it has more than \(ListLimits.row) attributes in an element"))
      }
      attributes[String(cString: key)] = String(cString: value)
      index += 2
    }
    do {
      try started(String(cString: name), attributes, line)
    } catch {
      stop(error)
    }
  }

  private func end(_ name: UnsafePointer<CChar>) {
    guard failure == nil else { return }
    depth -= 1
    do {
      try ended(String(cString: name))
    } catch {
      stop(error)
    }
  }
}

/// Text as the value of an attribute.
enum XMLText {
  /// The text with what XML takes for itself, and line ends, as references; nil where it has a character that XML cannot hold.
  static func attribute(_ text: String) -> String? {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\t", "\n", "\r": out += "&#\(scalar.value);"
      default:
        // What stands for bytes that are not text is beyond what these lists can say.
        guard scalar.value >= 0x20, scalar.value < 0x10FF80, ![0xFFFE, 0xFFFF].contains(scalar.value) else {
          return nil
        }
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
