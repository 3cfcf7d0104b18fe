// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: language mode 6 comes with the tools version.
let strict: [SwiftSetting] =
  [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["DEV_INFRA_FUZZ"] == nil ? [] : watched)

/// What libFuzzer and the address sanitizer need in the code that they watch.
var watched: [SwiftSetting] {
  [.unsafeFlags(["-sanitize=address", "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp"])]
}

let filePath: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// The libraries, lowest first: each may use only what stands above it here.
let libraries: [Target] = [
  .systemLibrary(
    name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
  .systemLibrary(
    name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
  .systemLibrary(
    name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
  .systemLibrary(
    name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
  .systemLibrary(name: "CGlibc"),
  .target(name: "Records", swiftSettings: strict),
  .target(name: "ProcessLimits"),
  .target(
    name: "Platform", dependencies: ["CGlibc", "ProcessLimits", "Records", filePath], swiftSettings: strict),
  .target(name: "Console", dependencies: ["Records", "Platform", filePath], swiftSettings: strict),
  .target(
    name: "CommandLineTool", dependencies: ["Console", "Platform", "Records", argumentParser],
    swiftSettings: strict),
  .target(
    name: "Metadata", dependencies: ["CYAML", "Platform", "Records", filePath], swiftSettings: strict),
  .target(name: "GitOffline"),
  .target(name: "GitMemory", dependencies: ["CGit2"]),
  .target(
    name: "Git", dependencies: ["CGit2", "GitMemory", "GitOffline", "Platform", "Records", filePath],
    swiftSettings: strict),
  .target(name: "Registry", dependencies: ["Records", filePath], swiftSettings: strict),
  .target(
    name: "HTTP", dependencies: ["CCurl", "Git", "Platform", "Records", "Registry", filePath],
    swiftSettings: strict),
  .target(
    name: "RegistryView", dependencies: ["Console", "Platform", "Records", "Registry", filePath],
    swiftSettings: strict),
  .target(
    name: "HookRun", dependencies: ["Platform", "Records", "RegistryView", filePath], swiftSettings: strict),
  .target(
    name: "HookSetup", dependencies: ["Console", "Git", "Platform", "Records", filePath],
    swiftSettings: strict),
  .target(
    name: "Completion",
    dependencies: ["Console", "Platform", "Records", "Registry", "RegistryView", filePath],
    swiftSettings: strict),
  .target(
    name: "RegistryStore",
    dependencies: [
      "Console", "Git", "Metadata", "Platform", "Records", "Registry", "RegistryView", filePath,
    ],
    swiftSettings: strict),
  .target(name: "WorkProd", dependencies: ["Git", "Records", "Registry", filePath], swiftSettings: strict),
  .target(
    name: "WorkProdRemote",
    dependencies: [
      "Console", "Git", "HTTP", "Platform", "Records", "Registry", "RegistryStore", "WorkProd", filePath,
    ],
    swiftSettings: strict),
  .target(
    name: "Templates",
    dependencies: [
      "Console", "Git", "Metadata", "Platform", "Records", "Registry", "RegistryStore", "RegistryView",
      filePath,
    ],
    swiftSettings: strict),
  .target(
    name: "Cloning",
    dependencies: [
      "Console", "Git", "Platform", "Records", "Registry", "RegistryStore", "RegistryView", filePath,
    ],
    swiftSettings: strict),
  .target(name: "CICUStubData"),
  .target(
    name: "Filling",
    dependencies: [
      "Platform", "Records", filePath, .product(name: "Mustache", package: "swift-mustache"),
    ],
    swiftSettings: strict),
  .target(
    name: "Listing",
    dependencies: ["Console", "Platform", "Records", "RegistryView", argumentParser, filePath],
    swiftSettings: strict),
]

/// What an archive of Foundation needs of others; objects compiled for the shared libraries do not ask for it.
let essentials = ["_FoundationCShims", "_FoundationCollections", "swiftSynchronization"]
let foundation = essentials + ["CoreFoundation", "FoundationInternationalization", "_FoundationICU"]

/// For an executable that has the Swift runtime in itself, at fixed addresses.
func withRuntime(_ libraries: [String]) -> [LinkerSetting] {
  #if os(Linux)
    [.unsafeFlags(["-static-stdlib", "-use-ld=lld", "-Xlinker", "-no-pie"])]
      + libraries.map { .linkedLibrary($0) }
  #else
    []
  #endif
}

/// An executable in the folder of its own name.
func tool(
  _ name: String, _ dependencies: [Target.Dependency], linking linkerSettings: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["CommandLineTool", "Console", "Platform", "Records", argumentParser, filePath]
      + dependencies,
    swiftSettings: strict, linkerSettings: linkerSettings)
}

/// An executable that opens the registry.
func registryTool(_ name: String) -> Target {
  tool(name, ["Git", "Registry", "RegistryStore", "RegistryView"])
}

/// An executable that needs no more than the view: it does not even load libgit2.
func viewTool(_ name: String) -> Target { tool(name, ["Listing", "Registry", "RegistryView"]) }

/// An executable whose start counts: it parses its arguments by hand.
func bareTool(
  _ name: String, _ dependencies: [Target.Dependency], linking linkerSettings: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: ["Console", "Platform", "Records", filePath] + dependencies,
    swiftSettings: strict, linkerSettings: linkerSettings)
}

/// For an executable whose start is most of its work: it holds all it needs, at fixed addresses. Loading and relocating
/// libraries took two thirds of its time. The linker's warnings are about getpwuid(3) and the like, which it never calls.
#if os(Linux)
  let wholeInItself: [LinkerSetting] = [
    .unsafeFlags(["-static-executable", "-use-ld=lld", "-Xlinker", "--no-warnings", "-Xlinker", "-no-pie"])
  ]
#else
  let wholeInItself: [LinkerSetting] = []
#endif

let tools: [Target] = [
  bareTool("dev-infra", ["Completion", "HookRun", "RegistryView"], linking: wholeInItself),
  registryTool("dev-infra-cat-project"),
  tool("dev-infra-check-url", ["Registry"]),
  registryTool("dev-infra-diff-registry"),
  registryTool("dev-infra-fetch-pack"),
  // The only one with Foundation, which swift-mustache needs for a lock. Linked into it, and without ICU's data, that
  // is 24 MB where the shared libraries would be 54, and no other executable meets it.
  tool(
    "dev-infra-fill-template", ["CICUStubData", "Filling"],
    linking: withRuntime(foundation)),
  registryTool("dev-infra-hash-project"),
  viewTool("dev-infra-ls-projects"),
  tool("dev-infra-ls-repos", ["Git"]),
  registryTool("dev-infra-merge-registry"),
  tool("dev-infra-read-meta", ["Metadata", "Registry"]),
  // All the commands for people but the lists: finding the runtime's symbols took a fifth of the time of a `register`.
  tool(
    "dev-infra-porcelain",
    ["Cloning", "Git", "HookSetup", "Registry", "RegistryStore", "RegistryView", "Templates"],
    linking: withRuntime(essentials)),
  registryTool("dev-infra-send-pack"),
  registryTool("dev-infra-update-registry"),
  registryTool("dev-infra-update-view"),
  registryTool("dev-infra-verify-registry"),
  bareTool("git-remote-work-prod", ["Git", "WorkProdRemote"]),
  viewTool("dev-infra-views"),
]

/// What several of the tests need: random numbers that can be had again, directories and repositories that go away.
let testSupport: Target = .target(
  name: "TestSupport", dependencies: ["Git", "Platform", "Records", filePath], path: "Tests/TestSupport",
  swiftSettings: strict)

/// The server, which only `dev-infra daemon` needs: its libraries, its executable, their tests. It takes most of the time of
/// a build; `DEV_INFRA_SERVER=0` leaves it out.
let hasServer = Context.environment["DEV_INFRA_SERVER"] != "0"

/// What holds for any input of a parser; the unit tests replay inputs that were kept, and `make fuzz` tries new ones.
let fuzzProperties: Target = .target(
  name: "FuzzProperties",
  dependencies: [
    "Git", "Metadata", "Platform", "Records", "Registry", "RegistryStore", "RegistryView", filePath,
  ]
    + (hasServer
      ? ["DaemonEdge", "RegistryReceive", .product(name: "NIOCore", package: "swift-nio")] : []),
  path: "Tests/Fuzz/Properties", swiftSettings: strict + (hasServer ? [.define("HAS_SERVER")] : []))

/// The driver of `make fuzz`: libFuzzer, with everything of ours watched by it and by the address sanitizer. Only there where
/// `.ci/fuzz-parsers` asks for it and says where the toolchain has libFuzzer.
let fuzzer: [Target] =
  Context.environment["DEV_INFRA_FUZZ"].map { library in
    [
      .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
      .executableTarget(
        name: "dev-infra-fuzz", dependencies: ["CFuzzer", "FuzzProperties", "Platform"],
        path: "Tests/Fuzz/Driver",
        swiftSettings: strict,
        linkerSettings: [
          .unsafeFlags(["-sanitize=address", "-Xlinker", library, "-Xlinker", "-lstdc++"])
        ]),
    ]
  } ?? []

let tests: [Target] = [
  .testTarget(
    name: "FuzzTests", dependencies: ["FuzzProperties", "Platform", filePath], swiftSettings: strict),
  .testTarget(
    name: "CloningTests", dependencies: ["Cloning", "Console", "Registry", filePath], swiftSettings: strict),
  .testTarget(
    name: "FillingTests", dependencies: ["Filling", "Platform", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "HTTPTests",
    dependencies: ["Git", "HTTP", "Platform", "Records", "Registry", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "HookTests", dependencies: ["HookSetup", "Platform", "Records", filePath], swiftSettings: strict),
  .testTarget(
    name: "CompletionTests", dependencies: ["Completion", "Platform", "Records", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "RegistryTests", dependencies: ["Registry", "Platform", "Records", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "WorkProdTests",
    dependencies: ["Git", "Platform", "Registry", "WorkProd", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(name: "RecordsTests", dependencies: ["Records"], swiftSettings: strict),
  .testTarget(
    name: "GitTests", dependencies: ["Git", "Platform", "Records", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "PlatformTests", dependencies: ["Platform", "TestSupport", filePath], swiftSettings: strict),
  .testTarget(
    name: "MetadataTests", dependencies: ["Metadata", "Platform", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "RegistryViewTests",
    dependencies: ["Console", "Records", "Registry", "RegistryView", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "RegistryStoreTests",
    dependencies: [
      "Console", "Git", "Platform", "Registry", "RegistryStore", "RegistryView", "TestSupport", filePath,
    ],
    swiftSettings: strict),
]

let serverLibraries: [Target] = [
  .target(
    name: "ServerKeys", dependencies: ["CCrypto", "Console", "Platform", "Records", "Registry", filePath],
    swiftSettings: strict),
  .target(
    name: "DaemonEdge",
    dependencies: [
      "CGlibc", "Console", "Git", "Platform", "Records", "ServerKeys", filePath,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "HummingbirdTLS", package: "hummingbird"),
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"),
    ],
    swiftSettings: strict),
  .target(
    name: "RegistryReceive", dependencies: ["Console", "Git", "Platform", "RegistryStore", filePath],
    swiftSettings: strict),
  .target(
    name: "RecordService",
    dependencies: [
      "CGlibc", "Console", "Git", "Platform", "Records", "Registry", "RegistryStore", "RegistryView",
      "WorkProd",
      filePath, .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ],
    swiftSettings: strict),
  .target(
    name: "Daemon",
    dependencies: [
      "Console", "DaemonEdge", "Platform", "RecordService", "Records", "Registry", "ServerKeys",
      filePath,
      .product(name: "Hummingbird", package: "hummingbird"),
      .product(name: "HummingbirdCore", package: "hummingbird"),
      .product(name: "NIOCore", package: "swift-nio"),
    ],
    swiftSettings: strict),
]

let server: [Target] =
  serverLibraries + [
    tool(
      "dev-infra-daemon",
      ["Daemon", "DaemonEdge", "RegistryReceive", "RegistryStore", "RegistryView", "ServerKeys"])
  ]

let serverTests: [Target] = [
  .testTarget(
    name: "ServerKeysTests", dependencies: ["ServerKeys", "Console", "Platform", "TestSupport", filePath],
    swiftSettings: strict),
  .testTarget(
    name: "DaemonTests", dependencies: ["Console", "Daemon", "Platform", filePath], swiftSettings: strict),
  .testTarget(
    name: "RecordServiceTests",
    dependencies: [
      "Platform", "RecordService", "Registry", "TestSupport", filePath,
      .product(name: "NIOCore", package: "swift-nio"),
    ],
    swiftSettings: strict),
]

let serverPackages: [Package.Dependency] = [
  // Without its default traits, which bring full Foundation and a library for configuration files.
  .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
  .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
]

let package = Package(
  name: "dev-infra",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ] + (hasServer ? serverPackages : []),
  targets: libraries + tools + [testSupport, fuzzProperties] + fuzzer + tests
    + (hasServer ? server + serverTests : [])
)
