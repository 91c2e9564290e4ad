//! Text as it is found in the wild: what is read of it, and what is said of it.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::{fs, io::Write as _};

use certlens_core::{
    ByteRange, Certificate, Object, Options, PlaceForm, Report, Severity, inspect,
};

fn leaf() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/der/leaf.der");
    fs::read(path).expect("the vector is there")
}

/// The base64 of the leaf, in one line.
fn digits(der: &[u8]) -> String {
    let block = pem::encode(&pem::Pem::new("X", der));
    block
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect()
}

fn lines(digits: &str, length: usize) -> Vec<String> {
    let digits: Vec<char> = digits.chars().collect();
    digits
        .chunks(length)
        .map(|line| line.iter().collect())
        .collect()
}

fn block(lines: &[String]) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

fn each_line(text: &str, prefix: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{prefix}{line}\n"))
        .collect();
    lines.concat()
}

fn read(input: &[u8]) -> Report {
    inspect(input, &Options::default(), None).unwrap_or_else(|error| {
        let start = String::from_utf8_lossy(&input[..input.len().min(100)]).into_owned();
        panic!("{error}: {start}")
    })
}

fn certificates(report: &Report) -> Vec<&Certificate> {
    let objects = report.entries.iter().map(|entry| &entry.object);
    objects
        .filter_map(|object| match object {
            Object::Certificate(certificate) => Some(&**certificate),
            _ => None,
        })
        .collect()
}

/// What is said of the text, by name: findings about the certificate itself are left out.
fn oddities(report: &Report) -> BTreeSet<String> {
    let entries = report.entries.iter().flat_map(|entry| &entry.findings);
    let all = report.findings.iter().chain(entries);
    all.filter(|finding| finding.id.starts_with("pem-") || finding.id.starts_with("text-"))
        .map(|finding| finding.id.to_string())
        .collect()
}

fn says_that_openssl_refuses(report: &Report) -> bool {
    let entries = report.entries.iter().flat_map(|entry| &entry.findings);
    report.findings.iter().chain(entries).any(|finding| {
        (finding.id.starts_with("pem-") || finding.id.starts_with("text-"))
            && finding.severity != Severity::Notice
    })
}

/// How text stands, the text, and what is said of it. Every one holds the leaf once.
#[expect(
    clippy::too_many_lines,
    reason = "one row a variant; splitting hides the table"
)]
fn variants() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let der = leaf();
    let all = digits(&der);
    let rows = lines(&all, 64);
    let plain = block(&rows);
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut rows = rows.clone();
        change(&mut rows);
        block(&rows).into_bytes()
    };
    let text = |text: String| text.into_bytes();
    let utf16 = |mark: bool, big: bool| -> Vec<u8> {
        let marked = format!(
            "{}{plain}",
            if mark {
                "\u{feff}Zertifikat für dich: ✓\n"
            } else {
                ""
            }
        );
        let units = marked.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let utf32 = |mark: bool, octets: fn(u32) -> [u8; 4]| -> Vec<u8> {
        let mark = if mark { "\u{feff}Für dich: ✓\n" } else { "" };
        let marked = format!("{mark}{plain}");
        marked.chars().flat_map(|it| octets(it.into())).collect()
    };
    let quoted: Vec<String> = plain
        .lines()
        .map(|line| format!("    \"{line}\\n\" +\n"))
        .collect();
    let quoted = quoted.concat();
    vec![
        ("strict", text(plain.clone()), &[]),
        ("CRLF", text(plain.replace('\n', "\r\n")), &[]),
        (
            "CR",
            text(plain.replace('\n', "\r")),
            &["pem-carriage-returns"],
        ),
        ("no final newline", text(plain.trim_end().to_owned()), &[]),
        (
            "a byte order mark",
            text(format!("\u{feff}{plain}")),
            &["text-byte-order-mark"],
        ),
        (
            "UTF-16, little end first",
            utf16(true, false),
            &["text-utf16"],
        ),
        ("UTF-16, big end first", utf16(true, true), &["text-utf16"]),
        (
            "UTF-16 without a mark",
            utf16(false, false),
            &["text-utf16"],
        ),
        (
            "UTF-32, little end first",
            utf32(true, u32::to_le_bytes),
            &["text-utf32"],
        ),
        (
            "UTF-32, big end first",
            utf32(true, u32::to_be_bytes),
            &["text-utf32"],
        ),
        (
            "UTF-32 without a mark",
            utf32(false, u32::to_le_bytes),
            &["text-utf32"],
        ),
        (
            "indented",
            text(each_line(&plain, "    ")),
            &["pem-line-prefix"],
        ),
        (
            "indented digits",
            with(&|rows| rows.iter_mut().for_each(|row| row.insert_str(0, "  "))),
            &[],
        ),
        (
            "blanks after lines",
            with(&|rows| rows.iter_mut().for_each(|row| row.push_str("  \t"))),
            &[],
        ),
        (
            "blanks in lines",
            with(&|rows| rows.iter_mut().for_each(|row| row.insert(10, ' '))),
            &[],
        ),
        (
            "quoted in a letter",
            text(each_line(&plain, "> ")),
            &["pem-line-prefix"],
        ),
        (
            "added in a patch",
            text(each_line(&plain, "+")),
            &["pem-line-prefix"],
        ),
        (
            "in a comment",
            text(each_line(&plain, " * ")),
            &["pem-line-prefix"],
        ),
        (
            "in a log",
            text(each_line(&plain, "2026-11-23T10:00:00Z app[7]: ")),
            &["pem-line-prefix"],
        ),
        (
            "one line",
            text(plain.replace('\n', " ")),
            &["pem-line-prefix", "pem-line-suffix"],
        ),
        (
            "all in one",
            text(plain.replace('\n', "")),
            &["pem-line-prefix", "pem-line-suffix"],
        ),
        (
            "JSON",
            text(format!("{{\"cert\":\"{}\"}}", plain.replace('\n', "\\n"))),
            &["pem-line-breaks-written-out", "pem-line-prefix"],
        ),
        (
            "JSON with slashes escaped",
            text(format!(
                "{{\"cert\":\"{}\"}}",
                plain.replace('/', "\\/").replace('\n', "\\r\\n")
            )),
            &["pem-line-breaks-written-out", "pem-line-prefix"],
        ),
        (
            "JSON in JSON",
            text(format!(
                "\"{{\\\"cert\\\":\\\"{}\\\"}}\"",
                plain.replace('\n', "\\\\n")
            )),
            &["pem-line-breaks-written-out", "pem-line-prefix"],
        ),
        (
            "an .env file",
            text(format!("CERT=\"{}\"\nX=1\n", plain.replace('\n', "\\n"))),
            &["pem-line-breaks-written-out", "pem-line-prefix"],
        ),
        (
            "source code",
            text(format!("String pem =\n{quoted}    \"\";\n")),
            &["pem-line-prefix", "pem-line-breaks-written-out"],
        ),
        (
            "long dashes",
            text(plain.replace("-----", "\u{2014}\u{2013}-")),
            &["pem-dashes"],
        ),
        (
            "four dashes",
            text(plain.replacen("E-----", "E----", 1)),
            &["pem-dashes"],
        ),
        (
            "six dashes",
            text(format!("-{plain}")),
            &["pem-line-prefix"],
        ),
        (
            "another END",
            text(plain.replace("END CERT", "END X509 CERT")),
            &["pem-labels-differ"],
        ),
        (
            "an old label",
            text(plain.replace("CERT", "X509 CERT")),
            &["pem-label-old"],
        ),
        (
            "OpenSSL's label",
            text(plain.replace("CERT", "TRUSTED CERT")),
            &[],
        ),
        (
            "a wrong label",
            text(plain.replace("CERTIFICATE", "PKCS7")),
            &["pem-label"],
        ),
        (
            "no padding",
            with(&|rows| {
                let last = rows.last_mut().expect("has lines");
                *last = last.trim_end_matches('=').to_owned();
            }),
            &["pem-padding-missing"],
        ),
        (
            "too much padding",
            with(&|rows| rows.last_mut().expect("has lines").push_str("==")),
            &["pem-padding"],
        ),
        (
            "early padding",
            with(&|rows| rows[2].insert_str(0, "====")),
            &["pem-padding"],
        ),
        (
            "digits for URLs",
            with(&|rows| {
                for row in rows {
                    *row = row.replace('+', "-").replace('/', "_");
                }
            }),
            &["pem-url-digits"],
        ),
        (
            "a blank line",
            with(&|rows| rows.insert(3, String::new())),
            &["pem-blank-line"],
        ),
        (
            "a blank line at the end",
            with(&|rows| rows.push(String::new())),
            &["pem-blank-line"],
        ),
        (
            "a blank line at the start",
            with(&|rows| rows.insert(0, String::new())),
            &[],
        ),
        (
            "a comment among the digits",
            with(&|rows| rows.insert(3, "# the first".to_owned())),
            &["pem-foreign-characters"],
        ),
        (
            "a zero octet",
            with(&|rows| rows[3].insert(5, '\0')),
            &["pem-foreign-characters"],
        ),
        (
            "a zero-width space",
            with(&|rows| rows[3].insert(5, '\u{200b}')),
            &["pem-foreign-characters"],
        ),
        (
            "a header",
            text(plain.replacen("-----\n", "-----\nComment: x\n\n", 1)),
            &["pem-header"],
        ),
        (
            "one long line",
            text(block(std::slice::from_ref(&all))),
            &[],
        ),
        ("lines of 76", text(block(&lines(&all, 76))), &[]),
        ("lines of 63", text(block(&lines(&all, 63))), &[]),
        ("lines of three", text(block(&lines(&all, 3))), &[]),
        (
            "text around",
            text(format!(
                "depth=0 CN = x\nverify return:1\n{plain}---\nServer certificate\n"
            )),
            &[],
        ),
        ("zero octets behind", text(format!("{plain}\0\0\0")), &[]),
        (
            "words behind the END",
            text(plain.trim_end().to_owned() + "xyz\n"),
            &["pem-line-suffix"],
        ),
        (
            "base64 of PEM",
            text(digits(plain.as_bytes())),
            &["text-base64-twice"],
        ),
        ("base64", text(all.clone()), &["text-without-boundaries"]),
        (
            "base64 in lines",
            text(rows.join("\r\n")),
            &["text-without-boundaries"],
        ),
        (
            "base64 in quotes",
            text(format!("\"{}\"", rows.join("\\n"))),
            &["text-without-boundaries"],
        ),
        (
            "base64 for URLs, unpadded",
            text(
                all.trim_end_matches('=')
                    .replace('+', "-")
                    .replace('/', "_"),
            ),
            &["text-without-boundaries"],
        ),
        (
            "a data address",
            text(format!(
                "<a href=\"data:application/x-x509-ca-cert;base64,{all}\">x</a>"
            )),
            &["text-without-boundaries"],
        ),
        ("hex", text(hex(&der, "")), &["text-without-boundaries"]),
        (
            "hex with colons",
            text(hex(&der, ":").to_uppercase()),
            &["text-without-boundaries"],
        ),
        (
            "hex in lines",
            text(lines(&hex(&der, ""), 60).join("\n")),
            &["text-without-boundaries"],
        ),
        (
            "hex as openssl prints it",
            text(lines(&hex(&der, ":"), 45).join("\n    ")),
            &["text-without-boundaries"],
        ),
        (
            "0x",
            text(format!("0x{}", hex(&der, ""))),
            &["text-without-boundaries"],
        ),
        (
            "0X",
            text(format!("0X{}", hex(&der, "").to_uppercase())),
            &["text-without-boundaries"],
        ),
        (
            "a number a line",
            text(format!("0x{}", lines(&hex(&der, ""), 32).join("\n0x"))),
            &["text-without-boundaries"],
        ),
        (
            "as PostgreSQL prints it",
            text(format!("\\x{}\n", hex(&der, ""))),
            &["text-without-boundaries"],
        ),
        (
            "as SQL writes it",
            text(format!("X'{}'", hex(&der, "").to_uppercase())),
            &["text-without-boundaries"],
        ),
        (
            "a Java array",
            text(format!(
                "new byte[] {{ (byte)0x{} }};",
                hex(&der, ", (byte) 0x")
            )),
            &["text-without-boundaries"],
        ),
        (
            "a C array",
            text(format!(
                "const unsigned char cert[{}] = {{\n  0x{}\n}};\n",
                der.len(),
                hex(&der, ", 0x")
            )),
            &["text-without-boundaries"],
        ),
        (
            "a C array without leading zeros",
            text(format!(
                "x[] = {{0x{}}};",
                hex(&der, ",0x").replace("0x0", "0x")
            )),
            &["text-without-boundaries"],
        ),
        (
            "a C string",
            text(format!("\"\\x{}\"", hex(&der, "\\x"))),
            &["text-without-boundaries"],
        ),
        (
            "xxd",
            text(dump(&der, |offset, row| {
                format!(
                    "{offset:08x}: {}  {}",
                    lines(&hex(row, ""), 4).join(" "),
                    characters(row)
                )
            })),
            &["text-without-boundaries"],
        ),
        (
            "hexdump -C",
            text(dump(&der, |offset, row| {
                format!("{offset:08x}  {}  |{}|", halves(row, "  "), characters(row))
            })),
            &["text-without-boundaries"],
        ),
        (
            "od -t x1",
            text(dump(&der, |offset, row| {
                format!("{offset:07o} {}", hex(row, " "))
            })),
            &["text-without-boundaries"],
        ),
        (
            "openssl's dump",
            text(dump(&der, |offset, row| {
                format!("{offset:04x} - {}   {}", halves(row, "-"), characters(row))
            })),
            &["text-without-boundaries"],
        ),
    ]
}

fn hex(octets: &[u8], between: &str) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    pairs.join(between)
}

fn halves(row: &[u8], between: &str) -> String {
    let (first, second) = row.split_at(row.len().min(8));
    format!("{}{between}{}", hex(first, " "), hex(second, " "))
}

fn characters(row: &[u8]) -> String {
    let shown = |octet: &u8| {
        if octet.is_ascii_graphic() {
            char::from(*octet)
        } else {
            '.'
        }
    };
    row.iter().map(shown).collect()
}

fn dump(der: &[u8], line: impl Fn(usize, &[u8]) -> String) -> String {
    let rows = der.chunks(16).enumerate();
    rows.map(|(index, row)| line(index * 16, row) + "\n")
        .collect()
}

#[test]
fn every_layout_is_read_and_named() {
    let der = leaf();
    let want = read(&der);
    let want = certificates(&want)[0];
    let faults = variants().into_iter().filter_map(|(how, text, expected)| {
        let report = read(&text);
        let found = certificates(&report);
        let expected: BTreeSet<String> = expected.iter().map(|&id| id.to_owned()).collect();
        let is_read = found.len() == 1 && found[0].fingerprints == want.fingerprints;
        let said = oddities(&report);
        (!is_read || said != expected).then(|| {
            format!(
                "{how}: {} found, {said:?} instead of {expected:?}",
                found.len()
            )
        })
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Words of 16 bits have the lower octet first, and an odd octet at the end has another one made up.
#[test]
fn dumps_of_words_are_read() {
    let leaf = leaf();
    for der in [&leaf[..], &[&leaf[..], &[0]].concat()] {
        let wanted = read(der);
        for (base, between, end) in [(16, " ", "\n"), (8, " ", "\n"), (8, "    ", "\n\n$ ")] {
            let offset = |at: usize| match base {
                16 => format!("{at:07x}"),
                _ => format!("{at:07o}"),
            };
            let text = dump(der, |at, row| {
                let words = row.chunks(2).map(|pair| match pair {
                    [low, high] => format!("{high:02x}{low:02x}"),
                    low => format!("00{:02x}", low[0]),
                });
                let words: Vec<String> = words.collect();
                format!("{}{between}{}", offset(at), words.join(between))
            });
            let text = format!("{text}{}{end}", offset(der.len()));
            let report = read(text.as_bytes());
            let found = certificates(&report);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].fingerprints, certificates(&wanted)[0].fingerprints);
            let trailing = |report: &Report| {
                let entry = report.entries[0].findings.iter();
                entry.filter(|it| it.id == "trailing-bytes").count()
            };
            assert_eq!(trailing(&report), trailing(&wanted), "{text}");
            let serial = found[0].at.serial;
            let shown = slice(text.as_bytes(), serial.input.expect("stands in the text"));
            let octets = &der[index(serial.der.start)..index(serial.der.end)];
            assert!(shown.starts_with(hex(&octets[..1], "").as_bytes()));
            assert!(shown.ends_with(hex(&octets[octets.len() - 1..], "").as_bytes()));
        }
    }
}

/// `od` prints a star for lines that are like the one before, unless it is told not to.
#[test]
fn dumps_of_od_are_read_with_words_of_any_size_and_stars() {
    let mut parameters =
        rcgen::CertificateParams::new(vec!["es1.example".to_owned()]).expect("names");
    let zeros = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0; 400]);
    parameters.custom_extensions = vec![zeros];
    let key = rcgen::KeyPair::generate().expect("a key");
    let made = parameters.self_signed(&key).expect("is made");
    let der = made.der().to_vec();
    let wanted = read(&der);
    let folder = std::env::temp_dir().join(format!("certlens-od-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is room");
    let file = folder.join("leaf.der");
    std::fs::write(&file, &der).expect("is written");
    for (base, kind) in [
        ("x", "x1"),
        ("x", "x2"),
        ("o", "x2"),
        ("x", "x4"),
        ("o", "x4"),
        ("x", "x8"),
        ("o", "x1"),
    ] {
        let output = std::process::Command::new("od")
            .args(["-A", base, "--endian=little", "-t", kind])
            .arg(&file)
            .output()
            .expect("od runs");
        let text = String::from_utf8(output.stdout).expect("is text");
        assert!(text.contains("\n*\n"), "{text}");
        let report = read(text.as_bytes());
        let found = certificates(&report);
        assert_eq!(found.len(), 1, "{base} {kind}: {text}");
        assert_eq!(found[0].fingerprints, certificates(&wanted)[0].fingerprints);
        let trailing = report.entries[0]
            .findings
            .iter()
            .any(|it| it.id == "trailing-bytes");
        assert!(!trailing, "{base} {kind}");
    }
    std::fs::remove_dir_all(&folder).expect("is removed");
    // A star cannot be made to stand for everything.
    let text = "00000000  30 82 01 6e 30 82 01 13  a0 03 02 01 02 02 14 5c\n\
                00000010  30 82 01 6e 30 82 01 13  a0 03 02 01 02 02 14 5c\n*\nfffffff0  00\n";
    assert!(inspect(text.as_bytes(), &Options::default(), None).is_err());
}

/// As `psql` prints a column of text: the value goes on in the next line where a plus sign stands at the end.
#[test]
fn a_table_of_psql_is_read() {
    let der = leaf();
    let block = pem::encode(&pem::Pem::new("CERTIFICATE", der.clone())).replace('\r', "");
    let wanted = read(&der);
    let lines: Vec<&str> = block.lines().collect();
    let aligned: Vec<String> = lines.iter().map(|line| format!(" {line:<64}+\n")).collect();
    let rule = "-".repeat(66);
    let table = format!("{:^66}\n{rule}\n{} \n(1 row)\n", "cert", aligned.concat());
    let expanded: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let key = if number == 0 { "cert" } else { "    " };
            format!("{key} | {line}+\n")
        })
        .collect();
    let expanded = format!("-[ RECORD 1 ]---\n{}     | \n", expanded.concat());
    for text in [table, expanded] {
        let report = read(text.as_bytes());
        let found = certificates(&report);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].fingerprints, certificates(&wanted)[0].fingerprints);
    }
}

#[test]
fn a_signed_public_key_and_challenge_is_found_in_the_text_of_openssl() {
    // openssl spkac -key KEY -challenge hello -digest sha256
    let text = "commonName=es1.example\nSPKAC=MIG7MGIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASdIKG0NS9+jKCCxis/9xEqQHU/5B6iUYmkac8qwjoByUGnclregH7wfYOq/jprJ/Bz7oriXZhcsNOLcVs7ngFLFgVoZWxsbzAKBggqhkjOPQQDAgNJADBGAiEAp9yGVGyTqSYVlEPMoFpNHvrXGezB3QjiBTmQUlwjyokCIQCS7hkWksjYQPccTBQ52AAf5cV+j6uFsMGfU/eUehZXlw==\n";
    let report = read(text.as_bytes());
    let [entry] = &report.entries[..] else {
        panic!("one object, not {:?}", report.entries)
    };
    let Object::Other(other) = &entry.object else {
        panic!("recognised")
    };
    assert_eq!(other.what, "signed public key and challenge");
    assert_eq!(other.facts, ["key EC P-256", "5 characters of challenge"]);
}

#[test]
fn an_odd_number_of_digits_is_told() {
    let digits = hex(&leaf(), "");
    for text in [
        &digits[1..],
        &digits[..digits.len() - 1],
        &format!("0x{digits}0"),
    ] {
        let error = inspect(text.as_bytes(), &Options::default(), None).expect_err("is odd");
        assert!(
            error.to_string().contains("an odd number of them"),
            "{error}"
        );
    }
}

/// The serial number stands where its digits are, in every layout.
#[test]
fn fields_are_found_in_every_layout() {
    let der = leaf();
    let all = digits(&der);
    let faults = variants().into_iter().filter_map(|(how, text, _)| {
        let report = read(&text);
        let at = certificates(&report).first()?.at.serial;
        let Some(input) = at.input else {
            return Some(format!("{how}: has no place"));
        };
        let (start, end) = (index(at.der.start), index(at.der.end));
        // Of digits in digits it is told where they stand, and not compared.
        let wanted = match report.entries[0].place.form {
            _ if oddities(&report).contains("text-base64-twice") => String::new(),
            PlaceForm::Hex => hex(&der[start..end], ""),
            _ => all[start * 4 / 3..(end * 4).div_ceil(3)].to_owned(),
        };
        let shown = slice(&text, input);
        let shown = shown.iter().copied().filter(|octet| *octet != 0).collect();
        let shown = String::from_utf8(shown)
            .expect("is text")
            .replace('-', "+")
            .replace('_', "/");
        (!stands_in(&wanted, &shown)).then(|| format!("{how}: {shown:?} is not {wanted}"))
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Whether the text begins and ends with these digits, and has them in their order.
fn stands_in(digits: &str, text: &str) -> bool {
    let (digits, text) = (digits.to_lowercase(), text.to_lowercase());
    // Of a single digit, the x is counted as the zero before it.
    let text = text
        .strip_prefix('x')
        .map_or(text.clone(), |rest| format!("0{rest}"));
    let mut rest = text.chars();
    // A zero before a single digit may be left out.
    digits
        .chars()
        .all(|digit| rest.any(|other| other == digit) || digit == '0')
        && digits
            .chars()
            .next()
            .is_none_or(|first| text.starts_with(first))
        && digits
            .chars()
            .last()
            .is_none_or(|last| text.ends_with(last))
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("fits")
}

fn slice(input: &[u8], range: ByteRange) -> &[u8] {
    &input[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
}

/// Documents keep PEM text as base64 under a key: that is no oddity. Base64 of base64 is one.
#[test]
fn base64_under_a_key_is_as_documents_keep_it() {
    let plain = block(&lines(&digits(&leaf()), 64));
    let once = digits(plain.as_bytes());
    let secret = |digits: &str| format!("data:\n  tls.crt: {digits}\n  x: y\n");
    let report = read(secret(&once).as_bytes());
    assert_eq!(certificates(&report).len(), 1);
    assert_eq!(oddities(&report), BTreeSet::new());
    let report = read(secret(&digits(once.as_bytes())).as_bytes());
    assert_eq!(certificates(&report).len(), 1);
    let told = report.findings.iter();
    let told = told.filter(|found| found.id == "text-base64-twice").count();
    assert_eq!(told, 1);
}

#[test]
fn a_boundary_line_that_is_none_is_told() {
    let whole = block(&lines(&digits(&leaf()), 64));
    for text in [
        whole.replace("-----", "----"),
        whole
            .to_lowercase()
            .split_once('\n')
            .map_or(String::new(), |(first, _)| {
                let (_, rest) = whole.split_once('\n').expect("lines");
                format!("{first}\n{rest}")
            }),
        whole.split_once('\n').expect("lines").1.to_owned(),
    ] {
        let report = read(text.as_bytes());
        assert_eq!(certificates(&report).len(), 1, "{text}");
        assert!(oddities(&report).contains("pem-boundary-broken"), "{text}");
    }
}

/// What is said of OpenSSL is what it does.
#[test]
fn openssl_refuses_what_is_said_that_it_refuses() {
    let faults = variants().into_iter().filter_map(|(how, text, _)| {
        let said = says_that_openssl_refuses(&read(&text));
        (openssl_reads(&text) == said).then(|| format!("{how}: refused is {said}"))
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

fn openssl_reads(text: &[u8]) -> bool {
    let mut openssl = Command::new("openssl")
        .args(["x509", "-noout", "-inform", "PEM"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl runs");
    // It may stop reading early.
    let _ = openssl.stdin.take().expect("is piped").write_all(text);
    openssl.wait().expect("ends").success()
}

#[test]
fn a_block_that_begins_in_the_line_of_another_is_read() {
    let plain = block(&lines(&digits(&leaf()), 64));
    let joined = format!("{}{plain}", plain.trim_end());
    let report = read(joined.as_bytes());
    assert_eq!(certificates(&report).len(), 2);
    let ids = |index: usize| -> Vec<&str> {
        let findings = report.entries[index].findings.iter();
        findings.map(|finding| &*finding.id).collect()
    };
    assert!(ids(0).contains(&"pem-line-suffix"), "{:?}", ids(0));
    assert!(ids(1).contains(&"pem-line-prefix"), "{:?}", ids(1));
}

#[test]
fn what_openssl_prints_before_a_block_names_it() {
    let plain = block(&lines(&digits(&leaf()), 64));
    let text = format!(
        "Bag Attributes\n    friendlyName: es1 http\n    localKeyID: 01 A0 \nsubject=CN = x\n\n{plain}{plain}"
    );
    let report = read(text.as_bytes());
    let [first, second] = &report.entries[..] else {
        panic!("two are there");
    };
    assert_eq!(first.alias.as_deref(), Some("es1 http"));
    let id = first
        .keystore
        .as_ref()
        .and_then(|store| store.local_key_id.as_deref());
    assert_eq!(id, Some("01a0"));
    assert_eq!(second.alias, None);
}

#[test]
fn a_corrupted_line_is_not_passed_over() {
    let mut rows = lines(&digits(&leaf()), 64);
    rows[3].replace_range(5..6, "#");
    let report = read(block(&rows).as_bytes());
    let Object::Unreadable(problem) = &report.entries[0].object else {
        panic!("is broken");
    };
    assert!(
        problem.message.contains("expected base64 text, found '#'"),
        "{problem:?}"
    );
    assert_eq!(problem.offset, 28 + 3 * 65 + 5);
}
