import RecordServer
import SystemSupport
import SystemPackage
import Testing

/// The OpenAPI description against the routes of the server: each has what the other has.
@Suite struct DescriptionTests {
  @Test func describesEachRouteAndNoOther() throws {
    let described = try calls(in: Self.file)
    #expect(described.sorted() == Route.calls.sorted())
    #expect(Set(described).count == described.count)
  }

  @Test func tellsOfEachCallWhatTroubleItMayMeet() throws {
    let statuses = try statuses(in: Self.file)
    for call in Route.calls where call.contains(" /api/projects") || call.contains(" /api/states") {
      #expect(statuses[call, default: []].isSuperset(of: ["500", "503", "507"]), "\(call)")
    }
  }

  private static let file = FilePath(#filePath).removingLastComponent().pushing("../../../share/openapi.yaml")

  /// `GET /path` of each operation.
  private func calls(in file: FilePath) throws -> [String] { try operations(in: file).map(\.call) }

  private func statuses(in file: FilePath) throws -> [String: Set<String>] {
    try Dictionary(uniqueKeysWithValues: operations(in: file).map { ($0.call, $0.statuses) })
  }

  /// The operations and the statuses of their answers: paths stand two spaces in, methods four, statuses eight.
  private func operations(in file: FilePath) throws -> [(call: String, statuses: Set<String>)] {
    let lines = String(decoding: try Files.read(file), as: UTF8.self).split(separator: "\n")
    var calls: [(call: String, statuses: Set<String>)] = []
    var path: Substring?
    for line in lines.drop(while: { $0 != "paths:" }).dropFirst() {
      guard line.hasPrefix("  ") else { break }
      if line.hasPrefix("  /"), line.hasSuffix(":") {
        path = line.dropFirst(2).dropLast()
      } else if let path, line.hasSuffix(":"),
        let method = ["get", "post", "put", "patch", "delete"].first(where: { line == "    \($0):" })
      {
        calls.append(("\(method.uppercased()) \(path)", []))
      } else if line.hasPrefix("        '"), !calls.isEmpty {
        calls[calls.count - 1].statuses.insert(String(line.dropFirst(9).prefix(3)))
      }
    }
    return calls
  }
}
