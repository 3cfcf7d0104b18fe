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

/// Facts about this computer.
public enum Host {
  /// The number of this process.
  public static var process: Int32 { getpid() }

  /// The kernel's name for it, with its domain where that is part of it; empty where it is not known.
  public static var fullName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The addresses of this computer's network interfaces, as numbers; of those of IPv6 without the interface's name.
  public static let addresses: Set<String> = {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var addresses: Set<String> = []
    for entry in sequence(first: first, next: { $0?.pointee.ifa_next }) {
      guard let address = entry?.pointee.ifa_addr else { continue }
      let length: Int
      switch Int32(address.pointee.sa_family) {
      case AF_INET: length = MemoryLayout<sockaddr_in>.size
      case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
      default: continue
      }
      var buffer = [CChar](repeating: 0, count: 128)
      guard
        getnameinfo(address, socklen_t(length), &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0
      else { continue }
      let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      addresses.insert(String(text.prefix { $0 != "%" }))
    }
    return addresses
  }()

  /// What tells this run of the computer from the one before it; nil where the system does not say.
  public static var run: String? {
    #if canImport(Darwin)
      var text = [CChar](repeating: 0, count: 64)
      var size = text.count
      guard sysctlbyname("kern.bootsessionuuid", &text, &size, nil, 0) == 0 else { return nil }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      guard let bytes = try? Files.read("/proc/sys/kernel/random/boot_id", limit: 256) else { return nil }
      return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    #endif
  }

  /// The name without its domain, as `hostname -s` prints it.
  public static var name: String {
    let short = fullName.prefix(before: ".")
    return short.isEmpty ? "localhost" : String(short)
  }

  /// Kernel and processor, such as `Linux x86_64`.
  public static var system: String {
    var info = utsname()
    guard uname(&info) == 0 else { return "unknown" }
    return "\(text(of: info.sysname)) \(text(of: info.machine))"
  }

  private static func text<T>(of tuple: T) -> String {
    withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The name that the user logs in with.
  public static var user: String {
    if let entry = getpwuid(getuid()), let name = entry.pointee.pw_name { return String(cString: name) }
    return Environment["USER"] ?? "unknown"
  }

  /// What systemd's machine-id(5) or D-Bus says is this installation of an operating system, and on macOS gethostuuid(2); nil
  /// where none does.
  public static var installation: String? {
    #if canImport(Darwin)
      var digits = [CChar](repeating: 0, count: 33)
      return dev_infra_host_id(&digits) == 0 ? String(cString: digits) : nil
    #else
      for path in ["/etc/machine-id", "/var/lib/dbus/machine-id"] {
        guard let bytes = try? Files.read(FilePath(path), limit: 4096) else { continue }
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        if text.count >= 32 { return text }
      }
      return nil
    #endif
  }

  /// `count` random bytes from the kernel, as twice as many lower-case hexadecimal digits.
  public static func randomHex(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in
      let byte = UInt8.random(in: 0...255, using: &generator)
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
