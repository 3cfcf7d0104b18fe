/// Texts as words of a POSIX shell.
public enum ShellQuoting {
  /// `text` between single quotes, whatever it holds.
  public static func quoted(_ text: String) -> String {
    "'" + text.split(at: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// `text` as a person would write it: quoted only where a shell would read it as anything but one word.
  public static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.value >= 0x80 || (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value)
          || (0x61...0x7A).contains(scalar.value) || "%+,-./:=@_".unicodeScalars.contains(scalar)
      }
    return isPlain ? text : quoted(text)
  }
}
