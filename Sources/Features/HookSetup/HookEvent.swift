import ByteStrings

/// A moment at which git runs a hook (githooks(5)), and at which a repository may register itself.
public enum HookEvent: String, CaseIterable, Sendable {
  /// Before a push.
  case prePush = "pre-push"
  /// After a checkout, and so after a clone.
  case postCheckout = "post-checkout"
  /// After a commit.
  case postCommit = "post-commit"

  /// The events in a list with commas; nil where one of them is not an event.
  public static func list(_ text: String) -> [HookEvent]? {
    let events = text.split(at: ",").map { HookEvent(rawValue: String($0)) }
    let known = events.compactMap { $0 }
    return known.isEmpty || known.count < events.count ? nil : known
  }
}
