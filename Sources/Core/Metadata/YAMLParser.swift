import CYAML
import ByteStrings

/// How a scalar is written.
package enum ScalarStyle {
  case plain, single, double, literal, folded

  package var isBlock: Bool { self == .literal || self == .folded }
}

/// One event of the parser, with the places where its text begins and ends.
package struct YAMLEvent {
  package enum Kind {
    case streamStart, streamEnd, documentStart
    case documentEnd(explicit: Bool)
    case alias(String)
    case scalar(String, ScalarStyle)
    case listStart(flow: Bool)
    case mapStart(flow: Bool)
    case collectionEnd
  }

  package var kind: Kind
  package var start: Position
  package var end: Position
  /// The anchor and the tag before it; the tag with what its handle stands for.
  package var anchor: String?
  package var tag: String?
}

/// libyaml's event parser over one byte string: owns the parser and the input, and frees both.
///
/// libyaml itself, and not Yams over it: its event marks say where each value stands, which is what an edit that keeps
/// every other byte needs; and Yams would bring Foundation, 4 ms of every start and 54 MB to install.
package struct YAMLParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// How many bytes stand before the input: a byte order mark.
  private let base: Int
  /// A place whose number of code points and of bytes are both known; libyaml's marks count code points.
  private var known = (points: 0, bytes: 0)
  private let pairs: SurrogatePairs

  /// - Parameter bytes: text that ``InputCheck`` has let through.
  package init(_ bytes: [UInt8]) throws(MetadataError) {
    base = bytes.starts(with: InputCheck.byteOrderMark) ? InputCheck.byteOrderMark.count : 0
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      parser.deallocate()
      throw MetadataError(.noMemory)
    }
    self.parser = parser
    // libyaml keeps the pointer until it is deleted, so the input must not move.
    input = .allocate(capacity: max(1, bytes.count - base))
    _ = input.update(fromContentsOf: bytes.isEmpty ? [0] : bytes[base...])
    pairs = SurrogatePairs(hidingIn: UnsafeMutableBufferPointer(rebasing: input[..<(bytes.count - base)]))
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count - base)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event.
  package mutating func next() throws(MetadataError) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    let start = position(event.start_mark)
    let end = position(event.end_mark)
    var (anchor, tag): (String?, String?)
    let kind: YAMLEvent.Kind
    switch event.type {
    case YAML_STREAM_START_EVENT: kind = .streamStart
    case YAML_STREAM_END_EVENT: kind = .streamEnd
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd(explicit: event.data.document_end.implicit == 0)
    case YAML_ALIAS_EVENT: kind = .alias(Self.name(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      (anchor, tag) = (Self.name(scalar.anchor), Self.name(scalar.tag))
      let text = try Self.text(scalar.value, scalar.length, at: start)
      let style = Self.style(scalar.style)
      let range = (start.offset - base)..<(end.offset - base)
      kind = .scalar(pairs.shown(text, input[range], isEscaped: style == .double), style)
    case YAML_SEQUENCE_START_EVENT:
      let list = event.data.sequence_start
      (anchor, tag) = (Self.name(list.anchor), Self.name(list.tag))
      kind = .listStart(flow: list.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_START_EVENT:
      let map = event.data.mapping_start
      (anchor, tag) = (Self.name(map.anchor), Self.name(map.tag))
      kind = .mapStart(flow: map.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .collectionEnd
    default: throw start.error(.unknownEvent)
    }
    return YAMLEvent(kind: kind, start: start, end: end, anchor: anchor, tag: tag)
  }

  private static func text(
    _ value: UnsafeMutablePointer<yaml_char_t>?, _ length: Int, at position: Position
  ) throws(MetadataError) -> String {
    let bytes = UnsafeBufferPointer(start: value, count: value == nil ? 0 : length)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw position.error(.valueNotUTF8)
    }
    // A NUL would end the value early wherever a C string is made of it; the last scalars of plane 16 stand for
    // bytes of broken text throughout the toolset (``ByteText``).
    if bytes.contains(0) { throw position.error(.nul) }
    if bytes.contains(0xF4), ByteText.holdsRawBytes(text) {
      throw position.error(.privateCharacter)
    }
    return text
  }

  private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    text.map { String(cString: $0) }
  }

  private static func style(_ style: yaml_scalar_style_t) -> ScalarStyle {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .single
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .double
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  /// Marks come nearly in order, so walking from the last one keeps the whole parse linear.
  private mutating func position(_ mark: yaml_mark_t) -> Position {
    let points = Int(mark.index)
    while known.points < points, known.bytes < input.count {
      repeat { known.bytes += 1 } while known.bytes < input.count && input[known.bytes] & 0xC0 == 0x80
      known.points += 1
    }
    while known.points > points, known.bytes > 0 {
      repeat { known.bytes -= 1 } while known.bytes > 0 && input[known.bytes] & 0xC0 == 0x80
      known.points -= 1
    }
    return Position(offset: known.bytes + base, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  /// libyaml's own words for what went wrong; its strings are constants, and not always there.
  private func failure() -> MetadataError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "unknown reason"
    let context = state.context.map { String(cString: $0) }
    // A quote that is never closed is found at the end of the file; what helps is where it was opened.
    let mark = context?.ends(with: "quoted scalar") ?? false ? state.context_mark : state.problem_mark
    return MetadataError(
      .notYAML(problem, context: context), line: Int(mark.line) + 1,
      column: Int(mark.column) + 1)
  }
}
