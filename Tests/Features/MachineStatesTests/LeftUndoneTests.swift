import Registry
import Testing
import MachineStates
import WorkTreeState

@Suite struct LeftUndoneTests {
  private func place(_ path: String, _ members: JSON.Members = [:]) -> JSON {
    var place: JSON.Members = [
      "path": .string(path), "branches": .array([]), "remotes": .array([.string("origin")]),
    ]
    for (key, value) in members { place[key] = value }
    return .object(place)
  }

  @Test func whatIsUncommittedOrOnNoRemoteIsFoundInAnyPlace() throws {
    let ids = try (1...6).map { try #require(ProjectID(String(repeating: "\($0)", count: 40))) }
    let unpushed = JSON.object(["name": .string("main"), "on_remote": .bool(false)])
    let pushed = JSON.object(["name": .string("main"), "on_remote": .bool(true)])
    var state = MachineState(
      machine: try #require(MachineID("00000000000000a1")), taken: Timestamp(milliseconds: 1))
    state.projects[ids[0]] = .init(places: [place("/clean", ["branches": .array([pushed])])])
    state.projects[ids[1]] = .init(places: [place("/a"), place("/b", ["changed": .number("2")])])
    state.projects[ids[2]] = .init(places: [place("/c", ["branches": .array([unpushed])])])
    // With no remote at all nothing waits to be pushed, and yet it exists only there.
    state.projects[ids[3]] = .init(
      places: [place("/d", ["branches": .array([unpushed]), "remotes": .array([])])])
    state.projects[ids[4]] = .init(places: [
      place("/gone", ["missing": .bool(true), "stashes": .number("1")])
    ])
    #expect(ids.filter { !state.unsavedPlaces(of: $0).isEmpty } == [ids[1], ids[2], ids[3]])
    #expect(state.unsavedPlaces(of: ids[1]).count == 1)
  }
}
