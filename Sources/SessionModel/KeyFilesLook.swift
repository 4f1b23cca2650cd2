/// What one look found in `keys/team` and `keys/agents`.
package struct KeyFilesLook: Hashable, Sendable {
    /// Every file as it was last read whole. One that cannot be read now is as it was before; one that is gone, or is
    /// no file that counts, is not here.
    package var files: [KeyFile] = []
    /// What is wrong with files and folders; what is wrong in them, the reader of the roster finds.
    package var problems: [RosterProblem] = []
    /// Paths of files that are not as they were in the look before: somebody writes there.
    package var changed: Set<String> = []

    package init() {}
}
