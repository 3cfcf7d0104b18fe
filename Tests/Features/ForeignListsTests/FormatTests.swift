import ByteStrings
import ForeignLists
import ListFormats
import Registry
import SystemPackage
import SystemSupport
import TestSupport
import Testing

/// Each format, on texts as its own program writes them.
@Suite struct FormatTests {
  @Test func urls() throws {
    let result = try read(
      .urls,
      "# mine\n\nhttps://github.com/acme/shop.git\r\n  git@github.com:acme/lib.git\n/srv/git/local\n./near\nacme/shop\n--upload-pack=x\next::sh -c id\n"
    )
    #expect(
      result.entries.map(\.url) == [
        "https://github.com/acme/shop.git", "git@github.com:acme/lib.git", "/srv/git/local",
        "/home/ann/ws/near",
      ])
    #expect(result.entries.map(\.name) == ["shop", "lib", "local", "near"])
    #expect(result.skippedPlaces == [7, 8, 9])
  }

  @Test func passwordsStayBehind() throws {
    let result = try read(.urls, "https://ann:s3cret@github.com/acme/shop.git\nssh://ann:s3cret@h/x\n")
    #expect(!"\(result.entries.map(\.json.compact)) \(result.skipped)".contains("s3cret"))
    #expect(result.entries.first?.url == "https://github.com/acme/shop.git")
  }

  @Test func ghq() throws {
    let result = try read(
      .ghq,
      "github.com/acme/shop\ngit.example.org/team/tools/billing\n/home/ann/ghq/x\nacme/short\nssh://git@h:22/a/b\nword\n"
    )
    #expect(
      result.entries.map(\.url) == [
        "https://github.com/acme/shop", "https://git.example.org/team/tools/billing", nil,
        "https://github.com/acme/short", "ssh://git@h:22/a/b",
      ])
    #expect(result.entries[2].paths == ["/home/ann/ghq/x"])
    #expect(result.skippedPlaces == [6])
  }

  @Test func ghqTakesWhatIsThere() throws {
    let root = try scratchDirectory()
    try Files.makeDirectory(root.pushing("github.com/acme/shop"))
    let result = try read(.ghq, Array("github.com/acme/shop\ngithub.com/acme/lib\n".utf8)) {
      $0.roots = [root]
    }
    #expect(result.entries.map(\.paths) == [[root.pushing("github.com/acme/shop")], []])
  }

  @Test func gitHubAsItsInterfaceAnswers() throws {
    let result = try read(
      .github,
      """
      [{"full_name":"acme/shop","name":"shop","url":"https://api.github.com/repos/acme/shop","clone_url":
      "https://github.com/acme/shop.git","ssh_url":"git@github.com:acme/shop.git","default_branch":"trunk",
      "archived":true,"topics":["web","b,ad"],"description":"The shop","homepage":"","created_at":"2020-01-02T03:04:05Z"}]
      [{"full_name":"acme/lib","url":"https://api.github.com/repos/acme/lib","topics":[],"description":null}, 7]
      """)
    #expect(result.entries.count == 2)
    #expect(result.entries[0].url == "https://github.com/acme/shop.git")
    #expect(result.entries[0].fields["default_branch"] == "trunk")
    #expect(result.entries[0].fields["classification"] == "archive")
    #expect(result.entries[0].fields["created"] == "2020-01-02")
    #expect(result.entries[0].fields["homepage"] == nil)
    #expect(result.entries[0].tags == ["web"])
    #expect(result.leftOut == ["tags"])
    #expect(result.entries[1].url == "https://github.com/acme/lib.git")
    #expect(result.skippedPlaces == [3])
  }

  @Test func gitHubAsGhPrints() throws {
    let text = """
      [{"nameWithOwner":"acme/shop","name":"shop","url":"https://github.com/acme/shop","sshUrl":"git@github.com:acme/shop.git",
      "isArchived":false,"defaultBranchRef":{"name":"main"},"repositoryTopics":[{"name":"web"}],"homepageUrl":"https://shop.example"}]
      """
    let result = try read(.github, text)
    #expect(result.entries[0].url == "https://github.com/acme/shop")
    #expect(result.entries[0].fields["homepage"] == "https://shop.example")
    #expect(result.entries[0].fields["default_branch"] == "main")
    #expect(result.entries[0].tags == ["web"])
    let ssh = try read(.github, Array(text.utf8)) { $0.prefersSSH = true }
    #expect(ssh.entries[0].url == "git@github.com:acme/shop.git")
    #expect(try read(.github, "{\"total_count\":1,\"items\":\(text)}").entries == result.entries)
    #expect(try read(.github, #"[{"nameWithOwner":"acme/shop","repositoryTopics":null}]"#).entries.count == 1)
  }

  @Test func gitLabAndGitea() throws {
    let gitlab = try read(
      .gitlab,
      """
      [{"name":"The Shop","path":"shop","path_with_namespace":"acme/web/shop","http_url_to_repo":"https://gitlab.com/acme/web/shop.git",
      "ssh_url_to_repo":"git@gitlab.com:acme/web/shop.git","tag_list":["web"],"archived":false,"default_branch":"main"}]
      """)
    #expect(gitlab.entries[0].name == "shop")
    #expect(gitlab.entries[0].url == "https://gitlab.com/acme/web/shop.git")
    #expect(gitlab.entries[0].tags == ["web"])
    let gitea = try read(
      .gitea,
      #"{"ok":true,"data":[{"full_name":"ann/x","name":"x","clone_url":"https://git.example.org/ann/x.git","website":"https://x.example"}]}"#
    )
    #expect(gitea.entries[0].url == "https://git.example.org/ann/x.git")
    #expect(gitea.entries[0].fields["homepage"] == "https://x.example")
  }

  @Test func repos() throws {
    let result = try read(
      .repos,
      """
      extends: base.repos
      repositories:
        web/shop:
          type: git
          url: https://github.com/acme/shop.git
          version: main
        old:
          type: hg
          url: https://hg.example.org/old
        pinned:
          type: git
          url: https://github.com/acme/pinned.git
          version: 0123456789abcdef0123456789abcdef01234567
      """)
    #expect(result.entries.map(\.name) == ["shop", "pinned"])
    #expect(result.entries[0].paths == ["/home/ann/ws/web/shop"])
    #expect(result.entries[0].fields["default_branch"] == "main")
    #expect(result.entries[1].fields["default_branch"] == nil)
    #expect(result.includes == ["base.repos"])
    #expect(result.skippedPlaces == [2])
    let old = try read(
      .repos, "- git: {local-name: a/b, uri: 'https://h.example/b', version: dev}\n- other: {}\n")
    #expect(old.entries.map(\.url) == ["https://h.example/b"])
  }

  @Test func mani() throws {
    let result = try read(
      .mani,
      """
      import: [other.yaml]
      defaults: &d {desc: The shop}
      projects:
        shop:
          <<: *d
          path: web/shop
          url: git@github.com:acme/shop.git
          tags: [work, web]
          remotes: {fork: 'git@github.com:ann/shop.git', bad: 'ext::sh'}
        lib: {url: 'https://h.example/lib'}
        odd: {url: 'https://h.example/odd', path: $(touch pwned)}
        away: {url: 'https://h.example/away', path: ~/src/away}
      """)
    #expect(result.entries.map(\.name) == ["shop", "lib", "away"])
    #expect(result.entries[0].fields["description"] == "The shop")
    #expect(result.entries[0].remotes == ["fork": "git@github.com:ann/shop.git"])
    #expect(result.entries[1].paths == ["/home/ann/ws/lib"])
    #expect(result.entries[2].paths == ["/home/ann/src/away"])
    #expect(result.skippedPlaces == [3])
    #expect(result.leftOut == ["remotes"])
    #expect(result.includes == ["other.yaml"])
  }

  @Test func vscode() throws {
    let result = try read(
      .vscode,
      """
      [{"name": "shop", "rootPath": "$home/src/shop", "paths": [], "tags": ["Work"], "enabled": true, "profile": ""},
      {"label": "old", "description": "~/src/old"}, {"name": "there", "rootPath": "vscode-remote://ssh-remote+h/x"},
      {"name": "win", "rootPath": "C:\\\\src\\\\x"}, {"name": "abs", "rootPath": "/srv/x"}]
      """)
    #expect(result.entries.map(\.paths) == [["/home/ann/src/shop"], ["/home/ann/src/old"], ["/srv/x"]])
    #expect(result.entries[0].tags == ["Work"])
    #expect(result.skippedPlaces == [3, 4])
  }

  @Test func gita() throws {
    let result = try read(
      .gita,
      "/home/ann/src/shop,shop,,\n/home/ann/.cfg,dotfiles,,--git-dir=/home/ann/.cfg --work-tree=/home/ann\n\"/home/ann/a,b\",c/d,,\nweb:shop c/d:/home/ann/src\n"
    )
    #expect(result.entries.map(\.name) == ["shop", "dotfiles", "c/d"])
    #expect(result.entries[2].paths == ["/home/ann/a,b"])
    #expect(result.entries.map(\.tags) == [["web"], [], ["web"]])
    let frozen = try read(
      .gitaFreeze,
      "git@github.com:acme/shop.git,shop,/home/ann/src/shop,,,main\n,web,/home/ann/src,shop|blog\n")
    #expect(frozen.entries.map(\.url) == ["git@github.com:acme/shop.git"])
    #expect(frozen.entries[0].tags == ["web"])
    #expect(frozen.entries[0].fields["default_branch"] == "main")
    let beside = try read(.gita, Array("/x,shop,,\n".utf8)) { $0.sibling = { _ in Array("g:shop:\n".utf8) } }
    #expect(beside.entries[0].tags == ["g"])
  }

  @Test func grm() throws {
    let toml = """
      [[trees]]
      root = "~/src"
      [[trees.repos]]
      name = "acme/shop"
      worktree_setup = false
      [[trees.repos.remotes]]
      name = "fork"
      url = "ssh://git@github.com/ann/shop.git"
      type = "ssh"
      [[trees.repos.remotes]]
      name = "origin"
      url = "ssh://git@github.com/acme/shop.git"
      type = "ssh"
      [[trees]]
      root = "$WORK"
      repos = [{name = "x", remotes = []}]
      """
    let result = try read(.grm, toml)
    #expect(result.entries.map(\.name) == ["shop"])
    #expect(result.entries[0].paths == ["/home/ann/src/acme/shop"])
    #expect(result.entries[0].url == "ssh://git@github.com/acme/shop.git")
    #expect(result.entries[0].remotes.count == 2)
    #expect(result.skippedPlaces == [2])
    let yaml = """
      trees:
        - root: ~/src
          repos:
            - name: acme/shop
              remotes:
                - {name: fork, url: 'ssh://git@github.com/ann/shop.git', type: ssh}
                - {name: origin, url: 'ssh://git@github.com/acme/shop.git', type: ssh}
      """
    #expect(try read(.grm, yaml).entries == result.entries)
  }

  @Test func myrepos() throws {
    let result = try read(
      .mr,
      """
      include = cat ~/.mrconfig.d/*
      [DEFAULT]
      skip = lazy
      # mine
      [src/shop]
      checkout = git clone 'git@github.com:acme/shop.git' 'shop'
      skip = lazy
      [$HOME/lib]
      checkout =
        git clone -b dev "https://h.example/lib" lib
      [evil]
      checkout = git clone 'https://h.example/x' 'x' && touch pwned
      [$(touch pwned)]
      checkout = git clone 'https://h.example/x' 'x'
      [old]
      checkout = svn co https://h.example/old
      [gone]
      checkout = git clone 'https://h.example/gone' 'gone'
      deleted = true
      """)
    #expect(result.entries.map(\.name) == ["shop", "lib"])
    #expect(result.entries.map(\.paths) == [["/home/ann/ws/src/shop"], ["/home/ann/lib"]])
    #expect(result.entries[1].fields["default_branch"] == "dev")
    #expect(result.skipped.count == 3)
    #expect(result.includes.count == 1)
  }

  @Test func manifest() throws {
    let result = try read(
      .manifest,
      """
      <?xml version="1.0"?>
      <manifest>
        <include name="more.xml"/>
        <remote name="gh" fetch="https://github.com/acme/" revision="refs/heads/dev"/>
        <remote name="here" fetch=".."/>
        <default remote="gh" revision="main"/>
        <x-odd/>
        <project name="shop" path="web/shop" groups="web,work all"><project name="part" path="lib" revision="refs/tags/v1"/></project>
        <project name="near" remote="here"/>
        <project name="lost" remote="nowhere"/>
        <project name="dropped"/>
        <remove-project name="dropped"/>
      </manifest>
      """)
    #expect(
      result.entries.map(\.url) == ["https://github.com/acme/shop", "https://github.com/acme/shop/part"])
    #expect(result.entries.map(\.paths) == [["/home/ann/ws/web/shop"], ["/home/ann/ws/web/shop/lib"]])
    #expect(result.entries[0].tags == ["all", "web", "work"])
    #expect(result.entries.map { $0.fields["default_branch"] } == ["dev", nil])
    #expect(result.skippedPlaces == [9, 10])
    #expect(result.includes == ["more.xml"])
  }

  /// What repo makes of it: name and path begin with those of the project around, also where one is to be removed.
  @Test func manifestWithProjectsInProjects() throws {
    let result = try read(
      .manifest,
      """
      <manifest>
        <remote name="gh" fetch="https://github.com/acme"/><default remote="gh"/>
        <project name="os" path="top">
          <project name="a"><project name="b" path="c"/></project>
          <project name="gone"/><project name="kept"/>
        </project>
        <remove-project name="os/gone"/><remove-project name="kept"/>
      </manifest>
      """)
    let names = ["os", "os/a", "os/a/b", "os/kept"]
    #expect(result.entries.map(\.url) == names.map { "https://github.com/acme/\($0)" })
    #expect(result.entries.map(\.name) == ["os", "a", "b", "kept"])
    #expect(
      result.entries.map(\.paths)
        == ["top", "top/os/a", "top/os/a/c", "top/os/kept"].map { [FilePath("/home/ann/ws/\($0)")] })
  }

  @Test func jetBrains() throws {
    let result = try read(
      .jetbrains,
      """
      <application><component name="RecentProjectsManager"><option name="additionalInfo"><map>
        <entry key="$USER_HOME$/src/shop"><value><RecentProjectMetaInfo frameTitle="shop">
          <option name="activationTimestamp" value="1790000000000"/><option name="projectOpenTimestamp" value="1789990000000"/>
        </RecentProjectMetaInfo></value></entry>
        <entry key="$USER_HOME$/src/away"><value><RecentProjectMetaInfo hidden="true"/></value></entry>
        <entry key="$APPLICATION_HOME$/x"><value><RecentProjectMetaInfo/></value></entry>
      </map></option>
      <option name="groups"><list><ProjectGroup><option name="name" value="web"/><option name="projects"><list>
        <option value="$USER_HOME$/src/shop"/></list></option></ProjectGroup></list></option>
      </component></application>
      """)
    #expect(result.entries.map(\.paths) == [["/home/ann/src/shop"]])
    #expect(result.entries[0].lastUsed == Timestamp(milliseconds: 1_790_000_000_000))
    #expect(result.entries[0].tags == ["web"])
    #expect(result.skippedPlaces.count == 1)
  }

  @Test func zoxide() throws {
    let bytes: [UInt8] =
      [3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0] + Array("/home/ann/src/shop".utf8)
      + [0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0xC2, 0x52, 0x65, 0, 0, 0, 0]
    let result = try read(.zoxide, bytes)
    #expect(result.entries.map(\.paths) == [["/home/ann/src/shop"]])
    #expect(result.entries[0].rank == 2)
    #expect(written(.zoxide, result.entries).bytes == bytes)
    #expect(try read(.zoxide, "  12.0 /srv/x\n").entries[0].paths == ["/srv/x"])
    #expect(throws: ListError.self) { try read(.zoxide, [4, 0, 0, 0, 0]) }
  }

  @Test func backstage() throws {
    let result = try read(
      .backstage,
      """
      apiVersion: backstage.io/v1alpha1
      kind: Component
      metadata:
        name: shop
        description: The shop
        tags: [web]
        annotations: {github.com/project-slug: acme/shop}
      spec: {type: service, lifecycle: deprecated, owner: ann}
      ---
      kind: System
      metadata: {name: all}
      ---
      kind: Component
      metadata:
        name: lib
        annotations: {backstage.io/source-location: 'url:https://github.com/acme/lib/tree/main/sub'}
      """)
    #expect(result.entries.map(\.url) == ["https://github.com/acme/shop.git", "https://github.com/acme/lib"])
    #expect(result.entries[0].fields["organization"] == "ann")
    #expect(result.entries[0].fields["classification"] == "archive")
  }

  @Test func csv() throws {
    let result = try read(
      .csv,
      "Name;URL;Tags;paths;odd\r\nshop;https://h.example/shop;web,work;/srv/a;x\r\n\"a \"\"b\"\"\nc\";https://h.example/b\r\nlast;;;/x\r\n"
    )
    #expect(result.entries.map(\.name) == ["shop", "last"])
    #expect(result.entries[0].tags == ["web", "work"])
    #expect(result.skippedPlaces == [3])
    #expect(throws: ListError.self) { try read(.csv, "a,b\n1,2\n") }
  }

  @Test(arguments: ListFormat.allCases) func nothingIsAListOfNothing(format: ListFormat) throws {
    let bytes = written(format, []).bytes
    #expect(try read(format, bytes).entries.isEmpty)
  }
}
