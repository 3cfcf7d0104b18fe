/// Text as YAML that reads back as that very text, for files of other tools.
package enum YAMLText {
  /// `text` as a value or a key, without quotes where every reader takes it for text so.
  package static func scalar(_ text: String) -> String {
    ScalarWriter(inFlow: false, isKnownKey: false).scalar(text)
  }

  /// `texts` as a list in brackets.
  package static func flowList(_ texts: [String]) -> String {
    ScalarWriter(inFlow: false, isKnownKey: false).flowList(texts)
  }
}
