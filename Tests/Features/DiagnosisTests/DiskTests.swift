import Diagnosis
import SystemPackage
import SystemSupport
import Testing

@Suite("What is wrong with a disk")
struct DiskTests {
  private func codes(_ system: FileSystem) -> [String] {
    Diagnosis.problems(of: system, at: "/r").map { "\($0.severity.rawValue) \($0.problem.code)" }
  }

  private func disk(
    kind: String = "ext4", place: FileSystem.Place = .local, free: UInt64 = 1 << 40, freeFiles: UInt64? = nil,
    files: UInt64? = nil, isReadOnly: Bool = false
  ) -> FileSystem {
    FileSystem(
      kind: kind, place: place, free: free, size: 1 << 41, freeFiles: freeFiles, files: files,
      isReadOnly: isReadOnly)
  }

  @Test("is nothing where there is room")
  func sound() {
    #expect(codes(disk()).isEmpty)
    #expect(codes(disk(freeFiles: 5_000_000, files: 10_000_000)).isEmpty)
    // One that is small has few files from the start.
    #expect(codes(disk(freeFiles: 1_900, files: 2_000)).isEmpty)
  }

  @Test("is that it is nearly full, and an error where nothing will fit")
  func full() {
    #expect(codes(disk(free: 50 << 20)) == ["warning disk-full"])
    #expect(codes(disk(free: 1 << 20)) == ["error disk-full"])
    #expect(codes(disk(free: 0)) == ["error disk-full"])
  }

  @Test("is that it can have no more files")
  func files() {
    #expect(codes(disk(freeFiles: 100, files: 1_000_000)) == ["warning files-exhausted"])
    #expect(codes(disk(freeFiles: 3, files: 1_000_000)) == ["error files-exhausted"])
  }

  @Test("is that it cannot be written")
  func readOnly() { #expect(codes(disk(isReadOnly: true)) == ["error read-only"]) }

  @Test("is that locks may not hold, where another computer has it")
  func network() {
    #expect(codes(disk(kind: "nfs", place: .remote)) == ["note locks-unknown"])
    #expect(codes(disk(kind: "fuse", place: .program)) == ["note locks-unknown"])
  }

  @Test("the one of a directory is known by its name, and has room or not")
  func own() throws {
    let system = try #require(FileSystem(at: "/tmp"))
    #expect(!system.kind.isEmpty)
    #expect(system.size >= system.free)
    #expect(FileSystem(at: "/nowhere/at/all") == nil)
    #expect(FileSystem(at: "/proc")?.kind.isEmpty == false)
  }
}
