import SessionModel
import Wire

extension Samples {
    static let launchPlans: [Sample<LaunchPlan>] = [
        Sample("plan-5", plan), Sample("plan-bare-5", barePlan), Sample("plan-marks-5", markedPlan),
        Sample("plan-led-5", ledPlan), Sample("plan-prepared-5", preparedPlan), Sample("plan-grouped-5", groupedPlan),
        Sample("plan-of-other-5", otherPlan), Sample("plan-secret-files", secretsPlan),
        Sample("plan-idle-5", idlePlan),
    ]

    static var otherPlan: LaunchPlan {
        plan(of: ProcessCredentials(user: 65_534, group: 65_534, groups: [65_534, 100]))
    }

    static var idlePlan: LaunchPlan {
        var plan = plan
        plan.idle = IdleTerms(endAfter: .seconds(3_600), warn: .seconds(60), ignored: ["ssh-agent", "gpg-agent"])
        return plan
    }

    static var secretsPlan: LaunchPlan {
        var plan = plan
        plan.secretFolder = SecretFolder(
            directory: "/run/cmdop-secrets/00ff", files: [EnvironmentVariable(name: "key.pem", value: "Zoë\n1\n")])
        return plan
    }

    static var ledPlan: LaunchPlan {
        var plan = plan
        plan.turns.mode = .led
        plan.turns.answerWithin = .seconds(90)
        return plan
    }

    static var groupedPlan: LaunchPlan {
        var plan = plan
        plan.group = ProcessGroupPlan(
            name: "demo-1-00ff", limits: ResourceLimits(memory: 1 << 33, processors: 1_500, processes: nil))
        return plan
    }

    static func plan(of credentials: ProcessCredentials) -> LaunchPlan {
        var plan = plan
        plan.credentials = credentials
        plan.mask = 0o077
        plan.openFiles = 4_096
        plan.idle = IdleTerms(endAfter: .seconds(43_200), warn: .seconds(600), endsAttached: true)
        return plan
    }

    static var preparedPlan: LaunchPlan {
        var plan = plan
        plan.preparation = Preparation(
            program: LaunchedProgram(path: "/usr/bin/cmdop-prepare", arguments: ["cmdop-prepare"]), recipe: [0, 255])
        plan.secrets = [EnvironmentVariable(name: "TOKEN", value: "12345678")]
        return plan
    }

    static var markedPlan: LaunchPlan {
        var plan = plan
        plan.marks = ShellMarking(
            secret: "00ff", arguments: ["bash", "--posix"], directory: "/var/lib/cmdop/sessions/demo-1/shell",
            files: [.init(path: "bash/start", contents: "# Zoë\n")],
            variables: [EnvironmentVariable(name: "ENV", value: "/x")])
        return plan
    }

    static let plan = LaunchPlan(
        session: session, incarnation: Incarnation(rawValue: 2), stateDirectory: "/var/lib/cmdop/sessions/demo-1",
        environment: "default", shell: LaunchedProgram(path: "/bin/bash", arguments: ["-bash", "-l"]),
        commandShell: LaunchedProgram(path: "/bin/bash", arguments: ["bash"]),
        privateShell: LaunchedProgram(path: "/bin/sh", arguments: ["-sh"]),
        variables: [
            EnvironmentVariable(name: "PATH", value: "/usr/bin:/bin"), EnvironmentVariable(name: "NAME", value: "Zoë"),
        ], directory: "/home/alice", size: window,
        turns: TurnRules(
            releaseAfter: .milliseconds(1), releaseLineAfter: .seconds(60),
            reattachWithin: .milliseconds(ByteReader.durationLimit)),
        scrollback: 10_000, createdBy: alice)

    static let barePlan = LaunchPlan(
        session: name("0"), incarnation: Incarnation(rawValue: 0), stateDirectory: "", environment: "",
        shell: bareProgram, commandShell: bareProgram, privateShell: bareProgram, variables: [], directory: "",
        size: smallest, turns: TurnRules(releaseAfter: .zero, releaseLineAfter: .zero, reattachWithin: .zero),
        scrollback: Int(UInt32.max), createdBy: robot)

    private static let bareProgram = LaunchedProgram(path: "", arguments: [""])
}
