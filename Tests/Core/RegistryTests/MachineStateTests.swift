import Registry
import Testing

@Suite struct MachineStateTests {
  private let machine = Sample.machine

  private func place(_ path: String, branches: Int) -> JSON {
    let branches = (0..<branches).map { number in
      JSON.object([
        "name": .string("topic/\(number)-" + String(repeating: "x", count: 100)),
        "on_remote": .bool(number % 2 == 0), "upstream": .null,
      ])
    }
    return .object(["path": .string(path), "branch": .string("none"), "branches": .array(branches)])
  }

  private func read(_ files: [String: MachineState.File], as machine: MachineID) throws -> MachineState {
    var state = try MachineState(machine: machine, record: #require(files[MachineState.recordName]).value)
    for (name, file) in files where MachineState.isShard(name) { try state.add(file.value, named: name) }
    return state
  }

  @Test func whatIsWrittenIsRead() throws {
    var state = MachineState(machine: machine, taken: Sample.time(1000))
    state.projects[Sample.id(1)] = .init(places: [place("/a", branches: 2), place("/b", branches: 0)])
    state.projects[Sample.id(2)] = .init(taken: Sample.time(5), places: [place("/c", branches: 1)])
    state.unsaved = [Sample.id(2), Sample.id(1)]
    #expect(state.files.keys.sorted() == ["00.json", "machine.json"])
    #expect(state.files.values.allSatisfy { $0.bytes == $0.value.canonical })
    #expect(try read(state.files, as: machine) == state)
    #expect(state.time(of: Sample.id(1)) == Sample.time(1000))
    #expect(state.time(of: Sample.id(2)) == Sample.time(5))
  }

  @Test func aFileIsNeverTooLargeAndKeepsWhatMattersMost() throws {
    var state = MachineState(machine: machine, taken: Sample.time(1))
    state.projects[Sample.id(1)] = .init(places: [place("/a", branches: 10_000)])
    let files = state.files
    #expect(files.values.allSatisfy { $0.bytes.count <= MachineState.fileLimit })
    let kept = try #require(try read(files, as: machine).projects[Sample.id(1)]?.places.first)
    let branches = try #require(kept["branches"]?.array)
    #expect(!branches.isEmpty)
    #expect(branches.allSatisfy { $0["on_remote"] == .bool(false) })
    #expect(kept["branches_left_out"] == .integer(10_000 - branches.count))
  }

  @Test func whereProjectsDoNotFitThoseWithSomethingUndoneStay() throws {
    var state = MachineState(machine: machine, taken: Sample.time(1))
    let long = "/" + String(repeating: "x", count: 3000)
    for number in 1...100 {
      var place: JSON.Members = ["path": .string("\(long)/\(number)"), "untracked": .number("0")]
      switch number % 12 {
      case 0: place["untracked"] = .number("1")
      case 4: place["operation"] = .string("rebase")
      case 8: place["error"] = .string("it cannot be read")
      default: place["operation"] = .null
      }
      state.projects[Sample.id(number)] = .init(places: [.object(place)])
    }
    state.projects[Sample.id(200)] = .init(
      places: (0..<900).map { .object(["path": .string("\(long)/\($0)")]) })
    #expect(state.files.values.allSatisfy { $0.bytes.count <= MachineState.fileLimit })
    let kept = try read(state.files, as: machine).projects
    #expect(kept.count > 50 && kept.count < 100)
    #expect((1...25).allSatisfy { kept[Sample.id(4 * $0)] != nil })
    #expect(kept[Sample.id(200)] == nil)
  }

  @Test func whatIsUnsavedStandsInTheRecordWhereThereIsRoom() throws {
    func record(_ text: String) throws -> MachineState {
      let start = #"{"id":"\#(machine)","taken":"2026-01-02T03:04:05.678Z""#
      return try MachineState(machine: machine, record: Sample.json("\(start)\(text)}"))
    }
    #expect(try record("").unsaved == nil)
    #expect(try record(#","unsaved":[]"#).unsaved == [])
    #expect(try record(#","unsaved":["\#(Sample.id(7).hex)"]"#).unsaved == [Sample.id(7)])
    // Anything but a list of ids says nothing, as where the key is missing.
    let id = Sample.id(7).hex
    for value in ["{}", "null", "[1]", #"["x"]"#, #"["\#(id)",1]"#, #"["\#(id)","\#(id)"]"#] {
      #expect(try record(#","unsaved":\#(value)"#).unsaved == nil, "\(value)")
    }
    var state = MachineState(machine: machine, taken: Sample.time(1))
    state.unsaved = Set((1...5000).map { Sample.id($0) })
    let files = state.files
    #expect(try read(files, as: machine).unsaved?.count == 5000)
    #expect(files.values.allSatisfy { $0.bytes.count <= MachineState.fileLimit })
    state.unsaved?.insert(Sample.id(5001))
    #expect(try read(state.files, as: machine).unsaved == nil)
  }

  @Test func asOneObjectItIsTheSame() throws {
    var state = MachineState(machine: machine, taken: Sample.time(1000))
    state.unsaved = [Sample.id(2)]
    state.projects[Sample.id(1)] = .init(places: [place("/a", branches: 2), place("/b", branches: 0)])
    state.projects[Sample.id(2)] = .init(taken: Sample.time(5), places: [place("/c", branches: 1)])
    #expect(try MachineState(machine: machine, json: state.json) == state)
    #expect(try MachineState(machine: machine, json: JSON.parse(Array(state.json.compact.utf8))) == state)
  }

  @Test(arguments: [
    #"[]"#, #"{}"#, #"{"id":"00000000000000a1","taken":"2026-01-02T03:04:05.678Z"}"#,
    #"{"id":"00000000000000a2","taken":"2026-01-02T03:04:05.678Z","projects":{}}"#,
    #"{"id":"00000000000000a1","taken":1,"projects":{}}"#,
    #"{"id":"00000000000000a1","taken":"2026-01-02T03:04:05.678Z","projects":[]}"#,
    #"{"id":"00000000000000a1","taken":"2026-01-02T03:04:05.678Z","projects":{"x":{"places":[]}}}"#,
    #"{"id":"00000000000000a1","taken":"2026-01-02T03:04:05.678Z","projects":{"0000000000000000000000000000000000000001":1}}"#,
  ])
  func anObjectThatIsWrongIsRefused(_ text: String) {
    #expect(throws: InvalidEntry.self) { try MachineState(machine: machine, json: Sample.json(text)) }
  }

  @Test func keysOfANewerVersionArePassedOver() throws {
    let record = Sample.json(#"{"id":"\#(machine)","taken":"2026-01-02T03:04:05.678Z","level":9}"#)
    var state = try MachineState(machine: machine, record: record)
    let id = Sample.id(1)
    try state.add(Sample.json(#"{"\#(id.hex)":{"places":[{"path":"/a","x":1}],"y":2}}"#), named: "00.json")
    #expect(state.projects[id]?.places.count == 1)
  }

  @Test(arguments: [
    #"[]"#, #"{}"#, #"{"id":"00000000000000a2","taken":"2026-01-02T03:04:05.678Z"}"#,
    #"{"id":"00000000000000a1","taken":"yesterday"}"#, #"{"id":"00000000000000a1"}"#,
  ])
  func aRecordThatIsWrongIsRefused(_ text: String) {
    #expect(throws: InvalidEntry.self) { try MachineState(machine: machine, record: Sample.json(text)) }
  }

  @Test(arguments: [
    #"[]"#, #"{"x":1}"#, #"{"ID":1}"#, #"{"ID":{"places":{}}}"#, #"{"ID":{"places":[{}]}}"#,
    #"{"ID":{"places":[{"path":""}]}}"#, #"{"ID":{"places":[1]}}"#, #"{"ID":{"places":[],"taken":7}}"#,
    #"{"ff00000000000000000000000000000000000000":{"places":[]}}"#,
  ])
  func aShardThatIsWrongIsRefused(_ text: String) {
    var state = MachineState(machine: machine, taken: Sample.time(1))
    let shard = Sample.json(text.replacing("ID", with: Sample.id(1).hex))
    #expect(throws: InvalidEntry.self) { try state.add(shard, named: "00.json") }
  }
}
