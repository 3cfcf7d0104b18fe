import WorkProd
import Git
import RecordService
import RegistryIndex
import RegistryStore
import SystemPackage
import SystemSupport
import Testing

/// What of an error is the server's fault, and which.
@Suite struct ServerFaultTests {
  @Test(arguments: [Errno.noSpace, .diskQuotaExceeded, .readOnlyFileSystem])
  func noRoomIsNoRoom(code: Errno) {
    let error = SystemError("writing", "x", code: code)
    #expect(ServerFault(error) == .full)
    #expect(ServerFault(GitError(error)) == .full)
    #expect(ServerFault(RegistryStoreError.unreadableProject("/p", error)) == .full)
  }

  @Test func whatIsHeldIsBusyAndWhatIsNotThereIsGone() {
    #expect(ServerFault(RegistryBusy(registry: "/r", lock: "/r/dev-infra.lock", seconds: 8)) == .busy)
    #expect(ServerFault(RecordServiceError.registryGone("/r")) == .gone)
    #expect(ServerFault(RegistryIndexError.noRegistry(at: "/r", .nothing)) == .gone)
  }

  @Test func aRegistryThatCannotBeReadIsUnusable() {
    #expect(ServerFault(RegistryStoreError.mainBranchLost(registry: "/r")) == .unusable)
    #expect(ServerFault(RegistryStoreError.laterFormat(.registry("/r"), 2)) == .unusable)
    #expect(ServerFault(EntryFault.tooLarge(limit: 1)) == .unusable)
    #expect(ServerFault(SystemError("reading", "x", code: .ioError)) == .unusable)
  }

  @Test func whatSomebodyAsksForIsNotTheServersFault() {
    #expect(ServerFault(Refusal.notFound) == nil)
    #expect(ServerFault(RegistryIndexError.unknownProject("x")) == nil)
    #expect(ServerFault(RegistryStoreError.notAnAssignment("x")) == nil)
    #expect(ServerFault(CancellationError()) == nil)
  }
}
