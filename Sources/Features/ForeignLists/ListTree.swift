import ByteStrings
import Metadata

/// A value of a document in YAML or TOML.
///
/// Aliases are what they stand for, and count as that each time, in values, bytes and levels: they cannot make much of little.
/// No tag is looked at: nothing is made of a value but text.
indirect enum ListTree {
  /// Text; whether it stands there without quotes.
  case scalar(String, isPlain: Bool)
  case list([ListTree])
  /// Keys and values in their order.
  case map([(key: String, value: ListTree)])

  /// The text of a scalar; nil for anything else, and for nothing.
  var text: String? {
    guard case .scalar(let text, let isPlain) = self else { return nil }
    if isPlain, case .null = CoreScalar(plain: text) { return nil }
    return text
  }

  /// Whether it is `true`, unquoted.
  var isTrue: Bool {
    if case .scalar(let text, isPlain: true) = self {
      CoreScalar(plain: text) == .boolean(true)
    } else {
      false
    }
  }

  /// The items of a list; nil for anything else.
  var items: [ListTree]? { if case .list(let items) = self { items } else { nil } }

  /// The members of a map; nil for anything else.
  var members: [(key: String, value: ListTree)]? { if case .map(let members) = self { members } else { nil } }

  /// The member of a map, or of one that `<<` merges into it.
  subscript(key: String) -> ListTree? {
    guard let members else { return nil }
    if let found = members.first(where: { $0.key.hasSameBytes(as: key) }) { return found.value }
    guard let merged = members.first(where: { $0.key == "<<" })?.value else { return nil }
    return (merged.items ?? [merged]).lazy.compactMap { part in
      part.members?.first { $0.key.hasSameBytes(as: key) }?.value
    }.first
  }

  /// The texts of a list, or of one scalar.
  var texts: [String] { items?.compactMap(\.text) ?? text.map { [$0] } ?? [] }

  /// Reads the documents of a text.
  static func documents(_ bytes: [UInt8]) throws(ListError) -> [ListTree] {
    guard bytes.count <= ListLimits.yaml else { throw .tooLarge(limit: ListLimits.yaml) }
    do {
      try InputCheck.check(bytes, limit: ListLimits.yaml)
      var builder = Builder(parser: try YAMLParser(bytes))
      return try builder.documents()
    } catch let error as MetadataError {
      throw .malformed(line: error.line, error.message)
    } catch let error as ListError {
      throw error
    } catch {
      throw .malformed(line: nil, "\(error)")
    }
  }

  private struct Builder: ~Copyable {
    /// A value, how many levels are below it, and how many values and bytes it is.
    private struct Measured {
      var tree = ListTree.list([])
      var levels = 0
      var values = 1
      var bytes = 0

      mutating func add(_ part: Measured) {
        levels = max(levels, part.levels + 1)
        values += part.values
        bytes += part.bytes
      }
    }

    var parser: YAMLParser
    private var anchors: [ByteString: Measured] = [:]
    private var values = 0
    private var bytes = 0

    init(parser: consuming YAMLParser) { self.parser = parser }

    mutating func documents() throws -> [ListTree] {
      var documents: [ListTree] = []
      while true {
        let event = try parser.next()
        switch event.kind {
        case .streamEnd: return documents
        case .streamStart, .documentStart, .documentEnd: anchors = [:]
        default: documents.append(try value(event, depth: 0).tree)
        }
      }
    }

    private mutating func value(_ event: YAMLEvent, depth: Int) throws -> Measured {
      var found = Measured()
      switch event.kind {
      case .scalar(let text, let style):
        found.tree = .scalar(text, isPlain: style == .plain)
        found.bytes = text.utf8.count
        try count(found, depth, event)
      case .alias(let name):
        guard let known = anchors[ByteString(name)] else {
          throw ListError.malformed(
            line: event.start.line, "the alias '\(Quoting.visible(name))' stands for nothing before it")
        }
        try count(known, depth, event)
        return known
      case .listStart:
        try count(found, depth, event)
        var items: [ListTree] = []
        while true {
          let next = try parser.next()
          if case .collectionEnd = next.kind { break }
          let item = try value(next, depth: depth + 1)
          found.add(item)
          items.append(item.tree)
        }
        found.tree = .list(items)
      case .mapStart:
        try count(found, depth, event)
        var members: [(key: String, value: ListTree)] = []
        while true {
          let next = try parser.next()
          if case .collectionEnd = next.kind { break }
          let key = try value(next, depth: depth + 1)
          let member = try value(try parser.next(), depth: depth + 1)
          found.add(key)
          found.add(member)
          // A collection as a key is nothing that a list has.
          if case .scalar(let text, _) = key.tree { members.append((text, member.tree)) }
        }
        found.tree = .map(members)
      default:
        throw ListError.malformed(line: event.start.line, "a value is missing")
      }
      if let anchor = event.anchor { anchors[ByteString(anchor)] = found }
      return found
    }

    /// Counts what an event stands for, before it is held.
    private mutating func count(_ found: Measured, _ depth: Int, _ event: YAMLEvent) throws {
      values += found.values
      bytes += found.bytes
      guard values <= ListLimits.values else { throw ListError.tooManyValues(limit: ListLimits.values) }
      guard bytes <= ListLimits.bytes else { throw ListError.tooLarge(limit: ListLimits.bytes) }
      guard depth + found.levels < ListLimits.depth else {
        throw ListError.malformed(line: event.start.line, "it has more than \(ListLimits.depth) levels")
      }
    }
  }
}
