import HTTPTypes

/// What every answer tells a browser, errors included: to take it for data, and to show it in no page of anyone's.
enum SecurityHeaders {
  private static let fixed: HTTPFields = [
    .xContentTypeOptions: "nosniff",
    .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
    .ours("Referrer-Policy"): "no-referrer",
    .ours("X-Frame-Options"): "DENY",
    .ours("Cross-Origin-Resource-Policy"): "same-origin",
  ]

  /// Adds what is missing.
  static func add(to response: inout HTTPResponse) {
    for field in fixed where !response.headerFields.contains(field.name) {
      response.headerFields.append(field)
    }
    if !response.headerFields.contains(.cacheControl) {
      // An answer with an entity tag may be cached and revalidated; no other may be stored anywhere.
      let isTagged = response.headerFields.contains(.eTag)
      response.headerFields[.cacheControl] = isTagged ? "private, no-cache" : "no-store"
    }
  }
}
