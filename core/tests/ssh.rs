//! What is read of SSH keys: `vectors/ssh/make` says how the files were made.

use certlens_core::{
    Format, Lock, LonePublicKey, Object, Options, Password, PrivateKey, PublicKey, Report,
    SshCertificate, SshCertificateType, UnixTime, inspect,
};

fn vector(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/vectors/ssh/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read(input: &[u8], password: Option<&str>) -> Report {
    let passwords: Vec<Password> = password.map(Password::from).into_iter().collect();
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, UnixTime::parse("2026-06-01T00:00:00Z")).expect("shows something")
}

fn private_key(report: &Report) -> &PrivateKey {
    let is_key = report.entries.iter().find_map(|entry| match &entry.object {
        Object::PrivateKey(key) => Some(key),
        _ => None,
    });
    is_key.unwrap_or_else(|| panic!("no private key: {report:#?}"))
}

fn public_keys(report: &Report) -> Vec<&LonePublicKey> {
    let keys = report
        .entries
        .iter()
        .filter_map(|entry| match &entry.object {
            Object::PublicKey(key) => Some(&**key),
            _ => None,
        });
    keys.collect()
}

fn certificate(report: &Report) -> &SshCertificate {
    match &report.entries[0].object {
        Object::SshCertificate(certificate) => certificate,
        other => panic!("no SSH certificate: {other:#?}"),
    }
}

/// What `ssh-keygen -l` says of a file, with SHA-256 and with MD5.
fn printed(file: &str) -> (String, String) {
    let list = String::from_utf8(vector("fingerprints")).expect("is text");
    let mut lines = list.lines().filter_map(|line| line.split_once(' '));
    let mut next = || {
        let found = lines.find(|(name, _)| *name == file);
        found.expect("is listed").1.to_owned()
    };
    (next(), next())
}

fn fingerprints(key: &PublicKey) -> (String, String) {
    let identity = key.identity.as_ref().expect("is known");
    let known = |digest: &Option<String>| digest.clone().expect("SSH knows it");
    (known(&identity.ssh_sha256), known(&identity.ssh_md5))
}

#[test]
fn public_keys_have_the_fingerprints_that_ssh_keygen_prints() {
    for (file, text, comment) in [
        ("ed25519.pub", "Ed25519", "ed25519@test"),
        ("ecdsa.pub", "EC P-256", "ecdsa@test"),
        ("rsa.pub", "RSA 3072", "rsa@test"),
    ] {
        let report = read(&vector(file), None);
        assert_eq!(report.format, Format::OpenSsh);
        let key = public_keys(&report)[0];
        assert_eq!(key.public_key.text, text);
        assert_eq!(fingerprints(&key.public_key), printed(file));
        let line = key.ssh.as_ref().expect("is an SSH key");
        assert_eq!(line.comment, comment);
        assert_eq!(line.line.as_bytes(), vector(file).trim_ascii());
    }
}

#[test]
fn a_key_of_rfc_4716_is_the_one_it_was_made_from() {
    let report = read(&vector("rsa.ssh2"), None);
    let key = public_keys(&report)[0];
    assert_eq!(fingerprints(&key.public_key), printed("rsa.pub"));
    let comment = &key.ssh.as_ref().expect("is an SSH key").comment;
    assert!(comment.contains("RSA"), "{comment}");
}

#[test]
fn private_keys_tell_their_public_half_and_comment() {
    for (file, text) in [
        ("ed25519", "Ed25519"),
        ("ecdsa", "EC P-256"),
        ("rsa", "RSA 3072"),
    ] {
        let report = read(&vector(file), None);
        let key = private_key(&report);
        let public = key.public_key.as_ref().expect("is open");
        assert_eq!((public.text.as_str(), key.lock), (text, Lock::Open));
        assert_eq!(fingerprints(public), printed(&format!("{file}.pub")));
        assert_eq!(key.comment, Some(format!("{file}@test")));
        let ids: Vec<&str> = report.entries[0]
            .findings
            .iter()
            .map(|found| &*found.id)
            .collect();
        assert_eq!(ids, ["private-key-unsealed"], "{file}");
    }
}

#[test]
fn sealed_keys_of_every_cipher_open_with_the_passphrase() {
    for cipher in [
        "aes256-ctr",
        "aes128-cbc",
        "aes256-gcm",
        "chacha20-poly1305",
        "3des-cbc",
    ] {
        let file = vector(&format!("sealed-{cipher}"));
        for (password, lock, comment) in [
            (None, Lock::Locked, None),
            (Some("wrong"), Lock::WrongPassword, None),
            (Some("secret"), Lock::Open, Some("ed25519@test".to_owned())),
        ] {
            let report = read(&file, password);
            let key = private_key(&report);
            assert_eq!((key.lock, &key.comment), (lock, &comment), "{cipher}");
            let seal = key.seal.as_ref().expect("is sealed");
            assert_eq!((seal.rounds, seal.salt_length), (Some(1), Some(16)));
            assert_eq!(
                fingerprints(key.public_key.as_ref().expect("stands outside")),
                printed("ed25519.pub"),
            );
        }
    }
}

#[test]
fn a_key_that_asks_for_hours_is_refused_with_the_figure() {
    use base64::Engine as _;
    let text = String::from_utf8(vector("sealed-aes256-ctr")).expect("is text");
    let digits: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let engine = base64::engine::general_purpose::STANDARD;
    let mut octets = engine.decode(digits).expect("decodes");
    let rounds = octets
        .windows(8)
        .position(|window| window == [0, 0, 0, 1, 0, 0, 0, 1])
        .expect("one round, one key");
    octets[rounds..rounds + 4].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff]);
    let text = format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        engine.encode(octets)
    );
    let report = read(text.as_bytes(), Some("secret"));
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("was read: {report:#?}");
    };
    assert_eq!(
        problem.message,
        "OpenSSH private key: expected at most 2441 bcrypt rounds, found 2147483647 (byte 88)"
    );
}

#[test]
fn a_user_certificate_tells_what_ssh_keygen_tells() {
    let report = read(&vector("ed25519-cert.pub"), None);
    let certificate = certificate(&report);
    assert_eq!(certificate.certificate_type, SshCertificateType::User);
    assert_eq!(
        (certificate.serial.as_str(), certificate.key_id.as_str()),
        ("42", "alice at work")
    );
    assert_eq!(certificate.principals, ["alice", "bob"]);
    assert_eq!(
        certificate.not_before,
        UnixTime::parse("2026-01-01T00:00:00Z")
    );
    assert_eq!(
        certificate.not_after,
        UnixTime::parse("2027-01-01T00:00:00Z")
    );
    let option = &certificate.critical_options[0];
    assert_eq!(
        (option.name.as_str(), option.value.as_deref()),
        ("force-command", Some("/bin/true"))
    );
    let allowed: Vec<&str> = certificate
        .extensions
        .iter()
        .map(|option| option.name.as_str())
        .collect();
    assert!(
        allowed.contains(&"permit-user-rc") && !allowed.contains(&"permit-pty"),
        "{allowed:?}"
    );
    assert_eq!(fingerprints(&certificate.authority), printed("ecdsa.pub"));
    assert_eq!(certificate.signature_algorithm, "ecdsa-sha2-nistp256");
    assert_eq!(
        fingerprints(&certificate.public_key),
        printed("ed25519-cert.pub")
    );
    assert!(certificate.standing.is_some());
}

#[test]
fn a_host_certificate_without_an_end_never_ends() {
    let report = read(&vector("ecdsa-cert.pub"), None);
    let certificate = certificate(&report);
    assert_eq!(certificate.certificate_type, SshCertificateType::Host);
    assert_eq!(
        (certificate.not_before, certificate.not_after),
        (None, None)
    );
    assert_eq!(certificate.signature_algorithm, "rsa-sha2-512");
}

#[test]
fn lines_of_authorized_keys_stand_each_on_its_own() {
    let report = read(&vector("authorized_keys"), None);
    assert_eq!(report.entries.len(), 3);
    let keys = public_keys(&report);
    let options = &keys[0].ssh.as_ref().expect("is an SSH key").options;
    assert_eq!(
        options,
        &[
            "from=\"10.0.0.0/8,*.example.org\"",
            "command=\"echo \\\"hi there\\\"\""
        ]
    );
    assert_eq!(fingerprints(&keys[1].public_key), printed("ecdsa.pub"));
    let Object::Unreadable(problem) = &report.entries[2].object else {
        panic!("was read: {report:#?}");
    };
    assert!(
        problem.message.starts_with("expected an SSH key"),
        "{}",
        problem.message
    );
}

#[test]
fn lines_of_known_hosts_tell_their_hosts() {
    let report = read(&vector("known_hosts"), None);
    let lines: Vec<_> = public_keys(&report)
        .into_iter()
        .map(|key| key.ssh.as_ref().expect("is an SSH key"))
        .collect();
    assert_eq!(lines[0].hosts, ["a.example.org", "192.0.2.1"]);
    assert!(lines[1].hosts[0].starts_with("|1|"), "{:?}", lines[1]);
    assert_eq!(lines[2].marker.as_deref(), Some("@cert-authority"));
    assert_eq!(lines[2].hosts, ["*.example.org"]);
}

#[test]
fn the_place_of_a_key_is_where_its_line_stands() {
    let input = vector("known_hosts");
    let report = read(&input, None);
    let lines: Vec<&[u8]> = input.split(|octet| *octet == b'\n').collect();
    for (entry, line) in report.entries.iter().zip(lines) {
        let (start, end) = (entry.place.start, entry.place.end);
        let (start, end) = (
            usize::try_from(start).expect("fits"),
            usize::try_from(end).expect("fits"),
        );
        assert_eq!(&input[start..end], line);
    }
}

#[test]
fn ssh_keys_belong_to_the_x509_certificates_over_them() {
    for kind in ["ecdsa", "rsa"] {
        let both = [vector(&format!("{kind}.crt")), vector(kind)].concat();
        let report = read(&both, None);
        assert_eq!(private_key(&report).certificates, ["pem[0]"], "{kind}");
        let Object::Certificate(certificate) = &report.entries[0].object else {
            panic!("no certificate: {report:#?}");
        };
        let link = certificate.private_key.as_ref().expect("is here");
        assert_eq!(link.entry, "pem[1]");
    }
}

#[test]
fn a_cut_off_key_is_refused_where_it_ends() {
    let line = String::from_utf8(vector("ed25519.pub")).expect("is text");
    let digits = line.split(' ').nth(1).expect("has a key");
    let cut = format!("ssh-ed25519 {} cut\n", &digits[..digits.len() - 8]);
    let report = read(cut.as_bytes(), None);
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("was read: {report:#?}");
    };
    assert!(
        problem
            .message
            .starts_with("SSH key: ends too early, 6 more bytes"),
        "{}",
        problem.message
    );
}

/// The octets of a key file that is not sealed, as a list of strings after the magic words: cipher, kdf and its
/// options, the number of keys, the public key and the private part.
fn parts(file: &str) -> Vec<Vec<u8>> {
    let block = pem::parse(vector(file)).expect("is PEM");
    let mut rest = block
        .contents()
        .strip_prefix(b"openssh-key-v1\0")
        .expect("is one");
    let mut parts = Vec::new();
    while !rest.is_empty() {
        if parts.len() == 3 {
            rest = &rest[4..];
        }
        let length = usize::try_from(u32::from_be_bytes(rest[..4].try_into().unwrap())).unwrap();
        parts.push(rest[4..4 + length].to_vec());
        rest = &rest[4 + length..];
    }
    assert_eq!(parts.len(), 5);
    parts
}

fn assembled(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut octets = b"openssh-key-v1\0".to_vec();
    for (index, part) in parts.iter().enumerate() {
        if index == 3 {
            octets.extend([0, 0, 0, 1]);
        }
        octets.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        octets.extend_from_slice(part);
    }
    pem::encode(&pem::Pem::new("OPENSSH PRIVATE KEY", octets)).into_bytes()
}

#[test]
fn what_ssh_keygen_refuses_of_a_private_key_is_said() {
    let said = |parts: &[Vec<u8>]| -> Vec<String> {
        let report = read(&assembled(parts), None);
        let found = report.entries[0].findings.iter();
        let found = found.filter(|it| ["ssh-key-padding", "key-halves-differ"].contains(&&*it.id));
        found.map(|it| format!("{}: {}", it.id, it.what)).collect()
    };
    let front = "key-halves-differ: The public key at the front of the file is another one.";
    for file in ["ed25519", "ecdsa", "rsa"] {
        let whole = parts(file);
        assert_eq!(said(&whole), [""; 0], "{file}");

        let mut padding = whole.clone();
        let private = &mut padding[4];
        let before = private.len();
        private.extend([9, 9, 9, 9, 9, 9, 9, 9]);
        assert!(said(&padding)[0].starts_with("ssh-key-padding: "), "{file}");
        let padded = whole[4].last().is_some_and(|last| *last < 8);
        if padded {
            padding[4].truncate(before);
            *padding[4].last_mut().expect("octets") ^= 0x40;
            assert!(said(&padding)[0].starts_with("ssh-key-padding: "), "{file}");
        }

        let mut outer = whole.clone();
        let within = outer[3].len() - 8;
        outer[3][within] ^= 1;
        assert_eq!(said(&outer), [front], "{file}");
    }
    // The private half of Ed25519 has the public one behind it.
    let mut second = parts("ed25519");
    let public = second[3][second[3].len() - 32..].to_vec();
    let private = &mut second[4];
    let at = private.windows(32).rposition(|window| window == public);
    private[at.expect("stands there twice")] ^= 1;
    assert_eq!(
        said(&second),
        ["key-halves-differ: After the private key stands another public one."]
    );
}
