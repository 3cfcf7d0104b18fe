import ByteStrings
import Registry

/// How requests show who sends them.
enum Authorization: Sendable, Equatable {
  /// Not at all, but for what `http.extraHeader` has.
  case none
  /// By a key, as `Bearer`.
  case bearer(Secret)
  /// By a user name and a password, as `Basic`.
  case basic(user: String, Secret)
  /// By what libcurl finds for the host in the user's netrc file.
  case netrc
}

/// What requests carry: a given key, or what the user's netrc file or git's credential helpers have once the service asks.
final class KeyHolder {
  private(set) var authorization: Authorization
  private let credential: GitCredential?
  private var mayUseNetrc: Bool
  private var filled: GitCredential.Filled?
  private var fillsLeft = 2
  private var isApproved = false

  init(_ settings: HTTPSettings) {
    authorization = settings.key.map { .bearer($0) } ?? .none
    credential = settings.key == nil ? settings.credential : nil
    mayUseNetrc = settings.key == nil && settings.usesNetrc
  }

  /// The service answered 401 to a request that carried `used`.
  ///
  /// - Parameter challenges: its fields `WWW-Authenticate`.
  /// - Returns: whether to send it again, with something else.
  /// - Throws: where a key is needed and none is known.
  func wasRefused(_ used: Authorization, _ challenges: [String]) throws(HTTPFailure) -> Bool {
    // Sent before another request's refusal brought what is in use now.
    if used != authorization { return true }
    // As for git: first the file, which asks nobody.
    if mayUseNetrc {
      mayUseNetrc = false
      authorization = .netrc
      return true
    }
    guard let credential else { return false }
    if let filled, !isApproved { credential.reject(filled) }
    filled = nil
    if fillsLeft == 0 { return false }
    fillsLeft -= 1
    let next = try credential.fill()
    let wanted = Self.authorization(next, challenges)
    if wanted == used {
      // A helper that knows but one.
      fillsLeft = 0
      return false
    }
    filled = next
    authorization = wanted
    isApproved = false
    return true
  }

  /// `Bearer`, unless the server takes `Basic` and says nothing of another: a proxy in front of the service, most often.
  private static func authorization(_ filled: GitCredential.Filled, _ challenges: [String]) -> Authorization {
    let schemes = Set(challenges.compactMap { $0.split(at: " ").first?.lowercased() })
    return schemes == ["basic"] ? .basic(user: filled.user, filled.key) : .bearer(filled.key)
  }

  /// The service took a request that carried `used`.
  func wasTaken(_ used: Authorization) {
    guard let filled, let credential, !isApproved, used == authorization else { return }
    isApproved = true
    credential.approve(filled)
  }
}
