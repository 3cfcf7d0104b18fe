import Registry
public import RegistryStore

extension MisplacedFile {
  /// What is wrong, as a clause.
  public var words: String {
    switch self {
    case .otherCase: "like a name of the registry but for the case of its letters"
    case .notADirectory(let mode): "not a directory (mode \(String(mode, radix: 8)))"
    case .notAFile(let mode): "not a regular file (mode \(String(mode, radix: 8)))"
    case .name(let fault): fault.words
    case .tooDeep(let limit): "deeper than \(limit) names"
    case .tooManyUnknown(let limit):
      "one of more than \(limit) files whose names this version does not know, none of which is taken"
    }
  }
}

extension UnknownPath.NameFault {
  fileprivate var words: String {
    switch self {
    case .length(let limit): "a name has 1 to \(limit) characters"
    case .beginning: "a name begins with a letter or a digit"
    case .gitsOwn: "a name of git's own, which would make the directory look like a repository"
    case .characters(let allowed): "a name consists of letters and digits of ASCII and of \(allowed)"
    }
  }
}
