public import Registry
import SystemPackage

extension ProjectSnapshot {
  /// The body that creates a record of the project.
  ///
  /// - Parameter path: where it is on the machine that creates it; nil sends none.
  public func creation(_ form: RecordForm, path: String?) -> JSON {
    var body: JSON.Members
    switch form {
    case .full: body = ["name": project["name"] ?? .null, "metadata": metadata]
    case .plain:
      let fields = NativeFields(sending: project.object ?? [:])
      body = fields.members
      body["description"] = .string(block(fields).appended(to: fields["description"]))
    }
    if let path { body["path"] = .string(path) }
    return .object(body)
  }

  /// The body that makes a record say this.
  ///
  /// A field that says it already, if in other words than ours, is left alone. So is `path`: it is whose who made the
  /// record.
  public func change(of record: ServiceRecord, _ form: RecordForm) -> JSON {
    guard form == .plain else { return .object(["metadata": metadata]) }
    let members = project.object ?? [:]
    var fields = record.nativeFields(.plain)
    var body: JSON.Members = [:]
    for key in NativeFields.keys where !says(fields[key], key, members[key]?.string) {
      fields[key] = NativeFields.sent(key, members[key]?.string)
      body[key] = fields[key].map { .string($0) } ?? .null
    }
    body["description"] = .string(block(fields).appended(to: fields["description"]))
    return .object(body)
  }

  /// Whether a field's text, beside a block, stands for an entry's value.
  private func says(_ text: String?, _ key: String, _ value: String?) -> Bool {
    if key == "project_type" || Self.isInBlock(key, value) {
      return same(NativeFields.sent(key, value), text)
    }
    return same(NativeFields.taken(key, text), value)
  }

  /// Whether the block has to keep the value of a field, because what is sent as the field does not tell it.
  private static func isInBlock(_ key: String, _ value: String?) -> Bool {
    key == "project_type" || !same(NativeFields.taken(key, NativeFields.sent(key, value)), value)
  }

  /// The block that goes with these fields.
  private func block(_ fields: NativeFields) -> TrailerBlock {
    var members = project.object ?? [:]
    members["id"] = nil
    for key in NativeFields.keys where !Self.isInBlock(key, members[key]?.string) { members[key] = nil }
    var lines = [("Id", id.hex), ("Project", JSON.object(members).compact)]
    for (machine, value) in checkouts.sorted(by: { $0.key < $1.key }) {
      lines.append(("Checkout", "\(machine) \(value.compact)"))
    }
    for (machine, value) in machines.sorted(by: { $0.key < $1.key }) {
      lines.append(("Machine", "\(machine) \(value.compact)"))
    }
    lines.append(("Digest", fields.digest))
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
