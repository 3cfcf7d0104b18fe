import Terminal
import Testing

@Suite struct TransferProgressTests {
  private func shown(_ pieces: [(Double, String)]) -> String {
    nonisolated(unsafe) var time = 0.0
    var progress = TransferProgress { time }
    var out: [UInt8] = []
    for (now, text) in pieces {
      time = now
      out += progress.shown(of: Array(text.utf8))
    }
    return String(decoding: out, as: UTF8.self)
  }

  @Test func whatIsDoneAtOnceIsNotShown() {
    #expect(
      shown([
        (0, "Enumerating objects: 5, done.\nCounting obj"),
        (0.1, "ects:  50% (1/2)\rCounting objects: 100% (2/2), done.\n"),
        (0.2, "Delta compression using up to 2 threads\nremote: Total 3 (delta 0), reused 0\n"),
      ]) == "")
  }

  @Test func whatTakesLongIs() {
    #expect(
      shown([
        (0, "Writing objects:  10% (1/10)\r"), (0.6, "Writing objects:  90% (9/10)\r"),
        (0.7, "Writing objects: 100% (10/10), done.\n"),
        (0.7, "remote: Resolving deltas: 100% (1/1), done.\n"),
      ]) == "Writing objects:  90% (9/10)\rWriting objects: 100% (10/10), done.\n")
  }

  @Test func whatElseIsSaidComesAtOnce() {
    #expect(
      shown([
        (0, "remote: Welcome\nConfirm user presence for key"), (0, " ED25519-SK: "),
        (0, "Total 1\nfatal: no\n"),
      ]) == "remote: Welcome\nConfirm user presence for key ED25519-SK: Total 1\nfatal: no\n")
  }
}
