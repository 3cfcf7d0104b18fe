#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ByteStrings
import CPlatform
import SystemPackage

/// What the system tells of processes: proc(5) on Linux, sysctl(3) and libproc on macOS. Nothing where it tells nothing.
package enum ProcessFacts {
  /// The processes that `process` has started: on Linux those that its first thread has.
  package static func children(of process: Int32) -> [Int32] {
    #if canImport(Darwin)
      // Twice what there are now, for those that are started meanwhile.
      var children = [Int32](repeating: 0, count: 64)
      while true {
        let count = Int(dev_infra_children(process, &children, Int32(children.count)))
        if count < children.count { return Array(children.prefix(max(0, count))) }
        children += [Int32](repeating: 0, count: children.count)
      }
    #else
      guard let bytes = try? Files.read(FilePath("/proc/\(process)/task/\(process)/children")) else {
        return []
      }
      return String(decoding: bytes, as: UTF8.self).split(at: " ").compactMap { Int32($0) }
    #endif
  }

  /// The words that a process was started with.
  package static func words(of process: Int32) -> [String] {
    #if canImport(Darwin)
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      let count = dev_infra_arguments(process, &bytes, bytes.count)
      return words(inArea: bytes.prefix(max(0, Int(count))))
    #else
      guard let bytes = try? Files.read(FilePath("/proc/\(process)/cmdline"), limit: 1 << 20) else {
        return []
      }
      return bytes.split(separator: 0).map { ByteText.string(from: $0) }
    #endif
  }

  /// The words in what `KERN_PROCARGS2` gives of a process (sysctl(3)): their number, the path that was executed, NULs, then each
  /// word with its NUL; variables follow.
  package static func words(inArea area: ArraySlice<UInt8>) -> [String] {
    let size = MemoryLayout<Int32>.size
    guard area.count > size else { return [] }
    let number = area.prefix(size).withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    let rest = area.dropFirst(size).drop { $0 != 0 }.drop { $0 == 0 }
    guard number > 0 else { return [] }
    // The last one has no NUL where the area was cut.
    let words = rest.split(separator: 0, maxSplits: Int(number), omittingEmptySubsequences: false)
    return words.prefix(Int(number)).map { ByteText.string(from: $0) }
  }

  /// Whether a process that is still in the system's table has ended: its parent has not waited for it.
  package static func hasEnded(_ process: Int32) -> Bool {
    #if canImport(Darwin)
      return dev_infra_process_state(process).has_ended != 0
    #else
      // `Z`, behind the name in parentheses.
      guard let stat = try? Files.read(FilePath("/proc/\(process)/stat"), limit: 4096),
        let end = stat.lastIndex(of: UInt8(ascii: ")"))
      else { return false }
      return stat[end...].dropFirst(2).first == UInt8(ascii: "Z")
    #endif
  }

  /// Seconds of the processor that a process and those below it have taken, with those of children that have ended; and whether one of
  /// them waits for a disk, which macOS does not say.
  package static func work(below process: Int32) -> (processorSeconds: Double, waitsForDisk: Bool) {
    var (seconds, waits) = work(of: process)
    for child in children(of: process) {
      let below = work(below: child)
      seconds += below.processorSeconds
      waits = waits || below.waitsForDisk
    }
    return (seconds, waits)
  }

  private static func work(of process: Int32) -> (processorSeconds: Double, waitsForDisk: Bool) {
    #if canImport(Darwin)
      return (dev_infra_processor_seconds(process), false)
    #else
      guard let stat = try? Files.read(FilePath("/proc/\(process)/stat"), limit: 4096),
        let end = stat.lastIndex(of: UInt8(ascii: ")"))
      else { return (0, false) }
      // Behind the name: the state, ten numbers, and the ticks for itself and for children that it has waited for.
      let fields = String(decoding: stat[end...].dropFirst(2), as: UTF8.self).split(at: " ")
      guard fields.count > 14 else { return (0, false) }
      let ticks = fields[11...14].compactMap { Double($0) }.reduce(0, +)
      return (ticks / Double(sysconf(Int32(_SC_CLK_TCK))), fields[0] == "D")
    #endif
  }

  /// Whether a process ignores a signal.
  package static func ignores(_ signal: Int32, _ process: Int32) -> Bool {
    let mask: UInt64
    #if canImport(Darwin)
      mask = UInt64(dev_infra_process_state(process).ignored)
    #else
      guard let bytes = try? Files.read(FilePath("/proc/\(process)/status"), limit: 1 << 16),
        let line = String(decoding: bytes, as: UTF8.self).split(at: "\n").first(where: {
          $0.begins(with: "SigIgn:")
        }),
        let ignored = UInt64(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16)
      else { return false }
      mask = ignored
    #endif
    return mask & (1 << UInt64(signal - 1)) != 0
  }

  /// Whether a process waits for what is typed on a terminal.
  ///
  /// On Linux it is in a read(2) of one; that one is open does not count, since it may have been handed down. macOS does not say
  /// what a process waits for: there it has opened `/dev/tty`, as what asks for a password does, and is not just given a terminal.
  ///
  /// - Parameter drawsForms: whether it is a program that waits in other calls as well, while it has a terminal.
  static func isReadingTerminal(_ process: pid_t, drawsForms: Bool) -> Bool {
    #if canImport(Darwin)
      return drawsForms || dev_infra_has_opened(process, "/dev/tty") != 0
    #else
      let folder = FilePath("/proc/\(process)/fd")
      let terminals = ((try? Files.names(in: folder)) ?? []).filter {
        isTerminal(folder.pushing(FilePath(bytes: $0)))
      }
      guard !terminals.isEmpty else { return false }
      // The number of the system call and its arguments; where that is not for us to see, the terminal has to do.
      guard let bytes = try? Files.read(FilePath("/proc/\(process)/syscall"), limit: 1024) else {
        return true
      }
      let fields = String(decoding: bytes, as: UTF8.self).split(at: " ")
      guard fields.count > 1, let number = Int(fields[0]) else { return false }
      if drawsForms { return true }
      return number == readNumber
        && terminals.contains {
          String(decoding: $0, as: UTF8.self) == Int(fields[1].dropFirst(2), radix: 16).map(String.init)
        }
    #endif
  }

  #if !canImport(Darwin)
    private static func isTerminal(_ link: FilePath) -> Bool {
      var buffer = [CChar](repeating: 0, count: 32)
      let count = link.withPlatformString { readlink($0, &buffer, buffer.count - 1) }
      guard count > 0 else { return false }
      let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return ["/dev/pts/", "/dev/tty", "/dev/console"].contains { target.begins(with: $0) }
    }

    /// read(2) in the kernel's table of system calls.
    private static let readNumber: Int = {
      #if arch(x86_64)
        0
      #else
        63
      #endif
    }()
  #endif
}
