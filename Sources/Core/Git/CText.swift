import CGit2
import SystemSupport
import ByteStrings
import SystemPackage

extension ByteText {
  /// The text of a C string.
  static func string(fromC pointer: UnsafePointer<CChar>) -> String {
    string(from: UnsafeRawBufferPointer(start: pointer, count: CStrings.length(pointer)))
  }
}

extension String {
  /// The bytes that this text stands for, as a C string. A NUL would end it early, so callers that pass text of
  /// unknown origin use ``checkedCText(_:)``.
  var cText: [CChar] { ByteText.bytes(of: self).map { CChar(bitPattern: $0) } + [0] }

  /// ``cText``, refusing text that holds a NUL.
  func checkedCText(_ action: String) throws(GitError) -> [CChar] {
    guard !unicodeScalars.contains("\0") else {
      throw GitError(.invalid, action, Quoting.visible(self), reason: "it holds a NUL", code: .invalid)
    }
    return cText
  }
}

extension FilePath {
  /// The path as a C string.
  var cText: [CChar] {
    withPlatformString { Array(UnsafeBufferPointer(start: $0, count: CStrings.length($0) + 1)) }
  }

  /// The path of a C string, or nil for none.
  init?(fromC pointer: UnsafePointer<CChar>?) {
    guard let pointer else { return nil }
    self.init(platformString: pointer)
  }
}

/// Bytes that libgit2 allocated and this owner frees.
struct Buffer: ~Copyable {
  var raw = git_buf(ptr: nil, reserved: 0, size: 0)

  deinit {
    var raw = raw
    git_buf_dispose(&raw)
  }

  /// Where the bytes are; valid as long as the buffer.
  var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: raw.ptr, count: raw.size) }

  /// The bytes as a path.
  var path: FilePath? { FilePath(fromC: raw.ptr) }
}
