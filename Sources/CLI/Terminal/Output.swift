import SystemSupport
public import ByteStrings

/// Standard output, buffered and checked: a full disk or a closed pipe is an error.
///
/// Swift's `print` would lose data there in silence and end with 0.
///
/// Where it is a terminal, lines go through ``TerminalText``. To a pipe or a file every byte goes as it is, and records that end
/// in NUL do so everywhere.
public struct Output: ~Copyable {
  private var buffer: [UInt8] = []
  private let format: RecordFormat
  private let capacity: Int
  private let isShown: Bool

  /// - Parameters:
  ///   - format: how records are ended and quoted.
  ///   - immediate: whether each record is written as it comes, for a reader who waits for it.
  public init(_ format: RecordFormat = .lines, immediate: Bool = false) {
    self.format = format
    self.capacity = immediate ? 0 : 1 << 16
    isShown = format == .lines && Terminal.isTerminal(1)
  }

  /// Writes one record of one field, quoted as the format says.
  public mutating func record(_ field: String) throws(Failure) {
    buffer += format.field(field)
    try endRecord()
  }

  /// Writes one record whose text is already in the format.
  public mutating func record(formatted text: [UInt8]) throws(Failure) {
    buffer += text
    try endRecord()
  }

  /// Writes text as it is.
  public mutating func write(_ text: String) throws(Failure) {
    buffer += ByteText.bytes(of: text)
    if buffer.count > capacity { try flush() }
  }

  /// Writes bytes as they are.
  public mutating func write(_ bytes: [UInt8]) throws(Failure) {
    buffer += bytes
    if buffer.count > capacity { try flush() }
  }

  /// Writes text as it is and a newline, whatever the format.
  public mutating func line(_ text: String) throws(Failure) {
    buffer += ByteText.bytes(of: text)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count > capacity { try flush() }
  }

  /// Writes a part of a record that its caller has formatted; ``endRecord()`` ends it.
  public mutating func part(formatted text: [UInt8]) { buffer += text }

  /// Adds a part of a record that stands elsewhere in memory, without a copy of it between.
  public mutating func part(formatted text: UnsafeRawBufferPointer) { buffer.append(contentsOf: text) }

  /// Ends a record.
  public mutating func endRecord() throws(Failure) {
    buffer.append(format.terminator)
    if buffer.count > capacity { try flush() }
  }

  /// Writes text at once whose parts were made safe one by one, with colours between them.
  public mutating func draw(_ text: String) throws(Failure) {
    try flush()
    do {
      try Files.write(ByteText.bytes(of: text), to: 1, name: "standard output")
    } catch {
      throw Failure(error)
    }
  }

  /// Hands everything to the system. Every command calls this before it ends.
  public mutating func flush() throws(Failure) {
    guard !buffer.isEmpty else { return }
    do {
      try Files.write(isShown ? TerminalText.safe(buffer) : buffer, to: 1, name: "standard output")
    } catch {
      throw Failure(error)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
