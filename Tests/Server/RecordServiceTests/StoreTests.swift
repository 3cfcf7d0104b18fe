import NIOCore
import SystemSupport
import RecordService
import RegistryStore
import Registry
import Synchronization
import SystemPackage
import TestSupport
import Testing
import WorkProd

/// What every keeper of records has to do, whichever it is: the same calls, the same answers.
@Suite struct StoreTests {
  @Test(arguments: [ServiceFlavor.full, .plain])
  func randomEditsLeaveWhatAModelHas(flavor: ServiceFlavor) async throws {
    try await withStore(flavor) { store in
      var generator = SeededGenerator(7)
      var model: [Int: String] = [:]
      var paths: [Int: String] = [:]
      var last = 0
      for step in 0..<300 {
        let number = Int.random(in: 1...(last + 2), using: &generator)
        let path = "/srv/\(Int.random(in: 0..<8, using: &generator))"
        let isTaken = { (mine: Int?) in paths.contains { $0.value == path && $0.key != mine } }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
          let fields = try fields(
            ["name": .string("n\(step)"), "path": .string(path)], flavor, creating: true)
          let outcome = await outcome(of: .create(fields), store)
          guard !isTaken(nil) else {
            #expect(outcome == .refused(409))
            continue
          }
          last += 1
          #expect(outcome == .record(last))
          (model[last], paths[last]) = ("n\(step)", path)
        case 1:
          let fields = try fields(["name": .string("c\(step)")], flavor)
          let outcome = await outcome(of: .change(number, fields, ifMatch: nil), store)
          #expect(outcome == (model[number] == nil ? .refused(404) : .record(number)))
          if model[number] != nil { model[number] = "c\(step)" }
        case 2:
          let fields = try fields(["path": .string(path)], flavor)
          let outcome = await outcome(of: .change(number, fields, ifMatch: nil), store)
          guard model[number] != nil else {
            #expect(outcome == .refused(404))
            continue
          }
          #expect(outcome == (isTaken(number) ? .refused(409) : .record(number)))
          if !isTaken(number) { paths[number] = path }
        default:
          let outcome = await outcome(of: .delete(number, ifMatch: nil), store)
          #expect(outcome == (model[number] == nil ? .refused(404) : .deleted))
          (model[number], paths[number]) = (nil, nil)
        }
        let table = try await store.table()
        #expect(table.count == model.count)
        #expect(table.records.map(\.number) == model.keys.sorted())
        #expect(table.records.map(\.values.name) == model.keys.sorted().map { model[$0] })
        #expect(table.records.map(\.values.path) == model.keys.sorted().map { paths[$0] })
      }
    }
  }

  @Test(arguments: [ServiceFlavor.full, .plain])
  func theListIsTheRecordsInOrder(flavor: ServiceFlavor) async throws {
    try await withStore(flavor) { store in
      let items = (0..<400).map { JSON.object(["name": .string("n\($0)")]) }
      _ = try await store.perform(.importing(items))
      for number in stride(from: 1, through: 400, by: 40) {
        _ = try await store.perform(.delete(number, ifMatch: nil))
      }
      let table = try await store.table()
      var bytes: [UInt8] = []
      for piece in table.list { bytes += piece.readableBytesView }
      let list = try #require(try JSON.parse(bytes, maximumDepth: 22).array)
      #expect(list == (try table.records.map { try JSON.parse($0.bytes) }))
      #expect(list.count == 390)
    }
  }

  @Test func aLostRaceIsRefused() async throws {
    try await withStore(.full) { store in
      let created = try await store.perform(
        .create(try fields(["name": .string("a")], .full, creating: true)))
      guard case .record(let record) = created, let tag = record.tag else {
        Issue.record("no record")
        return
      }
      let change = try fields(["status": .string("paused")], .full)
      #expect(await outcome(of: .change(1, change, ifMatch: "\"\(tag)\""), store) == .record(1))
      #expect(await outcome(of: .change(1, change, ifMatch: "\"\(tag)\""), store) == .refused(412))
      #expect(await outcome(of: .delete(1, ifMatch: "\"\(tag)\""), store) == .refused(412))
    }
  }

  @Test func editsAtOnceAreAllDone() async throws {
    try await withStore(.full) { store in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<100 {
          let fields = try fields(["name": .string("n\(index)")], .full, creating: true)
          group.addTask { _ = try await store.perform(.create(fields)) }
        }
        try await group.waitForAll()
      }
      let table = try await store.table()
      #expect(table.records.map(\.number) == Array(1...100))
      #expect(Set(table.records.map(\.values.name)).count == 100)
    }
  }

  // MARK: What the tests share

  enum Fate: Equatable {
    case record(Int)
    case deleted
    case refused(Int)
    case failed
  }

  /// A request that has to ask the registry waits for the commits before it, and not until nobody writes any more.
  @Test func whoReadsIsAnsweredWhileOthersWrite() async throws {
    try await withStore(.full) { store in
      let writers = 12
      let most = 6000
      let progress = Progress()
      let first = try await store.table().commit
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<writers {
          group.addTask {
            while !progress.isDone.load(ordering: .relaxed), progress.edits.load(ordering: .relaxed) < most {
              let fields = try fields(["name": .string("w\(writer)")], .full, creating: true)
              _ = try await store.perform(.create(fields))
              progress.edits.add(1, ordering: .relaxed)
            }
          }
        }
        var meanwhile = 0
        for _ in 0..<20 {
          let next = progress.edits.load(ordering: .relaxed) + 5 * writers
          while progress.edits.load(ordering: .relaxed) < min(next, most) { await Task.yield() }
          let before = progress.edits.load(ordering: .relaxed)
          _ = try await store.changes(since: first)
          meanwhile += progress.edits.load(ordering: .relaxed) - before
        }
        progress.isDone.store(true, ordering: .relaxed)
        #expect(meanwhile < 3 * 20 * writers, "\(meanwhile) edits went before 20 reads")
        try await group.waitForAll()
      }
    }
  }

  private func outcome(of edit: Edit, _ store: any RecordStore) async -> Fate {
    do {
      switch try await store.perform(edit) {
      case .record(let record): return .record(record.number)
      case .deleted: return .deleted
      case .imported: return .failed
      }
    } catch let refusal as Refusal {
      return .refused(refusal.status)
    } catch {
      return .failed
    }
  }

  private func fields(
    _ members: JSON.Members, _ flavor: ServiceFlavor, creating: Bool = false
  ) throws -> RequestedFields {
    try RequestedFields(.object(members), creating: creating, flavor)
  }

  private func withStore(_ flavor: ServiceFlavor, _ body: (any RecordStore) async throws -> Void) async throws
  {
    let directory = try scratchDirectory().appending("registry")
    let store = try await open(directory, flavor)
    try await body(store)
    let before = try await store.table().records.map(\.bytes)
    await store.close()
    // What was answered is what is kept, to the byte.
    let again = try await open(directory, flavor)
    #expect(try await again.table().records.map(\.bytes) == before)
    await again.close()
  }

  private func open(_ directory: FilePath, _ flavor: ServiceFlavor) async throws -> any RecordStore {
    switch flavor {
    case .full: try await RegistryRecords(directory, delegate: Unheard())
    case .plain: try PlainRecords(directory)
    }
  }
}

/// How far writers have come.
private final class Progress: Sendable {
  let edits = Atomic(0)
  let isDone = Atomic(false)
}

/// Nobody is told of anything.
private struct Unheard: RecordServiceDelegate {
  func note(_ notice: RegistryNotice) {}
  func note(_ notice: RecordServiceNotice) {}
  func startMaintenance(of registry: FilePath) {}
}
