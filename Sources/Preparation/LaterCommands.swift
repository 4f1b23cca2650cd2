import Environment
import Platform

/// Commands of a container's life that nobody waits for. They may fail, or be cut off by the session's end: those of
/// the container's creation that are still to be done are noted, and run with the next start.
struct LaterCommands {
    /// In the session's directory while there are any of creation: the name of the first one's moment.
    private static let mark = "commands-left"

    let commands: LifecycleCommands
    let steps: [ContainerRecipe.Step]

    func run(_ directory: borrowing StateDirectory) throws(PreparationFailure) {
        for moment in ContainerRecipe.Moment.allCases {
            do {
                try commands.run(steps.filter { $0.moment == moment })
            } catch {
                throw PreparationFailure(
                    "\(error.sentence). The session goes on, and it runs again with the next start")
            }
            if moment.isOfCreation { try note(after: moment, in: directory) }
        }
    }

    /// Notes what is left of those behind a moment.
    func note(
        after moment: ContainerRecipe.Moment? = nil, in directory: borrowing StateDirectory
    ) throws(PreparationFailure) {
        let first = steps.first { step in step.moment.isOfCreation && (moment.map { step.moment > $0 } ?? true) }
        guard let first else { return directory.remove(Self.mark) }
        guard directory.write("\(first.moment.name)\n", to: Self.mark) else {
            throw PreparationFailure("can not write \(directory.path)/\(Self.mark): is the disk full?")
        }
    }

    /// The first moment whose commands were not done when the container was made.
    static func left(in directory: borrowing StateDirectory) -> ContainerRecipe.Moment? {
        directory.read(mark).flatMap { text in ContainerRecipe.Moment.allCases.first { "\($0.name)\n" == text } }
    }

    /// What is to be run of a recipe's steps.
    ///
    /// - Parameter left: of a container that is there already.
    static func due(
        of steps: [ContainerRecipe.Step], isNew: Bool, left: ContainerRecipe.Moment?
    ) -> [ContainerRecipe.Step] {
        steps.filter { step in
            if isNew || !step.moment.isOfCreation { return true }
            return left.map { step.moment >= $0 } ?? false
        }
    }
}
