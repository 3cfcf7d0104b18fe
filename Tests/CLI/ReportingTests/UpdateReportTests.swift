import Batch
import FeatureReporting
import Registry
import SystemPackage
import Testing
import Updating

@Suite struct UpdateReportTests {
  private let report: UpdateReport

  init() {
    var report = UpdateReport(
      target: BatchTarget(
        id: "1", name: "shop", calledName: "one/shop", remoteURL: "", path: FilePath("/src/shop")))
    var fetch = UpdateReport.Fetch(remote: "origin", url: "https://example.org/shop")
    fetch.isDone = true
    report.fetches = [fetch]
    var moved = UpdateReport.Branch(
      name: "main", upstream: "refs/remotes/origin/main", old: String(repeating: "1", count: 40))
    moved.new = String(repeating: "2", count: 40)
    var left = UpdateReport.Branch(
      name: "odd\u{1B}", upstream: "refs/remotes/origin/odd", old: String(repeating: "3", count: 40))
    left.reason = .diverged(ahead: 1, behind: 2)
    report.branches = [moved, left]
    self.report = report
  }

  @Test func whatWasDoneIsInLines() {
    #expect(
      report.lines(isDone: true) == [
        "updated one/shop: main 1111111111..2222222222",
        #"left alone one/shop: odd\033 has diverged from origin/odd (1 ahead, 2 behind)"#,
      ])
  }

  @Test func whatWouldBeDoneNamesTheRemote() {
    #expect(
      report.lines(isDone: false).prefix(2) == [
        "would fetch origin of one/shop (https://example.org/shop)",
        "would update one/shop: main 1111111111..2222222222",
      ])
    let remotes = report.json(isDone: false)["remotes"]?.array
    #expect(remotes?.map { $0["fetched"] } == [.bool(false)])
  }

  @Test func programsGetAWordForEachReason() {
    let json = report.json(isDone: true)
    #expect(json["name"] == .string("shop") && json["error"] == nil)
    #expect(json["remotes"]?.array?.map { $0["fetched"] } == [.bool(true)])
    #expect(json["branches"]?.array?.map { $0["left"]?.string } == [nil, "diverged"])
  }

  @Test func theTotalsCountRepositoriesAndBranches() {
    var failed = UpdateReport(
      target: BatchTarget(id: "2", name: "b", calledName: "b", remoteURL: "", path: FilePath("/b")))
    failed.error = .interrupted
    #expect(UpdateTotals([report, failed]).sentence == "1 fetched, 1 branch updated, 1 left alone, 1 failed")
    #expect(UpdateTotals([]).sentence == "0 fetched")
  }
}
