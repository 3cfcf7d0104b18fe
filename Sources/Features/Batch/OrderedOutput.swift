public import SystemSupport

/// Puts what commands write that run side by side into the order of the commands: that of the first goes out as it comes,
/// that of the others is kept until it is their turn.
///
/// What is kept is in memory up to a bound for all of them together, and beyond that in a file without a name.
public final class OrderedOutput {
  private struct Piece {
    let stream: UserCommand.Stream
    var bytes: [UInt8]
    /// Where in the file it is, instead of ``bytes``.
    var range: Range<Int>?
  }

  private let emit: (Int, UserCommand.Stream, [UInt8]) throws -> Void
  private let close: (Int) throws -> Void
  private let memoryLimit: Int
  private var turn = 0
  private var kept: [Int: [Piece]] = [:]
  private var ended: Set<Int> = []
  private var inMemory = 0
  private var file: UnnamedFile?

  /// - Parameters:
  ///   - memoryLimit: the most bytes that are kept in memory.
  ///   - emit: takes what the command of a number has written, in order.
  ///   - close: told that the command of a number is over and all of its output has gone out.
  public init(
    memoryLimit: Int = 16 << 20, emit: @escaping (Int, UserCommand.Stream, [UInt8]) throws -> Void,
    close: @escaping (Int) throws -> Void
  ) {
    (self.memoryLimit, self.emit, self.close) = (memoryLimit, emit, close)
  }

  /// Takes what the command of a number has written.
  public func receive(_ index: Int, _ stream: UserCommand.Stream, _ bytes: [UInt8]) throws {
    if index == turn { return try emit(index, stream, bytes) }
    var pieces = kept[index] ?? []
    // Not two of them for a moment: each change would copy all.
    kept[index] = nil
    defer { kept[index] = pieces }
    let last = pieces.indices.last.flatMap { pieces[$0].stream == stream ? $0 : nil }
    if inMemory + bytes.count <= memoryLimit {
      inMemory += bytes.count
      if let last, pieces[last].range == nil {
        pieces[last].bytes += bytes
      } else {
        pieces.append(Piece(stream: stream, bytes: bytes))
      }
      return
    }
    let file = try self.file ?? UnnamedFile()
    self.file = file
    let start = file.size
    try file.append(bytes)
    if let last, let range = pieces[last].range, range.upperBound == start {
      pieces[last].range = range.lowerBound..<file.size
    } else {
      pieces.append(Piece(stream: stream, bytes: [], range: start..<file.size))
    }
  }

  /// The command of a number is over.
  public func end(_ index: Int) throws {
    ended.insert(index)
    while ended.remove(turn) != nil {
      try close(turn)
      turn += 1
      try emitKept()
    }
  }

  /// Lets out what is kept, in order, though those before it are not over.
  public func finish() throws {
    while let next = (Array(kept.keys) + Array(ended)).min() {
      turn = next
      try emitKept()
      if ended.remove(turn) != nil { try close(turn) }
      turn += 1
    }
  }

  private func emitKept() throws {
    guard let pieces = kept.removeValue(forKey: turn) else { return }
    for piece in pieces {
      if let range = piece.range, let file {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
          try emit(turn, piece.stream, file.read(start..<min(start + (1 << 16), range.upperBound)))
        }
      } else {
        inMemory -= piece.bytes.count
        try emit(turn, piece.stream, piece.bytes)
      }
    }
    if kept.isEmpty { file?.clear() }
  }
}
