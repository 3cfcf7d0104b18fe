import Diagnosis
import Testing

@Suite("The settings that are known")
struct KnownSettingTests {
  @Test(
    "are found as git prints keys",
    arguments: [
      ("dev-infra.timeout", "timeout"), ("dev-infra.apikeyhost", "apiKeyHost"),
      ("dev-infra.statewait", "stateWait"),
      ("dev-infra.where.open", "where.*"), ("dev-infra.https://code.example.org/.insteadof", "*.insteadOf"),
      ("dev-infra.formermachine", "formerMachine"),
    ])
  func known(key: String, name: String) { #expect(KnownSetting(key: key)?.key == name) }

  @Test(
    "are these alone",
    arguments: [
      "dev-infra.timeuot", "dev-infra.where", "dev-infra.where.", "dev-infra.insteadof",
      "dev-infra..insteadof",
      "dev-infra.", "dev-infra", "core.timeout", "dev-infrax.timeout",
    ])
  func unknown(key: String) { #expect(KnownSetting(key: key) == nil) }
}
