public import HTTPTypes

extension HTTPField.Name {
  /// Where a browser's request comes from, by its own word; see <https://www.w3.org/TR/fetch-metadata/>.
  public static let secFetchSite = ours("Sec-Fetch-Site")

  /// A name that is written in the sources, and is one by RFC 9110.
  public static func ours(_ text: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(text) else { preconditionFailure("not a header field's name: \(text)") }
    return name
  }
}
