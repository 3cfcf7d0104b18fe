import Registry
import Testing
import WorkProd

/// Whether a service is known again by its records.
@Suite struct ServiceFingerprintTests {
  /// A service with so many records, one made a second after the other.
  private func service(_ form: ServiceFlavor, _ count: Int) -> FakeService {
    var service = FakeService(form)
    for number in 1...count { post(&service, "p\(number)") }
    return service
  }

  private func post(_ service: inout FakeService, _ name: String) {
    service.now += 1
    _ = service.post(.object(["name": .string(name)]))
  }

  private func known(_ service: FakeService) -> [Int: LastSeenState.Remembered] {
    RecordSet(service.list, service.form).remembered
  }

  private func recognized(_ service: FakeService, _ known: [Int: LastSeenState.Remembered])
    -> ServiceFingerprint
  {
    ServiceFingerprint(service.list, service.form, known)
  }

  @Test(arguments: [ServiceFlavor.plain, .full])
  func itIsTheSameAfterRecordsWereMadeChangedAndRemoved(_ form: ServiceFlavor) {
    var service = service(form, 6)
    let known = known(service)
    post(&service, "new")
    service.delete(2)
    service.patch(3, .object(["name": .string("other"), "remote_url": .string("https://example.org/x")]))
    let told = recognized(service, known)
    #expect(told.isSameService && !told.isAnotherService)
    #expect(told.kept == 5 && told.exchanged == 0 && told.strange == 0)
  }

  @Test func itIsNotCertainlyTheSameWithoutHalfOfWhatItHad() {
    var service = service(.plain, 6)
    let known = known(service)
    for number in 1...4 { service.delete(number) }
    let told = recognized(service, known)
    #expect(!told.isSameService && !told.isAnotherService)
  }

  @Test func anotherServiceHasTheNumbersForOtherRecords() {
    let known = known(service(.plain, 3))
    var other = FakeService()
    other.now += 500
    post(&other, "p1")
    let told = recognized(other, known)
    #expect(!told.isSameService && told.isAnotherService)
  }

  @Test func aNumberThatHadBeenPassedIsNotGivenToANewRecord() {
    var first = service(.plain, 3)
    let there = known(service(.plain, 3))
    first.delete(2)
    let told = recognized(service(.plain, 3), known(first))
    #expect(told.strange == 1 && !told.isSameService)
    #expect(recognized(first, there).isSameService)
  }

  @Test func aServiceMayComeToWriteTimesOtherwise() {
    let service = service(.plain, 2)
    let known = known(service).mapValues {
      LastSeenState.Remembered(project: $0.project, createdAt: $0.createdAt + ".250Z")
    }
    #expect(recognized(service, known).isSameService)
  }

  @Test func nothingIsKnownOfAServiceThatWasNeverSeenOrHasNothing() {
    for told in [
      recognized(service(.plain, 2), [:]), recognized(FakeService(), known(service(.plain, 2))),
    ] {
      #expect(!told.isSameService && !told.isAnotherService)
    }
  }
}
