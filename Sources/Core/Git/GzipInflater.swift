import CGit2

/// zlib's decompression of one gzip stream (RFC 1952), a piece at a time.
package final class GzipInflater {
  // At a fixed address: zlib keeps it.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var isStarted = false
  /// Whether the stream's end has come.
  package private(set) var isAtEnd = false

  /// The stream is damaged, or something follows it.
  package struct Damaged: Error {
    /// The error.
    package init() {}
  }

  /// A stream of which nothing has come yet.
  package init() throws {
    stream.initialize(to: z_stream())
    // 16 more than the largest window: gzip's header and trailer, and no other.
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Damaged()
    }
    isStarted = true
  }

  deinit {
    if isStarted { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Takes a piece of the stream, and hands on what it holds in pieces of at most 64 KiB, so that a caller who counts them can
  /// stop.
  package func inflate(_ piece: [UInt8], _ take: ([UInt8]) throws -> Void) throws {
    guard !piece.isEmpty else { return }
    if isAtEnd { throw Damaged() }
    var piece = piece
    try piece.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(clamping: input.count)
      var isFull = true
      while stream.pointee.avail_in > 0 || isFull {
        var code = Z_OK
        let out = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(buffer.count)
          let offered = Int(stream.pointee.avail_out)
          code = CGit2.inflate(stream, Z_NO_FLUSH)
          count = offered - Int(stream.pointee.avail_out)
        }
        if !out.isEmpty { try take(out) }
        isFull = stream.pointee.avail_out == 0
        if code == Z_STREAM_END {
          isAtEnd = true
          guard stream.pointee.avail_in == 0 else { throw Damaged() }
          return
        }
        // No progress is possible: more input is needed.
        if code == Z_BUF_ERROR { return }
        guard code == Z_OK else { throw Damaged() }
      }
    }
  }
}
