// swift-tools-version: 6.2
import PackageDescription

// The folders of Sources are the architecture, and arrows point one way: CLI -> Server, Remote, Features -> Core -> C.
// ARCHITECTURE.md describes them.

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
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
func hummingbird(_ name: String) -> Target.Dependency { .product(name: name, package: "hummingbird") }

/// A library in the folder of its name, in that of its group.
func library(_ group: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(group)/\(name)", swiftSettings: strict)
}

/// A module map of a library of the system's.
func system(_ name: String, _ package: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: package, providers: [.apt([apt]), .brew([brew])])
}

/// Tests in the folder of their name, in that of the group of what they test.
func tests(_ group: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(group)/\(name)", swiftSettings: strict)
}

/// Knows nothing of ours.
let c: [Target] = [
  system("CGit2", "libgit2", apt: "libgit2-dev", brew: "libgit2"),
  system("CYAML", "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
  system("CExpat", "expat", apt: "libexpat1-dev", brew: "expat"),
  system("CCurl", "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
  system("CCrypto", "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
  .systemLibrary(name: "CPlatform", path: "Sources/C/CPlatform"),
  .target(name: "GitOffline", path: "Sources/C/GitOffline"),
  .target(name: "GitMemory", dependencies: ["CGit2"], path: "Sources/C/GitMemory"),
  .target(name: "ProcessLimits", path: "Sources/C/ProcessLimits"),
  // Over the system's toml++, a library of C++ headers.
  .target(name: "TOMLReader", path: "Sources/C/TOMLReader"),
]

/// The registry: what it is, and how it is stored.
let core: [Target] = [
  library("Core", "ByteStrings"),
  library("Core", "SystemSupport", ["CPlatform", "ProcessLimits", "ByteStrings", filePath]),
  library("Core", "Registry", ["ByteStrings", filePath]),
  library("Core", "Metadata", ["CYAML", "ByteStrings", "SystemSupport", "Registry", filePath]),
  library(
    "Core", "Git", ["CGit2", "GitMemory", "GitOffline", "ByteStrings", "SystemSupport", "Registry", filePath]),
  library("Core", "RegistryIndex", ["ByteStrings", "SystemSupport", "Registry", filePath]),
  library(
    "Core", "RegistryStore",
    ["ByteStrings", "SystemSupport", "Registry", "Metadata", "Git", "RegistryIndex", filePath]),
]

/// What a person asks for, a folder each.
let features: [Target] = [
  library("Features", "TemplateRendering", ["ByteStrings", "SystemSupport", filePath]),
  library(
    "Features", "Templates",
    [
      "ByteStrings", "SystemSupport", "Registry", "Metadata", "Git", "RegistryIndex", "RegistryStore",
      filePath,
    ]),
  library(
    "Features", "Connections", ["ByteStrings", "SystemSupport", "Registry"]),
  library(
    "Features", "Updating",
    [
      "Batch", "Connections", "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryStore", filePath,
    ]),
  library(
    "Features", "Cloning",
    [
      "Connections", "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", "RegistryStore",
      filePath,
    ]),
  library(
    "Features", "Batch",
    ["ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", filePath]),
  library("Features", "HookRun", ["ByteStrings", "SystemSupport", "RegistryIndex", filePath]),
  library("Features", "HookSetup", ["ByteStrings", "SystemSupport", "Git", filePath]),
  library(
    "Features", "Diagnosis",
    [
      "HookSetup", "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", "RegistryStore",
      filePath,
    ]),
  library(
    "Features", "WorkTreeState",
    ["ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", filePath]),
  // Apart from it, which needs nothing of the store.
  library(
    "Features", "MachineStates",
    [
      "WorkTreeState", "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", "RegistryStore",
      filePath,
    ]),
  library("Features", "Ranking", ["ByteStrings", "SystemSupport", "RegistryIndex", filePath]),
  library("Features", "Opening", ["ByteStrings", "SystemSupport", "Registry", "RegistryIndex", filePath]),
  library("Features", "Picker", ["ByteStrings", "SystemSupport", "RegistryIndex", "Ranking"]),
  library("Features", "ListFormats", ["ByteStrings", "SystemSupport", "Registry", filePath]),
  library(
    "Features", "ForeignLists",
    [
      "CExpat", "TOMLReader", "ListFormats", "Ranking", "ByteStrings", "SystemSupport", "Registry",
      "Metadata", filePath,
    ]),
  library(
    "Features", "Completion",
    ["ListFormats", "ByteStrings", "SystemSupport", "Registry", "RegistryIndex", filePath]),
]

/// The work-prod service as a remote.
let remote: [Target] = [
  library(
    "Remote", "HTTPClient", ["CCurl", "ByteStrings", "SystemSupport", "Registry", "Git", filePath]),
  library("Remote", "WorkProd", ["ByteStrings", "Registry", filePath]),
  library(
    "Remote", "WorkProdRemote",
    [
      "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", "RegistryStore", "HTTPClient",
      "WorkProd", filePath,
    ]),
]

/// The server, which only `dev-infra daemon` needs. It takes most of the time of a build; `DEV_INFRA_SERVER=0` leaves it out.
let hasServer = Context.environment["DEV_INFRA_SERVER"] != "0"

let server: [Target] = [
  library(
    "Server", "APIKeys", ["CCrypto", "ByteStrings", "SystemSupport", "Registry", filePath]),
  library(
    "Server", "ReceiveHook", ["ByteStrings", "SystemSupport", "Git", "Registry", "RegistryStore", filePath]),
  library(
    "Server", "RecordService",
    [
      "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex",
      "RegistryStore", "WorkProd", filePath, nio("NIOCore"), nio("NIOPosix"),
    ]),
  library(
    "Server", "HTTPServer",
    [
      "CCrypto", "ByteStrings", "SystemSupport", "Git", "APIKeys", filePath,
      hummingbird("Hummingbird"), hummingbird("HummingbirdCore"), hummingbird("HummingbirdTLS"),
      nio("NIOConcurrencyHelpers"), nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"),
      .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
      .product(name: "NIOSSL", package: "swift-nio-ssl"), httpTypes, logging,
    ]),
  library(
    "Server", "WebPages",
    ["ByteStrings", "SystemSupport", "Registry", "Git", "RegistryIndex", "RegistryStore", filePath]),
  library(
    "Server", "RecordServer",
    [
      "ByteStrings", "SystemSupport", "Registry", "Git", "RegistryStore", "WorkProd", "APIKeys", "HTTPServer",
      "RecordService", "WebPages",
      filePath, hummingbird("Hummingbird"), hummingbird("HummingbirdCore"), nio("NIOCore"),
      nio("NIOHTTP1"), httpTypes, logging,
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ]),
]

/// What knows the terminal: messages, what the libraries' errors and notices are in words, options, lists.
let terminal: [Target] = [
  library("CLI", "Terminal", ["ByteStrings", "SystemSupport", "Registry", filePath]),
  library(
    "CLI", "IndexReporting",
    ["Terminal", "ByteStrings", "SystemSupport", "Registry", "RegistryIndex", filePath]),
  library("CLI", "GitReporting", ["Terminal", "ByteStrings", "SystemSupport", "Git", filePath]),
  library(
    "CLI", "RegistryReporting",
    [
      "GitReporting", "IndexReporting", "Terminal", "ByteStrings", "SystemSupport", "Registry", "Git",
      "RegistryStore",
      filePath,
    ]),
  library(
    "CLI", "FeatureReporting",
    [
      "RegistryReporting", "Terminal", "ByteStrings", "SystemSupport", "Registry", "RegistryIndex",
      "RegistryStore",
      "Git", "Metadata", "Batch", "Cloning",
      "HookSetup", "MachineStates", "Templates", "Updating", "WorkTreeState", filePath,
    ]),
  library(
    "CLI", "TemplateReporting",
    ["Terminal", "ByteStrings", "SystemSupport", "TemplateRendering", filePath]),
  library("CLI", "OpeningReporting", ["Terminal", "ByteStrings", "SystemSupport", "Opening"]),
  library(
    "CLI", "ListReporting", ["Terminal", "ByteStrings", "Registry", "ListFormats", "ForeignLists", "Ranking"]),
  library(
    "CLI", "DiagnosisReporting",
    [
      "RegistryReporting", "Terminal", "ByteStrings", "SystemSupport", "Registry", "RegistryStore",
      "HookSetup", "Diagnosis", filePath,
    ]),
  library(
    "CLI", "PickerScreen", ["Terminal", "ByteStrings", "SystemSupport", "RegistryIndex", "Picker"]),
  library(
    "CLI", "RemoteReporting",
    [
      "RegistryReporting", "IndexReporting", "Terminal", "ByteStrings", "Registry", "Git", "RegistryStore",
      "HTTPClient", "WorkProd", "WorkProdRemote",
    ]),
  library(
    "CLI", "CommandLineTool", ["Terminal", "ByteStrings", "SystemSupport", argumentParser]),
  library(
    "CLI", "Listing",
    [
      "CommandLineTool", "IndexReporting", "Terminal", "ByteStrings", "SystemSupport", "Registry",
      "RegistryIndex", "ListFormats", "Ranking", argumentParser, filePath,
    ]),
]

let serverReporting: [Target] = [
  library(
    "CLI", "ServerReporting",
    [
      "RegistryReporting", "Terminal", "ByteStrings", "SystemSupport", "APIKeys", "HTTPServer",
      "ReceiveHook", "RecordServer", "RecordService",
    ])
]

/// What an archive of Foundation needs of others; objects compiled for the shared libraries do not ask for it.
let essentials = ["_FoundationCShims", "_FoundationCollections", "swiftSynchronization"]

/// For an executable that has the Swift runtime in itself, at fixed addresses.
func withRuntime(_ libraries: [String]) -> [LinkerSetting] {
  #if os(Linux)
    [
      .unsafeFlags([
        "-static-stdlib", "-use-ld=lld", "-Xlinker", "-no-pie", "-Xlinker", "--no-export-dynamic",
      ])
    ]
      + withoutFrames + libraries.map { .linkedLibrary($0) }
  #else
    []
  #endif
}

/// In an executable that throws no C++ exception: it needs no table to find frames by (.eh_frame_hdr), a megabyte in all of them.
#if os(Linux)
  let withoutFrames: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--no-eh-frame-hdr"])]
#else
  let withoutFrames: [LinkerSetting] = []
#endif

/// An executable in the folder of its own name.
func executable(
  _ name: String, _ dependencies: [Target.Dependency], linking linkerSettings: [LinkerSetting]
) -> Target {
  .executableTarget(
    name: name, dependencies: ["Terminal", "ByteStrings", "SystemSupport", filePath] + dependencies,
    path: "Sources/CLI/\(name)", swiftSettings: strict, linkerSettings: linkerSettings)
}

/// An executable whose arguments ArgumentParser reads.
func tool(
  _ name: String, _ dependencies: [Target.Dependency], linking linkerSettings: [LinkerSetting] = withoutFrames
) -> Target {
  executable(name, ["CommandLineTool", argumentParser] + dependencies, linking: linkerSettings)
}

/// An executable whose start counts: it parses its arguments by hand.
func bareTool(
  _ name: String, _ dependencies: [Target.Dependency], linking linkerSettings: [LinkerSetting] = withoutFrames
) -> Target { executable(name, dependencies, linking: linkerSettings) }

/// For an executable whose start is most of its work: it holds all it needs, at fixed addresses. Loading and relocating
/// libraries took two thirds of its time. The linker's warnings are about getpwuid(3) and the like, which it never calls.
#if os(Linux)
  let wholeInItself: [LinkerSetting] =
    [
      .unsafeFlags(["-static-executable", "-use-ld=lld", "-Xlinker", "--no-warnings", "-Xlinker", "-no-pie"])
    ] + withoutFrames
#else
  let wholeInItself: [LinkerSetting] = []
#endif

let tools: [Target] = [
  bareTool(
    "dev-infra",
    [
      "IndexReporting", "Completion", "HookRun", "Picker", "PickerScreen", "Ranking", "Registry",
      "RegistryIndex",
    ],
    linking: wholeInItself),
  tool(
    "dev-infra-doctor",
    [
      "DiagnosisReporting", "RegistryReporting", "Diagnosis", "Git", "HTTPClient", "Metadata", "Registry",
      "RegistryStore",
    ]),
  tool("dev-infra-read-meta", ["Metadata", "Registry"]),
  // Commands that load no library but the runtime: each by itself held the same 2 MB.
  tool(
    "dev-infra-light",
    [
      "Listing", "IndexReporting", "Opening", "OpeningReporting", "Ranking", "Registry", "RegistryIndex",
      "TemplateRendering", "TemplateReporting",
    ]),
  tool(
    "dev-infra-lists", ["Listing", "ListReporting", "ForeignLists", "ListFormats", "Git", "Registry"],
    // toml++ throws what it does not understand.
    linking: []),
  // All the commands that open repositories: finding the runtime's symbols took a fifth of the time of a `register`, and each by
  // itself held the same 4 MB.
  tool(
    "dev-infra-commands",
    [
      "FeatureReporting", "RegistryReporting", "GitReporting", "IndexReporting", "Batch", "Cloning", "Git",
      "HookSetup", "Listing", "ListFormats", "Ranking",
      "MachineStates", "Registry", "RegistryStore", "RegistryIndex", "Templates", "Updating", "WorkTreeState",
    ],
    linking: withRuntime(essentials)),
  bareTool(
    "git-remote-work-prod",
    ["RemoteReporting", "RegistryReporting", "RegistryStore", "Git", "WorkProdRemote"]),
]

let serverTools: [Target] = [
  tool(
    "dev-infra-daemon",
    [
      "ServerReporting", "RegistryReporting", "RecordServer", "HTTPServer", "ReceiveHook", "RecordService",
      "Opening", "Registry", "RegistryStore", "RegistryIndex", "APIKeys", "Git",
    ])
]

/// What several of the tests need: random numbers that can be had again, directories and repositories that go away.
let testSupport: Target = .target(
  name: "TestSupport",
  dependencies: ["RegistryReporting", "RegistryStore", "Git", "SystemSupport", "ByteStrings", filePath],
  path: "Tests/TestSupport",
  swiftSettings: strict)

let unitTests: [Target] = [
  tests("Fuzz", "FuzzTests", ["FuzzProperties", "SystemSupport", filePath]),
  tests("Core", "ByteStringsTests", ["ByteStrings"]),
  tests("Core", "SystemSupportTests", ["SystemSupport", "TestSupport", filePath]),
  tests("Core", "RegistryTests", ["Registry", "SystemSupport", "ByteStrings", "TestSupport", filePath]),
  tests(
    "Core", "MetadataTests", ["Metadata", "Registry", "SystemSupport", "TestSupport", filePath]),
  tests(
    "Core", "GitTests",
    ["CGit2", "GitOffline", "Git", "SystemSupport", "TestSupport", filePath]),
  tests(
    "Core", "RegistryIndexTests",
    [
      "IndexReporting", "Terminal", "ByteStrings", "SystemSupport", "Registry", "RegistryIndex",
      "TestSupport", filePath,
    ]),
  tests(
    "Core", "RegistryStoreTests",
    [
      "RegistryReporting", "Git", "SystemSupport", "Registry", "RegistryStore", "RegistryIndex",
      "TestSupport", filePath,
    ]),
  tests(
    "Features", "TemplateRenderingTests", ["TemplateRendering", "SystemSupport", "TestSupport", filePath]),
  tests(
    "Features", "BatchTests",
    ["Batch", "Registry", "SystemSupport", "ByteStrings", "TestSupport", filePath]),
  tests(
    "Features", "UpdatingTests", ["Connections", "TestSupport"]),
  tests(
    "Features", "CloningTests",
    [
      "Cloning", "Registry", "RegistryIndex", "RegistryReporting", "RegistryStore", "SystemSupport",
      "TestSupport",
      filePath,
    ]),
  tests(
    "CLI", "ReportingTests",
    [
      "GitReporting", "IndexReporting", "RegistryReporting", "FeatureReporting", "Terminal",
      "Git", "Registry", "RegistryIndex", "RegistryStore", "WorkTreeState", "Batch", "Updating", filePath,
    ]),
  tests("Features", "HookSetupTests", ["HookSetup", filePath]),
  tests(
    "Features", "DiagnosisTests",
    [
      "Diagnosis", "DiagnosisReporting", "RegistryReporting", "RegistryStore", "Registry", "Terminal",
      "SystemSupport",
      "TestSupport",
      filePath,
    ]),
  tests(
    "Features", "WorkTreeStateTests",
    [
      "WorkTreeState", "Git", "Registry", "RegistryIndex", "SystemSupport", "ByteStrings", "TestSupport",
      filePath,
    ]),
  tests(
    "Features", "MachineStatesTests",
    [
      "MachineStates", "WorkTreeState", "Git", "Registry", "RegistryIndex", "RegistryReporting",
      "RegistryStore", "SystemSupport", "ByteStrings", "TestSupport", filePath,
    ]),
  tests(
    "Features", "ForeignListsTests",
    ["ForeignLists", "ListFormats", "Registry", "SystemSupport", "ByteStrings", "TestSupport", filePath]),
  tests("Features", "OpeningTests", ["Opening", "Registry", "RegistryIndex", "SystemSupport", filePath]),
  tests("Features", "CompletionTests", ["Completion", "ByteStrings"]),
  tests(
    "Features", "PickerTests",
    ["Picker", "PickerScreen", "Ranking", "Registry", "RegistryIndex"]),
  tests(
    "Features", "RankingTests",
    ["Ranking", "SystemSupport", "ByteStrings", "TestSupport", filePath]),
  tests(
    "Remote", "HTTPClientTests",
    [
      "Git", "HTTPClient", "RemoteReporting", "Terminal", "SystemSupport", "ByteStrings", "Registry",
      "TestSupport",
      filePath,
    ]),
  tests(
    "Remote", "WorkProdTests", ["Git", "Registry", "WorkProd", "TestSupport", filePath]),
]

let serverTests: [Target] = [
  tests("Server", "APIKeysTests", ["APIKeys", "SystemSupport", "TestSupport", filePath]),
  tests("Server", "WebPagesTests", ["WebPages"]),
  tests("Server", "RecordServerTests", ["RecordServer", "Registry", "SystemSupport", filePath]),
  tests(
    "Server", "RecordServiceTests",
    [
      "SystemSupport", "RecordService", "WorkProd", "Registry", "Git", "RegistryIndex", "RegistryStore",
      "TestSupport", filePath, nio("NIOCore"),
    ]),
]

/// What holds for any input of a parser; the unit tests replay inputs that were kept, and `make fuzz` tries new ones.
let fuzzProperties: Target = .target(
  name: "FuzzProperties",
  dependencies: [
    "ByteStrings", "SystemSupport", "Registry", "Metadata", "Git", "RegistryIndex", "RegistryStore",
    "ForeignLists", "ListFormats", filePath,
  ] + (hasServer ? ["HTTPServer", "ReceiveHook", nio("NIOCore")] : []),
  path: "Tests/Fuzz/Properties", swiftSettings: strict + (hasServer ? [.define("HAS_SERVER")] : []))

/// The driver of `make fuzz`: libFuzzer, with everything of ours watched by it and by the address sanitizer. Only there where
/// `.ci/fuzz-parsers` asks for it and says where the toolchain has libFuzzer.
let fuzzer: [Target] =
  Context.environment["DEV_INFRA_FUZZ"].map { library in
    [
      .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
      .executableTarget(
        name: "dev-infra-fuzz", dependencies: ["CFuzzer", "FuzzProperties", "SystemSupport"],
        path: "Tests/Fuzz/Driver",
        swiftSettings: strict,
        linkerSettings: [
          .unsafeFlags(["-sanitize=address", "-Xlinker", library, "-Xlinker", "-lstdc++"])
        ]),
    ]
  } ?? []

let packages: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
]

let serverPackages: [Package.Dependency] = [
  // Without its default traits, which bring full Foundation and a library for configuration files.
  .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
  .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
  .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
  .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.7.0"),
]

let package = Package(
  name: "dev-infra",
  // What Synchronization needs there.
  platforms: [.macOS(.v15)],
  dependencies: packages + (hasServer ? serverPackages : []),
  targets: c + core + features + remote + terminal + tools + [testSupport, fuzzProperties] + fuzzer
    + unitTests
    + (hasServer ? server + serverReporting + serverTools + serverTests : [])
)
