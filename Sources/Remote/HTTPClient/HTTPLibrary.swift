import CCurl
import ByteStrings

/// libcurl, which speaks HTTP here.
public enum HTTPLibrary {
  /// Its version and that of what it encrypts with, such as `7.88.1 OpenSSL/3.0.17`.
  public static var version: String {
    // The library names all that it is made of; the first two are `libcurl/VERSION` and the TLS library.
    let parts = String(cString: curl_version()).split(at: " ").prefix(2)
    return parts.map { $0.begins(with: "libcurl/") ? String($0.dropFirst("libcurl/".count)) : String($0) }
      .joined(separator: " ")
  }
}
