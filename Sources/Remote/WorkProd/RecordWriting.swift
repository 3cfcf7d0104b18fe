public import Registry
import SystemPackage

extension ProjectSnapshot {
  /// The body that creates a record of the project.
  ///
  /// - Parameters:
  ///   - path: where it is on the machine that creates it; nil sends none.
  ///   - hash: what digests are.
  public func creation(_ form: ServiceFlavor, path: String?, hash: BlobHash) -> JSON {
    var body: JSON.Members
    switch form {
    case .full:
      body = ["metadata": metadata]
      body[.name] = project[.name] ?? .null
    case .plain:
      let fields = NativeFields(sending: project.object ?? [:])
      body = fields.members
      // The service may not keep it.
      var shown = fields
      shown[.projectType] = nil
      body[.description] = .string(block(shown, hash: hash).appended(to: fields[.description]))
    }
    if let path { body["path"] = .string(path) }
    return .object(body)
  }

  /// The body that makes a record say this.
  ///
  /// A field that already says the same, even in other words, is left alone. So is `path`: it belongs to the machine that
  /// created the record.
  public func change(of record: ServiceRecord, _ form: ServiceFlavor, hash: BlobHash) -> JSON {
    guard form == .plain else { return .object(["metadata": metadata]) }
    let members = project.object ?? [:]
    var fields = record.nativeFields(.plain)
    var body: JSON.Members = [:]
    for key in NativeFields.keys where !says(fields[key], key, members[key]?.string) {
      let sent = NativeFields.sent(key, members[key]?.string)
      body[key] = sent.map { .string($0) } ?? .null
      // The service may not keep it: then it shows what it showed before.
      if key != .projectType { fields[key] = sent }
    }
    body[.description] = .string(
      block(fields, beside: record, hash: hash).appended(to: fields[.description]))
    return .object(body)
  }

  /// The body that makes a record's block right, where the service does not show a field as it was sent; nil where it
  /// shows all so. Without, that would be another client's edit.
  ///
  /// - Parameters:
  ///   - body: what was sent.
  ///   - record: the record that it was made for; nil for a new one.
  ///   - answered: the record as the service then showed it.
  public func correction(
    of body: JSON, for record: ServiceRecord?, _ answered: ServiceRecord, hash: BlobHash
  ) -> JSON? {
    guard let description = body[.description]?.string,
      let (text, block) = TrailerBlock.split(description),
      same(answered.fields[.description], description)
    else { return nil }
    // What was not sent is as it was: where it is not, another client has changed it, and that has to show.
    var fields = record?.nativeFields(.plain) ?? NativeFields { _ in nil }
    if record == nil { fields[.status] = ProjectStatus.active.rawValue }
    for key in NativeFields.keys where body[key] != nil { fields[key] = answered.fields[key] }
    fields[.description] = text.isEmpty ? nil : text
    let new = self.block(fields, beside: answered, hash: hash)
    return new == block ? nil : .object([FieldKey.description.rawValue: .string(new.appended(to: text))])
  }

  /// Whether a field's text, beside a block, stands for an entry's value.
  private func says(_ text: String?, _ key: FieldKey, _ value: String?) -> Bool {
    if key == .projectType { return same(NativeFields.sent(key, value), text) }
    return same(NativeFields.taken(key, text), value) || same(NativeFields.sent(key, value), text)
  }

  /// Whether the block has to keep the value of a field, because what the service shows does not tell it.
  ///
  /// The name is always kept: other clients may empty it, and a project without a name there is none.
  private static func isInBlock(_ key: FieldKey, _ value: String?, shown: String?) -> Bool {
    key == .projectType || key == .name || !same(NativeFields.taken(key, shown), value)
  }

  /// The block that goes with these fields.
  ///
  /// - Parameter record: the record that has them, whose block may have lines of a newer version; nil for a new one.
  private func block(
    _ fields: NativeFields, beside record: ServiceRecord? = nil, hash: BlobHash
  ) -> TrailerBlock {
    var members = project.object ?? [:]
    members[.id] = nil
    var shown: JSON.Members = [:]
    for key in NativeFields.keys {
      let value = members[key]?.string
      if key == .projectType {
        shown[key] = fields[key].map { .string($0) }
      } else if let text = fields[key], key != .description, !same(NativeFields.taken(key, text), value),
        !same(NativeFields.sent(key, value), text)
      {
        shown[key] = .string(text)
      }
      if !Self.isInBlock(key, value, shown: fields[key]) { members[key] = nil }
    }
    var lines = [("Id", id.hex), ("Project", JSON.object(members).compact)]
    if !shown.isEmpty { lines.append(("Shown", JSON.object(shown).compact)) }
    for (machine, value) in checkouts.sorted(by: { $0.key < $1.key }) {
      lines.append(("Checkout", "\(machine) \(value.compact)"))
    }
    for (machine, value) in machines.sorted(by: { $0.key < $1.key }) {
      lines.append(("Machine", "\(machine) \(value.compact)"))
    }
    let former = record?.fields[.description].flatMap { TrailerBlock.split($0) }?.block.lines ?? []
    lines += former.filter { !TrailerBlock.knownKeys.contains($0.key) }.map { ($0.key, $0.value) }
    lines.append(("Digest", fields.digest(hash)))
    return TrailerBlock(lines: lines.map { (key: $0.0, value: $0.1) })
  }

  /// The path that a record of it gets from a machine that creates it: where its main place is there.
  public func path(on machine: MachineID?) -> String? {
    guard let machine, let value = checkouts[machine], let checkout = try? Checkout(json: value) else {
      return nil
    }
    let places = checkout.paths
    guard let place = places.first(where: { $0.kind == .main }) ?? places.first else { return nil }
    // What is not text would be quoted in JSON, and no other client would find it there.
    let text = place.path.string
    return place.path.isAbsolute && text.unicodeScalars.count <= 500
      && !text.unicodeScalars.contains("\u{FFFD}")
      ? text : nil
  }
}
