package import SessionModel

/// Who may come in and do what, and what sessions are made of: one value that every loop has a copy of, replaced whole
/// when keys or the configuration change.
package struct Access: Sendable {
    package var roster: Roster
    package var configuration: Configuration

    package init(roster: Roster, configuration: Configuration) {
        self.roster = roster
        self.configuration = configuration
    }

    package var policy: AccessPolicy { configuration.access }
}
