import Wire

/// Features as layers of an image: what a Dockerfile says of them.
package struct FeatureLayers {
    let base: String
    let features: [ContainerRecipe.Feature]
    let containerUser: String
    let remoteUser: String

    /// - Parameters:
    ///   - containerUser: as whom the container runs; a name or a number.
    ///   - remoteUser: as whom people work there.
    package init(base: String, features: [ContainerRecipe.Feature], containerUser: String, remoteUser: String) {
        self.base = base
        self.features = features
        self.containerUser = containerUser
        self.remoteUser = remoteUser
    }

    /// The folder of the nth feature is the build context `featureN`.
    package var dockerfile: String {
        var lines = ["FROM \(base)", "USER root"]
        for (index, feature) in features.enumerated() {
            lines += feature.variables.map { "ENV \($0.name)=\(Self.quotedForFile($0.value))" }
            lines.append("COPY --from=feature\(index) . /tmp/cmdop-feature/")
            let options = feature.options.map { "\($0.name)=\(Self.quoted($0.value)) " }.joined()
            // Its first line says what runs it (the specification, Invoking install.sh).
            lines.append(
                "RUN cd /tmp/cmdop-feature && chmod 0755 install.sh && \(people)\(options)./install.sh && cd / "
                    + "&& rm -rf /tmp/cmdop-feature")
        }
        return (lines + ["USER \(containerUser)"]).joined(separator: "\n") + "\n"
    }

    /// Whom a feature is for (the specification, User environment variables).
    private var people: String {
        [("CONTAINER", containerUser), ("REMOTE", remoteUser)].map { kind, user in
            // An image may have no program for it but the shell's own.
            let isIt = "[ \"$a\" != \"$1\" ] && [ \"$c\" != \"$1\" ] || echo \"$f\""
            let home = "set -- \(Self.quoted(user)); while IFS=: read -r a b c d e f g; do \(isIt); done </etc/passwd"
            return "_\(kind)_USER=\(Self.quoted(user)) _\(kind)_USER_HOME=\"$(\(home))\" "
        }.joined()
    }

    /// For a shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// For a Dockerfile, which puts variables in.
    private static func quotedForFile(_ text: String) -> String {
        "\"" + text.map { ["\\", "\""].contains($0) ? "\\\($0)" : "\($0)" }.joined() + "\""
    }
}
