import Environment
import Platform
import Wire

/// A layer in which a user has the numbers of the project's owner, so that both can write what is there (the
/// specification, updateRemoteUserUID).
struct ContainerUserChange {
    private let order: ContainerOrder
    private let podman: Podman
    private let recipe: ContainerRecipe
    private let user: String
    private let owner: FileOwner

    /// `nil` where there is nothing to change: root writes everywhere, and nobody else becomes root. Without root it is
    /// podman that says who is who.
    init?(order: ContainerOrder, podman: Podman, recipe: ContainerRecipe) {
        guard case .devcontainer(let path) = order.source, podman.runtimeDirectory == nil,
            let user = recipe.userToUpdate, let owner = FileOwner(of: path), owner.user != 0
        else { return nil }
        (self.order, self.podman, self.recipe, self.user, self.owner) = (order, podman, recipe, user, owner)
    }

    /// - Returns: the name of an image with the change; of the one that is given, where it can not be changed.
    func make(on image: String) throws(PreparationFailure) -> String {
        let found = try podman.ask(["image", "inspect", "--format", "{{.Id}}:{{.Config.User}}", image]).text
        let parts = found.split(separator: "\n").first?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2 else { return image }
        let base = String(parts[0])
        let own = recipe.containerUser ?? (parts[1].isEmpty ? "root" : String(parts[1]))
        let words = ["/bin/sh", "-c", Self.script, "sh", user, "\(owner.user)", "\(owner.group)"]
        let text = "FROM \(base)\nUSER root\nRUN [\(words.map(Self.quoted).joined(separator: ", "))]\nUSER \(own)\n"
        let name = ContainerImage.name(of: text)
        guard try podman.ask(["image", "exists", name]).status != 0 else { return name }
        try BaseImages(order: order, podman: podman).check(base, called: image)
        podman.log.say("giving \(user) the number of the project's owner, \(owner.user)")
        let file = "user.dockerfile"
        guard let directory = try? StateDirectory.open(order.stateDirectory), directory.write(text, to: file) else {
            throw PreparationFailure("can not write \(order.stateDirectory)/\(file): is the disk full?")
        }
        let arguments = PodmanArguments(order: order, recipe: recipe)
        let status = try podman.show(
            arguments.build([], dockerfile: "\(order.stateDirectory)/\(file)", as: name, isQuiet: true))
        guard status == 0 else {
            podman.log.say("warning: that failed; \(user) keeps the number that the image gives")
            return image
        }
        return name
    }

    /// For a list in JSON; there is nothing in it that JSON would not have.
    private static func quoted(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\n": "\\n"
            case "\\", "\"": "\\\(character)"
            default: "\(character)"
            }
        }
        return "\"\(escaped.joined())\""
    }

    /// Gets a name, a user's number and a group's. Who has the number already keeps it.
    private static let script = #"""
        old=
        while IFS=: read -r name x user group info home shell; do
            if [ "$name" = "$1" ]; then old=$user oldgroup=$group place=$home; fi
            if [ "$user" = "$2" ] && [ "$name" != "$1" ]; then echo "$name has the number $2"; exit; fi
        done </etc/passwd
        if [ -z "$old" ] || [ "$old:$oldgroup" = "$2:$3" ]; then exit; fi
        sed -i "s/^\($1:[^:]*\):[^:]*:[^:]*:/\1:$2:$3:/" /etc/passwd || exit
        taken=
        while IFS=: read -r name x group rest; do
            if [ "$group" = "$3" ]; then taken=yes; fi
        done </etc/group
        if [ -z "$taken" ]; then sed -i "s/^\([^:]*:[^:]*\):$oldgroup:/\1:$3:/" /etc/group || exit; fi
        if [ -d "$place" ] && [ "$place" != / ]; then chown -R "$2:$3" "$place"; fi
        """#
}
