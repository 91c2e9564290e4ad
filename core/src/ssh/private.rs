//! OpenSSH's private key files, `openssh-key-v1`.

use zeroize::Zeroizing;

use super::key::{Body, base_type, curve_identifier};
use super::seal::Sealing;
use super::wire::Wire;
use crate::container::{Item, ItemKind, KeyItem, Opener, PublicItem};
use crate::der::{oid, secret_sequence as sequence, value};
use crate::error::{Error, ErrorKind};
use crate::hex::hex;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Lock, Severity};
use crate::rule::Rule;
use crate::x509::{ED25519, HALVES_DIFFER, PrivateFacts, private_key, remainder_of_one_less};

pub(crate) const RULES: &[Rule] = &[PADDING];

const PADDING: Rule = Rule {
    id: "ssh-key-padding",
    severity: Severity::Error,
    title: "What follows the private key is not its padding",
    why: "It must be the bytes 1, 2, 3 and so on. OpenSSH refuses the file, which was changed or badly written.",
    fix: "Take the key from a backup, or make a new one.",
    citation: "OpenSSH, PROTOCOL.key, 3",
};

/// What such a file begins with.
pub(crate) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Keys of one file that are read. OpenSSH writes one.
const MAX_KEYS: u32 = 64;

/// Reads the keys of a file. Their public halves can be read without the passphrase.
///
/// ```text
/// "openssh-key-v1" 0, string ciphername, string kdfname, string kdfoptions, uint32 keys,
/// string public key × keys, string private part
/// ```
///
/// OpenSSH, PROTOCOL.key
pub(crate) fn read(path: &str, bytes: &[u8], origin: &Origin, options: &Options<'_>) -> Vec<Item> {
    let whole = |kind| Item::plain(path.to_owned(), origin.clone(), bytes.len(), kind);
    match keys(bytes, options) {
        Ok(keys) => keys
            .into_iter()
            .enumerate()
            .map(|(index, key)| {
                let mut item = whole(ItemKind::PrivateKey(Box::new(key)));
                if index != 0 {
                    item.path = format!("{path}/key[{index}]");
                }
                item
            })
            .collect(),
        Err(error) => {
            let error = error.within("OpenSSH private key");
            vec![Item::unreadable(
                path.to_owned(),
                origin.clone(),
                bytes.len(),
                error,
            )]
        }
    }
}

fn keys(bytes: &[u8], options: &Options<'_>) -> Result<Vec<KeyItem>, Error> {
    let mut wire = Wire::new(bytes);
    wire.take(MAGIC.len())?;
    let sealing = Sealing::read(&mut wire)?;
    let count = wire.u32()?;
    if count == 0 || MAX_KEYS < count {
        return Err(wire.malformed(format!("the file announces {count} keys")));
    }
    let public = (0..count)
        .map(|_| wire.string())
        .collect::<Result<Vec<_>, _>>()?;
    let sealed = wire.string()?;
    let plain = if sealing.is_none() {
        Some(Zeroizing::new(sealed.to_vec()))
    } else {
        unseal(&sealing, sealed, options)?
    };
    let lock = match plain {
        Some(_) => Lock::Open,
        None => Opener::new(options).wrong_or_locked(),
    };
    let seal = (!sealing.is_none()).then(|| sealing.seal());
    let mut private = plain.as_deref().map(|plain| Wire::new(plain));
    if let Some(wire) = &mut private {
        if sealing.is_none() && !checks(wire) {
            return Err(wire.malformed("the two check numbers differ".to_owned()));
        }
        wire.take(8)?;
    }
    let mut found = Vec::new();
    let mut left = count;
    for blob in public {
        let outer = closed(blob);
        let inner = private.as_mut().and_then(|wire| opened(wire).ok());
        let facts = match (inner, outer) {
            (Some(mut inner), outer) => {
                left = left.saturating_sub(1);
                let halves = (&inner.public_bits, outer.ok().and_then(|it| it.public_bits));
                if let (Some(inside), Some(outside)) = halves
                    && *inside != outside
                    && inner.findings.iter().all(|it| it.id != HALVES_DIFFER.id)
                {
                    let what = "The public key at the front of the file is another one.";
                    inner.findings.push(HALVES_DIFFER.found(what, None));
                }
                if left == 0
                    && let Some(wire) = &private
                    && !is_padding(wire.rest())
                {
                    let what = format!("It ends in the bytes {}.", shown(wire.rest()));
                    inner.findings.push(PADDING.found(what, None));
                }
                inner
            }
            (None, outer) => outer?,
        };
        found.push(KeyItem {
            facts: Some(facts),
            seal: seal.clone(),
            lock,
            findings: Vec::new(),
        });
    }
    Ok(found)
}

/// Whether these are the bytes 1, 2, 3 and so on.
fn is_padding(rest: &[u8]) -> bool {
    let expected = (0..=u8::MAX).cycle().skip(1);
    rest.iter().copied().eq(expected.take(rest.len()))
}

/// The last bytes of the padding: no secret stands there, and yet no more than a block is shown.
fn shown(rest: &[u8]) -> String {
    let start = rest.len().saturating_sub(16);
    hex(rest.get(start..).unwrap_or_default())
}

/// Tries the passphrases. The two numbers at the front are equal when one was right.
fn unseal(
    sealing: &Sealing<'_>,
    sealed: &[u8],
    options: &Options<'_>,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    sealing.check(&options.limits)?;
    for password in options.passwords {
        let text = password.reveal();
        if let Some(plain) = sealing.open(text.as_bytes(), sealed)
            && checks(&Wire::new(&plain))
        {
            return Ok(Some(plain));
        }
    }
    Ok(None)
}

fn checks(wire: &Wire<'_>) -> bool {
    let mut wire = wire.clone();
    matches!((wire.u32(), wire.u32()), (Ok(a), Ok(b)) if a == b)
}

/// What the public half of a sealed key tells.
fn closed(blob: &[u8]) -> Result<PrivateFacts, Error> {
    let mut wire = Wire::new(blob);
    let key_type = wire.text()?;
    let body = Body::read(&key_type, &mut wire)?;
    Ok(of_public(body.public_item(&key_type, blob)?))
}

fn of_public(item: PublicItem) -> PrivateFacts {
    PrivateFacts {
        public_key: item.public_key,
        public_bits: (!item.public_bits.is_empty()).then_some(item.public_bits),
        form: "OpenSSH",
        facts: Vec::new(),
        comment: None,
        findings: item.findings,
        secret: None,
    }
}

/// The next key of the private part: its fields, the secret ones among them, and its comment.
fn opened(wire: &mut Wire<'_>) -> Result<PrivateFacts, Error> {
    let key_type = wire.text()?;
    let mut facts = match base_type(&key_type) {
        _ if key_type.contains("-cert-v01@") => {
            wire.string()?;
            plain_secret(base_type(&key_type), wire)?
        }
        base => plain_secret(base, wire)?,
    };
    facts.form = "OpenSSH";
    facts.comment = Some(wire.text()?).filter(|comment| !comment.is_empty());
    Ok(facts)
}

/// The same key in a form of X.509, so that what is known of those is known of this one.
fn plain_secret(base: &str, wire: &mut Wire<'_>) -> Result<PrivateFacts, Error> {
    const VERSION: (u8, &[u8]) = (2, &[0]);
    match base {
        "ssh-rsa" => {
            let (modulus, exponent) = (wire.string()?, wire.string()?);
            let private = wire.string()?;
            let coefficient = wire.string()?;
            let (p, q) = (wire.string()?, wire.string()?);
            // Two more are computed; where they cannot be, nothing is to be written of such a key.
            let exponents = [p, q].map(|prime| remainder_of_one_less(private, prime));
            let whole = exponents.iter().all(Option::is_some);
            let [dp, dq] = exponents.map(|it| it.unwrap_or_else(|| Zeroizing::new(vec![0])));
            let mut facts = private_key(&sequence(&[
                VERSION,
                (2, modulus),
                (2, exponent),
                (2, private),
                (2, p),
                (2, q),
                (2, &dp),
                (2, &dq),
                (2, coefficient),
            ]))?;
            facts.secret = facts.secret.filter(|_| whole);
            Ok(facts)
        }
        "ssh-dss" => {
            let mut number = || wire.string();
            let numbers = [number()?, number()?, number()?, number()?, number()?];
            let numbers = numbers.map(|number| (2, number));
            private_key(&sequence(&[&[VERSION], &numbers[..]].concat()))
        }
        "ssh-ed25519" => {
            let (public, secret) = (wire.string()?, wire.string()?);
            let (seed, second) = secret
                .split_first_chunk::<32>()
                .ok_or_else(|| wire.malformed("an Ed25519 key has 64 bytes".to_owned()))?;
            let mut inner = Zeroizing::new([0; 34]);
            let (header, rest) = inner.split_at_mut(2);
            header.copy_from_slice(&[4, 32]);
            rest.copy_from_slice(seed);
            let identifier = oid(ED25519);
            let bits = [&[0], public].concat();
            let mut facts = private_key(&sequence(&[
                (2, &[1]),
                (0x30, &identifier),
                (4, &*inner),
                (0x81, &bits),
            ]))?;
            if second != public {
                let what = "After the private key stands another public one.";
                facts.findings.push(HALVES_DIFFER.found(what, None));
            }
            Ok(facts)
        }
        _ if base.starts_with("ecdsa-sha2-") => {
            let curve = oid(&curve_identifier(&wire.text()?));
            let (point, scalar) = (wire.string()?, wire.string()?);
            let public = value(3, &[&[0], point].concat());
            private_key(&sequence(&[
                (2, &[1]),
                (4, scalar),
                (0xa0, &curve),
                (0xa1, &public),
            ]))
        }
        _ => hardware(base, wire),
    }
}

/// A key in a security key: here lies what it is asked for by.
///
/// ```text
/// the public key's fields, string application, byte flags, string key handle, string reserved
/// ```
///
/// OpenSSH, PROTOCOL.u2f
fn hardware(base: &str, wire: &mut Wire<'_>) -> Result<PrivateFacts, Error> {
    if !base.starts_with("sk-") {
        let what = format!("the SSH key type {base}");
        return Err(Error::new(ErrorKind::Unsupported { what }, 0));
    }
    let key_type = format!("{base}@openssh.com");
    let fields = wire.rest();
    let body = Body::read(&key_type, wire)?;
    let length = fields.len().saturating_sub(wire.rest().len());
    let mut blob = u32::try_from(key_type.len())
        .unwrap_or_default()
        .to_be_bytes()
        .to_vec();
    blob.extend_from_slice(key_type.as_bytes());
    blob.extend_from_slice(fields.get(..length).unwrap_or_default());
    let mut facts = of_public(body.public_item(&key_type, &blob)?);
    let flags = wire.byte()?;
    let named = [
        (1, "asks for a touch"),
        (4, "asks for a PIN or a finger"),
        (32, "stored in the security key"),
    ];
    let set = named.iter().filter(|(bit, _)| flags & bit != 0);
    facts.facts.extend(set.map(|(_, what)| (*what).to_owned()));
    wire.string()?;
    wire.string()?;
    Ok(facts)
}
