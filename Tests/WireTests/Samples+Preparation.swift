import SessionModel
import Wire

extension Samples {
    static let preparationReports: [Sample<PreparationReport>] = [
        Sample("made", .made(place)), Sample("failed", .failed(sentence: "there is no image x:1 here – \u{1F600}")),
        Sample("failed-silent", .failed(sentence: "")),
    ]

    private static let place = PreparedPlace(
        shell: 1_234, leader: 1_200, user: 1_000, group: 100,
        enter: LaunchedProgram(path: "/usr/bin/runc", arguments: ["/usr/bin/runc", "exec", "--cwd", "/workspace"]),
        terminalOption: "--tty", variableOption: "--env", name: "0a1b", directory: "/workspace",
        commandShell: ["/bin/bash"], privateShell: ["/bin/bash", "-l"],
        variables: [EnvironmentVariable(name: "HOME", value: "/home/zoë")], secrets: ["swordfish"])
}
