import ByteStrings

/// URLs that have been read already, by what is stored of them: of an entry that is made here reading its URLs again takes longer
/// than all the rest.
///
/// A URL is stored in the form that reads as the same place, and with nothing left out; see ``RemoteURL/init(_:relativeTo:helpers:)``.
public struct ReadURLs: Sendable {
  private let urls: [RemoteURL]

  /// - Parameter urls: those that were read without remote helpers, as a project's are.
  public init(_ urls: [RemoteURL] = []) { self.urls = urls }

  /// The ``RemoteURL/normalized`` form of what an entry has.
  func normalized(_ stored: String) throws(RefusedURL) -> String {
    if let known = known(stored) { return known.normalized }
    return try RemoteURL(stored).normalized
  }

  /// Checks what an entry has as a remote.
  ///
  /// - Parameter key: what it is called there.
  /// - Returns: its ``RemoteURL/normalized`` form.
  @discardableResult
  func check(_ stored: String, key: String) throws(InvalidEntry) -> String {
    if let known = known(stored) { return known.normalized }
    let url: RemoteURL
    do throws(RefusedURL) {
      url = try RemoteURL(stored)
    } catch {
      throw InvalidEntry(key, .refused(error))
    }
    if url.isChanged { throw InvalidEntry(key, .shortened) }
    return url.normalized
  }

  private func known(_ stored: String) -> RemoteURL? {
    urls.first { $0.stored.hasSameBytes(as: stored) }
  }
}
