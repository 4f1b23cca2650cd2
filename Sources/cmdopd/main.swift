import ArgumentParser
import Gateway
import Glibc
import HostClient
import Logging
import Observability
import Platform
import SSHTransport
import SessionModel
import SystemPackage

/// The front door of cmdop: an SSH server whose sessions are shared, live, and outlive it.
struct Cmdopd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cmdopd", abstract: "An SSH server for shared live sessions.")

    @Option(help: "The configuration file.")
    var config = "/etc/cmdop/cmdop.yaml"

    @Option(help: "Listen here instead of where the configuration says; may be given several times.")
    var listen: [String] = []

    @Flag(help: "Check the configuration and the keys, say what they mean, and do not start.")
    var check = false

    func run() throws {
        let path = FilePath(config)
        guard !check else { return try report(ConfigurationCheck(path: path, offeredKey: offeredKey)) }
        let (configuration, problems) = ConfigurationReader.read(path: path)
        guard problems.isEmpty else { throw Complaint(problems.map { "\($0)" }) }
        try Server(try overridden(configuration), readFrom: path).run()
    }

    private func overridden(_ configuration: Configuration) throws -> Configuration {
        guard !listen.isEmpty else { return configuration }
        var configuration = configuration
        configuration.listen = try listen.map { text in
            guard let address = ListenAddress(text) else {
                throw Complaint(["--listen \(text): not an address with a port, like 127.0.0.1:2222 or [::1]:2222"])
            }
            return address
        }
        return configuration
    }

    private func report(_ check: ConfigurationCheck) throws {
        for warning in check.warnings { print("warning: \(warning)") }
        guard check.isGood else { throw Complaint(check.errors) }
        print(check.summary)
    }
}

/// What is wrong, a sentence a line, for whoever started the program.
struct Complaint: Error {
    let sentences: [String]
    init(_ sentences: [String]) { self.sentences = sentences }
}

do {
    var command = try Cmdopd.parseAsRoot()
    try command.run()
} catch let complaint as Complaint {
    for sentence in complaint.sentences { say(sentence) }
    exit(1)
} catch {
    Cmdopd.exit(withError: error)
}

func say(_ sentence: String) {
    _ = try? FileDescriptor.standardError.writeAll(Array("cmdopd: \(sentence)\n".utf8))
}
