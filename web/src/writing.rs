//! What is written anew out of dropped files: what is asked for, the writing, and what came of it.
//!
//! Happens in the worker that opens keystores, which keeps nothing of it.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write as _};

use borsh::{BorshDeserialize, BorshSerialize};
use certlens_core::{
    Body, Integrity, JavaTrust, KeyForm, Limits, Lock, Lost, Material, Opener, Opens, Options,
    Part, Password, PrivateKeys, Random, SealProfile, Sealing, UnixTime, WhoCanOpen, WriteError,
    Written, inspect, open_for_writing, pem_block, repair_with_private_keys_as_they_are,
    who_can_open, write_der, write_der_private_key_in_the_clear, write_der_sealed_key, write_jks,
    write_pem, write_pem_with_private_keys_in_the_clear, write_pem_with_sealed_keys, write_pkcs7,
    write_pkcs12,
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::rows::RowId;

/// Something to be written.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub enum Task {
    /// A file in another format.
    Write(Box<Order>),
    /// The one file, mended; with its private keys as they are, or as this order has them.
    Repair(Option<Box<Order>>),
    /// What mending the one file would change. Nothing is written.
    WouldRepair,
}

/// What to write, and how.
#[derive(Clone, Debug, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Order {
    /// The entries, in their order; absent for everything in the files.
    pub entries: Option<Vec<RowId>>,
    /// The format.
    pub form: Form,
    /// What becomes of private keys.
    pub keys: Keys,
    /// How keystores and keys are sealed, where the format leaves that open.
    pub seal: Seal,
    /// What seals them.
    pub password: Typed,
    /// Whether the password must be the one that the file has now.
    pub present: bool,
    /// What a keystore is to call the key, or the first certificate; empty for what it is called now.
    pub name: String,
}

/// A format to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Form {
    /// Text, a block for each object.
    #[default]
    Pem,
    /// One object.
    Der,
    /// Certificates and revocation lists.
    Pkcs7,
    /// A keystore.
    Pkcs12,
    /// A keystore of old Java.
    Jks,
    /// Whatever keystore this program opens.
    For(Opener),
    /// One private key in PKCS#8, as this program opens it.
    KeyFor(Opener),
}

/// What becomes of private keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Keys {
    /// They are left out.
    #[default]
    LeaveOut,
    /// The password seals them.
    Seal,
    /// Whoever has the file has the keys, which are in this form.
    Clear(KeyForm),
}

/// How keystores and keys are sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Seal {
    /// AES-256 and SHA-256.
    #[default]
    Modern,
    /// 3DES and SHA-1.
    Legacy,
    /// As modern, with a check value by RFC 9579.
    Pbmac1,
}

/// A password as it was typed. Prints nothing, and is wiped when dropped.
#[derive(Clone, Default, PartialEq, BorshSerialize, BorshDeserialize, Zeroize, ZeroizeOnDrop)]
pub struct Typed(pub String);

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(..)")
    }
}

impl Typed {
    /// The password for core, which wipes its own copy.
    pub fn password(&self) -> Password {
        Password::new(self.0.clone())
    }
}

/// What came of it. The octets travel beside it.
#[derive(Clone, Debug, Default, PartialEq, BorshSerialize, BorshDeserialize)]
pub struct Outcome {
    /// What was written: `PKCS#12, sealed by AES-256 and SHA-256`.
    pub what: String,
    /// The usual ending of such a file's name, without its dot.
    pub ending: String,
    /// Octets.
    pub size: u64,
    /// Whether private keys are in it, and how: in a sentence.
    pub keys: String,
    /// Whether they are in it in the clear.
    pub in_the_clear: bool,
    /// What has no place in the format, a line each.
    pub lost: Vec<String>,
    /// What was mended, a line each.
    pub changes: Vec<String>,
    /// What could not be checked, a line each.
    pub unchecked: Vec<String>,
    /// Who is expected to open it.
    pub openers: Vec<WhoCanOpen>,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Refusal {
    /// What is in the way, as a sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        Self::new(crate::format::sentence(&error.to_string()), error.hint())
    }
}

/// A file that parts are taken from.
#[derive(Debug)]
pub struct Source {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub material: Material,
    /// Whether a password was given for it.
    pub tried: bool,
}

/// Writes what was ordered.
///
/// # Errors
/// When a part of it is sealed, the format has no place for it, or there is no randomness.
pub fn write(
    order: &Order,
    sources: &[Source],
    now: UnixTime,
    random: &mut dyn Random,
) -> Result<(Zeroizing<Vec<u8>>, Outcome), Refusal> {
    let mut unchecked = Vec::new();
    let chosen = order.entries.as_deref().map(by_file);
    let nothing = HashSet::new();
    for source in sources {
        let chosen = chosen.as_ref();
        let chosen = chosen.map(|chosen| chosen.get(&source.number).unwrap_or(&nothing));
        refuse_sealed(source, order.keys, chosen)?;
        unchecked.extend(integrity(source)?);
    }
    let (mut parts, mut lost) = (Vec::new(), Vec::new());
    let prefix = 1 < sources.len();
    match &order.entries {
        None => {
            for source in sources {
                let (some, not) = source.material.parts(|_, _| true);
                take(source, prefix, (some, not), &mut parts, &mut lost);
            }
        }
        Some(entries) => {
            let sources: HashMap<u32, &Source> = sources
                .iter()
                .map(|source| (source.number, source))
                .collect();
            for id in entries {
                let source = sources.get(&id.group).ok_or_else(gone)?;
                let wanted = usize::try_from(id.entry).unwrap_or(usize::MAX);
                let (part, not) = source.material.part(wanted);
                take(source, prefix, (part, not), &mut parts, &mut lost);
            }
        }
    }
    let copies = copies(&parts, order.form);
    let mut index = 0;
    parts.retain(|part| {
        let is_copy = copies.contains(&index);
        index += 1;
        if is_copy {
            lost.push(Lost {
                path: part.path.to_string(),
                what: "a copy of the certificate".to_owned(),
                why: "the same certificate is in it already".to_owned(),
            });
        }
        !is_copy
    });
    let name = order.name.trim();
    if !name.is_empty() {
        let has_key = order.keys != Keys::LeaveOut;
        let is_key = |part: &&mut Part<'_>| matches!(part.body, Body::PrivateKey(_));
        if has_key && let Some(key) = parts.iter_mut().find(is_key) {
            key.alias = Some(name.to_owned().into());
        }
        let is_certificate = |part: &&mut Part<'_>| matches!(part.body, Body::Certificate(_));
        if let Some(first) = parts.iter_mut().find(is_certificate) {
            first.alias = Some(name.to_owned().into());
        }
    }
    // What PKCS#7 has no place for, its writer leaves out.
    if order.keys == Keys::LeaveOut && order.form != Form::Pkcs7 {
        parts.retain(|part| {
            let is_key = matches!(part.body, Body::PrivateKey(_));
            if is_key {
                lost.push(Lost {
                    path: part.path.to_string(),
                    what: part.what().to_owned(),
                    why: "left out, as you chose".to_owned(),
                });
            }
            !is_key
        });
    }
    let (written, form, seal) = in_form(order, &parts, now, random)?;
    let Written {
        bytes,
        private_keys,
        lost: more,
    } = written;
    lost.extend(more);
    let is_key = matches!(order.form, Form::KeyFor(_)) && private_keys == PrivateKeys::Sealed;
    let openers = match form {
        _ if is_key => openers(&bytes, &order.password)?,
        Form::Pkcs12 | Form::Jks => openers(&bytes, &order.password)?,
        _ => Vec::new(),
    };
    let outcome = Outcome {
        what: what(form, seal, private_keys),
        ending: ending(form, &parts).to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        keys: keys_in_words(private_keys).to_owned(),
        in_the_clear: private_keys == PrivateKeys::InTheClear,
        lost: Lost::together(&lost)
            .iter()
            .map(ToString::to_string)
            .collect(),
        changes: Vec::new(),
        unchecked,
        openers,
    };
    Ok((bytes, outcome))
}

/// Mends PEM text. Nothing is opened.
///
/// # Errors
/// When there is no such text.
pub fn repair(input: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Outcome), Refusal> {
    let repaired = repair_with_private_keys_as_they_are(input, &Limits::default());
    let repaired = repaired
        .map_err(|error| Refusal::new(crate::format::sentence(&error.to_string()), error.hint()))?;
    let mends = repaired.changes.iter().any(|it| !it.stays);
    let changes = repaired.changes.iter().filter(|_| mends);
    let outcome = Outcome {
        what: "PEM text, mended".to_owned(),
        ending: "pem".to_owned(),
        size: u64::try_from(repaired.bytes.len()).unwrap_or(u64::MAX),
        keys: match repaired.private_keys {
            PrivateKeys::None if repaired.holds_text => {
                "No private key block is in it; text around the blocks was kept."
            }
            PrivateKeys::InTheClear => {
                "Private keys are in it in the clear, as they were in the file."
            }
            PrivateKeys::Sealed => "Private keys are in it, sealed as they were in the file.",
            PrivateKeys::None => keys_in_words(PrivateKeys::None),
        }
        .to_owned(),
        in_the_clear: repaired.private_keys == PrivateKeys::InTheClear,
        changes: changes.map(change).collect(),
        ..Outcome::default()
    };
    Ok((repaired.bytes, outcome))
}

/// Mends PEM text, and writes what is in it so that private keys are as they are ordered to be.
///
/// # Errors
/// As [`repair`] and [`write`].
pub fn repair_and_write(
    input: &[u8],
    (number, name): (u32, &str),
    order: &Order,
    now: UnixTime,
    random: &mut dyn Random,
) -> Result<(Zeroizing<Vec<u8>>, Outcome), Refusal> {
    let (text, mended) = repair(input)?;
    let material = open_for_writing(&text, &Options::default())
        .map_err(|error| Refusal::new(crate::format::sentence(&error.to_string()), error.hint()))?;
    let source = Source {
        number,
        name: name.to_owned(),
        material,
        tried: false,
    };
    let (octets, written) = write(order, &[source], now, random)?;
    let outcome = Outcome {
        what: mended.what,
        changes: mended.changes,
        ..written
    };
    Ok((octets, outcome))
}

/// A change in words: `Block 2: the line ends are LF now`.
fn change(repair: &certlens_core::Repair) -> String {
    let what = blocks_counted(&repair.what);
    let Some(path) = &repair.path else {
        return crate::format::sentence(&what);
    };
    let steps = path.split('/').map(|step| {
        let (kind, number) = match step.split_once('[') {
            Some((kind, rest)) => (kind, rest.trim_end_matches(']').parse::<u64>().ok()),
            None => (step, None),
        };
        let kind = match kind {
            "pem" => "block",
            "base64" => "encoded object",
            "der" => "object",
            other => other,
        };
        match number {
            Some(number) => format!("{kind} {}", number + 1),
            None => kind.to_owned(),
        }
    });
    let place: Vec<String> = steps.collect();
    crate::format::sentence(&format!("{}: {}", place.join(", "), what))
}

/// The paths of blocks in a text in words: `block 2` for `pem[1]`.
fn blocks_counted(text: &str) -> String {
    let mut parts = text.split("pem[");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = part.split_once(']').and_then(|(number, rest)| {
            let number: u64 = number.parse().ok()?;
            Some((number + 1, rest))
        });
        match number {
            Some((number, rest)) => write!(told, "block {number}{rest}").ok(),
            None => write!(told, "pem[{part}").ok(),
        };
    }
    told
}

/// Takes parts of a file, and what is lost of them, with its name before each path where there are several.
fn take<'a>(
    source: &Source,
    prefix: bool,
    (some, not): (impl IntoIterator<Item = Part<'a>>, Vec<Lost>),
    parts: &mut Vec<Part<'a>>,
    lost: &mut Vec<Lost>,
) {
    let named = |path: &str| format!("{}: {path}", source.name);
    for mut part in some {
        if prefix {
            part.path = named(&part.path).into();
        }
        parts.push(part);
    }
    for mut one in not {
        if prefix {
            one.path = named(&one.path);
        }
        lost.push(one);
    }
}

/// Certificates that stand among these once more. What a keystore says of one goes before what has only a name,
/// and that before the rest. A Java keystore keeps each of its chains whole.
fn copies(parts: &[Part<'_>], form: Form) -> HashSet<usize> {
    let keeps_chains = matches!(form, Form::Jks | Form::For(_));
    let worth = |part: &Part<'_>| {
        let store = &part.keystore;
        let of_key = store.local_key_id.is_some() || store.chain_index == Some(0);
        (store.trusted, of_key, part.alias.is_some())
    };
    let mut best: HashMap<&[u8], usize> = HashMap::new();
    let mut copies = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let Body::Certificate(der) = part.body else {
            continue;
        };
        if keeps_chains && part.keystore.chain_index.is_some() {
            continue;
        }
        let kept = best.entry(der).or_insert(index);
        if *kept == index {
            continue;
        }
        let known = parts.get(*kept).map(worth);
        if known < Some(worth(part)) {
            copies.insert(std::mem::replace(kept, index));
        } else {
            copies.insert(index);
        }
    }
    copies
}

/// The numbers of the entries of each file.
fn by_file(entries: &[RowId]) -> HashMap<u32, HashSet<usize>> {
    let mut files: HashMap<u32, HashSet<usize>> = HashMap::new();
    for id in entries {
        let entry = usize::try_from(id.entry).unwrap_or(usize::MAX);
        files.entry(id.group).or_default().insert(entry);
    }
    files
}

fn gone() -> Refusal {
    Refusal::new(
        "A file that was chosen is no longer here.",
        "Drop it again.",
    )
}

/// A file without the key or the certificates that were meant to be in it would be a trap.
fn refuse_sealed(
    source: &Source,
    keys: Keys,
    chosen: Option<&HashSet<usize>>,
) -> Result<(), Refusal> {
    let material = &source.material;
    let contents = material.contents();
    let of_it = |index: usize| chosen.is_none_or(|chosen| chosen.contains(&index));
    let keys = match keys {
        Keys::LeaveOut => Lock::Open,
        Keys::Seal | Keys::Clear(_) => material.lock(|index, _| of_it(index)),
    };
    let safes = match chosen {
        _ if contents.is_empty() => contents.lock(),
        None => material.safes(),
        Some(_) => Lock::Open,
    };
    let name = &source.name;
    match safes.and(keys) {
        Lock::Open => Ok(()),
        Lock::Locked => Err(Refusal::new(
            format!("A part of {name} is sealed and needs its password."),
            "Unlock it in the list first, or choose what is open.",
        )),
        Lock::WrongPassword => Err(Refusal::new(
            format!("The password does not open all of {name}."),
            "A key can have a password of its own: unlock it in the list first, or leave keys out.",
        )),
    }
}

/// A keystore that was changed must not come out with a check value that is right. What is to be said
/// where nothing could be checked.
fn integrity(source: &Source) -> Result<Option<String>, Refusal> {
    let Some(keystore) = source.material.contents().keystore() else {
        return Ok(None);
    };
    if keystore.integrity != Integrity::NotVerified {
        return Ok(None);
    }
    let name = &source.name;
    let check = keystore.seals.iter().find(|seal| seal.what == "integrity");
    if check.is_some_and(|seal| seal.algorithm.starts_with("signature")) {
        let line = format!("Whether {name} is whole was not checked: that rests on a signature.");
        return Ok(Some(line));
    }
    if !source.tried {
        let line = format!("Whether {name} is whole was not checked: that takes its password.");
        return Ok(Some(line));
    }
    Err(Refusal::new(
        format!("The password does not confirm the check value of {name}."),
        "Give the password of the keystore itself. If this is it, the file was changed: get it anew.",
    ))
}

/// Writes the parts in the form, and tells which one and how sealed it became.
fn in_form(
    order: &Order,
    parts: &[Part<'_>],
    now: UnixTime,
    random: &mut dyn Random,
) -> Result<(Written, Form, Seal), Refusal> {
    let (opener, tried) = match order.form {
        Form::For(opener) => (opener, FOR_PROGRAMS),
        Form::KeyFor(opener) if order.keys == Keys::Seal => (opener, KEY_FOR_PROGRAMS),
        Form::KeyFor(_) => {
            let written = one_form(Form::Pem, order.seal, order, parts, now, random)?;
            return Ok((written, Form::Pem, order.seal));
        }
        form => {
            let written = one_form(form, order.seal, order, parts, now, random)?;
            return Ok((written, form, order.seal));
        }
    };
    let mut best: Option<(Opens, Written, Form, Seal)> = None;
    for (form, seal) in tried {
        let Ok(written) = one_form(*form, *seal, order, parts, now, random) else {
            continue;
        };
        let told = openers(&written.bytes, &order.password)?;
        let verdicts = told.iter().flat_map(|told| &told.verdicts);
        let expected = verdicts
            .filter(|verdict| verdict.opener == opener)
            .map(|verdict| verdict.expected)
            .max();
        let expected = expected.unwrap_or(Opens::Unknown);
        if best.as_ref().is_none_or(|(known, ..)| expected < *known) {
            best = Some((expected, written, *form, *seal));
        }
        if expected == Opens::Yes {
            break;
        }
    }
    let (_, written, form, seal) = best.ok_or_else(|| {
        Refusal::new(
            "Nothing in this file has a place in a keystore.",
            "Choose another format, such as PEM.",
        )
    })?;
    Ok((written, form, seal))
}

/// What is tried for a program, the best sealed first.
const FOR_PROGRAMS: &[(Form, Seal)] = &[
    (Form::Pkcs12, Seal::Modern),
    (Form::Pkcs12, Seal::Legacy),
    (Form::Pkcs12, Seal::Pbmac1),
    (Form::Jks, Seal::Legacy),
];

/// The same of a key by itself.
const KEY_FOR_PROGRAMS: &[(Form, Seal)] = &[(Form::Pem, Seal::Modern), (Form::Pem, Seal::Legacy)];

fn one_form(
    form: Form,
    seal: Seal,
    order: &Order,
    parts: &[Part<'_>],
    now: UnixTime,
    random: &mut dyn Random,
) -> Result<Written, Refusal> {
    let is_key = |part: &Part<'_>| matches!(part.body, Body::PrivateKey(_));
    let has_keys = parts.iter().any(is_key);
    let only_keys = has_keys && parts.iter().all(is_key);
    let password = order.password.password();
    let sealing = Sealing::new(&password, seal.profile());
    let written = match (form, order.keys) {
        (Form::Pem | Form::KeyFor(_), _) if !has_keys => write_pem(parts),
        (Form::Pem | Form::KeyFor(_), Keys::Clear(form)) => {
            write_pem_with_private_keys_in_the_clear(parts, form)
        }
        (Form::Pem | Form::KeyFor(_), _) => write_pem_with_sealed_keys(parts, &sealing, random),
        (Form::Der, Keys::Clear(form)) if only_keys => {
            write_der_private_key_in_the_clear(parts, form)
        }
        (Form::Der, _) if only_keys => write_der_sealed_key(parts, &sealing, random),
        (Form::Der, _) => write_der(parts),
        (Form::Pkcs7, _) => write_pkcs7(parts).map(|mut written| {
            let text = pem_block("PKCS7", &written.bytes);
            written.bytes = Zeroizing::new(text.into_bytes());
            written
        }),
        (Form::Pkcs12 | Form::For(_), _) => {
            let trust = if has_keys {
                JavaTrust::OfNoKey
            } else {
                JavaTrust::Every
            };
            write_pkcs12(parts, trust, &sealing, random)
        }
        (Form::Jks, _) => write_jks(parts, &password, now, random),
    };
    written.map_err(Refusal::from)
}

/// Opens what was written once more, as a program will, and tells who is expected to.
fn openers(bytes: &[u8], password: &Typed) -> Result<Vec<WhoCanOpen>, Refusal> {
    let passwords = [password.password()];
    let options = Options {
        passwords: &passwords,
        limits: Limits::default(),
    };
    let report = inspect(bytes, &options, None).ok();
    match report.filter(|report| report.lock() == Lock::Open) {
        Some(report) => Ok(who_can_open(&report)),
        None => Err(Refusal::new(
            "What was written does not open again, so it was thrown away.",
            "This is a fault of certlens. Please report it.",
        )),
    }
}

impl Seal {
    fn profile(self) -> SealProfile {
        match self {
            Self::Modern => SealProfile::Modern,
            Self::Legacy => SealProfile::Legacy,
            Self::Pbmac1 => SealProfile::Pbmac1,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Modern => "sealed by AES-256 and SHA-256",
            Self::Legacy => "sealed by 3DES and SHA-1",
            Self::Pbmac1 => "sealed by AES-256, checked by PBMAC1",
        }
    }
}

fn what(form: Form, seal: Seal, keys: PrivateKeys) -> String {
    match (form, keys) {
        (Form::Pem | Form::KeyFor(_), PrivateKeys::Sealed) => {
            format!("PEM, keys {}", seal.words())
        }
        (Form::Pem | Form::KeyFor(_), _) => "PEM".to_owned(),
        (Form::Der, PrivateKeys::Sealed) => format!("DER, {}", seal.words()),
        (Form::Der, _) => "DER".to_owned(),
        (Form::Pkcs7, _) => "PKCS#7".to_owned(),
        (Form::Pkcs12 | Form::For(_), _) => format!("PKCS#12, {}", seal.words()),
        (Form::Jks, _) => "JKS, sealed by Sun's own way, which rests on SHA-1".to_owned(),
    }
}

fn ending(form: Form, parts: &[Part<'_>]) -> &'static str {
    match form {
        Form::Pem | Form::KeyFor(_) => "pem",
        Form::Pkcs7 => "p7b",
        Form::Pkcs12 | Form::For(_) => "p12",
        Form::Jks => "jks",
        Form::Der => match parts.first().map(|part| part.body) {
            Some(Body::PrivateKey(_)) => "key",
            Some(Body::RevocationList(_)) => "crl",
            Some(Body::Other { .. }) => "der",
            _ => "cer",
        },
    }
}

fn keys_in_words(keys: PrivateKeys) -> &'static str {
    match keys {
        PrivateKeys::None => "No private key is in it.",
        PrivateKeys::Sealed => "Private keys are in it, sealed by the password.",
        PrivateKeys::InTheClear => {
            "Private keys are in it in the clear: whoever has the file has the keys."
        }
    }
}

#[cfg(test)]
mod tests {
    use certlens_core::{NoRandomness, Object, open_for_writing, opens_written_key};

    use super::*;

    fn source(number: u32, file: &str, passwords: &[&str]) -> Source {
        let path = format!("{}/../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let passwords: Vec<Password> = passwords.iter().map(|one| Password::from(*one)).collect();
        let options = Options {
            passwords: &passwords,
            limits: Limits::default(),
        };
        Source {
            number,
            name: file.to_owned(),
            material: open_for_writing(&bytes, &options).unwrap(),
            tried: !passwords.is_empty(),
        }
    }

    fn order(form: Form, keys: Keys) -> Order {
        Order {
            entries: None,
            form,
            keys,
            seal: Seal::Modern,
            password: Typed("a new one".to_owned()),
            present: false,
            name: String::new(),
        }
    }

    /// Octets that differ from call to call; enough to write with, and nothing to seal with.
    fn counting() -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
        let mut next = 0_u8;
        move |octets| {
            for octet in octets {
                next = next.wrapping_add(97);
                *octet = next;
            }
            Ok(())
        }
    }

    fn written(
        order: &Order,
        sources: &[Source],
    ) -> Result<(Zeroizing<Vec<u8>>, Outcome), Refusal> {
        write(
            order,
            sources,
            UnixTime::from_seconds(1_800_000_000),
            &mut counting(),
        )
    }

    #[test]
    fn an_old_keystore_is_rewritten_so_that_the_program_opens_it() {
        let old = [source(1, "pkcs12/openssl-legacy.p12", &["changeit"])];
        for opener in Opener::ALL {
            let (bytes, outcome) = written(&order(Form::For(*opener), Keys::Seal), &old).unwrap();
            let verdicts = outcome.openers.iter().flat_map(|told| &told.verdicts);
            let own: Vec<Opens> = verdicts
                .filter(|verdict| verdict.opener == *opener)
                .map(|verdict| verdict.expected)
                .collect();
            // It takes one certificate, and here is a chain of two.
            let best = match opener {
                Opener::GoCrypto => Opens::Partly,
                _ => Opens::Yes,
            };
            assert_eq!(own, [best], "{} opens {}", opener.name(), outcome.what);
            assert!(!bytes.is_empty());
        }
    }

    #[test]
    fn a_sealed_key_is_rewritten_in_pkcs8_so_that_the_program_opens_it() {
        for (file, password) in [
            ("../core/tests/vectors/keys/traditional-rc2.pem", "secret"),
            ("../core/tests/vectors/traditional-key.pem", "changeit"),
            ("../core/tests/vectors/ssh/sealed-aes256-ctr", "secret"),
        ] {
            let old = [source(1, &format!("../{file}"), &[password])];
            for opener in Opener::ALL {
                let (bytes, outcome) =
                    written(&order(Form::KeyFor(*opener), Keys::Seal), &old).unwrap();
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
                let verdicts = outcome.openers.iter().flat_map(|told| &told.verdicts);
                let own = verdicts.filter(|verdict| verdict.opener == *opener);
                let own: Vec<Opens> = own.map(|verdict| verdict.expected).collect();
                // What the button promises.
                assert_eq!(own, [opens_written_key(*opener)], "{}", opener.name());
            }
            let clear = order(Form::KeyFor(Opener::OpenSsl3), Keys::Clear(KeyForm::Pkcs8));
            let (bytes, outcome) = written(&clear, &old).unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.starts_with("-----BEGIN PRIVATE KEY-----"));
            assert!(outcome.in_the_clear && outcome.openers.is_empty());
        }
    }

    #[test]
    fn private_keys_stay_behind_unless_they_are_asked_for() {
        let file = [source(1, "pem/chain-and-key.pem", &[])];
        for form in [Form::Pem, Form::Pkcs12, Form::Jks] {
            let (bytes, outcome) = written(&order(form, Keys::LeaveOut), &file).unwrap();
            let passwords = [Password::from("a new one")];
            let options = Options {
                passwords: &passwords,
                limits: Limits::default(),
            };
            let report = inspect(&bytes, &options, None).unwrap();
            let keys = report
                .entries
                .iter()
                .filter(|entry| matches!(entry.object, Object::PrivateKey(_)));
            assert_eq!(keys.count(), 0, "{form:?}");
            assert!(
                outcome
                    .lost
                    .iter()
                    .any(|line| line.contains("left out, as you chose")),
                "{:?}",
                outcome.lost
            );
        }
    }

    #[test]
    fn nobody_chose_that_pkcs7_holds_no_keys() {
        let file = [source(1, "pem/chain-and-key.pem", &[])];
        let (_, outcome) = written(&order(Form::Pkcs7, Keys::LeaveOut), &file).unwrap();
        let why = "the private key: PKCS#7 holds certificates and revocation lists";
        let is_told = outcome.lost.iter().any(|line| line.contains(why));
        assert!(is_told, "{:?}", outcome.lost);
        let is_chosen = outcome.lost.iter().any(|line| line.contains("you chose"));
        assert!(!is_chosen, "{:?}", outcome.lost);
    }

    #[test]
    fn what_was_mended_names_blocks_in_words() {
        let repair = |path: Option<&str>, what: &str| certlens_core::Repair {
            stays: false,
            path: path.map(str::to_owned),
            what: what.to_owned(),
        };
        let told = change(&repair(
            None,
            "certificates stand in their order: pem[1], pem[0]",
        ));
        assert_eq!(told, "Certificates stand in their order: block 2, block 1.");
        let told = change(&repair(
            Some("base64[0]/pem[4]"),
            "a repeated block is left out",
        ));
        assert_eq!(
            told,
            "Encoded object 1, block 5: a repeated block is left out."
        );
    }

    #[test]
    fn a_locked_key_is_not_left_out_in_silence() {
        let locked = [source(1, "pkcs12/openssl-legacy.p12", &["wrong"])];
        let refused = written(&order(Form::Pem, Keys::Clear(KeyForm::Pkcs8)), &locked).unwrap_err();
        assert!(
            refused.message.contains("openssl-legacy.p12"),
            "{}",
            refused.message
        );
    }

    fn read_again(bytes: &[u8]) -> certlens_core::Report {
        let passwords = [Password::from("a new one")];
        let options = Options {
            passwords: &passwords,
            limits: Limits::default(),
        };
        inspect(bytes, &options, None).unwrap()
    }

    #[test]
    fn a_key_that_is_given_no_name_is_called_as_its_certificate() {
        let file = [source(1, "pem/chain-and-key.pem", &[])];
        let (bytes, _) = written(&order(Form::Pkcs12, Keys::Seal), &file).unwrap();
        let report = read_again(&bytes);
        let keys = report
            .entries
            .iter()
            .filter(|entry| matches!(entry.object, Object::PrivateKey(_)));
        let names: Vec<Option<&str>> = keys.map(|entry| entry.alias.as_deref()).collect();
        assert_eq!(names, [Some("leaf.example.org")]);
    }

    #[test]
    fn java_is_told_to_list_what_belongs_to_no_key() {
        let files = [
            source(1, "pem/chain-and-key.pem", &[]),
            source(2, "../../web/examples/expired.pem", &[]),
        ];
        let (bytes, _) = written(&order(Form::Pkcs12, Keys::Seal), &files).unwrap();
        let report = read_again(&bytes);
        let is_certificate =
            |entry: &&certlens_core::Entry| matches!(entry.object, Object::Certificate(_));
        let told: Vec<bool> = report
            .entries
            .iter()
            .filter(is_certificate)
            .map(|entry| entry.keystore.as_ref().is_some_and(|it| it.trusted))
            .collect();
        // The chain of the key, and what lies beside it.
        assert_eq!(told, [false, false, true]);
    }

    #[test]
    fn a_certificate_stands_once_whatever_each_file_calls_it() {
        let file = source(1, "pem/chain-and-key.pem", &[]);
        let (mut parts, _) = file.material.parts(|_, _| true);
        parts.retain(|part| matches!(part.body, Body::Certificate(_)));
        let named: Vec<Part<'_>> = parts.iter().cloned().map(|it| it.named("ours")).collect();
        let count = parts.len();
        let all = [parts.clone(), named, parts].concat();
        for form in [Form::Pkcs7, Form::Pkcs12, Form::Jks] {
            let copies = copies(&all, form);
            // Those that have a name stay.
            let kept: Vec<usize> = (0..all.len()).filter(|it| !copies.contains(it)).collect();
            let expected: Vec<usize> = (count..2 * count).collect();
            assert_eq!(kept, expected, "{form:?}");
        }
    }

    #[test]
    fn the_same_certificate_out_of_two_files_is_written_once() {
        let twice = [
            source(1, "pem/leaf.pem", &[]),
            source(2, "der/leaf.der", &[]),
        ];
        let (bytes, outcome) = written(&order(Form::Pem, Keys::LeaveOut), &twice).unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 1);
        assert_eq!(outcome.lost.len(), 1);
    }
}
