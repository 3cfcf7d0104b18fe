public import ByteStrings

/// A format in the manner of `git for-each-ref`: `%(atom)`, `%%`, and `%xx` for the byte with that hexadecimal code.
public struct AtomFormat<Atom: Sendable>: Sendable {
  private enum Piece: Sendable {
    case text([UInt8])
    case atom(Atom)
  }

  private let pieces: [Piece]

  /// - Parameters:
  ///   - known: the names of all atoms.
  ///   - atom: the atom of a name; nil where there is none.
  /// - Throws: ``RegistryIndexError`` for an unknown atom or a lone `%`.
  public init(_ format: String, known: [String], atom: (String) -> Atom?) throws {
    var pieces: [Piece] = []
    var rest = ByteText.bytes(of: format)[...]
    while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
      if percent > rest.startIndex { pieces.append(.text(Array(rest[..<percent]))) }
      rest = rest[(percent + 1)...]
      if rest.first == UInt8(ascii: "%") {
        pieces.append(.text([UInt8(ascii: "%")]))
        rest = rest.dropFirst()
      } else if rest.first == UInt8(ascii: "("), let end = rest.firstIndex(of: UInt8(ascii: ")")) {
        let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
        guard let atom = atom(name) else { throw RegistryIndexError.unknownField(name, known: known) }
        pieces.append(.atom(atom))
        rest = rest[(end + 1)...]
      } else if let (byte, length) = Self.byte(rest) {
        pieces.append(.text([byte]))
        rest = rest.dropFirst(length)
      } else {
        throw RegistryIndexError.malformedFormat(format)
      }
    }
    if !rest.isEmpty { pieces.append(.text(Array(rest))) }
    self.pieces = pieces
  }

  /// The atoms in it.
  public var atoms: [Atom] {
    pieces.compactMap { if case .atom(let atom) = $0 { atom } else { nil } }
  }

  /// The format with these values. In lines the values are quoted where they are unusual; what stands around them is not.
  public func text(_ format: RecordFormat, _ value: (Atom) -> String) -> [UInt8] {
    var out: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let bytes): out += bytes
      case .atom(let atom): out += format.field(value(atom))
      }
    }
    return out
  }

  /// The byte that two hexadecimal digits at the beginning name, as in `git for-each-ref`, or `x` and two, as in `git log`.
  private static func byte(_ rest: ArraySlice<UInt8>) -> (value: UInt8, length: Int)? {
    let prefix = rest.first == UInt8(ascii: "x") ? 1 : 0
    let digits = rest.dropFirst(prefix).prefix(2)
    guard digits.count == 2, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
      let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    return (value, prefix + 2)
  }
}

/// A format of projects.
public struct RowFormat: Sendable {
  private let format: AtomFormat<RowAtom>

  /// - Throws: ``RegistryIndexError`` for an unknown atom or a lone `%`.
  public init(_ format: String) throws {
    self.format = try AtomFormat(format, known: RowAtom.allCases.map(\.rawValue)) { RowAtom(rawValue: $0) }
  }

  /// The text of a row.
  public func text(of row: ViewRow, in view: View, _ format: RecordFormat) -> [UInt8] {
    self.format.text(format) { $0.text(of: row, in: view) }
  }
}
