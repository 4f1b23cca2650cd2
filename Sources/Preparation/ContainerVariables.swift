import Wire

/// What a container's programs see, on its way into podman by no argument and no file on a disk.
///
/// Podman reads `NAME=value` lines from a file, which can not have values of several lines, or takes values from its
/// own environment. That is for secrets alone, whose names the configuration chose: what a project names could be a
/// variable that podman itself obeys.
struct ContainerVariables {
    /// `NAME=value` lines.
    let lines: [UInt8]
    /// Taken from podman's environment.
    let passed: [EnvironmentVariable]

    init(_ variables: [EnvironmentVariable], secrets: [EnvironmentVariable]) throws(PreparationFailure) {
        let own = variables.filter { one in !secrets.contains { $0.name == one.name } }
        for one in own where one.value.contains(where: \.isNewline) {
            throw PreparationFailure("the variable \(one.name) has several lines, which podman can not take")
        }
        passed = secrets.filter { $0.value.contains(where: \.isNewline) }
        for one in passed where Podman.variables.contains(one.name) {
            throw PreparationFailure("the secret \(one.name) has several lines, and a name that podman itself obeys")
        }
        let listed = own + secrets.filter { !$0.value.contains(where: \.isNewline) }
        lines = Array(listed.map { "\($0.name)=\($0.value)\n" }.joined().utf8)
    }

    /// - Parameter file: where podman finds ``lines``.
    func arguments(file: String) -> [String] { ["--env-file", file] + passed.flatMap { ["--env", $0.name] } }
}
