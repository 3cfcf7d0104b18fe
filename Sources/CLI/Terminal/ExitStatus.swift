/// How every executable of the toolset ends; dev-infra(1) has the same table.
public enum ExitStatus {
  /// Done.
  public static let success: Int32 = 0
  /// A documented "no": no match, a partial push, differences under `--exit-code`.
  public static let no: Int32 = 1
  /// It could not be done.
  public static let fatal: Int32 = 128
  /// The command line is wrong, or `-h` was asked for.
  public static let usage: Int32 = 129
}
