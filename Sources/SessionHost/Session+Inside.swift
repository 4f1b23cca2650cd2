import Platform
import SessionModel
import Wire

/// What is done inside the session by a process of its own: serving files, opening sockets.
extension Session {
    /// `cmdop-inside` with these arguments, to be spawned as the session's user where its processes are.
    func inside(_ arguments: [String]) -> ChildProgram {
        ChildProgram(
            path: "\(ThisProgram.directory)/cmdop-inside", arguments: ["cmdop-inside"] + arguments,
            environment: plan.variables.map { "\($0.name)=\($0.value)" }, directory: plan.directory)
    }
}
