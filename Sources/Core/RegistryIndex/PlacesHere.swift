import ByteStrings
import SystemPackage
public import SystemSupport

/// How many projects there are, how many of them on this machine, and the places here where nothing is.
public struct PlacesHere: Sendable {
  /// A place where nothing is, and the project that was there.
  public typealias Place = (name: String, path: String)

  /// The number of projects in the view, whatever machine they are on.
  public fileprivate(set) var projects = 0
  /// The number of projects that have a place on this machine, even if nothing is there.
  public fileprivate(set) var here = 0
  /// The places where nothing is, in the order of the view.
  public fileprivate(set) var missing: [Place] = []
}

extension ViewFile {
  /// Looks whether the places of a view are there.
  ///
  /// What was found is remembered with how the directories were, as git does for untracked files: as long as main is where it was, and
  /// they are as they were, nobody has to read them again.
  ///
  /// - Parameter now: milliseconds since 1970.
  public func places(in view: View, now: Int64 = Clock.nowMilliseconds) -> PlacesHere {
    let file = KnownPlaces.file(of: registry)
    if let places = file.read().flatMap({ KnownPlaces.places(in: view, as: $0) }) { return places }
    let (places, known) = KnownPlaces.look(at: view, now: now)
    if let known, known.count <= KnownPlaces.limit {
      // Without it the next look takes as long as this one.
      try? file.write(known)
    } else {
      file.remove()
    }
    return places
  }
}

/// What the last look at the places of a view found, in `cache/places`: see dev-infra-registry(5).
private enum KnownPlaces {
  static let limit = 1 << 26
  /// Places for which it is worth a file.
  private static let fewest = 500

  static func file(of registry: FilePath) -> CacheFile {
    CacheFile("places", of: registry, limit: limit, startingWith: "dev-infra-places 1\0")
  }

  /// Of which view it is, and whose look it was.
  private static func name(of view: View) -> String {
    "\(view.commit) \(view.machine) \(FilePermissions.ownUser)"
  }

  /// Looks at the places of a view.
  ///
  /// - Returns: what was found, and the file that remembers it; nil for the latter where it may be another the next moment, and
  ///   where there are few.
  static func look(at view: View, now: Int64) -> (places: PlacesHere, file: [UInt8]?) {
    var places = PlacesHere()
    var paths = PathList()
    view.eachRow { row in
      places.projects += 1
      if !row.isEmpty(.paths) { places.here += 1 }
      row.eachItem(of: .paths) { paths.append($0) }
    }
    let look = paths.look(now: now)
    var file: [UInt8]?
    if let directories = look.directories, paths.count >= fewest {
      file = record(name(of: view)) + record("\(places.projects) \(places.here)")
      for (path, version) in directories { file? += record("d\(version)") + path.bytes + [0] }
    }
    // Which project a place is of is only asked where it matters.
    var (missing, unsure, number) = (look.missing[...], look.unsure[...], 0)
    if !missing.isEmpty || !unsure.isEmpty {
      view.eachRow { row in
        for path in row.paths {
          let isMissing = missing.first == number
          let isUnsure = unsure.first == number
          if isMissing {
            missing.removeFirst()
            places.missing.append((row.name, path))
          }
          if isUnsure { unsure.removeFirst() }
          if isMissing || isUnsure { file? += record((isUnsure ? "u" : "m") + row.name) + record(path) }
          number += 1
        }
      }
    }
    file? += record(".")
    return (places, file)
  }

  private static func record(_ text: String) -> [UInt8] { ByteText.bytes(of: text) + [0] }

  /// What a file says of the places of a view; nil where it says nothing of this one, or a directory is not as it was.
  static func places(in view: View, as file: [UInt8]) -> PlacesHere? {
    var records = file.split(separator: 0, omittingEmptySubsequences: false)[...]
    func next() -> ArraySlice<UInt8>? { records.popFirst() }
    guard next()?.elementsEqual(name(of: view).utf8) ?? false, let counts = next().flatMap(counts) else {
      return nil
    }
    var places = PlacesHere()
    (places.projects, places.here) = counts
    while let record = next(), let kind = record.first {
      let text = ByteText.string(from: Array(record.dropFirst()))
      if kind == UInt8(ascii: ".") { return places }
      guard let path = next().map({ Array($0) }) else { return nil }
      switch kind {
      case UInt8(ascii: "d"):
        guard FileVersion(of: FilePath(bytes: path)).description == text else { return nil }
      case UInt8(ascii: "m"): places.missing.append((text, ByteText.string(from: path)))
      case UInt8(ascii: "u"):
        if Files.kind(of: FilePath(bytes: path)) == nil {
          places.missing.append((text, ByteText.string(from: path)))
        }
      default: return nil
      }
    }
    return nil
  }

  private static func counts(_ record: ArraySlice<UInt8>) -> (Int, Int)? {
    let words = String(decoding: record, as: UTF8.self).split(at: " ")
    guard words.count == 2, let projects = Int(words[0]), let here = Int(words[1]) else { return nil }
    return (projects, here)
  }
}
