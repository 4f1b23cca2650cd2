/// What is wrong with bytes that should have been one of our formats.
package enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    case truncated
    case trailingBytes(Int)
    case invalid(StaticStringName)
    case unknownKind(UInt8)
    case frameTooLong(Int)
    case unsupportedVersion(UInt16)
    case badChecksum

    /// A constant name of a field; hostile bytes never get into an error.
    package struct StaticStringName: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        package init(_ name: StaticString) { description = "\(name)" }
    }

    package static func invalid(_ name: StaticString) -> WireError { .invalid(StaticStringName(name)) }

    package var description: String {
        switch self {
        case .truncated: "it ends too early"
        case .trailingBytes(let count): "\(count) bytes too many"
        case .invalid(let field): "the \(field) is not valid"
        case .unknownKind(let kind): "kind \(kind) is not known"
        case .frameTooLong(let length): "a length of \(length) bytes is over the limit"
        case .unsupportedVersion(let version): "version \(version) is not supported"
        case .badChecksum: "the checksum does not match"
        }
    }
}
