import Git
import Registry
import RegistryStore
import SystemSupport
import ByteStrings
import SystemPackage

extension Diagnosis {
  mutating func checkSettings(of store: borrowing RegistryStore) throws {
    let configuration = try store.repository.configuration()
    for (key, value, _) in try configuration.settings(inSection: "dev-infra") {
      guard let known = KnownSetting(key: key) else {
        let names = KnownSetting.all.map { "dev-infra.\($0.key)" }.filter { !$0.holds("*") }
        report.find(.warning, .settings, .unknownSetting(key: RemoteURL.withoutSecrets(key), known: names))
        continue
      }
      // What a person writes between the dots may be a URL.
      let name = known.key.holds("*") ? RemoteURL.withoutSecrets(key) : "dev-infra.\(known.key)"
      guard known.value.takes(value) else {
        // Not what it is: it may have been meant for another key.
        report.find(.warning, .settings, .unusableValue(key: name, expected: known.value))
        continue
      }
      report.state(.settings, name, known.isShown ? RemoteURL.withoutSecrets(value) : "(set)")
      if known.key == "roots", Files.isMissing(FilePath(text: value)) {
        report.find(.warning, .settings, .rootGone(FilePath(text: value)))
      }
    }
    try checkCredentials(configuration)
  }

  /// The helpers that git asks for secrets, by name. What a helper's words are may be a secret.
  private mutating func checkCredentials(_ configuration: borrowing Configuration) throws {
    let all = try configuration.settings(inSection: "credential").filter { $0.key.ends(with: ".helper") }
    var helpers: [String] = []
    for (_, value, _) in all {
      // An empty one takes back those before it.
      if value.isEmpty { helpers = [] } else { helpers.append(Self.helperName(value)) }
    }
    report.state(.keys, "credential-helpers", helpers.isEmpty ? nil : helpers.joined(separator: " "))
    let headers = try configuration.settings(inSection: "http").filter { $0.key.ends(with: ".extraheader") }
    report.state(.keys, "http.extraHeader", headers.isEmpty ? nil : "(set)")
    report.state(.keys, "DEV_INFRA_API_KEY", surroundings.given("DEV_INFRA_API_KEY") == nil ? nil : "(set)")
  }

  /// The name of a credential helper, as gitcredentials(7) has them: a name, a path, or a line for the shell.
  static func helperName(_ value: String) -> String {
    if value.begins(with: "!") { return "(a shell command)" }
    let word = value.split(at: " ", maxSplits: 1).first.map(String.init) ?? ""
    let name = word.split(at: "/").last.map(String.init) ?? ""
    // A name is short and of letters: anything else may be something that has come there by mistake.
    let isName =
      !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "-_.".utf8.contains($0)
      }
    return isName ? RemoteURL.withoutSecrets(name) : "(unnamed)"
  }
}
