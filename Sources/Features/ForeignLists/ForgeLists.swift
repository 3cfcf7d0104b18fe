import ByteStrings
import ListFormats
import Registry

/// What the objects of a forge's lists call what a project has.
struct ForgeKeys {
  var name: [String] = ["name"]
  /// `owner/name`, which is the URL where there is no other.
  var fullName: [String]
  var host: String
  /// URLs of https; of the first that is there.
  var https: [String]
  var ssh: [String]
  var homepage: [String]
  var topics: [String]
  var archived: [String]
  var created: [String]

  /// GitHub's REST interface, and `gh … --json`.
  static let github = ForgeKeys(
    fullName: ["full_name", "nameWithOwner"], host: "github.com", https: ["clone_url", "html_url", "url"],
    ssh: ["ssh_url", "sshUrl"], homepage: ["homepage", "homepageUrl"],
    topics: ["topics", "repositoryTopics"],
    archived: ["archived", "isArchived"], created: ["created_at", "createdAt"])

  /// GitLab's, where `name` is a title.
  static let gitlab = ForgeKeys(
    name: ["path", "name"], fullName: ["path_with_namespace"], host: "gitlab.com",
    https: ["http_url_to_repo", "web_url"], ssh: ["ssh_url_to_repo"], homepage: [],
    topics: ["topics", "tag_list"], archived: ["archived"], created: ["created_at"])

  /// Gitea's and Forgejo's.
  static let gitea = ForgeKeys(
    fullName: ["full_name"], host: "gitea.com", https: ["clone_url", "html_url"], ssh: ["ssh_url"],
    homepage: ["website"], topics: ["topics"], archived: ["archived"], created: ["created_at"])

  // MARK: Reading

  /// What the answer to a search has the repositories in.
  private static let wrappers = ["items", "data", "repositories", "projects"]

  func read(_ source: ListSource, into sink: EntrySink) throws {
    try JSONValues(source.bytes).forEach(wrappers: Self.wrappers, into: sink) { value, number in
      guard value.object != nil else { return try sink.skip("", at: number, .unreadable("is not an object")) }
      var draft = EntryDraft(number)
      let fullName = text(value, fullName)
      draft.name = text(value, name) ?? fullName?.split(at: "/").last.map(String.init)
      let (web, ssh) = (webURL(value), text(value, ssh))
      draft.url =
        (source.prefersSSH ? ssh ?? web : web ?? ssh) ?? fullName.map { "https://\(host)/\($0).git" }
      draft.put(.description, text(value, ["description"]))
      draft.put(.homepage, text(value, homepage))
      draft.put(
        .defaultBranch, text(value, ["default_branch"]) ?? value["defaultBranchRef"]?["name"]?.string)
      draft.put(.created, text(value, created).map { String($0.prefix(before: "T")) })
      if archived.contains(where: { value[$0]?.isTrue ?? false }) { draft.put(.classification, "archive") }
      draft.tags = topics.lazy.compactMap { value[$0] }.first.map(Self.words) ?? []
      try sink.add(draft)
    }
  }

  private func text(_ value: JSON, _ keys: [String]) -> String? {
    keys.lazy.compactMap { value[$0]?.string }.first { !$0.isEmpty }
  }

  /// `url` is the page's in what `gh` prints, and that of the interface in what GitHub itself answers.
  private func webURL(_ value: JSON) -> String? {
    let url = text(value, https)
    guard let url, value["nameWithOwner"] == nil, HostedURL(url)?.host.begins(with: "api.") ?? false else {
      return url
    }
    return nil
  }

  /// Topics are words, or objects with a name.
  private static func words(_ topics: JSON) -> [String] {
    topics.array?.compactMap { $0.string ?? $0["name"]?.string ?? $0["topic"]?["name"]?.string } ?? []
  }

  // MARK: Writing

  func write(_ entries: ListEntries, into text: inout ListText) {
    let kept = entries.filter { text.hosted($0) != nil }
    let values = kept.lazy.compactMap { entry -> JSON? in
      guard let url = entry.url, let place = HostedURL(url) else { return nil }
      var members: JSON.Members = [name[0]: .string(entry.name), "archived": .bool(false)]
      members[fullName[0]] = .string(place.path)
      members[place.isSSH ? ssh[0] : https[0]] = .string(url)
      for key in [FieldKey.description, .defaultBranch] { members[key] = entry.fields[key].map(JSON.string) }
      if let key = homepage.first { members[key] = entry.fields[.homepage].map(JSON.string) }
      if let key = created.first { members[key] = entry.fields[.created].map { .string("\($0)T00:00:00Z") } }
      members[topics[0]] = .array(entry.tags.map(JSON.string))
      if entry.fields[.classification] == "archive" { members["archived"] = .bool(true) }
      return .object(members)
    }
    JSON.writeCanonicalArray(of: values) { text.append($0) }
  }
}

/// The repositories of an organisation or a user at GitHub.
enum GitHubList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try ForgeKeys.github.read(source, into: sink)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    ForgeKeys.github.write(entries, into: &text)
  }
}

/// The projects of a group or a user at GitLab.
enum GitLabList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try ForgeKeys.gitlab.read(source, into: sink)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    ForgeKeys.gitlab.write(entries, into: &text)
  }
}

/// The repositories of an organisation or a user at a Gitea or Forgejo.
enum GiteaList: ForeignList {
  static func read(_ source: ListSource, into sink: EntrySink) throws {
    try ForgeKeys.gitea.read(source, into: sink)
  }

  static func write(_ entries: ListEntries, _ places: ListPlaces, into text: inout ListText) {
    ForgeKeys.gitea.write(entries, into: &text)
  }
}
