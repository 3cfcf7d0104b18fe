import CGit2
import SystemSupport

/// The order in which packs have objects.
///
/// A pack has most objects as changes to another one, which is likely to stand shortly before. libgit2 keeps 16 MB of what it
/// has made so: of 10,000 entries that is all of them, and of 100,000, read in the order of their names, hardly ever the one
/// that is needed. Read in this order they are made once.
struct PackedOrder {
  /// The objects, sorted: a dictionary of them takes five times the memory.
  private let ids: [ObjectID]
  /// Where each stands; an object that is there twice has its place at the first.
  private var places: [Int]
  private var next = 0

  /// The order of those of these objects that a pack of the database has.
  init(of ids: some Sequence<ObjectID>, in database: OpaquePointer) {
    self.ids = ids.sorted()
    places = Array(repeating: .max, count: self.ids.count)
    for position in 0..<git_odb_num_backends(database) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      guard git_odb_get_backend(&backend, database, position) == 0, let backend,
        ObjectSizes.isOfPacks(backend)
      else { continue }
      // libgit2 walks the objects of a pack as they stand there. What it cannot walk is found out by who reads.
      withUnsafeMutablePointer(to: &self) { order in
        _ = backend.pointee.foreach?(
          backend,
          { id, order in
            guard let id, let order else { return 0 }
            order.assumingMemoryBound(to: PackedOrder.self).pointee.pass(ObjectID(id.pointee))
            return 0
          }, order)
      }
    }
  }

  private mutating func pass(_ id: ObjectID) {
    guard let index = index(of: id) else { return }
    places[index] = next
    next += 1
  }

  /// Where an object stands among the others; what is in no pack stands behind all that are.
  func place(of id: ObjectID?) -> Int { id.flatMap(index(of:)).map { places[$0] } ?? .max }

  private func index(of id: ObjectID) -> Int? { ids.sortedIndex(of: id) { $0 } }
}
