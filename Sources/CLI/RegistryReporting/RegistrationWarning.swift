import ByteStrings
import Git
import Registry
public import RegistryStore
import SystemSupport
import Terminal

extension RegistrationWarning {
  /// The warning as one sentence, safe for a terminal.
  public var sentence: String {
    switch self {
    case .metadata(let path, let message): "\(path.visible)/.dev-infra.yml: \(message)"
    case .passwordDropped(let path, let remote):
      "\(path.visible): the remote '\(Quoting.visible(remote))' has a password in its URL, which is not kept"
    case .remoteLeftOut(let path, let remote, let error):
      "\(path.visible): the remote '\(Quoting.visible(remote))' is left out: \(Failure(error).message)"
    case .firstCommitLeftOut(let path, let error):
      "\(path.visible): the first commit is left out: \(error.message)"
    case .anotherClone(let path, let name, let speaker):
      "\(path.visible) is another clone of '\(Quoting.visible(name))' "
        + "(\(speaker.visible)); what its .dev-infra.yml declares is not used"
    case .foreignID(let path, let id, let name, let place):
      "\(path.visible): .dev-infra.yml has the id '\(Quoting.visible(id))' of another project, "
        + "'\(Quoting.visible(name))'\(place.map { " (\($0.visible))" } ?? ""), whose URL and history are not this "
        + "one's; the id is not used"
    case .unusedField(let path, let key, let error):
      "\(path.visible)/.dev-infra.yml: \(key) is not used: \(Failure(error).message)"
    case .declaredOtherwise(let path, let key, let here, let there, let machine):
      "\(path.visible)/.dev-infra.yml: \(key) is \(Self.shown(here)), and that of '\(Quoting.visible(machine))' has "
        + "\(Self.shown(there)): this machine shows the former, and the registry keeps the latter"
    case .removed(let path, let project):
      "\(path.visible) is passed over: '\(Quoting.visible(project))' was removed from the registry; "
        + "'dev-infra register \(path.visible)' brings it back, with what was known of it"
    case .passedOver(let claim): "\(claim.directory.visible) is passed over: \(claim.objection.sentence)"
    }
  }

  private static func shown(_ value: JSON) -> String {
    if value == .null { return "empty" }
    let text = value.compact
    let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60)))
    return Quoting.visible(cut.utf8.count < text.utf8.count ? cut + "…" : text)
  }
}
