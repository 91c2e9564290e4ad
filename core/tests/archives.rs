//! Files in ZIP, TAR and gzip: found, told where, and bounded.

use std::fs;

use certlens_core::{
    ErrorKind, Format, Limits, Lock, Object, Options, Password, PlaceForm, Report, RowKind,
    inspect, open,
};

fn vector(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/");
    fs::read(format!("{folder}{name}")).expect("the vector is there")
}

fn read(input: &[u8]) -> Report {
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    inspect(input, &options, None).expect("it is read")
}

fn whereabouts(report: &Report) -> Vec<String> {
    let entries = report.entries.iter();
    entries
        .map(|entry| {
            let told = entry.whereabouts.as_ref().expect("it lies in an archive");
            told.to_string()
        })
        .collect()
}

const LONG: &str = "backup/a folder whose name is so long that no header of a TAR archive has room \
                    for it/and another one below it/chain.pem";

#[test]
fn every_file_of_an_archive_is_read_and_told_where() {
    for (file, format) in [
        ("backup.zip", Format::Zip),
        ("zip64.zip", Format::Zip),
        ("gnu.tar.gz", Format::Gzip),
        ("pax.tar", Format::Tar),
    ] {
        let report = read(&vector(&format!("archive/{file}")));
        assert_eq!(report.format, format);
        let mut told = whereabouts(&report);
        told.sort();
        told.dedup();
        assert_eq!(
            told,
            [
                LONG,
                "backup/conf/leaf.der",
                "backup/conf/openssl-3.p12",
                "backup/conf/server.crt"
            ],
            "{file}"
        );
        let passed_over = report
            .findings
            .iter()
            .find(|one| one.id == "archive-files-passed-over");
        let passed_over = passed_over.expect("readme.txt holds nothing");
        assert!(
            passed_over.what.contains("readme.txt"),
            "{}",
            passed_over.what
        );
    }
}

#[test]
fn an_archive_within_an_archive_is_told_from_the_outside_in() {
    let report = read(&vector("archive/nested.tar"));
    assert!(whereabouts(&report).contains(&"backup.zip › backup/conf/server.crt".to_owned()));
}

#[test]
fn what_is_stored_as_it_is_stands_in_the_input() {
    let input = vector("archive/backup.zip");
    let report = read(&input);
    let der = vector("der/leaf.der");
    let entry = report.entries.iter().find(|entry| {
        let told = entry.whereabouts.as_ref();
        told.is_some_and(|told| told.files == ["backup/conf/leaf.der"])
    });
    let place = entry.expect("it is there").place;
    assert_eq!(place.form, PlaceForm::Der);
    let range = usize::try_from(place.start).unwrap()..usize::try_from(place.end).unwrap();
    assert_eq!(&input[range], der);

    let packed = report.entries.iter().find(|entry| {
        let told = entry.whereabouts.as_ref();
        told.is_some_and(|told| told.files == [LONG])
    });
    assert_eq!(packed.expect("it is there").place.form, PlaceForm::Pem);
}

#[test]
fn a_file_that_gzip_packed_alone_is_the_same_certificate() {
    let report = read(&vector("archive/leaf.pem.gz"));
    let digest = |report: &Report| match &report.entries[0].object {
        Object::Certificate(certificate) => certificate.fingerprints.sha256.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(digest(&report), digest(&read(&vector("pem/leaf.pem"))));
}

#[test]
fn the_members_of_a_gzip_file_are_one_file_and_each_is_checked() {
    let input = vector("archive/members.pem.gz");
    let report = read(&input);
    assert_eq!(report.entries.len(), 4);
    assert_eq!(report.findings, []);

    // The checksum of the first member: right before the second.
    let second = input
        .windows(3)
        .rposition(|octets| octets == [0x1f, 0x8b, 8]);
    let mut damaged = input.clone();
    damaged[second.unwrap() - 5] ^= 1;
    let report = read(&damaged);
    assert_eq!(report.entries.len(), 4);
    assert_eq!(report.findings[0].id, "archive-checksum");

    let cut = &input[..second.unwrap() + 40];
    let report = read(cut);
    assert!(matches!(report.entries[..], [ref one] if matches!(one.object, Object::Unreadable(_))));
}

#[test]
fn what_zip_seals_waits_for_its_password_and_is_checked_by_it() {
    for (file, certificates) in [
        ("sealed.zip", 1),
        ("sealed-aes128.zip", 2),
        ("sealed-aes256.zip", 2),
    ] {
        let input = vector(&format!("archive/{file}"));
        let try_with = |passwords: &[&str], input: &[u8]| {
            let passwords: Vec<_> = passwords.iter().map(|text| Password::from(*text)).collect();
            let options = Options {
                passwords: &passwords,
                ..Options::default()
            };
            inspect(input, &options, None).expect("it is read")
        };
        let report = try_with(&[], &input);
        assert_eq!(report.lock(), Lock::Locked, "{file}");
        assert_eq!(whereabouts(&report)[0], "server.crt");
        // The old cipher lets one in 256 pass its first check.
        let wrong: Vec<_> = (0..1000).map(|number| format!("wrong {number}")).collect();
        let wrong: Vec<_> = wrong.iter().map(String::as_str).collect();
        let tried = if file == "sealed.zip" { 1000 } else { 3 };
        let report = try_with(&wrong[..tried], &input);
        assert_eq!(report.lock(), Lock::WrongPassword, "{file}");
        let named = matches!(&report.entries[0].object, Object::Other(one) if one.what == "sealed file server.crt");
        assert!(named, "{:?}", report.entries[0].object);

        let report = try_with(&["wrong", "secret"], &input);
        assert_eq!(report.lock(), Lock::Open, "{file}");
        assert_eq!(report.entries.len(), certificates);
        let mut objects = report.entries.iter().map(|entry| &entry.object);
        assert!(objects.all(|object| matches!(object, Object::Certificate(_))));

        // One octet amid what is sealed.
        let mut damaged = input.clone();
        damaged[100] ^= 1;
        let report = try_with(&["secret"], &damaged);
        assert_eq!(report.lock(), Lock::WrongPassword, "{file}");
    }
}

/// A ZIP file that lists the same stored octets so many times.
fn one_file_many_times(octets: &[u8], times: usize) -> Vec<u8> {
    let length = u32::try_from(octets.len()).unwrap().to_le_bytes();
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend([0; 14]);
    zip.extend([length, length, [1, 0, 0, 0]].concat());
    zip.extend(b"a");
    zip.extend(octets);
    let directory = u32::try_from(zip.len()).unwrap().to_le_bytes();
    for _ in 0..times {
        zip.extend(b"PK\x01\x02");
        zip.extend([0; 16]);
        zip.extend([length, length, [1, 0, 0, 0]].concat());
        zip.extend([0; 14]);
        zip.extend(b"a");
    }
    zip.extend(b"PK\x05\x06");
    zip.extend([0; 4]);
    let times = u16::try_from(times).unwrap().to_le_bytes();
    zip.extend([times, times].concat());
    zip.extend([[0; 4], directory].concat());
    zip.extend([0; 2]);
    zip
}

#[test]
fn one_file_that_is_listed_many_times_is_a_limit_and_not_a_hang() {
    let limits = Limits {
        input: 1 << 20,
        output: 1 << 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let input = one_file_many_times(&vec![b' '; 1 << 16], 60);
    let error = open(&input, &options).expect_err("it is looked at too often");
    assert_eq!(
        error.to_string(),
        "expected at most 2097152 bytes of files in one archive, found 2162688 (byte 0)"
    );
    let few = open(&one_file_many_times(&vec![b' '; 1 << 16], 20), &options);
    let few = few.expect_err("it holds nothing");
    assert!(
        matches!(few.kind(), ErrorKind::Unrecognised { .. }),
        "{few}"
    );
}

#[test]
fn a_damaged_file_is_told_beside_the_good_ones() {
    let whole = vector("archive/backup.zip");
    let der = vector("der/leaf.der");
    let stored = whole.windows(der.len()).position(|octets| octets == der);
    let stored = stored.expect("it is stored as it is");
    // One octet of a name in it, and one amid what is packed.
    for at in [stored + 100, stored - 200] {
        let mut input = whole.clone();
        input[at] ^= 0x55;
        let report = read(&input);
        let told = report
            .findings
            .iter()
            .any(|one| one.id == "archive-checksum");
        let mut entries = report.entries.iter();
        let unreadable = entries.any(|entry| matches!(entry.object, Object::Unreadable(_)));
        assert!(told || unreadable, "octet {at}");
        assert!(3 < report.entries.len());
    }
}

/// Octets of zeros as gzip packs them: a thousandth of their length.
fn bomb(length: usize) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    packed.extend(miniz_oxide::deflate::compress_to_vec(&vec![0; length], 9));
    packed.extend([0; 8]);
    packed
}

#[test]
fn a_bomb_is_a_limit_and_not_a_hang() {
    let input = bomb(8 << 20);
    let options = Options {
        limits: Limits {
            output: 1 << 20,
            ..Limits::default()
        },
        ..Options::default()
    };
    let error = open(&input, &options).expect_err("more comes out than may");
    assert!(
        matches!(error.kind(), ErrorKind::LimitExceeded { .. }),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "expected at most 1048576 bytes unpacked from one file, found 1048577 (byte 0)"
    );
}

#[test]
fn archives_around_archives_end_somewhere() {
    let report = read(&vector("archive/twelve.gz"));
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("{:?}", report.entries[0].object);
    };
    assert!(
        problem.message.contains("archives lie around it"),
        "{}",
        problem.message
    );
}

#[test]
fn an_archive_that_is_cut_short_is_an_error() {
    for (file, length) in [("backup.zip", 3000), ("pax.tar", 9000), ("leaf.pem.gz", 8)] {
        let input = vector(&format!("archive/{file}"));
        let error = open(&input[..length], &Options::default());
        let told = error.map(|contents| contents.len());
        assert!(
            told.as_ref().is_err() || *told.as_ref().unwrap() != 6,
            "{file}: {told:?}"
        );
    }
}

#[test]
fn a_row_tells_where_it_was_found_and_whose_key_it_carries() {
    let passwords = [Password::from("changeit")];
    let options = Options {
        passwords: &passwords,
        ..Options::default()
    };
    let rows = open(&vector("archive/backup.zip"), &options)
        .expect("it is read")
        .rows();
    let found = |name: &str, file: &str| {
        let mut rows = rows.iter();
        let row = rows.find(|row| row.name == name && row.place.as_deref() == Some(file));
        row.and_then(|row| row.key_print)
            .unwrap_or_else(|| panic!("{name} in {file}"))
    };
    let leaf = found("leaf.example.org", "backup/conf/leaf.der");
    let key = rows.iter().find(|row| row.kind == RowKind::PrivateKey);
    assert_eq!(key.and_then(|key| key.key_print), Some(leaf));
    assert_eq!(found("leaf.example.org", LONG), leaf);
    assert_ne!(found("Vector Root", LONG), leaf);

    // Of a sealed key its keystore tells the certificate.
    let store = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/store.jks"
    ));
    let store = open(&store.expect("the vector is there"), &Options::default());
    let rows = store.expect("its certificates lie open").rows();
    let key = rows.iter().find(|row| row.kind == RowKind::PrivateKey);
    let key = key.expect("it has a key");
    assert!(key.key.is_empty(), "it is sealed");
    let mut certificates = rows.iter().filter(|row| row.kind == RowKind::Certificate);
    assert!(key.key_print.is_some());
    assert!(certificates.any(|one| one.alias == key.alias && one.key_print == key.key_print));
}

/// A TAR archive of one file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    let size = format!("{:011o}", content.len());
    header[124..135].copy_from_slice(size.as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|octet| u32::from(*octet)).sum();
    let sum = format!("{sum:06o}\0 ");
    header[148..156].copy_from_slice(sum.as_bytes());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len() + 1024];
    [&header[..], content, &padding].concat()
}

#[test]
fn a_secret_in_an_archive_is_as_it_should_be() {
    let pem = vector("pem/chain-and-key.pem");
    let digits = |octets: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(octets)
    };
    let secret = |value: &str| format!("kind: Secret\ndata:\n  tls.crt: {value}\n");
    let twice = |text: &str| {
        let alone = read(text.as_bytes());
        let packed = read(&tar("secret.yaml", text.as_bytes()));
        assert_eq!(alone.entries.len(), packed.entries.len());
        [alone, packed].map(|report| {
            let mut findings = report.findings.iter();
            findings.any(|found| found.id == "text-base64-twice")
        })
    };
    let once = digits(&pem);
    assert_eq!(twice(&secret(&once)), [false, false]);
    assert_eq!(twice(&secret(&digits(once.as_bytes()))), [true, true]);
}
