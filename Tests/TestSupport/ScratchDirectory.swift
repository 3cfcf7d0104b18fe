import SystemSupport
public import SystemPackage

/// A new, empty directory, which goes away when the tests end.
public func scratchDirectory() throws -> FilePath {
  let directory = run.appending(Host.randomHex(8))
  try Files.makeDirectory(directory)
  return directory
}

/// The same, with a name that is not UTF-8.
public func oddlyNamedDirectory() throws -> FilePath {
  let directory = FilePath(bytes: try scratchDirectory().bytes + [0x2F, 0xE9])
  try Files.makeDirectory(directory)
  return directory
}

/// The directory of this run, which holds all others; its path has no link in it.
private let run: FilePath = {
  ThisProcess.atExit {
    // One at a time: a test may have left something that cannot be removed.
    for name in (try? Files.names(in: run)) ?? [] {
      try? Files.removeTree(run.pushing(FilePath(bytes: name)))
    }
    try? Files.removeTree(run)
  }
  return (FilePath("/tmp").resolved ?? FilePath("/tmp")).appending("dev-infra-tests-\(Host.randomHex(8))")
}()
