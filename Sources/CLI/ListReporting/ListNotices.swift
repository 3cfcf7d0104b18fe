import ByteStrings
public import ForeignLists
public import ListFormats
import Registry
import Terminal

extension ListNotice {
  /// Shows it on stderr.
  ///
  /// - Returns: whether an entry is passed over, which is an error.
  public func show(of format: ListFormat) -> Bool {
    switch self {
    case .skipped(let label, let place, let fault):
      let whose = label.isEmpty ? "" : " (\(Shown.text(label)))"
      Messages.error(
        "\(format.countsLines ? "line" : "entry") \(place)\(whose) is passed over: \(fault.sentence)")
      return true
    case .leftOut(let label, let key, let reason):
      Messages.warning("\(Shown.text(label)): \(key) is left out: \(reason)")
    case .secretDropped(let label, let url):
      Messages.warning(
        "\(Self.whose(label))what may be secret in the URL was left out of it: \(Shown.text(url))")
    case .userDropped(let label, let url):
      Messages.warning("\(Self.whose(label))the user name in the URL was left out of it: \(Shown.text(url))")
    case .notFollowed(let name):
      Messages.warning("the list names another one, '\(Shown.text(name))', which is not read with it")
    }
    return false
  }

  private static func whose(_ label: String) -> String { label.isEmpty ? "" : "\(Shown.text(label)): " }
}

extension EntryFault {
  /// Why the entry is passed over, as a clause that is safe for a terminal.
  fileprivate var sentence: String {
    switch self {
    case .refusedURL(let error): "the URL is refused: \(error.sentence)"
    case .notAURL(let text): "'\(Shown.text(text))' is not a URL"
    case .noPlace: "it has neither a URL nor a path"
    case .unusableName(let error): error.sentence
    case .unusablePath(let reason): "its path \(reason)"
    case .remotePlace(let text): "it is on another computer, '\(Shown.text(text))'"
    case .notGit(let kind): "it is not a repository of git's, but of the kind '\(Shown.text(kind))'"
    case .needsShell(let text): "'\(Shown.text(text))' is for a shell, and none is run"
    case .unknownRemote(let name): "it is of the remote '\(Shown.text(name))', which the list does not define"
    case .relativeRemote(let fetch):
      "its URL counts from that of the list, '\(Shown.text(fetch))', which is not known here"
    case .unreadable(let reason): "it \(Quoting.visible(reason))"
    }
  }
}

extension Omission {
  /// Why projects are not in a list, as a clause.
  public func sentence(_ count: Int) -> String {
    let (has, is_) = count == 1 ? ("has", "is") : ("have", "are")
    return switch self {
    case .noURL: "\(has) no remote URL"
    case .noHost: "\(has) a URL without a host, or of a kind that the format does not have"
    case .noPath: "\(is_) not on this machine"
    case .notText: "\(has) a path that is not UTF-8"
    case .unwritable: "\(has) a name, a tag or a path with characters that the format cannot hold"
    }
  }
}

/// Texts of a list in messages.
enum Shown {
  /// A text without what may be a password, short, and safe for a terminal.
  static func text(_ text: String) -> String {
    // Masked first: cut in the middle, a password would no longer be seen for one.
    let safe = RemoteURL.withoutSecrets(text)
    let scalars = safe.unicodeScalars
    let short = scalars.count > 80 ? String(String.UnicodeScalarView(scalars.prefix(80))) + "…" : safe
    return Quoting.visible(short)
  }
}
