import CGit2

/// zlib's decompression of a whole stream.
package enum Inflation {
  /// The first bytes of what a zlib stream holds, 64 at most; what cannot be read is left out.
  package static func start(of bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return [] }
    defer { inflateEnd(&stream) }
    var bytes = Array(bytes.prefix(256))
    return bytes.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        _ = CGit2.inflate(&stream, Z_SYNC_FLUSH)
        count = buffer.count - Int(stream.avail_out)
      }
    }
  }

  /// What a zlib stream holds; nil where it is cut off or damaged, and where it holds more than it may. What follows the
  /// stream is ignored, as git does.
  ///
  /// - Parameter limit: says from the first bytes how many it may hold; nil where these bytes cannot be right.
  package static func inflate(_ bytes: [UInt8], limit: (ArraySlice<UInt8>) -> Int?) -> [UInt8]? {
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var out: [UInt8] = []
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { input -> [UInt8]? in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(clamping: input.count)
      // Most objects here are stored and not deflated, so one round is enough for them.
      var room = input.count + 64
      var allowed: Int?
      while true {
        var code = Z_OK
        out.append(
          contentsOf: [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(clamping: buffer.count)
            let offered = Int(stream.avail_out)
            code = CGit2.inflate(&stream, Z_NO_FLUSH)
            count = offered - Int(stream.avail_out)
          })
        if allowed == nil { allowed = limit(out[...]) }
        guard let allowed, out.count <= allowed else { return nil }
        if code == Z_STREAM_END { return out }
        // Room is left, and yet the end was not reached: there is no more input.
        guard code == Z_OK, stream.avail_out == 0 || stream.avail_in > 0 else { return nil }
        room = max(1, min(max(65536, out.count), allowed - out.count + 1))
      }
    }
  }
}
