import ByteStrings
import SystemPackage

/// A file without a name, in the directory for temporary files: what is too much for memory, and nobody else's.
public final class UnnamedFile {
  private let file: OpenFile
  private let place: String
  /// How many bytes it has.
  public private(set) var size = 0

  /// An empty file.
  public init() throws(SystemError) {
    let folder = FilePath(text: Environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
    place = folder.visible
    file = try NamelessFile.make(in: folder)
  }

  /// Writes behind what it has.
  public func append(_ bytes: [UInt8]) throws(SystemError) {
    guard bytes.withUnsafeBytes({ Files.write($0, to: file.descriptor, at: size) }) else {
      throw SystemError("writing to a temporary file in", place)
    }
    size += bytes.count
  }

  /// The bytes at a place of it.
  public func read(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
    try Files.readExactly(
      range.count, from: file.descriptor, at: range.lowerBound, name: "a temporary file in \(place)",
      ended: .ioError)
  }

  /// Forgets all that it has.
  public func clear() {
    guard (try? Files.cut(file.descriptor, to: 0, name: place)) != nil else { return }
    size = 0
  }
}
