import Git
import SystemSupport
import ByteStrings
import Registry
import RegistryStore

/// A conversation with git, see gitremote-helpers(7): commands on stdin, answers on stdout.
public struct HelperSession: ~Copyable {
  private let remote: ServiceRemote
  private let send: ([UInt8]) throws -> Void
  /// What git has not got yet.
  private var output = ""
  private var isDry = false

  /// The branch that a service is.
  private static let branch = "refs/heads/main"

  /// Whether it is about what machines say of their checkouts, and not about main.
  private let isOfStates: Bool

  /// A conversation about a remote.
  ///
  /// - Parameters:
  ///   - isOfStates: whether it is about what machines say of their checkouts, and not about main.
  ///   - send: takes what is for git.
  public init(
    _ remote: ServiceRemote, isOfStates: Bool = false, send: @escaping ([UInt8]) throws -> Void
  ) {
    self.remote = remote
    self.isOfStates = isOfStates
    self.send = send
  }

  /// Answers until git has no more to ask.
  public mutating func run() throws {
    while let line = readLine(), !line.isEmpty {
      try answer(line)
      try send(ByteText.bytes(of: output))
      output = ""
    }
  }

  private mutating func answer(_ line: String) throws {
    let word = line.prefix(before: " ")
    switch word {
    case "capabilities": output += "fetch\npush\noption\n\n"
    case "option": say(option(line.dropFirst(word.count + 1)))
    case "list": try list(forPush: line == "list for-push")
    case "fetch":
      // Listing has brought it already.
      while let line = readLine(), !line.isEmpty {}
      say("")
    case "push":
      var specs = [String(line.dropFirst("push ".count))]
      while let line = readLine(), !line.isEmpty { specs.append(String(line.dropFirst("push ".count))) }
      for spec in specs { try push(spec) }
      say("")
    default:
      throw WorkProdError.unknownCommand(line)
    }
  }

  private mutating func say(_ line: String) { output += line + "\n" }

  private mutating func option(_ text: Substring) -> String {
    let parts = text.split(at: " ", maxSplits: 1)
    switch (parts.first, parts.last) {
    case ("progress", let value): remote.showsProgress = value == "true"
    case ("dry-run", let value): isDry = value == "true"
    case ("verbosity", let value):
      if value.flatMap({ Int($0) }).map({ $0 < 1 }) ?? false { remote.showsProgress = false }
    default: return "unsupported"
    }
    return "ok"
  }

  private mutating func list(forPush: Bool) throws {
    if isOfStates {
      for (name, commit) in try remote.states(forPush: forPush) { output += "\(commit.hex) \(name)\n" }
    } else if let commit = try remote.main(forPush: forPush) {
      output += "\(commit.hex) \(Self.branch)\n@\(Self.branch) HEAD\n"
    }
    say("")
  }

  private mutating func push(_ spec: String) throws {
    let isForced = spec.begins(with: "+")
    let names = spec.drop { $0 == "+" }.split(at: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard names.count == 2 else { throw WorkProdError.malformedPush(spec) }
    let target = String(names[1])
    if isOfStates, let machine = RegistryStore.machine(ofStateReference: target) {
      return try push(stateOf: machine, String(names[0]), target)
    }
    guard target == Self.branch else {
      return say("error \(target) a work-prod service has no branch but main")
    }
    guard !names[0].isEmpty else {
      return say("error \(target) a work-prod service is not emptied by a push")
    }
    guard let commit = try remote.commit(named: String(names[0])) else {
      return say("error \(target) there is no commit of that name")
    }
    switch try remote.push(commit, isForced: isForced, isDry: isDry) {
    case .done: say("ok \(target)")
    case .refused(let reason): say("error \(target) \(reason)")
    }
  }

  private mutating func push(stateOf machine: MachineID, _ source: String, _ target: String) throws {
    let commit = source.isEmpty ? nil : try remote.commit(named: source)
    guard source.isEmpty || commit != nil else {
      return say("error \(target) there is no commit of that name")
    }
    switch try remote.push(commit, stateOf: machine, isDry: isDry) {
    case .done: say("ok \(target)")
    case .refused(let reason): say("error \(target) \(reason)")
    }
  }
}
