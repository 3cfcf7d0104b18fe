import Batch
import Registry
import Testing

@Suite struct CapturedOutputTests {
  private func object(_ bytes: [UInt8]) -> JSON.Members {
    var captured = CapturedOutput()
    captured.append(bytes)
    var object: JSON.Members = [:]
    captured.put(into: &object, as: "stdout")
    return object
  }

  @Test func textIsText() {
    #expect(JSON.object(object(Array("é\n".utf8))) == .object(["stdout": .string("é\n")]))
  }

  @Test(
    arguments: [([0xFF], "/w=="), ([0x61, 0xFE], "Yf4="), ([0x61, 0x62, 0xC3], "YWLD")] as [([UInt8], String)]
  )
  func otherBytesAreThereToo(_ bytes: [UInt8], _ encoded: String) {
    #expect(object(bytes)["stdout_base64"]?.string == encoded)
    #expect(object(bytes)["stdout"]?.string?.contains("\u{FFFD}") == true)
  }

  @Test func whatIsCutOffIsMarkedAndNotCutWithinALetter() {
    let bytes = [UInt8](repeating: 0x61, count: CapturedOutput.limit - 1) + Array("é".utf8)
    let cut = object(bytes)
    #expect(cut["stdout"]?.string?.utf8.count == CapturedOutput.limit - 1)
    #expect(cut["stdout_truncated"] == .bool(true))
    #expect(cut["stdout_base64"] == nil)
  }
}
