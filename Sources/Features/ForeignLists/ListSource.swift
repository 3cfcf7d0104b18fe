public import SystemPackage

/// A list that is to be read, and what its texts count from.
public struct ListSource {
  /// Its bytes.
  public var bytes: [UInt8]
  /// What relative paths start from.
  public var directory: FilePath
  /// What `~` is; nil where nobody knows.
  public var home: FilePath?
  /// Where ghq keeps its clones.
  public var roots: [FilePath] = []
  /// Whether URLs of ssh are taken where the list has both.
  public var prefersSSH = false
  /// The most bytes and projects that are taken.
  public var limits = (bytes: ListLimits.bytes, entries: ListLimits.entries)
  /// Reads another file beside the list's own, by its name; nil where there is none.
  public var sibling: (String) -> [UInt8]? = { _ in nil }

  /// A list of these bytes.
  public init(_ bytes: [UInt8], directory: FilePath, home: FilePath?) {
    self.bytes = bytes
    self.directory = directory
    self.home = home
  }
}

/// What is taken of a list: it may come from anywhere, so all of it is bounded. dev-infra-read-list(1) has the same figures.
public enum ListLimits {
  /// Bytes of a list.
  public static let bytes = 64 << 20
  /// Bytes of the records that a list is written from: a registry may have more projects than are taken from anywhere.
  public static let records = 1 << 30
  /// Bytes of a list in YAML, which is held in memory as a whole.
  public static let yaml = 16 << 20
  /// Values of a list, in YAML with those that its aliases stand for: all that is held in memory at a time, one way or another.
  static let values = 500_000
  /// Bytes of a list in XML.
  public static let xml = 16 << 20
  /// Bytes of a list in TOML, of which each value takes a hundred.
  public static let toml = 4 << 20
  /// Dots in a line of TOML, of which each may be a level.
  static let tomlParts = 256
  /// Projects of a list.
  public static let entries = 100_000
  /// Bytes of one project in a list of JSON, of a line, and of a value in CSV.
  static let entry = 1 << 20
  /// Values in a row of CSV, attributes of an element of XML.
  static let row = 256
  /// Collections inside each other.
  static let depth = 64
  /// Bytes of a path.
  static let path = 4096
}
