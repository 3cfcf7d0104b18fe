// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: language mode 6 comes with the tools version.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let filePath: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// The libraries, lowest first: each may use only what stands above it here.
let libraries: [Target] = [
  .systemLibrary(
    name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
  .systemLibrary(
    name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
  .target(name: "Records", swiftSettings: strict),
  .target(name: "Platform", dependencies: ["Records", filePath], swiftSettings: strict),
  .target(name: "Console", dependencies: ["Records", "Platform", filePath], swiftSettings: strict),
  .target(
    name: "CommandLineTool", dependencies: ["Console", "Platform", "Records", argumentParser],
    swiftSettings: strict),
  .target(
    name: "Metadata", dependencies: ["CYAML", "Platform", "Records", filePath], swiftSettings: strict),
  .target(
    name: "Git", dependencies: ["CGit2", "Platform", "Records", filePath], swiftSettings: strict),
  .target(name: "Registry", dependencies: ["Records", filePath], swiftSettings: strict),
]

/// An executable in the folder of its own name.
func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["CommandLineTool", argumentParser] + dependencies,
    swiftSettings: strict)
}

let tools: [Target] = [
  // Started before every command, so it carries the Swift runtime in itself: half the time of loading it.
  .executableTarget(
    name: "dev-infra", dependencies: ["Console", "Platform", "Records", filePath],
    swiftSettings: strict, linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
  tool("dev-infra-check-url", ["Console", "Platform", "Records", "Registry", filePath]),
  tool("dev-infra-ls-repos", ["Console", "Git", "Platform", "Records", filePath]),
]

let tests: [Target] = [
  .testTarget(name: "RecordsTests", dependencies: ["Records"], swiftSettings: strict),
  .testTarget(name: "PlatformTests", dependencies: ["Platform", filePath], swiftSettings: strict),
  .testTarget(
    name: "MetadataTests", dependencies: ["Metadata", "Platform", filePath], swiftSettings: strict),
]

let package = Package(
  name: "dev-infra",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: libraries + tools + tests
)
