import Registry
import Testing

/// What a message shows of a URL whose parts cannot be told apart.
@Suite struct MaskTests {
  @Test(arguments: [
    "https://user:pw@example.org/x?token=a@s3cr3t", "https://user:pw@example.org?a=b#c@s3cr3t",
    "https://example.org/x?token=a\"s3cr3t", "https://example.org/x?token=a's3cr3t&b=c",
    "https://example.org/x?token=(a)s3cr3t", "https://user:a/b?c#d@s3cr3t@example.org/x",
  ]) func noPartOfASecretIsShown(_ url: String) {
    for text in [url, "reading '\(url)' failed: no", "(\(url))."] {
      #expect(!RemoteURL.withoutSecrets(text).contains("s3cr3t"))
    }
  }

  @Test(arguments: [
    "https://h/r.git#s3cr3t", "https://h/r.git?s3cr3t", "HTTP://h/r.git?x#s3cr3t", "https://h#s3cr3t",
    "work-prod::https://h/api?s3cr3t", "https://h:1/a;b?s3cr3t=", "https://u@h/r.git#s3cr3t",
  ]) func noQueryAndNoFragmentIsShown(_ url: String) {
    for text in [url, "reading '\(url)' failed: no", "(\(url))."] {
      #expect(!RemoteURL.withoutSecrets(text).contains("s3cr3t"), "\(text)")
    }
  }

  @Test func whatEndsAMessageStays() {
    #expect(RemoteURL.withoutSecrets("is it https://h/x?") == "is it https://h/x?")
    #expect(RemoteURL.withoutSecrets("ssh://h/c#.git and https://h/x.") == "ssh://h/c#.git and https://h/x.")
    #expect(RemoteURL.withoutSecrets("'https://h/x?t=a': no") == "'https://h/x?***': no")
    #expect(RemoteURL.withoutSecrets("(https://h/x?t=a).") == "(https://h/x?***).")
  }
}
