import ByteStrings
import IndexReporting
import Registry
import RegistryIndex
import Terminal
import TestSupport
import Testing

/// What is read, how it is printed, and what is refused where.
@Suite struct ConditionTests {
  @Test(arguments: [
    ("tag:work && (dirty || ahead) && !status:paused", "tags:work && (dirty || ahead) && !status:paused"),
    ("tag:a||tag:b&&!(dirty)", "tags:a || tags:b && !dirty"),
    ("(tag:a || tag:b) && dirty", "(tags:a || tags:b) && dirty"),
    ("not dirty AND ahead or behind", "!dirty && ahead || behind"),
    ("!!dirty", "!!dirty"),
    ("a_b:x", nil),
    ("name = 'a b' , \"c\\\"d\"", "name=\"a b\",\"c\\\"d\""),
    ("name==x", "name=x"), ("name='=x'", "name=\"=x\""), ("name:=x", "name:\"=x\""),
    ("updated > 2026-01-01", "updated>2026-01-01"), ("last_commit<1y", "last_commit<1y"),
    ("ahead>=3", "ahead>=3"), ("version<2.0.0-rc.1", "version<2.0.0-rc.1"),
    ("has:description,url", "has:description,remote_url"), ("type:work", "project_type:work"),
    ("description!=''", "description!=\"\""), ("path:~/src/*", "path:~/src/*"),
    ("name:or", "name:or"), ("  here\n", "here"),
  ])
  func isReadAndPrinted(_ text: String, _ printed: String?) throws {
    guard let printed else {
      #expect(throws: ConditionError.self) { try Condition(text) }
      return
    }
    let condition = try Condition(text)
    #expect("\(condition)" == printed)
    #expect(try Condition(printed) == condition)
  }

  /// A text, what is wrong in it, and the part of it that is wrong.
  static let wrong: [(String, ConditionError.Fault, String)] = [
    ("", .empty, ""), (" \t", .empty, ""),
    ("tag:work && stauts:paused", .unknownField("stauts"), "stauts"),
    ("dirty ahead", .notJoined("ahead"), "ahead"),
    ("organization:Acme Corp", .notJoined("Corp"), "Corp"),
    ("dirty & ahead", .halfOperator("&"), "&"), ("(dirty | ahead)", .halfOperator("|"), "|"),
    ("dirty &&", .endsEarly, ""), ("!", .endsEarly, ""), ("(", .endsEarly, ""),
    ("(dirty", .notClosed, "("), ("dirty)", .notOpened, ")"), ("()", .unexpected(")"), ")"),
    ("&& dirty", .unexpected("&"), "&"), ("tag:", .valueMissing(":"), ":"),
    ("tag:a,", .valueMissing(":"), ":"), ("tag:&& dirty", .valueMissing(":"), ":"),
    ("has:", .valueMissing(":"), ":"), ("has:nosuch", .unknownField("nosuch"), "nosuch"),
    ("name:'a", .quoteNotClosed, "'"), ("name:\"a\\\"", .quoteNotClosed, "\""),
    ("status", .needsComparison(ConditionField("status")!), "status"),
    ("dirty:yes", .takesNoValue(ConditionField("dirty")!), "dirty:"),
    ("name<b", .noOrder(ConditionField("name")!), "b"),
    ("status:pausd", .unknownValue(ConditionField("status")!, "pausd"), "pausd"),
    ("type=work", .unknownValue(ConditionField("project_type")!, "work"), "work"),
    ("updated>soon", .notATime("soon"), "soon"),
    ("updated>2026-02-30", .notATime("2026-02-30"), "2026-02-30"),
    ("updated<3m", .notATime("3m"), "3m"), ("updated:1y", .spanWithoutOrder("1y"), "1y"),
    ("version>x", .notAVersion("x"), "x"),
    ("ahead>many", .notANumber(ConditionField("ahead")!, "many"), "many"),
    (
      "ahead>99999999999999999999", .notANumber(ConditionField("ahead")!, "99999999999999999999"),
      "99999999999999999999"
    ),
    ("@nosuch", .unknownName("nosuch"), "@nosuch"), ("@", .unknownName(""), "@"),
    ("dirty && \u{1B}[2J", .unexpected("\u{1B}[2J"), "\u{1B}[2J"),
  ]

  @Test(arguments: wrong)
  func isRefusedAtItsPlace(_ text: String, _ fault: ConditionError.Fault, _ place: String) {
    do {
      let condition = try Condition(text)
      Issue.record("\(text) was read as \(condition)")
    } catch let error as ConditionError {
      #expect(error.fault == fault)
      #expect(ByteText.string(from: ByteText.bytes(of: text)[error.range]) == place)
      // Every fault has words, on a line of its own, and nothing that steers a terminal.
      #expect(!error.failure.message.utf8.contains(0x1B))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func thePlaceIsMarkedBelowTheText() throws {
    let error = #expect(throws: ConditionError.self) { try Condition("tag:wörk && stauts:paused") }
    #expect(
      error?.failure.message == """
        in --where: there is no field or word 'stauts'; did you mean 'status'?
          tag:wörk && stauts:paused
                      ^~~~~~
        """)
    // A long text is shown around the place.
    let long = #expect(throws: ConditionError.self) {
      try Condition(
        Array(repeating: "tag:work", count: 50).joined(separator: " && ") + " && nonsense && dirty")
    }
    let lines = try #require(long).failure.message.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count < 120 })
    let column = try #require(lines[2].firstIndex(of: "^")).utf16Offset(in: lines[2])
    #expect(lines[1].dropFirst(column).hasPrefix("nonsense && dirty"))
  }

  @Test func lengthDepthAndNumberAreBounded() throws {
    func fault(_ text: String) -> ConditionError.Fault? {
      do {
        _ = try Condition(text)
        return nil
      } catch {
        return (error as? ConditionError)?.fault
      }
    }
    let limits = Condition.Limits.self
    #expect(fault("name:" + String(repeating: "x", count: limits.length - 5)) == nil)
    #expect(
      fault("name:" + String(repeating: "x", count: limits.length - 4)) == .tooLong(limit: limits.length))
    #expect(fault(String(repeating: "(", count: 2000)) == .tooDeep(limit: limits.depth))
    #expect(fault(String(repeating: "!", count: 4000)) == .tooDeep(limit: limits.depth))
    #expect(fault(String(repeating: "not ", count: 1000)) == .tooDeep(limit: limits.depth))
    #expect(
      fault(Array(repeating: "here", count: limits.terms + 1).joined(separator: "||"))
        == .tooManyTerms(limit: limits.terms))
    #expect(fault(Array(repeating: "here", count: limits.terms).joined(separator: "||")) == nil)
  }

  @Test func savedConditionsAreReadInTheirPlaces() throws {
    let saved = [
      "work": "tag:work || tag:job", "open": "@work && !status:completed", "loop": "@Loop", "a": "@b",
      "b": "!@a",
      "bad": "dirty &&", "twice": "@big || @big",
      "big": Array(repeating: "here", count: 300).joined(separator: "&&"),
    ]
    func read(_ text: String) throws -> Condition { try Condition(text) { saved[$0.lowercased()] } }
    #expect("\(try read("!@work"))" == "!(tags:work || tags:job)")
    #expect("\(try read("@open || dirty"))" == "(tags:work || tags:job) && !status:completed || dirty")
    func error(_ text: String) -> ConditionError? { #expect(throws: ConditionError.self) { try read(text) } }
    #expect(error("@loop")?.fault == .namesItself("Loop"))
    #expect(error("@a")?.fault == .namesItself("a"))
    #expect(error("here && @bad")?.name == "bad")
    #expect(error("@bad")?.failure.status == ExitStatus.fatal)
    #expect(error("here && @nosuch")?.name == nil)
    #expect(error("@twice")?.fault == .tooManyTerms(limit: 500))
  }

  /// Conditions of any form: what is printed and read again is the same.
  @Test func whatIsPrintedIsReadAgain() throws {
    var random = SeededGenerator(seed)
    for _ in 0..<2000 {
      let condition = Self.anyCondition(&random, depth: 4)
      let printed = "\(condition)"
      guard printed.utf8.count <= Condition.Limits.length else { continue }
      do {
        #expect(try Condition(printed) == condition, "\(printed), seed \(seed)")
      } catch {
        Issue.record("\(printed): \(error), seed \(seed)")
      }
    }
  }

  /// Bytes of any kind are read or refused, and the place of the fault is in the text.
  @Test func anyTextIsReadOrRefused() {
    var random = SeededGenerator(seed)
    let pieces = [
      "tag", ":", "=", "!=", "<", " ", "!", "(", ")", "&&", "||", "&", "'", "\"", "\\", "a", "\0", "é", ",",
      "@", "dirty", "\u{10FFFF}",
    ]
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }
      .joined()
      do {
        let condition = try Condition(text)
        #expect((try? Condition("\(condition)")) == condition, "\(text), seed \(seed)")
      } catch {
        guard let error = error as? ConditionError else {
          Issue.record("\(error)")
          continue
        }
        #expect(error.range.upperBound <= ByteText.bytes(of: text).count, "\(text), seed \(seed)")
        #expect(!error.failure.message.isEmpty)
      }
    }
  }

  private static func anyCondition(_ random: inout SeededGenerator, depth: Int) -> Condition {
    func parts() -> [Condition] {
      (0..<Int.random(in: 2...3, using: &random)).map { _ in anyCondition(&random, depth: depth - 1) }
    }
    func field(_ matches: (ConditionField) -> Bool) -> ConditionField {
      ConditionField.all.filter(matches).randomElement(using: &random) ?? ConditionField.all[0]
    }
    switch Int.random(in: depth > 0 ? 0...6 : 3...6, using: &random) {
    case 0: return .all(parts())
    case 1: return .any(parts())
    case 2: return .not(anyCondition(&random, depth: depth - 1))
    case 3: return .word(field(\.isWord))
    case 4: return .has((0..<Int.random(in: 1...2, using: &random)).map { _ in field { _ in true } })
    default:
      let field = field { $0.kind != .flag }
      let pieces = [
        "a", " ", "\"", "'", "\\", "=", "!", "<", "(", ")", ",", "&", "|", "*", "[x]", "ü", "\t",
        "\u{10FF80}", "~", "@", ":",
      ]
      let values: [String]
      switch field.kind {
      case .text, .version:
        values = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
        }
      case .words(let words): values = [words.randomElement(using: &random) ?? ""]
      case .time: values = ["2026-01-02", "yesterday"]
      case .count, .flag: values = ["3", "17"]
      }
      let unordered: [Condition.Comparison] = [.matches, .equals, .differs]
      let isOrdered = field.kind == .time || field.kind == .count
      let comparison =
        (isOrdered ? Condition.Comparison.allCases : unordered).randomElement(using: &random) ?? .matches
      return .compare(field, comparison, values)
    }
  }
}

/// What holds for which rows.
@Suite struct ConditionTestTests {
  let view: View
  let now = Timestamp("2026-06-15T12:00:00Z")!

  init() throws {
    var one = try ViewTests.project(
      1, name: "Alpha", url: "https://github.com/me/alpha", tags: ["work", "swift"])
    one.status = .paused
    one.description = "Two words"
    one.version = "1.9.0"
    one.updated = Timestamp("2026-06-14T00:00:00Z")!
    one.organization = "Acme, Inc"
    var two = try ViewTests.project(2, name: "beta", tags: ["work"])
    two.version = "v1.10.0-rc.2"
    two.updated = Timestamp("2024-02-29T23:59:59.999Z")!
    two.projectType = .work
    var three = try ViewTests.project(3, name: "g(a)m&ma")
    three.version = "unknown"
    let rows = [
      ViewTests.row(one, ["/home/me/src/alpha"]), ViewTests.row(two, ["/src/beta", "/tmp/beta"]),
      ViewTests.row(three, []),
    ]
    view = try #require(View(ViewTests.file(rows)))
  }

  private func names(_ text: String) throws -> String {
    let test = ConditionTest(try Condition(text), of: view, now: now, home: "/home/me")
    return view.rows.filter { test.holds(for: $0, nil) == .yes }.map { String($0.name.first ?? "-") }.joined()
  }

  @Test(arguments: [
    ("tag:work", "Ab"), ("tag:WORK", "Ab"), ("tag=WORK", ""), ("tag:w*,none", "Ab"), ("tag!=swift", "bg"),
    ("!tag:swift && here", "b"), ("status:paused", "A"), ("status:a*", "bg"), ("status!=paused,active", ""),
    ("type:work", "b"), ("type=Work", "b"), ("has:description", "A"), ("!has:type", "Ag"),
    ("description:*words", "A"), ("description:words", ""), ("description=''", "bg"),
    ("description:''", "bg"),
    ("organization:'acme, inc'", "A"), ("organization:Acme*", "A"), ("name:'g(a)m&ma'", "g"),
    ("name:?eta", "b"), ("path:/tmp/*", "b"), ("path:~/src/*", "A"), ("here", "Ab"), ("!here", "g"),
    ("remote:github.com/me/*", "A"), ("url:https:*", "A"), ("has:url", "A"), ("machine:lap*", "Ab"),
    ("machine=0123456789abcdef", "Ab"), ("updated_by:lap*", "Abg"),
    ("updated>2026-06-13", "A"), ("updated>2026-06-14", ""), ("updated>=2026-06-14", "A"),
    ("updated:2026-06-14", "A"), ("updated=yesterday", "A"), ("updated:2026", "A"), ("updated:2026-06", "A"),
    ("updated<2025", "bg"), ("updated<=2024-02-29", "bg"), ("updated<2024-02-29", "g"), ("updated>2024", "A"),
    ("updated<37h", "A"), ("updated<36h", ""), ("updated<=36h", "A"), ("updated<2d", "A"),
    ("updated>2d", "bg"),
    ("updated>1mo && updated<3y", "b"), ("updated>now", "Abg"), ("updated<2160min", ""),
    ("updated>2024-02-29T23:59:59Z && updated<2025", "b"),
    ("updated>=2024-03-01T00:59:59.999+01:00 && updated<2025", "b"),
    ("created:2026-01-02", "Abg"), ("created<1y", "Abg"), ("created<today", "Abg"), ("created!=2026", ""),
    ("version<1.10", "Ab"), ("version<1.10.0-rc.10", "Ab"), ("version>1.9", "b"), ("version>=1.9", "Ab"),
    ("version<=1.9.0+build", "A"), ("version>0", "Ab"), ("version:unknown", "g"), ("version:1.*", "A"),
    ("version>=1.10.0-rc.2 && version<1.10.0-rc.11", "b"), ("version>1.10.0-beta", "b"),
    ("tag:none || status:paused && here", "A"), ("!(tag:swift || !here)", "b"),
  ])
  func holdsForFields(_ text: String, _ expected: String) throws { #expect(try names(text) == expected) }

  @Test func stateIsAskedForOnlyWhereItDecides() throws {
    func truth(_ text: String, _ row: Int, _ facts: [CheckoutFacts?]? = nil) throws -> ConditionTest.Truth {
      ConditionTest(try Condition(text), of: view, now: now, home: nil).holds(for: view.rows[row], facts)
    }
    #expect(try truth("dirty", 0) == .unknown)
    #expect(try truth("dirty && tag:nosuch", 0) == .no)
    #expect(try truth("dirty || tag:work", 0) == .yes)
    #expect(try truth("!dirty", 0) == .unknown)
    // What is not here has no working tree that could be anything.
    #expect(try truth("dirty", 2) == .no)
    #expect(try truth("!dirty", 2) == .yes)
    let dirty = CheckoutFacts(
      counts: [.dirty: 1, .ahead: 3], times: [.lastCommit: Timestamp("2026-06-01T00:00:00Z")!], branch: "main"
    )
    let clean = CheckoutFacts(branch: "topic/x")
    for text in [
      "dirty", "ahead", "ahead>2", "ahead:3", "ahead!=2", "last_commit<1mo", "branch:main", "has:last_commit",
    ] {
      #expect(try truth(text, 0, [dirty]) == .yes, "\(text)")
      #expect(try truth("!(\(text))", 0, [dirty]) == .no, "\(text)")
    }
    for text in ["untracked", "ahead>3", "last_fetch<10y", "branch:topic/*", "detached", "has:last_fetch"] {
      #expect(try truth(text, 0, [dirty]) == .no, "\(text)")
    }
    // One of several is enough.
    #expect(try truth("dirty && branch:topic/*", 1, [clean, dirty]) == .yes)
    #expect(try truth("!dirty", 1, [clean, dirty]) == .no)
    // What cannot be read is not known to be clean.
    #expect(try truth("dirty", 1, [nil, dirty]) == .yes)
    #expect(try truth("dirty", 1, [nil, clean]) == .unknown)
    #expect(try truth("!dirty", 1, [nil, clean]) == .unknown)
    #expect(try truth("!dirty || tag:work", 1, [nil, nil]) == .yes)
  }

  private final class Source: CheckoutStateSource {
    var asked: [String] = []
    let known: [String: CheckoutFacts]
    init(_ known: [String: CheckoutFacts]) { self.known = known }
    func facts(of paths: [String]) throws -> [CheckoutFacts?] {
      asked += paths
      return paths.map { known[$0] }
    }
  }

  @Test func aSelectionReadsStatesInOneGo() throws {
    let source = Source(["/src/beta": CheckoutFacts(), "/tmp/beta": CheckoutFacts(counts: [.dirty: 1])])
    var selection = Selection()
    selection.all = true
    selection.condition = try Condition("tag:work && (dirty || status:paused)")
    #expect(try selection.rows(of: view, states: source).map(\.name) == ["Alpha", "beta"])
    #expect(source.asked == ["/src/beta", "/tmp/beta"])
    // What cannot be read is left out, whichever way round it is asked.
    selection.condition = try Condition("!dirty && here")
    #expect(try selection.rows(of: view, states: source).map(\.name) == [])
    #expect(throws: RegistryIndexError.stateNotAvailable) { try selection.rows(of: view) }
    selection.condition = try Condition("tag:swift")
    #expect(try selection.rows(of: view).map(\.name) == ["Alpha"])
  }

  /// Every field of the entries' table may be asked for, and every field here is one of the table's, the index's or the state's.
  @Test func everyFieldMayBeAskedFor() throws {
    for field in ProjectField.all { #expect(ConditionField(field.key)?.name == field.key) }
    #expect(Set(ConditionField.all.map(\.name)).count == ConditionField.all.count)
    for field in ConditionField.all { _ = try Condition("has:\(field.name)") }
    for name in ConditionField.aliases.keys { #expect(ConditionField(name) != nil) }
  }
}
