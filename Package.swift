// swift-tools-version: 6.2
// The architecture of cmdop, from the ground up. Imports point down this list, never up;
// `make check` holds the list against what the sources import.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Targets with no I/O, no C, no clock and no Foundation: the compiler proves that they hold no unsafe code.
let pure: [SwiftSetting] = strict + [.strictMemorySafety(), .treatAllWarnings(as: .error)]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// Only `make fuzz` builds this: it takes a linker and instrumentation that nothing else wants.
let fuzzers: [Target] =
    Context.environment["CMDOP_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Control", "JSONText", "Environment", "Terminal", "Wire", "ScreenModel", "SessionModel"],
            path: "Tests/Fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
    ]

/// Only `make bench` builds this.
let benches: [Target] =
    Context.environment["CMDOP_BENCH"] == nil
    ? []
    : [
        .executableTarget(
            name: "TerminalSpeed", dependencies: ["Terminal", "ScreenModel", "SessionModel"],
            path: "Tests/Bench/TerminalSpeed", swiftSettings: strict)
    ]

let package = Package(
    name: "cmdop",
    products: [
        .executable(name: "cmdopd", targets: ["cmdopd"]),
        .executable(name: "cmdop-host", targets: ["cmdop-host"]),
        .executable(name: "cmdop-inside", targets: ["cmdop-inside"]),
        .executable(name: "cmdop-prepare", targets: ["cmdop-prepare"]),
        .executable(name: "cmdop", targets: ["cmdop"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // L0 C: each of these is imported by exactly one Swift target.
        // libssh: transport, authentication, keys.
        .systemLibrary(name: "CSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        // libvterm: escape-sequence parser and terminal state.
        .systemLibrary(name: "CVTerm", pkgConfig: "vterm", providers: [.apt(["libvterm-dev"])]),
        // What must be compiled C: fork and exec, a PTY, passing descriptors, constants.
        .target(name: "CLinux"),

        // L1 pure: values that decide.
        // Who, what, whose turn.
        .target(name: "SessionModel", exclude: ["TurnArbiter.md"], swiftSettings: pure),
        // What a screen is, and the bytes that show it.
        .target(name: "ScreenModel", dependencies: ["SessionModel"], swiftSettings: pure),
        // Every byte format that crosses a process or outlives one.
        .target(
            name: "Wire", dependencies: ["SessionModel", "ScreenModel"], exclude: ["Formats"], swiftSettings: pure),
        // JSON, there and back; also as people write it, with comments.
        .target(name: "JSONText", swiftSettings: pure),
        // Every log key, named once.
        .target(name: "Observability", dependencies: [logging], swiftSettings: pure),

        // L2 edges: one outside thing each.
        // Linux as Swift: descriptors, event loop, PTY, child processes, local sockets.
        .target(name: "Platform", dependencies: ["CLinux", "SessionModel", system], swiftSettings: strict),
        // One screen: bytes in; cells, snapshots and answers out.
        .target(
            name: "Terminal", dependencies: ["CVTerm", "ScreenModel", "SessionModel"],
            swiftSettings: strict),
        // The append-only record: writer and reader.
        .target(name: "Journal", dependencies: ["Platform", "Wire", "SessionModel", system], swiftSettings: strict),
        // Recipes made into launch plans.
        .target(
            name: "Environment", dependencies: ["Platform", "Wire", "JSONText", "SessionModel", system],
            exclude: ["Marks.md", "DevContainer/Properties.md"],
            swiftSettings: strict),
        // SSH connections and channels on a loop.
        .target(
            name: "SSHTransport", dependencies: ["CSSH", "Platform", "SessionModel", "Observability", logging, system],
            swiftSettings: strict),

        // L3 services.
        // The per-session process: launch plan, PTY, screen, journal, front-ends, turns.
        .target(
            name: "SessionHost",
            dependencies: ["Platform", "Terminal", "Journal", "Wire", "ScreenModel", "SessionModel", system],
            swiftSettings: strict),
        // The other end of a host's socket; finding and launching hosts.
        .target(
            name: "HostClient",
            dependencies: ["Platform", "Journal", "Wire", "ScreenModel", "SessionModel", system],
            swiftSettings: strict),
        // What an operator may ask for, one value a method.
        .target(
            name: "Control",
            dependencies: ["HostClient", "Platform", "Wire", "ScreenModel", "JSONText", "SessionModel"],
            exclude: ["Errors.md", "Faces.md"], swiftSettings: strict),
        // The other end of the server's local socket: verbs, control, and a terminal that attaches.
        .target(
            name: "LocalClient",
            dependencies: ["Control", "JSONText", "Platform", "Wire", "ScreenModel", "SessionModel", system],
            swiftSettings: strict),
        // Containers made as their recipes say, through Podman.
        .target(
            name: "Preparation", dependencies: ["Environment", "Platform", "Wire", "SessionModel", system],
            swiftSettings: strict),
        // What must be done inside a session, as its user and with its files and network: one thing a process.
        .target(name: "Inside", dependencies: ["Platform", "Wire", "SessionModel", system], swiftSettings: strict),
        // The front door: admission, channels made into attachments, fan-out, lobby.
        .target(
            name: "Gateway",
            dependencies: [
                "SSHTransport", "HostClient", "Control", "Environment", "Platform", "ScreenModel", "Wire", "JSONText",
                "SessionModel", "Observability", logging, system, yams,
            ], swiftSettings: strict),

        // L4 programs.
        .executableTarget(
            name: "cmdopd",
            dependencies: [
                "Gateway", "SSHTransport", "HostClient", "Observability", "Platform", "SessionModel", argumentParser,
                logging, system,
            ],
            swiftSettings: strict),
        .executableTarget(name: "cmdop-host", dependencies: ["SessionHost"], swiftSettings: strict),
        .executableTarget(name: "cmdop-inside", dependencies: ["Inside"], swiftSettings: strict),
        .executableTarget(name: "cmdop-prepare", dependencies: ["Preparation"], swiftSettings: strict),
        .executableTarget(name: "cmdop", dependencies: ["LocalClient"], swiftSettings: strict),

        // Tests: one target per target, and the ones that use the built programs.
        .target(
            name: "TestKit", dependencies: ["Environment", "Platform", system], path: "Tests/TestKit",
            swiftSettings: strict),
        .testTarget(name: "SessionModelTests", dependencies: ["SessionModel", "TestKit"], swiftSettings: strict),
        .testTarget(name: "ScreenModelTests", dependencies: ["ScreenModel", "SessionModel"], swiftSettings: strict),
        .testTarget(name: "JSONTextTests", dependencies: ["JSONText", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "WireTests", dependencies: ["Wire", "SessionModel", "ScreenModel", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "JournalTests", dependencies: ["Journal", "Wire", "SessionModel", "TestKit", system],
            swiftSettings: strict),
        .testTarget(name: "PlatformTests", dependencies: ["Platform", "TestKit", system], swiftSettings: strict),
        .testTarget(
            name: "EnvironmentTests",
            dependencies: ["Environment", "JSONText", "Platform", "SessionModel", "Wire", "TestKit"],
            swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "ScreenModel", "SessionModel", "TestKit"],
            swiftSettings: strict),
        .testTarget(
            name: "SSHTransportTests",
            dependencies: ["SSHTransport", "SessionModel", "Platform", "TestKit", logging, system],
            swiftSettings: strict),
        .testTarget(
            name: "HostClientTests",
            dependencies: ["HostClient", "Platform", "Wire", "SessionModel", "TestKit", system], swiftSettings: strict),
        .testTarget(
            name: "ControlTests",
            dependencies: [
                "Control", "HostClient", "Platform", "Wire", "JSONText", "ScreenModel", "SessionModel", "TestKit",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Environment",
                "Gateway", "HostClient", "ScreenModel", "Wire", "JSONText", "SessionModel", "Platform", "TestKit",
                system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "InsideTests", dependencies: ["Inside", "Platform", "TestKit", "cmdop-inside", system],
            swiftSettings: strict),
        .testTarget(name: "TestKitTests", dependencies: ["TestKit"], swiftSettings: strict),
        // The built programs and the clients that others wrote.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestKit", "cmdop", "cmdopd", "cmdop-host", "cmdop-inside", "cmdop-prepare", "Control", "Environment",
                "JSONText", "Journal", "Terminal", "Wire", "ScreenModel", "SessionModel", "Platform", system,
            ],
            exclude: ["Scripts"], swiftSettings: strict),
    ] + fuzzers + benches
)
