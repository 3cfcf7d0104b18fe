import CFuzzer
import FuzzProperties
import SystemSupport

// `PARSER=NAME dev-infra-fuzz [LIBFUZZER-OPTION...] [CORPUS...]`; see .ci/fuzz-parsers. A property that does not hold ends
// the process as a crash does, and libFuzzer keeps the input.
guard let name = Environment["PARSER"], let parser = Parser(rawValue: name) else {
  let known = Parser.allCases.map(\.rawValue).joined(separator: " ")
  try? Files.write(
    Array("usage: PARSER=NAME dev-infra-fuzz [OPTION...] [CORPUS...]; parsers: \(known)\n".utf8), to: 2,
    name: "stderr")
  ThisProcess.exit(129)
}
parserUnderTest = parser

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
ThisProcess.exit(
  LLVMFuzzerRunDriver(&count, &arguments) { start, size in
    do {
      try parserUnderTest.check(Array(UnsafeBufferPointer(start: start, count: size)))
    } catch {
      fatalError("\(error)")
    }
    return 0
  })
