/// An error of a library, and what the toolset says of it.
///
/// The libraries below CLI throw errors that carry facts. The sentences, the hints and the statuses are made in the targets
/// `…Reporting`, one file a module: a `switch` over all that the module's error can be.
public protocol ReportedError: Error {
  /// The error in words, with the status that it ends a command with.
  var failure: Failure { get }
}
