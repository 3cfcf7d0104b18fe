import Git
import Registry
import RegistryStore
import SystemSupport
import ByteStrings
import SystemPackage

extension Diagnosis {
  mutating func checkRemotes(of store: borrowing RegistryStore) throws {
    let names = try store.remotes().filter { try store.repository.configuration().isOwn("remote.\($0).url") }
    if names.isEmpty { report.find(.note, .remotes, .noRemote) }
    let preferred = try store.repository.configuration().string("dev-infra.remote")
    if let preferred, !preferred.isEmpty, !names.contains(where: { $0.hasSameBytes(as: preferred) }) {
      report.find(.error, .settings, .unknownDefaultRemote(preferred))
    } else if preferred == nil, names.count > 1, !names.contains("origin") {
      report.find(.warning, .remotes, .noDefaultRemote(names))
    }
    // Of a value that is not a number only that fact is reported, not the value.
    let configured = (try? store.repository.configuration().int("dev-infra.timeout")) ?? nil
    let timeout = options.timeout ?? max(1, configured ?? 10)
    for name in names {
      guard let url = try store.remoteURL(of: name) else { continue }
      let branch = try RemoteBranch(name, in: store)
      let seen = store.lastSeen(branch).map { Timestamp(milliseconds: $0).description } ?? "never"
      let shown = RemoteURL.withoutSecrets(url)
      report.state(.remotes, name, "\(shown) (seen \(seen))")
      if !shown.hasSameBytes(as: url) { report.find(.warning, .remotes, .secretInURL(remote: name)) }
      checkURL(url, of: name, helpers: try store.allowedHelpers())
      if try store.lostCommit(of: branch.reference) != nil {
        report.find(.warning, .remotes, .rewound(remote: name))
      }
      guard options.isOnline else { continue }
      do {
        try store.reach(branch, timeout: timeout)
        report.state(.remotes, "\(name) answers", "yes")
      } catch {
        report.find(.error, .remotes, .unreachable(remote: name, error))
      }
    }
  }

  private mutating func checkURL(_ url: String, of remote: String, helpers: [String]) {
    let allowed = (surroundings.given("GIT_ALLOW_PROTOCOL") ?? "").split(at: ":").map(String.init)
    do throws(RefusedURL) {
      _ = try RemoteURL(url, helpers: Set(allowed + helpers + ["work-prod"]))
    } catch {
      report.find(.error, .remotes, .refusedURL(remote: remote, error))
    }
    guard let (helper, _) = RemoteURL.helper(of: url) else { return }
    need("git-remote-\(helper)", for: remote)
    if helper == "gcrypt" { need("gpg", for: remote) }
  }

  private mutating func need(_ program: String, for remote: String) {
    if self.program(named: program) == nil {
      report.find(.error, .remotes, .helperMissing(remote: remote, program: program))
    }
  }
}
