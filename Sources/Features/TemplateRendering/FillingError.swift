public import SystemPackage

/// Why a template was not filled.
public enum FillingError: Error, Equatable, Sendable {
  /// A text that has tags.
  public enum Place: Equatable, Sendable {
    /// What is in a file, or what a symbolic link leads to.
    case contents(of: FilePath)
    /// The last name of a path.
    case name(of: FilePath)
  }

  /// What is wrong with a text.
  public enum TextFault: Equatable, Sendable {
    /// It has more tags than this.
    case tags(limit: Int)
    /// With it the template has more tags than this.
    case tagsOfTemplate(limit: Int)
    /// With it the template's text is larger than so many bytes.
    case textOfTemplate(limit: Int)
    /// Sections stand in each other deeper than this.
    case sections(limit: Int)
    /// A tag is wrong, at a line and a column, both from 1.
    case tag(TagFault, line: Int, column: Int)
  }

  /// What is wrong with a tag.
  public enum TagFault: Equatable, Sendable {
    /// The section of this name does not end.
    case sectionNotEnded(String)
    /// The section of this name ends, and is not the one that is open.
    case sectionNotBegun(String)
    /// A delimiter has more bytes than this, or one that may be part of a name.
    case delimiter(limit: Int)
  }

  /// What is wrong with a name that tags have been filled in.
  public enum NameFault: Equatable, Sendable {
    /// Nothing is left of it.
    case empty
    /// It is `.` or `..`.
    case notAName
    /// It has a slash.
    case slash
    /// It has a NUL.
    case nul
    /// It has more bytes than a name can have.
    case longerThan(bytes: Int)
    /// Git keeps its own things under it.
    case gitsOwn
  }

  /// What is wrong with where a symbolic link leads.
  public enum LinkFault: Equatable, Sendable {
    /// Nowhere.
    case empty
    /// It is an absolute path.
    case absolute
    /// Out of the template.
    case leadsOut
    /// Into a git directory.
    case gitsOwn
  }

  /// What is to be filled is not a directory.
  case notADirectory(FilePath)
  /// The template has more files than this.
  case tooManyFiles(limit: Int)
  /// A directory is deeper in the template than this.
  case tooDeep(FilePath, limit: Int)
  /// With this file the template has more than so many bytes.
  case tooLarge(FilePath, limit: Int)
  /// It is neither a file, nor a directory, nor a link.
  case specialFile(FilePath)
  /// Two names have become the same.
  case nameTaken(FilePath, String)
  /// A name has become one that cannot be.
  case unusableName(FilePath, String, NameFault)
  /// A symbolic link leads to where none may.
  case unusableLink(FilePath, target: String, LinkFault)
  /// A text cannot be filled.
  case unusableText(Place, TextFault)
}
