private import CSSH
package import SessionModel

/// The key of a line of a `.pub` file: its first two words.
///
/// Throws ``SSHError/publicKey(_:)`` for a type that is not accepted, and for a key that has not the form of its type.
package func offeredKey(type: String, base64: String) throws(SSHError) -> OfferedKey {
    guard let kind = KeyKind(rawValue: type) else {
        throw .publicKey("keys of type \(type.quoted) are not accepted\(KeyHandle.advice(type))")
    }
    guard let bytes = Base64.decode(base64.utf8), !bytes.isEmpty else {
        throw .publicKey("the key is not whole: its base64 part does not decode")
    }
    var raw: ssh_key?
    guard ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(type), &raw) == SSH_OK, let raw else {
        throw .publicKey("the key does not have the form of its type, \(type.quoted)")
    }
    let key = KeyHandle(taking: raw)
    let offered = try KeyHandle.offered(by: key.borrowed)
    // libssh takes a key's own word for its type, and does not mind what follows it.
    guard KeyKind(ssh_key_type(key.borrowed)) == kind, offered.blob == bytes else {
        throw .publicKey("the key does not have the form of its type, \(type.quoted)")
    }
    return offered
}
