/// Variables that every process of a session has.
package enum SessionVariables {
    package static let session = "CMDOP_SESSION"
    /// The session's directory: by it, what a lost host left running is found.
    package static let directory = "CMDOP_SESSION_DIRECTORY"
    /// Where the files of secrets are, if the environment has any.
    package static let secrets = "CMDOP_SECRETS"
}
