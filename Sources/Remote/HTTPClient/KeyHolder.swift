/// The key that requests carry: a given one, or what git's credential helpers have once the service asks for one.
final class KeyHolder {
  private(set) var key: Secret?
  private let credential: GitCredential?
  private var filled: GitCredential.Filled?
  private var fillsLeft = 2
  private var isApproved = false

  init(_ settings: HTTPSettings) {
    key = settings.key
    credential = settings.key == nil ? settings.credential : nil
  }

  /// The service answered 401 to a request that carried `used`.
  ///
  /// - Returns: whether to send it again, with another key.
  /// - Throws: where a key is needed and nobody knows one.
  func wasRefused(_ used: Secret?) throws(HTTPFailure) -> Bool {
    guard let credential else { return false }
    // Sent before another request's refusal brought the key that is in use now.
    if used != key { return true }
    if let filled, !isApproved { credential.reject(filled) }
    filled = nil
    if fillsLeft == 0 { return false }
    fillsLeft -= 1
    let next = try credential.fill()
    if next.key == used {
      // A helper that knows but one.
      fillsLeft = 0
      return false
    }
    filled = next
    key = next.key
    isApproved = false
    return true
  }

  /// The service took a request that carried `used`.
  func wasTaken(_ used: Secret?) {
    guard let filled, let credential, !isApproved, used == filled.key else { return }
    isApproved = true
    credential.approve(filled)
  }
}
