import ByteStrings
import SystemPackage
import SystemSupport
public import TemplateRendering
public import Terminal

extension FillingError: ReportedError {
  /// The error in words.
  public var failure: Failure {
    switch self {
    case .notADirectory(let path):
      .fatal("filling the template \(path.visible) failed: it is not a directory")
    case .tooManyFiles(let limit): .fatal("the template has more than \(limit) files")
    case .tooDeep(let path, let limit): .fatal("\(path.visible) is deeper than \(limit) directories")
    case .tooLarge(let path, let limit):
      .fatal("copying \(path.visible) failed: the template has more than \(limit >> 20) MiB")
    case .specialFile(let path):
      .fatal("copying \(path.visible) failed: it is neither file, directory nor link")
    case .nameTaken(let path, let name):
      .fatal("filling the name of \(path.visible) failed: '\(Quoting.visible(name))' already exists")
    case .unusableName(let path, let name, let fault):
      .fatal("filling the name of \(path.visible) failed: '\(Quoting.visible(name))' \(fault.words)")
    case .unusableLink(let path, let target, let fault):
      .fatal("copying the symbolic link \(path.visible) failed: '\(Quoting.visible(target))' \(fault.words)")
    case .unusableText(let place, let fault): .fatal("filling \(place.words) failed: \(fault.words)")
    }
  }
}

extension FillingError.Place {
  fileprivate var words: String {
    switch self {
    case .contents(let path): path.visible
    case .name(let path): "the name of \(path.visible)"
    }
  }
}

extension FillingError.TextFault {
  fileprivate var words: String {
    switch self {
    case .tags(let limit): "it has more than \(limit) tags"
    case .tagsOfTemplate(let limit): "the template has more than \(limit) tags"
    case .textOfTemplate(let limit): "the template's text is larger than \(limit >> 20) MiB"
    case .sections(let limit): "its sections are nested deeper than \(limit)"
    case .tag(let fault, let line, let column): "line \(line), column \(column): \(fault.words)"
    }
  }
}

extension FillingError.TagFault {
  fileprivate var words: String {
    switch self {
    case .sectionNotEnded(let name): "the section '\(Quoting.visible(name))' does not end"
    case .sectionNotBegun(let name): "the section '\(Quoting.visible(name))' ends and did not begin here"
    case .delimiter(let limit): "a delimiter is at most \(limit) bytes, none of which a name may have"
    }
  }
}

extension FillingError.NameFault {
  fileprivate var words: String {
    switch self {
    case .empty: "is empty"
    case .notAName: "is not a name"
    case .slash: "has a slash"
    case .nul: "has a NUL"
    case .longerThan(let bytes): "is longer than \(bytes) bytes"
    case .gitsOwn: "is git's own"
    }
  }
}

extension FillingError.LinkFault {
  fileprivate var words: String {
    switch self {
    case .empty: "is empty"
    case .absolute: "is an absolute path"
    case .leadsOut: "leads out of the template"
    case .gitsOwn: "leads into git's own directory"
    }
  }
}
