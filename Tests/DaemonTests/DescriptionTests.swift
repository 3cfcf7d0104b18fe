import Daemon
import Platform
import SystemPackage
import Testing

/// The OpenAPI description against the routes of the server: each has what the other has.
@Suite struct DescriptionTests {
  @Test func describesEachRouteAndNoOther() throws {
    let described = try calls(in: Self.file)
    #expect(described.sorted() == Route.calls.sorted())
    #expect(Set(described).count == described.count)
  }

  private static let file = FilePath(#filePath).removingLastComponent().pushing("../../share/openapi.yaml")

  /// `GET /path` of each operation: paths stand two spaces in, methods four.
  private func calls(in file: FilePath) throws -> [String] {
    let lines = String(decoding: try Files.read(file), as: UTF8.self).split(separator: "\n")
    var calls: [String] = []
    var path: Substring?
    for line in lines.drop(while: { $0 != "paths:" }).dropFirst() {
      guard line.hasPrefix("  ") else { break }
      if line.hasPrefix("  /"), line.hasSuffix(":") {
        path = line.dropFirst(2).dropLast()
      } else if let path, line.hasSuffix(":"),
        let method = ["get", "post", "put", "patch", "delete"].first(where: { line == "    \($0):" })
      {
        calls.append("\(method.uppercased()) \(path)")
      }
    }
    return calls
  }
}
