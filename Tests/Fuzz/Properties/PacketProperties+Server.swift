#if HAS_SERVER
  import HTTPServer
  import NIOCore
  import ReceiveHook
  import SystemSupport
#endif

extension PacketProperties {
  /// git's pkt-lines, from a descriptor.
  static func checkPackets(_ bytes: [UInt8]) throws {
    #if HAS_SERVER
      guard let lines = try section(bytes) else { return }
      try require(
        bytes.prefix(4).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit },
        "a length is not a hexadecimal number in \(shown(bytes))")
      for line in lines { _ = PushedUpdate(line: line) }
      let texts = lines.map { String(decoding: $0, as: UTF8.self) }
      guard let again = try section(PacketLine.section(texts)) else {
        throw PropertyViolation(description: "the lines of \(shown(bytes)) cannot be sent again")
      }
      // The newline that a line may end in is left out each time.
      try require(
        again == texts.map { Array($0.hasSuffix("\n") ? $0.dropLast().utf8[...] : $0.utf8[...]) },
        "the lines of \(shown(bytes)) are others again")
    #endif
  }

  /// The head of an answer of `git http-backend`.
  static func checkHead(_ bytes: [UInt8]) throws {
    #if HAS_SERVER
      var whole = ByteBuffer(bytes: bytes)
      let head = try? CGIHead(from: &whole)
      // However it comes in pieces, the same is read.
      var choices = Choices(bytes)
      let cut = choices.below(bytes.count + 1)
      var part = ByteBuffer(bytes: bytes.prefix(cut))
      guard let early = try? CGIHead(from: &part) else { return }
      try require(
        head?.status == early.status && head?.fields == early.fields,
        "the head of \(shown(bytes)) is another with \(cut) bytes")
    #endif
  }

  #if HAS_SERVER
    private static func section(_ bytes: [UInt8]) throws -> [[UInt8]]? {
      let file = try NamelessFile.inMemory()
      try Files.write(bytes, to: file.descriptor, name: "packets")
      try Files.seek(file.descriptor, to: 0, name: "packets")
      return try? PacketLine.section(from: file.descriptor)
    }
  #endif
}
