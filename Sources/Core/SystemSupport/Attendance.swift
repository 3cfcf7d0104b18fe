/// Whether there is a person who can be asked for something, and how long to wait for one where that is not known.
public enum Attendance {
  /// Seconds that a program may wait for a person in all; nil, for as long as it takes, where one can be at a terminal or a window.
  ///
  /// Where there is neither, a credential helper that says nothing is one that hangs: nobody would end it.
  public static var limit: Double? { mayBeThere ? nil : given }

  private static var mayBeThere: Bool {
    #if os(Linux)
      Terminal.isAtHand || ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(Environment[$0] ?? "").isEmpty }
    #else
      true
    #endif
  }

  /// A minute; `DEV_INFRA_TEST_ATTENDANCE` has other seconds, for tests that do not wait so long.
  private static var given: Double {
    Environment["DEV_INFRA_TEST_ATTENDANCE"].flatMap { Double($0) } ?? 60
  }
}
