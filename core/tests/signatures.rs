//! Signatures that openssl made, in every form that it has.

use std::path::Path;
use std::process::Command;

use certlens_core::{
    KeyMatch, Options, SignatureCheck, WeakDigest, check_signature, match_keys, open,
};

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("openssl runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {error}");
}

/// A certificate that signs itself, over the key in `key.pem`.
fn certificate(folder: &Path, form: &[&str]) -> Vec<u8> {
    let common = [
        "req",
        "-x509",
        "-key",
        "key.pem",
        "-subj",
        "/CN=itself",
        "-outform",
        "DER",
    ];
    openssl(folder, &[&common[..], &["-out", "it.der"], form].concat());
    std::fs::read(folder.join("it.der")).expect("was made")
}

fn key(folder: &Path, form: &[&str]) {
    openssl(folder, &[&["genpkey", "-out", "key.pem"], form].concat());
}

/// Good as it is, and bad with one bit of what is signed or of the signature changed.
fn is_sound(der: &[u8], what: &str) -> Option<WeakDigest> {
    let good = check_signature(der, None).expect("is signed");
    let SignatureCheck::Good { weak, .. } = good else {
        panic!("{what}: {good:?}");
    };
    // The year of the validity, and the last octet of all.
    for place in [
        der.windows(2)
            .position(|it| it == [0x17, 0x0d])
            .expect("a time")
            + 3,
        der.len() - 1,
    ] {
        let mut changed = der.to_vec();
        changed[place] ^= 1;
        let bad = check_signature(&changed, None).expect("is signed");
        assert!(
            matches!(bad, SignatureCheck::Bad { .. }),
            "{what}, octet {place}: {bad:?}"
        );
    }
    weak
}

#[test]
fn rsa_signs_with_every_digest() {
    let folder = tempfile::tempdir().expect("there is room");
    key(
        folder.path(),
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1025"],
    );
    for (digest, weak) in [
        ("md5", true),
        ("sha1", true),
        ("sha224", false),
        ("sha256", false),
        ("sha384", false),
        ("sha512", false),
        ("sha512-256", false),
        ("sha3-256", false),
    ] {
        let der = certificate(folder.path(), &[&format!("-{digest}")]);
        assert_eq!(is_sound(&der, digest).is_some(), weak, "{digest}");
    }
}

#[test]
fn pss_is_checked_with_every_form_of_its_parameters() {
    let folder = tempfile::tempdir().expect("there is room");
    // The length leaves 0, 1 and 7 bits of the first octet unused.
    for bits in ["1024", "1025", "1031"] {
        let bits = format!("rsa_keygen_bits:{bits}");
        key(folder.path(), &["-algorithm", "RSA", "-pkeyopt", &bits]);
        for (digest, mask, salt) in [
            ("sha1", "sha1", "20"),
            ("sha256", "sha256", "32"),
            ("sha256", "sha1", "0"),
            ("sha384", "sha512", "11"),
            ("sha512", "sha256", "max"),
        ] {
            let form = [
                &format!("-{digest}"),
                "-sigopt",
                "rsa_padding_mode:pss",
                "-sigopt",
                &format!("rsa_mgf1_md:{mask}"),
                "-sigopt",
                &format!("rsa_pss_saltlen:{salt}"),
            ];
            let weak = is_sound(&certificate(folder.path(), &form), &form.join(" "));
            assert_eq!(weak.is_some(), digest == "sha1", "{form:?}");
        }
    }
}

#[test]
fn keys_for_pss_alone_sign_by_their_own_parameters() {
    let folder = tempfile::tempdir().expect("there is room");
    let form = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"];
    let own = [
        "-pkeyopt",
        "rsa_pss_keygen_md:sha256",
        "-pkeyopt",
        "rsa_pss_keygen_mgf1_md:sha256",
    ];
    for options in [&form[..], &[&form[..], &own].concat()] {
        key(folder.path(), options);
        is_sound(&certificate(folder.path(), &["-sha256"]), "RSA-PSS");
    }
}

#[test]
fn curves_of_nist_sign_with_every_digest_and_others_are_not_called_good() {
    let folder = tempfile::tempdir().expect("there is room");
    for curve in ["P-256", "P-384", "P-521"] {
        let curve = format!("ec_paramgen_curve:{curve}");
        key(folder.path(), &["-algorithm", "EC", "-pkeyopt", &curve]);
        for digest in [
            "-sha1",
            "-sha224",
            "-sha256",
            "-sha384",
            "-sha512",
            "-sha3-384",
        ] {
            is_sound(
                &certificate(folder.path(), &[digest]),
                &format!("{curve} {digest}"),
            );
        }
    }
    for (form, word) in [
        (
            &[
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:secp256k1",
            ][..],
            "secp256k1",
        ),
        (&["-algorithm", "ED448"], "this algorithm"),
    ] {
        key(folder.path(), form);
        let check = check_signature(&certificate(folder.path(), &[]), None).expect("is signed");
        let SignatureCheck::Unchecked { why, .. } = &check else {
            panic!("{check:?}");
        };
        assert!(why.contains(word), "{why}");
    }
}

#[test]
fn ed25519_and_dsa_are_checked() {
    let folder = tempfile::tempdir().expect("there is room");
    key(folder.path(), &["-algorithm", "ED25519"]);
    is_sound(&certificate(folder.path(), &[]), "Ed25519");
    let parameters = ["-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024"];
    openssl(
        folder.path(),
        &[
            &["genpkey", "-genparam", "-out", "dsa.pem"],
            &parameters[..],
        ]
        .concat(),
    );
    key(folder.path(), &["-paramfile", "dsa.pem"]);
    is_sound(&certificate(folder.path(), &["-sha1"]), "DSA");
    is_sound(&certificate(folder.path(), &["-sha256"]), "DSA");
}

#[test]
fn what_is_not_whole_octets_is_never_good() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let folder = folder.path();
    key(folder, &["-algorithm", "ed25519"]);
    let certificate = certificate(folder, &[]);
    openssl(
        folder,
        &[
            "pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der",
        ],
    );
    let public = std::fs::read(folder.join("key.der")).expect("was made");
    let good = check_signature(&certificate, Some(&public)).expect("is signed");
    assert!(good.is_good(), "{good:?}");

    // The count of unused bits stands before the 32 octets of the key, and the 64 of the signature.
    for unused in 1..=8 {
        let mut odd = public.clone();
        let place = odd.len() - 33;
        odd[place] = unused;
        let error = check_signature(&certificate, Some(&odd)).expect_err("is no key");
        assert!(error.to_string().contains("whole octets"), "{error}");

        let mut odd = certificate.clone();
        let place = odd.len() - 65;
        odd[place] = unused;
        let bad = check_signature(&odd, Some(&public)).expect("is signed");
        let SignatureCheck::Bad { why, .. } = bad else {
            panic!("{bad:?}");
        };
        assert_eq!(why, "the signature is not whole octets");
    }
}

#[test]
fn a_key_that_is_not_whole_octets_fits_nothing() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let folder = folder.path();
    // The last bits of a key over RSA are those of its exponent: as a number it would stay the same.
    key(folder, &["-algorithm", "rsa"]);
    let certificate = certificate(folder, &[]);
    let private = std::fs::read(folder.join("key.pem")).expect("was made");
    openssl(
        folder,
        &[
            "rsa",
            "-in",
            "key.pem",
            "-RSAPublicKey_out",
            "-outform",
            "DER",
            "-out",
            "key.der",
        ],
    );
    let public = std::fs::read(folder.join("key.der")).expect("was made");
    let place = certificate
        .windows(public.len())
        .position(|window| window == public)
        .expect("it carries the key");
    let fitting = |certificate: &[u8]| {
        let opened = |input: &[u8]| open(input, &Options::default()).expect("opens");
        let (certificate, private) = (opened(certificate), opened(&private));
        let matches = match_keys(&[&certificate, &private]);
        matches.iter().map(KeyMatch::len).collect::<Vec<usize>>()
    };
    assert_eq!(fitting(&certificate), [2]);
    let mut odd = certificate.clone();
    odd[place - 1] = 1;
    assert_eq!(fitting(&odd), [1], "the private key alone");
}

#[test]
fn requests_and_lists_are_checked_by_the_key_that_signed_them() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    key(
        path,
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    );
    let authority = certificate(path, &["-addext", "keyUsage=cRLSign,keyCertSign"]);
    openssl(
        path,
        &["x509", "-inform", "DER", "-in", "it.der", "-out", "ca.pem"],
    );
    let request = ["req", "-new", "-key", "key.pem", "-subj", "/CN=asks"];
    openssl(
        path,
        &[&request[..], &["-outform", "DER", "-out", "request.der"]].concat(),
    );
    let request = std::fs::read(path.join("request.der")).expect("was made");
    assert!(
        check_signature(&request, None)
            .expect("is signed")
            .is_good()
    );
    assert!(
        check_signature(&request, Some(&authority))
            .expect("is signed")
            .is_good()
    );
    std::fs::write(path.join("index.txt"), "").expect("can be written");
    std::fs::write(path.join("ca.conf"), CONFIG).expect("can be written");
    let list = [
        "ca", "-gencrl", "-config", "ca.conf", "-keyfile", "key.pem", "-cert", "ca.pem",
    ];
    openssl(
        path,
        &[&list[..], &["-crldays", "7", "-out", "list.pem"]].concat(),
    );
    let list = std::fs::read(path.join("list.pem")).expect("was made");
    let contents = open(&list, &Options::default()).expect("opens");
    let list = contents.revocation_lists().next().expect("is a list");
    assert!(
        check_signature(list, Some(&authority))
            .expect("is signed")
            .is_good()
    );
    key(
        path,
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    );
    let stranger = certificate(path, &[]);
    let check = check_signature(list, Some(&stranger)).expect("is signed");
    assert!(matches!(check, SignatureCheck::Bad { .. }), "{check:?}");
}

#[test]
fn what_is_not_signed_is_an_error_that_says_where() {
    let error = check_signature(&[0x30, 3, 2, 1, 1], None).expect_err("is nothing signed");
    assert_eq!(
        error.to_string(),
        "toBeSigned: expected SEQUENCE, found INTEGER (byte 2)"
    );
}

const CONFIG: &str = "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\ndefault_md=sha256\n";
