//! Hashes, and what is random or secret by design.

use sha1::Digest as _;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, encoding, filesystem, never_known};
use crate::value::{Type, Value};

const STRING: Parameter = Parameter::new("str", Kind::String);
const PATH: Parameter = Parameter::new("path", Kind::String);

/// A function of one string.
const fn of(name: &'static str, parameter: &'static [Parameter], run: fn(&Call<'_>) -> Outcome) -> Function {
    Function { name, parameters: parameter, rest: None, returns: Kind::String, run }
}

pub(super) const FUNCTIONS: &[Function] = &[
    of("md5", &[STRING], |call| hex_text(call, md5)),
    of("sha1", &[STRING], |call| hex_text(call, sha1)),
    of("sha256", &[STRING], |call| hex_text(call, sha256)),
    of("sha512", &[STRING], |call| hex_text(call, sha512)),
    of("base64sha256", &[STRING], |call| base64_text(call, sha256)),
    of("base64sha512", &[STRING], |call| base64_text(call, sha512)),
    of("filemd5", &[PATH], |call| Ok(hex(&md5(&filesystem::bytes(call)?)))),
    of("filesha1", &[PATH], |call| Ok(hex(&sha1(&filesystem::bytes(call)?)))),
    of("filesha256", &[PATH], |call| Ok(hex(&sha256(&filesystem::bytes(call)?)))),
    of("filesha512", &[PATH], |call| Ok(hex(&sha512(&filesystem::bytes(call)?)))),
    of("filebase64sha256", &[PATH], |call| Ok(base64(&sha256(&filesystem::bytes(call)?)))),
    of("filebase64sha512", &[PATH], |call| Ok(base64(&sha512(&filesystem::bytes(call)?)))),
    Function {
        name: "uuidv5",
        parameters: &[Parameter::new("namespace", Kind::String), Parameter::new("name", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: uuid_v5,
    },
    of("uuid", &[], |call| Ok(never_known(Type::String, "`uuid` is another one each time", call))),
    Function {
        name: "bcrypt",
        parameters: &[STRING],
        rest: Some(Parameter::new("cost", Kind::Number)),
        returns: Kind::String,
        run: bcrypt,
    },
    Function {
        name: "rsadecrypt",
        parameters: &[Parameter::new("ciphertext", Kind::String), Parameter::new("privatekey", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: |call| Ok(never_known(Type::String, "trysquare decrypts nothing", call)),
    },
];

/// A hash function.
type Hash = fn(&[u8]) -> Vec<u8>;

fn md5(bytes: &[u8]) -> Vec<u8> {
    md5::Md5::digest(bytes).to_vec()
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    sha2::Sha256::digest(bytes).to_vec()
}

fn sha512(bytes: &[u8]) -> Vec<u8> {
    sha2::Sha512::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> Value {
    Value::string(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn base64(bytes: &[u8]) -> Value {
    Value::string(encoding::to_base64(bytes))
}

fn hex_text(call: &Call<'_>, hash: Hash) -> Outcome {
    call.spend(call.text(0).len() / 64)?;
    Ok(hex(&hash(call.text(0).as_bytes())))
}

fn base64_text(call: &Call<'_>, hash: Hash) -> Outcome {
    call.spend(call.text(0).len() / 64)?;
    Ok(base64(&hash(call.text(0).as_bytes())))
}

fn bcrypt(call: &Call<'_>) -> Outcome {
    if call.arguments.len() > 2 {
        return Err(Refusal::call("it takes one or two arguments"));
    }
    Ok(never_known(Type::String, "`bcrypt` is salted anew each time", call))
}

/// RFC 4122's namespaces differ in one byte.
fn well_known(namespace: &str) -> Option<u8> {
    Some(match namespace {
        "dns" => 0x10,
        "url" => 0x11,
        "oid" => 0x12,
        "x500" => 0x14,
        _ => return None,
    })
}

fn uuid_v5(call: &Call<'_>) -> Outcome {
    let mut bytes = match well_known(call.text(0)) {
        Some(last) => {
            vec![0x6b, 0xa7, 0xb8, last, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8]
        }
        None => parse_uuid(call.text(0)).ok_or_else(|| Refusal::argument(0, "this is no namespace and no UUID"))?,
    };
    bytes.extend_from_slice(call.text(1).as_bytes());
    let mut uuid = sha1(&bytes);
    uuid.truncate(16);
    // The version in the seventh byte, the variant in the ninth.
    for (at, mask, mark) in [(6, 0x0f, 0x50), (8, 0x3f, 0x80)] {
        if let Some(byte) = uuid.get_mut(at) {
            *byte = (*byte & mask) | mark;
        }
    }
    let digits: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("").to_owned();
    Ok(Value::string([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")))
}

fn parse_uuid(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(text);
    let digits: String = match text.len() {
        36 => {
            let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
            if dashes != [8, 13, 18, 23] {
                return None;
            }
            text.replace('-', "")
        }
        32 => text.to_owned(),
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..16).map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()).collect()
}
