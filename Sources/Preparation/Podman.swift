import Platform
import SystemPackage
import Wire

/// Podman's command line.
struct Podman {
    let log: PreparationLog
    let environment: [String]
    /// Of a user who is not root.
    let runtimeDirectory: String?
    private let options: [String]
    /// Those of this program's that it gets.
    static let variables = ["PATH", "HOME", "TERM"]

    init(log: PreparationLog, runtimeDirectory given: String?) throws(PreparationFailure) {
        self.log = log
        let own = Self.variables.compactMap { name in ThisProgram.variable(name).map { "\(name)=\($0)" } }
        runtimeDirectory = Account.current.isRoot ? nil : try RuntimeDirectory.find(given: given)
        environment = own + (runtimeDirectory.map { ["XDG_RUNTIME_DIR=\($0)"] } ?? [])
        // crun does not do with the first version of cgroups and the second side by side; runc does.
        let isHybrid = !FileStatus.exists("/sys/fs/cgroup/cgroup.controllers")
        options =
            isHybrid && FileStatus.exists("/usr/sbin/runc") || isHybrid && FileStatus.exists("/usr/bin/runc")
            ? ["--runtime", "runc"] : []
    }

    /// Runs podman and shows what it says, as it comes.
    func show(_ arguments: [String]) throws(PreparationFailure) -> Int {
        defer { log.endOfProgram() }
        do {
            return try PipedProgram.run(["podman"] + options + arguments, environment: environment) { log.write($0) }
        } catch {
            throw Self.failure(error)
        }
    }

    /// Runs podman several times at once, and shows what each says, by whole lines behind its label.
    ///
    /// - Returns: how each ended.
    func showTogether(_ all: [(label: String, arguments: [String])]) throws(PreparationFailure) -> [Int] {
        defer { log.endOfProgram() }
        var begun = [[UInt8]](repeating: [], count: all.count)
        func show(_ index: Int, _ line: [UInt8]) { log.write(Array("\(all[index].label): ".utf8) + line + [0x0A]) }
        let statuses: [Int]
        do {
            statuses = try PipedProgram.runTogether(
                all.map { ["podman"] + options + $0.arguments }, environment: environment
            ) { index, bytes in
                begun[index] += bytes
                while let end = begun[index].firstIndex(of: 0x0A) {
                    show(index, Array(begun[index][..<end]))
                    begun[index].removeSubrange(...end)
                }
            }
        } catch {
            throw Self.failure(error)
        }
        for (index, rest) in begun.enumerated() where !rest.isEmpty { show(index, rest) }
        return statuses
    }

    /// Runs podman for what it answers.
    func ask(_ arguments: [String]) throws(PreparationFailure) -> (text: String, status: Int) {
        do {
            return try PipedProgram.output(of: ["podman"] + options + arguments, environment: environment)
        } catch {
            throw Self.failure(error)
        }
    }

    /// Whether it is this version or a later one; one that does not say is not.
    func isAtLeast(_ major: Int, _ minor: Int) throws(PreparationFailure) -> Bool {
        let text = try ask(["version", "--format", "{{.Client.Version}}"]).text
        let parts = text.split(separator: ".").map { Int($0) ?? 0 }
        return parts.count > 1 && (parts[0], parts[1]) >= (major, minor)
    }

    /// Runs another program, where podman runs, for what it answers.
    func askOther(_ arguments: [String]) throws(PreparationFailure) -> (text: String, status: Int) {
        do {
            return try PipedProgram.output(of: arguments, environment: environment)
        } catch {
            throw PreparationFailure("can not run \(arguments.first ?? ""): \(error)")
        }
    }

    /// Where it finds the lines of variables that it is given.
    static let variablesFile = "/dev/fd/3"

    /// Runs podman, and fails with what it says where it fails.
    ///
    /// - Parameter variables: those that the arguments name.
    @discardableResult
    func require(
        _ what: String, _ arguments: [String], variables: ContainerVariables? = nil
    ) throws(PreparationFailure) -> String {
        var said: [UInt8] = []
        let status: Int
        do {
            let file = try MemoryFile.holding(variables?.lines ?? [])
            let passed = (variables?.passed ?? []).map { "\($0.name)=\($0.value)" }
            status = try PipedProgram.run(
                ["podman"] + options + arguments, environment: environment + passed,
                inherited: variables == nil ? [] : [file.borrowed]
            ) { said += $0 }
        } catch {
            throw Self.failure(error)
        }
        let text = String(decoding: said.suffix(4_096), as: UTF8.self)
        guard status == 0 else {
            log.write(said.suffix(64 * 1_024))
            log.endOfProgram()
            throw PreparationFailure("\(what) failed: podman's status is \(status); \(log.whereToRead)")
        }
        return text
    }

    /// Whether it is installed here, where its environment looks for programs.
    static var isThere: Bool {
        (ThisProgram.variable("PATH") ?? "").split(separator: ":").contains { FileStatus.exists("\($0)/podman") }
    }

    /// Fails with a sentence where it cannot be had.
    func pull(_ name: String, _ options: [String] = []) throws(PreparationFailure) {
        log.say("pulling the image \(name)")
        let status = try show(["pull"] + options + ["--", name])
        guard status == 0 else {
            throw PreparationFailure(
                "there is no image \(name) here, and it could not be pulled (status \(status)); check the name, or make"
                    + " it with podman pull or podman import. \(log.whereToRead)")
        }
    }

    /// Starts a container that was made before.
    func start(_ container: String) throws(PreparationFailure) {
        if try ask(["start", container]).status == 0 { return }
        try endWhatIsLeft(of: container)
        try require("starting the container", ["start", container])
    }

    func stop(_ container: String) throws(PreparationFailure) {
        if try ask(["stop", "--time", "1", container]).status == 0 { return }
        try endWhatIsLeft(of: container)
    }

    /// Podman neither starts nor stops one whose end was cut off, or that was frozen while it ended.
    private func endWhatIsLeft(of container: String) throws(PreparationFailure) {
        for words in [["unpause"], ["kill"], ["container", "cleanup"]] { _ = try ask(words + [container]) }
    }

    private static func failure(_ error: Errno) -> PreparationFailure {
        guard error == .noSuchFileOrDirectory else { return PreparationFailure("can not run podman: \(error)") }
        return PreparationFailure(
            "containers need Podman, which is not installed here; on Debian: apt-get install podman runc netavark")
    }
}
