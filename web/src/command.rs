//! The command that does in a terminal what is on the screen.
//!
//! The tests run each of them.

use std::fmt::Write as _;

use certlens_core::{
    Entry, Format, KeyForm, Object, PlaceForm, Purpose, Severity, UnixTime, is_hidden,
};

use crate::detail::Detail;
use crate::questions::{ChainTold, Extent, FileOfWay, JudgeQuestion, RootFile, Trusting};
use crate::view::View;
use crate::words;
use crate::writing::{Form, Keys, Seal};

/// The command that shows the same in a terminal, where there is one.
pub fn of(detail: &Detail) -> Option<String> {
    let file = file(detail)?;
    let entry = &detail.entry;
    if is_within(detail) || is_odd(detail) {
        return Some(format!("certlens inspect {file}"));
    }
    Some(match (detail.format?, &entry.object) {
        (Format::Pkcs12, _) => format!("openssl pkcs12{} -in {file} -info -noout", legacy(detail)),
        (Format::Jks | Format::Jceks, _) => match &entry.alias {
            Some(alias) => {
                let kind = detail.format.map_or("", Format::name);
                let alias = quoted(alias);
                format!("keytool -list -v -keystore {file} -storetype {kind} -alias {alias}")
            }
            None => format!("keytool -list -v -keystore {file}"),
        },
        (Format::Bks | Format::Uber | Format::Bcfks, _) => {
            let kind = detail.format.map_or("", Format::name);
            format!(
                "keytool -list -v -keystore {file} -storetype {kind} \
                 -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar"
            )
        }
        (Format::Pkcs7, _) => {
            let form = form(entry);
            format!("openssl pkcs7{form} -in {file} -print_certs -noout")
        }
        (Format::Pem, _) if is_in_pkcs7(entry) => match block(detail)? {
            // Without being told, openssl takes the first one.
            (1, _) => format!("openssl pkcs7 -in {file} -print_certs -noout"),
            (_, extract) => format!("{extract} {file} | openssl pkcs7 -print_certs -noout"),
        },
        (Format::OpenSsh, _) => format!("ssh-keygen -l -f {file}"),
        // Other than openssl, ssh-keygen reads the form that it writes itself.
        (_, Object::PrivateKey(key)) if is_openssh(key.form.as_deref(), entry) => {
            format!("ssh-keygen -l -f {file}")
        }
        (Format::Pem | Format::Der, object) => {
            let program = match object {
                Object::Certificate(_) => "x509",
                Object::CertificationRequest(_) => "req",
                Object::RevocationList(_) => "crl",
                Object::PrivateKey(_) => "pkey",
                Object::PublicKey(_) => "pkey -pubin",
                _ => return Some(format!("certlens inspect {file}")),
            };
            // Of a private key only the public half is wanted on a screen.
            let shown = match object {
                Object::PrivateKey(_) => "-text_pub -noout",
                _ => "-noout -text",
            };
            with_block(
                detail,
                &file,
                &format!("openssl {program}{} {shown}", form(entry)),
            )
        }
        _ => format!("certlens inspect {file}"),
    })
}

/// The command that does in a terminal what a view does, where there is one. Judging, comparing and converting
/// have commands of their own.
pub fn of_view(detail: &Detail, view: View) -> Option<String> {
    let file = file(detail)?;
    Some(match (view, detail.format?) {
        // Private keys are not shown octet by octet.
        (View::Bytes(_), _) if matches!(detail.entry.object, Object::PrivateKey(_)) => return None,
        (View::Bytes(_), _) if !is_plain(detail) => format!("certlens asn1 {file}"),
        (View::Bytes(_), Format::Pem) => with_block(detail, &file, "openssl asn1parse -i"),
        (View::Bytes(_), Format::Der) => format!("openssl asn1parse -inform DER -i -in {file}"),
        (View::Bytes(_), _) => format!("certlens asn1 {file}"),
        (View::Opening, Format::Pkcs12) => {
            format!("openssl pkcs12{} -in {file} -info -noout", legacy(detail))
        }
        _ => return None,
    })
}

/// The command that judges a certificate as the page does: by the same files, for the same purpose and host, and
/// on the same day where one is chosen.
pub fn judge(
    detail: &Detail,
    told: &ChainTold,
    asked: &JudgeQuestion,
    day: Option<UnixTime>,
) -> Option<String> {
    let file = file(detail)?;
    let names = |files: &[FileOfWay]| {
        let names = files.iter().map(|one| named(&one.name));
        names.collect::<Option<Vec<String>>>()
    };
    let (beside, lists) = (names(&told.beside)?, names(&told.lists)?);
    let by_openssl = detail.format == Some(Format::Pem)
        && is_plain(detail)
        && asked.trusting == Trusting::RootsHere
        && told.beside.iter().chain(&told.lists).all(|one| one.plain)
        && told.roots.iter().all(|one| one.plain);
    if by_openssl
        && let Some(purpose) = purpose_of_openssl(&asked.purpose)
        && let Some(revocation) = revocation_of_openssl(told)
    {
        let mut verify = format!("openssl verify -show_chain{purpose}{revocation}");
        if told.roots.is_empty() {
            verify.push_str(" -no-CAfile -no-CApath -no-CAstore");
        }
        // Of what is in them openssl ends a chain in none but roots.
        push(&mut verify, "-trusted", &names_of_roots(told)?);
        push(&mut verify, "-untrusted", std::slice::from_ref(&file));
        push(&mut verify, "-untrusted", &beside);
        push(&mut verify, "-CRLfile", &lists);
        let host = asked.host();
        if !host.is_empty() {
            let kind = match host.parse::<std::net::IpAddr>() {
                Ok(_) => "-verify_ip",
                Err(_) => "-verify_hostname",
            };
            push(&mut verify, kind, &[quoted(host)]);
        }
        if let Some(day) = day {
            write!(verify, " -attime {}", day.seconds()).ok();
        }
        return Some(match block(detail) {
            Some((_, extract)) if !is_alone(detail) => format!("{extract} {file} | {verify}"),
            _ => format!("{verify} {file}"),
        });
    }
    // Of what is sealed openssl takes the certificates out.
    let (taken, file) = match (detail.format?, &detail.entry.object) {
        (Format::Pkcs12, Object::Certificate(one)) if one.is_ca() => return None,
        (Format::Pkcs12, _) => (
            format!(
                "openssl pkcs12{} -in {file} -nokeys -out chain.pem && ",
                legacy(detail)
            ),
            "chain.pem".to_owned(),
        ),
        _ => (String::new(), file),
    };
    let mut verify = "certlens verify".to_owned();
    let mut made = String::new();
    match asked.trusting {
        Trusting::Mozilla => verify.push_str(" --mozilla"),
        Trusting::RootsHere => {
            let anchors;
            (made, anchors) = roots_here(told)?;
            push(&mut verify, "--anchors", &anchors);
        }
        Trusting::File(store) => {
            let store = told.stores.iter().find(|(number, _)| *number == store)?;
            push(&mut verify, "--anchors", &[named(&store.1)?]);
        }
    }
    push(&mut verify, "--purpose", &[quoted(asked.purpose.name())]);
    let host = Some(asked.host()).filter(|host| !host.is_empty());
    push(&mut verify, "--host", host.map(quoted).as_slice());
    push(
        &mut verify,
        "--at",
        day.map(|day| quoted(&day.to_string())).as_slice(),
    );
    push(&mut verify, "--untrusted", std::slice::from_ref(&file));
    push(&mut verify, "--untrusted", &beside);
    push(&mut verify, "--crl", &lists);
    let judged = match (detail.siblings, detail.id.entry) {
        _ if !taken.is_empty() => format!("{taken}{verify} {file}"),
        (1, _) | (_, 0) => format!("{verify} {file}"),
        (_, entry) => {
            format!("certlens convert --to pem --entry {entry} -o - {file} | {verify} -")
        }
    };
    Some(made + &judged)
}

fn names_of_roots(told: &ChainTold) -> Option<Vec<String>> {
    told.roots.iter().map(|one| named(&one.name)).collect()
}

/// The files of which certlens is to trust every certificate, and the command that makes one of them: out of
/// those with other certificates beside their roots.
fn roots_here(told: &ChainTold) -> Option<(String, Vec<String>)> {
    const MADE: &str = "dropped-roots.pem";
    let is_whole = |one: &&RootFile| one.alone && !one.sealed;
    let whole = told.roots.iter().filter(is_whole);
    let mut anchors: Vec<String> = whole.map(|one| named(&one.name)).collect::<Option<_>>()?;
    let others: Vec<&RootFile> = told.roots.iter().filter(|one| !is_whole(one)).collect();
    if others.is_empty() {
        return (!anchors.is_empty()).then(|| (String::new(), anchors));
    }
    let (mut entries, mut files, mut first) = (Vec::new(), Vec::new(), 0_u32);
    for one in &others {
        entries.extend(
            one.roots
                .iter()
                .map(|root| first.saturating_add(*root).to_string()),
        );
        files.push(named(&one.name)?);
        first = first.saturating_add(one.entries);
    }
    let mut made = "certlens convert --to pem".to_owned();
    push(&mut made, "--entry", &entries);
    let sealed = others.iter().any(|one| one.sealed);
    let (asked, typed) = if sealed {
        (" --password-stdin", " < password.txt")
    } else {
        ("", "")
    };
    write!(
        made,
        "{asked} --force -o {MADE} {}{typed} && ",
        files.join(" ")
    )
    .ok();
    anchors.push(MADE.to_owned());
    Some((made, anchors))
}

/// Writes an option with each of these values.
fn push(command: &mut String, option: &str, values: &[String]) {
    for value in values {
        write!(command, " {option} {value}").ok();
    }
}

/// How openssl is told a purpose, where every version of it knows it.
fn purpose_of_openssl(purpose: &Purpose) -> Option<&'static str> {
    Some(match purpose {
        Purpose::Any => "",
        Purpose::Server => " -purpose sslserver",
        Purpose::Client => " -purpose sslclient",
        Purpose::Email => " -purpose smimesign",
        Purpose::TimeStamping => " -purpose timestampsign",
        _ => return None,
    })
}

/// How openssl is told to look certificates up in the lists that are here. It refuses what it has no list for: it
/// can be asked about the first certificate alone, or about all.
fn revocation_of_openssl(told: &ChainTold) -> Option<&'static str> {
    let is_listed = |at: usize| told.lists.iter().any(|list| list.about.contains(&at));
    let listed = (0..told.way_up.len()).filter(|at| is_listed(*at));
    match listed.collect::<Vec<usize>>().as_slice() {
        [] => Some(""),
        all if all.len() == told.way_up.len() => Some(" -crl_check_all"),
        [0] => Some(" -crl_check"),
        _ => None,
    }
}

/// The command that compares two files.
pub fn compare(before: &str, after: &str) -> Option<String> {
    let (before, after) = (named(before)?, named(after)?);
    Some(format!("certlens compare {before} {after}"))
}

/// What is chosen to be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion<'a> {
    /// How much.
    pub extent: Extent,
    /// The format.
    pub form: Form,
    /// What becomes of private keys.
    pub keys: Keys,
    /// How they are sealed.
    pub seal: Seal,
    /// Whether there is a private key in it.
    pub has_keys: bool,
    /// What the key or the first certificate is to be called.
    pub name: &'a str,
}

/// The command that writes what is chosen, where one file is enough for it.
pub fn convert(detail: &Detail, chosen: &Conversion<'_>) -> Option<String> {
    let whole =
        chosen.extent == Extent::File || (chosen.extent == Extent::Entry && is_alone(detail));
    if !matches!(chosen.extent, Extent::Entry | Extent::File) {
        return None;
    }
    let file = file(detail)?;
    let certificate = matches!(detail.entry.object, Object::Certificate(_));
    let keys = if chosen.has_keys {
        chosen.keys
    } else {
        Keys::LeaveOut
    };
    let name = match chosen.name.trim() {
        "" => String::new(),
        name => format!(" -name {}", quoted(name)),
    };
    let plain = is_plain(detail);
    let modern = chosen.seal == Seal::Modern;
    let known = match (detail.format?, chosen.form) {
        (Format::Pkcs12, Form::Pem) if whole => {
            let keys = match keys {
                Keys::LeaveOut => " -nokeys",
                Keys::Seal if modern => "",
                Keys::Clear(KeyForm::Pkcs8) => " -noenc",
                Keys::Seal | Keys::Clear(_) => return ours(detail, &file, chosen, keys),
            };
            Some(format!(
                "openssl pkcs12{}{keys} -in {file} -out new.pem",
                legacy(detail)
            ))
        }
        (Format::Pkcs12 | Format::Jks | Format::Jceks, Form::Jks)
            if whole && keys == Keys::Seal && name.is_empty() =>
        {
            let from = store_type(detail.format?);
            Some(format!(
                "keytool -importkeystore -srckeystore {file} -srcstoretype {from} \
                 -destkeystore new.jks -deststoretype JKS"
            ))
        }
        (Format::Jks | Format::Jceks, Form::Pkcs12)
            if whole && keys == Keys::Seal && modern && name.is_empty() =>
        {
            let from = store_type(detail.format?);
            Some(format!(
                "keytool -importkeystore -srckeystore {file} -srcstoretype {from} \
                 -destkeystore new.p12 -deststoretype PKCS12"
            ))
        }
        (Format::Pem | Format::Der, Form::Pem)
            if certificate && chosen.extent == Extent::Entry && plain =>
        {
            Some(with_block(
                detail,
                &file,
                &format!("openssl x509{} -out new.pem", form(&detail.entry)),
            ))
        }
        (Format::Pem | Format::Der, Form::Der)
            if certificate && chosen.extent == Extent::Entry && plain =>
        {
            let from = form(&detail.entry);
            Some(with_block(
                detail,
                &file,
                &format!("openssl x509{from} -outform DER -out new.cer"),
            ))
        }
        (Format::Pem | Format::Der, Form::KeyFor(_))
            if plain && !is_openssh(None, &detail.entry) =>
        {
            Some(key_alone(detail, &file, keys))
        }
        (Format::Pem, Form::Pkcs7) if chosen.extent == Extent::File && plain => Some(format!(
            "openssl crl2pkcs7 -nocrl -certfile {file} -outform DER -out new.p7b"
        )),
        (Format::Pem, Form::Pkcs12) if chosen.extent == Extent::File && plain && modern => {
            let keys = if keys == Keys::LeaveOut {
                " -nokeys"
            } else {
                ""
            };
            Some(format!(
                "openssl pkcs12 -export{keys} -in {file}{name} -out new.p12"
            ))
        }
        (Format::Pem | Format::Der, Form::Jks) if certificate && plain && is_alone(detail) => {
            let alias = match chosen.name.trim() {
                "" => "mine".to_owned(),
                name => quoted(name),
            };
            Some(format!(
                "keytool -importcert -noprompt -alias {alias} -file {file} -keystore new.jks -storetype JKS"
            ))
        }
        _ => None,
    };
    known.or_else(|| ours(detail, &file, chosen, keys))
}

/// A private key by itself in PKCS#8.
fn key_alone(detail: &Detail, file: &str, keys: Keys) -> String {
    let provider = if is_by_legacy(detail) {
        " -provider default -provider legacy"
    } else {
        ""
    };
    let sealed = match keys {
        Keys::Clear(_) => " -nocrypt",
        Keys::Seal | Keys::LeaveOut => " -v2 aes-256-cbc -iter 600000",
    };
    let from = form(&detail.entry);
    let command = format!("openssl pkcs8 -topk8{provider}{sealed}{from} -out new.pem");
    with_block(detail, file, &command)
}

/// The same by certlens, which writes everything that the page writes.
fn ours(detail: &Detail, file: &str, chosen: &Conversion<'_>, keys: Keys) -> Option<String> {
    // It has no option for a name.
    if !chosen.name.trim().is_empty() {
        return None;
    }
    let (to, ending) = match chosen.form {
        Form::Pem | Form::KeyFor(_) => ("pem", "pem"),
        Form::Der => ("der", "der"),
        Form::Pkcs7 => ("pkcs7", "p7b"),
        Form::Pkcs12 => ("pkcs12", "p12"),
        Form::Jks => ("jks", "jks"),
        Form::For(_) => return None,
    };
    // Keys of an older form are written by themselves.
    let to = match keys {
        Keys::Clear(KeyForm::Pkcs8) | Keys::LeaveOut | Keys::Seal => to,
        Keys::Clear(_)
            if !matches!(detail.entry.object, Object::PrivateKey(_))
                || chosen.extent != Extent::Entry =>
        {
            return None;
        }
        Keys::Clear(KeyForm::Pkcs1) => "pkcs1",
        Keys::Clear(KeyForm::Sec1) => "sec1",
    };
    let mut line = format!("certlens convert --to {to}");
    if chosen.extent == Extent::Entry && detail.siblings != 1 {
        write!(line, " --entry {}", detail.id.entry).ok();
    }
    let store = matches!(chosen.form, Form::Pkcs12 | Form::Jks);
    let is_sealed = matches!(&detail.entry.object, Object::PrivateKey(key) if key.seal.is_some());
    let sealed = store
        || keys == Keys::Seal
        || detail.keystore.is_some()
        || (is_sealed && keys != Keys::LeaveOut);
    match keys {
        Keys::LeaveOut if chosen.has_keys => line.push_str(" --no-keys"),
        Keys::Clear(_) => line.push_str(" --keys-in-the-clear"),
        Keys::LeaveOut | Keys::Seal => {}
    }
    match chosen.seal {
        Seal::Legacy if sealed && chosen.form != Form::Jks => line.push_str(" --profile legacy"),
        Seal::Pbmac1 if chosen.form == Form::Pkcs12 => line.push_str(" --profile pbmac1"),
        _ => {}
    }
    if sealed {
        line.push_str(" --password-stdin");
    }
    write!(line, " -o new.{ending} {file}").ok();
    if sealed {
        line.push_str(" < password.txt");
    }
    Some(line)
}

/// A command over one block of a text: over the file itself where there is no other.
fn with_block(detail: &Detail, file: &str, command: &str) -> String {
    match block(detail) {
        Some((_, extract)) if !is_alone(detail) => format!("{extract} {file} | {command}"),
        _ => format!("{command} -in {file}"),
    }
}

/// The number of its block of PEM text, from 1, and what prints it: `awk '/-----BEGIN /{n++} n==5'`.
fn block(detail: &Detail) -> Option<(u64, String)> {
    let own = detail.entry.path.split('/').next()?;
    let number = own.strip_prefix("pem[")?.strip_suffix(']')?;
    let number = number.parse::<u64>().ok()?.checked_add(1)?;
    Some((number, format!("awk '/-----BEGIN /{{n++}} n=={number}'")))
}

/// Whether its text is such that other programs may not read it.
fn is_odd(detail: &Detail) -> bool {
    let mut findings = detail.entry.findings.iter();
    let mut about = detail.file_findings.iter().chain(&detail.entry.findings);
    about.any(|one| one.id == "text-utf16")
        || findings.any(|one| one.id.starts_with("pem-") && one.severity <= Severity::Warning)
}

/// Whether its own octets stand in the file, for other programs to find.
fn is_plain(detail: &Detail) -> bool {
    let in_text = detail.format == Some(Format::Pem) && is_in_pkcs7(&detail.entry);
    !is_within(detail) && !is_odd(detail) && !in_text
}

/// Whether it stands among others in one PKCS#7 message.
fn is_in_pkcs7(entry: &Entry) -> bool {
    entry.path.split('/').any(|part| part.starts_with("pkcs7"))
}

fn is_alone(detail: &Detail) -> bool {
    detail.siblings == 1
}

/// Whether it stands in an archive or encoded in a document, where no other program finds it.
fn is_within(detail: &Detail) -> bool {
    let entry = &detail.entry;
    let found = entry.whereabouts.as_ref();
    detail
        .format
        .is_none_or(|format| format.is_archive() || format == Format::Text)
        || found.is_some_and(|found| found.keys.is_some() || !found.decoded.is_empty())
        // Lines of SSH keys are base64 as they should be.
        || (matches!(entry.place.form, PlaceForm::Base64 | PlaceForm::Hex)
            && detail.format != Some(Format::OpenSsh))
}

fn is_openssh(form: Option<&str>, entry: &Entry) -> bool {
    let sealed = match &entry.object {
        Object::PrivateKey(key) => key.seal.as_ref(),
        _ => None,
    };
    form == Some("OpenSSH") || sealed.is_some_and(|seal| seal.algorithm.contains("bcrypt"))
}

/// OpenSSL 3 opens what was sealed long ago when it is told to.
fn legacy(detail: &Detail) -> &'static str {
    let findings = detail.file_findings.iter();
    let old = findings.clone().any(|finding| finding.id == "legacy-seal");
    if old { " -legacy" } else { "" }
}

/// Whether a key is sealed so that OpenSSL 3 opens it by its legacy provider alone.
fn is_by_legacy(detail: &Detail) -> bool {
    let Object::PrivateKey(key) = &detail.entry.object else {
        return false;
    };
    let cipher = key.seal.as_ref().and_then(|seal| seal.cipher.as_deref());
    cipher.is_some_and(|cipher| {
        ["DES-", "RC2", "RC4"]
            .iter()
            .any(|old| cipher.starts_with(old))
    })
}

fn store_type(format: Format) -> &'static str {
    match format {
        Format::Pkcs12 => "PKCS12",
        other => other.name(),
    }
}

/// The name of the file, without its folders, as a shell takes it; `None` for what is no file.
fn file(detail: &Detail) -> Option<String> {
    named(&detail.source)
}

fn named(source: &str) -> Option<String> {
    // A name that a terminal would show as another one is not to be copied into it.
    let is_no_file = [words::shared_link(), words::pasted_text()].contains(&source);
    if is_no_file || source.chars().any(is_hidden) {
        return None;
    }
    let name = source.rsplit('/').next();
    Some(quoted(name.unwrap_or(source)))
}

fn form(entry: &Entry) -> &'static str {
    match entry.place.form {
        PlaceForm::Der | PlaceForm::Chunked => " -inform DER",
        _ => "",
    }
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/@+=:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    let word = if word.starts_with('-') {
        format!("./{word}")
    } else {
        word.to_owned()
    };
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
