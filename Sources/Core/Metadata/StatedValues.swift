extension ProjectMetadata {
  /// What the file says, in its order, for code that goes on to work with it.
  ///
  /// As written but for three things: a known key without a value or with a template's placeholder is left out, the
  /// placeholder of `version` reads `unknown`, and tags with commas between are a list.
  public var stated: [MetadataEntry] {
    entries.compactMap { entry in
      guard let key = KnownKey(rawValue: entry.key) else { return entry }
      if entry.value.isNull { return nil }
      let isListed = key.isList && entry.value.text == nil
      if !isListed, Placeholder.text(in: entry.value) != nil {
        guard key == .version, let version else { return nil }
        return MetadataEntry(key: entry.key, value: .scalar(version, plain: false), line: entry.line)
      }
      guard key == .tags, entry.value.text != nil, let tags else { return entry }
      return MetadataEntry(
        key: entry.key, value: .list(tags.map { .scalar($0, plain: false) }), line: entry.line)
    }
  }
}

extension MetadataEntry {
  /// The texts below this key, each with the keys that lead to it joined by dots; the items of a list share a name.
  public var scalars: [(name: String, text: String)] { Self.scalars(value, name: key) }

  private static func scalars(_ value: MetadataValue, name: String) -> [(name: String, text: String)] {
    switch value {
    case .scalar(let text, _): value.isNull ? [] : [(name, text)]
    case .list(let items): items.flatMap { scalars($0, name: name) }
    case .map(let entries): entries.flatMap { scalars($0.value, name: "\(name).\($0.key)") }
    }
  }
}
