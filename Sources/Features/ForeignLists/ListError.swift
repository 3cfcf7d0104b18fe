public import Ranking
public import Registry

/// Why a list cannot be read or written at all.
public enum ListError: Error, Sendable {
  /// It is not a list of that format, or ends in the middle: what is wrong, and on which line where that is known.
  case malformed(line: Int?, String)
  /// It is in UTF-16, which none of the formats is.
  case isUTF16
  /// It is larger than so many bytes.
  case tooLarge(limit: Int)
  /// It has more values than are taken.
  case tooManyValues(limit: Int)
  /// It has more projects than are taken.
  case tooManyEntries(limit: Int)
  /// It declares a document type, by which XML brings entities in.
  case hasDocumentType(line: Int)
  /// It is a damaged database of zoxide's, or one of another version.
  case zoxide(ZoxideDatabase.Fault)
}

/// Why one entry of a list is passed over.
public enum EntryFault: Error, Sendable {
  /// Its URL is not taken.
  case refusedURL(RefusedURL)
  /// What should be its URL is none.
  case notAURL(String)
  /// It has neither a URL nor a path.
  case noPlace
  /// Its name cannot be one: why.
  case unusableName(InvalidValue)
  /// Its path cannot be one: why, as a clause.
  case unusablePath(String)
  /// It is on another computer.
  case remotePlace(String)
  /// It is checked out by a program other than git.
  case notGit(String)
  /// Its place is what a shell makes of a text, and no shell is run.
  case needsShell(String)
  /// It names a remote that the list does not define.
  case unknownRemote(String)
  /// Its URL is relative to that of the list itself, which is not known here.
  case relativeRemote(String)
  /// It cannot be read: why, as a clause.
  case unreadable(String)
}

/// What is worth knowing of a list.
public enum ListNotice: Sendable {
  /// An entry is passed over.
  case skipped(label: String, place: Int, EntryFault)
  /// A value of an entry is left out, since it cannot be stored: why.
  case leftOut(label: String, key: String, String)
  /// What may be a password was left out of a URL.
  case secretDropped(label: String, url: String)
  /// A user name that is no secret was left out of a URL.
  case userDropped(label: String, url: String)
  /// Another list that this one names is not read.
  case notFollowed(String)
}

/// What a list that was written does not have.
public enum Omission: Hashable, Sendable {
  /// The format has URLs alone, and the project has none.
  case noURL
  /// The format has URLs of hosts alone, and the project has a local one.
  case noHost
  /// The format has paths alone, and the project is not on this machine.
  case noPath
  /// The format is text, and the path is not.
  case notText
  /// The format has no way to write a character of it.
  case unwritable
}
