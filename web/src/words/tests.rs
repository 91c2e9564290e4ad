//! Every language says everything, with the same holes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::catalogue::{COUNTED, ENGLISH, HOLES, NAMES};
use super::pattern::{Piece, pieces};
use super::*;

const DAY: i64 = 86_400;

const TRANSLATIONS: [(Language, &str); 3] = [
    (Language::German, include_str!("../../words/words-de.txt")),
    (Language::French, include_str!("../../words/words-fr.txt")),
    (Language::Japanese, include_str!("../../words/words-ja.txt")),
];

fn translation(wanted: Language) -> &'static str {
    let found = TRANSLATIONS
        .iter()
        .find(|(language, _)| *language == wanted);
    found.map_or("", |(_, file)| file)
}

/// The texts of the page in a file, without those of rules and of the core.
fn texts(file: &'static str) -> Vec<(&'static str, &'static str)> {
    let is_text =
        |(name, _): &(&str, &str)| !name.starts_with("rule.") && !name.starts_with("said.");
    lines(file).filter(is_text).collect()
}

fn holes(text: &str) -> BTreeSet<&str> {
    let hole = |piece| match piece {
        Piece::Hole(name) => Some(name),
        Piece::Said(_) => None,
    };
    pieces(text).filter_map(hole).collect()
}

#[test]
fn every_language_has_every_text_in_the_order_of_the_catalogue() {
    for (language, file) in TRANSLATIONS {
        let names: Vec<&str> = texts(file).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, NAMES, "{language:?}");
        assert!(
            texts(file).iter().all(|(_, text)| !text.is_empty()),
            "{language:?}"
        );
    }
}

#[test]
fn every_language_has_the_holes_and_forms_of_the_catalogue() {
    let english = NAMES.iter().copied().zip(ENGLISH.iter().copied()).collect();
    let all = TRANSLATIONS
        .iter()
        .map(|(language, file)| (*language, texts(file)));
    for (language, texts) in all.chain([(Language::English, english)]) {
        for (place, (name, text)) in texts.into_iter().enumerate() {
            let forms: Vec<&str> = text.split(" | ").collect();
            let wanted = if COUNTED[place] { language.forms() } else { 1 };
            assert_eq!(forms.len(), wanted, "{language:?}, forms of {name}");
            for form in forms {
                let mut found = holes(form);
                let mut given: BTreeSet<&str> = HOLES[place].iter().copied().collect();
                // A figure need not be said: `its row`.
                found.remove("count");
                if COUNTED[place] {
                    given.remove("count");
                } else if given.contains("count") {
                    found.insert("count");
                }
                assert_eq!(found, given, "{language:?}, holes of {name}");
            }
            let figure = |text: &str| holes(text).contains("count");
            assert_eq!(
                figure(text),
                figure(ENGLISH[place]),
                "{language:?}, figure of {name}"
            );
        }
    }
}

/// Texts that are the same as in English: names, symbols, and words that languages share.
const SHARED: &[(Language, &[&str])] = &[
    (
        Language::German,
        &[
            "between",
            "one_after_another",
            "kilobytes",
            "megabytes",
            "entries_in_files",
            "keystores_at",
            "status_ca",
            "status",
            "name",
            "tag_mail",
            "version",
            "exponent",
            "tab_bytes",
            "form_of_key",
            "principals",
            "pin",
            "hosts",
            "server_tls",
            "client_tls",
            "as_sentence",
            "made_size",
            "problem",
            "link",
            "fact_format",
            "fact_alias",
            "backends",
            "backend",
            "joined_clauses",
            "said_other",
            "said_other_fact",
        ],
    ),
    (
        Language::French,
        &[
            "between",
            "minutes",
            "minutes_after",
            "one_after_another",
            "console",
            "sections",
            "status_ca",
            "tag_mail",
            "alias_of",
            "hex",
            "kind_and_version",
            "signature",
            "version",
            "tab_extensions",
            "options",
            "client_tls",
            "as_sentence",
            "made_size",
            "messages_counted",
            "alias_named",
            "fact_format",
            "fact_alias",
            "said_other",
        ],
    ),
    (
        Language::Japanese,
        &[
            "thousands_mark",
            "decimal_mark",
            "one_after_another",
            "kilobytes",
            "megabytes",
            "status_ca",
        ],
    ),
];

#[test]
fn nothing_was_left_in_english() {
    for (language, shared) in SHARED {
        let same = texts(translation(*language))
            .into_iter()
            .zip(ENGLISH)
            .filter(|((_, text), english)| text == *english)
            .map(|((name, _), _)| name);
        assert_eq!(same.collect::<Vec<_>>(), *shared, "{language:?}");
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let mut source = String::new();
    gather(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut source,
    );
    let called: BTreeSet<&str> = source
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .collect();
    let silent: Vec<&&str> = NAMES
        .iter()
        .filter(|name| !called.contains(**name))
        .collect();
    assert!(silent.is_empty(), "never said: {silent:?}");
}

/// All sources but the catalogue and this.
fn gather(folder: &Path, source: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let own = path.ends_with("words/catalogue.rs") || path.ends_with("words/tests.rs");
        if path.is_dir() {
            gather(&path, source);
        } else if !own {
            source.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_language_has_title_why_and_fix_of_every_rule_and_of_no_other() {
    let rules: BTreeSet<&str> = certlens_core::rules().map(|rule| rule.id).collect();
    for (language, file) in TRANSLATIONS {
        let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, _) in lines(file).filter(|(name, _)| name.starts_with("rule.")) {
            let (id, part) = name["rule.".len()..].rsplit_once('.').expect("a part");
            assert!(
                ["title", "why", "fix"].contains(&part),
                "{language:?}, {name}"
            );
            assert!(
                parts.entry(part).or_default().insert(id),
                "{language:?}, {name} twice"
            );
        }
        for part in ["title", "why", "fix"] {
            let ids = parts.remove(part).unwrap_or_default();
            let silent: Vec<&&str> = rules.difference(&ids).collect();
            assert!(
                silent.is_empty(),
                "{language:?} has no {part} of {silent:?}"
            );
            let unknown: Vec<&&str> = ids.difference(&rules).collect();
            assert!(
                unknown.is_empty(),
                "{language:?} has a {part} of {unknown:?}"
            );
        }
    }
}

#[test]
fn french_keeps_its_marks_with_the_word_before() {
    for (name, text) in lines(translation(Language::French)) {
        for mark in [" :", " ;", " ?", " !", " »", "« ", " %"] {
            assert!(!text.contains(mark), "{name} breaks before a mark: {text}");
        }
    }
}

#[test]
fn a_count_picks_the_form_of_the_language() {
    let counted = |language, file| {
        speak(language, file);
        [0, 1, 2].map(files_counted)
    };
    assert_eq!(
        [0, 1, 2].map(files_counted),
        ["0 files", "1 file", "2 files"]
    );
    assert_eq!(
        counted(Language::German, translation(Language::German)),
        ["0 Dateien", "1 Datei", "2 Dateien"]
    );
    assert_eq!(
        counted(Language::French, translation(Language::French)),
        ["0 fichier", "1 fichier", "2 fichiers"]
    );
    assert_eq!(
        counted(Language::Japanese, translation(Language::Japanese)),
        ["0 ファイル", "1 ファイル", "2 ファイル"]
    );
    speak_english();
    assert_eq!(files_counted(0), "0 files");
}

#[test]
fn spans_take_the_case_that_the_word_before_asks_for() {
    assert_eq!(left_of(61 * DAY, 90 * DAY), "61 of 90 days left");
    speak(Language::German, translation(Language::German));
    assert_eq!(left_of(61 * DAY, 90 * DAY), "noch 61 von 90 Tagen");
    assert_eq!(left_of(610 * DAY, 2922 * DAY), "noch 610 Tage von 8 Jahren");
    assert_eq!(ago_of(12 * DAY), "vor 12 Tagen");
    assert_eq!(span(12 * DAY), "12 Tage");
    assert_eq!(number(1_234_567), "1.234.567");
    assert_eq!(size(12_400), "12,4 kB");
}

#[test]
fn what_a_file_lacks_is_said_in_english() {
    speak(
        Language::German,
        "# an older file\ncancel = Abbrechen\nof_old = Altes\nclose = Schließen",
    );
    assert_eq!(
        (cancel(), close(), read_it()),
        ("Abbrechen", "Schließen", "Read it")
    );
    assert_eq!(of_rule("serial-negative", RulePart::Title), None);
    assert_eq!(lang_of_report(), Some("en"));
}

#[test]
fn the_first_language_is_one_that_the_reader_has() {
    assert_eq!(Language::first_of(["de-AT", "en"]), Language::German);
    assert_eq!(Language::first_of(["it", "fr_CA", "en"]), Language::French);
    assert_eq!(Language::first_of(["JA"]), Language::Japanese);
    assert_eq!(Language::first_of(["pt-BR", "zh"]), Language::English);
    assert_eq!(Language::first_of([]), Language::English);
}

#[test]
fn every_file_of_a_language_is_part_of_the_page() {
    let page = include_str!("../../../index.html");
    for file in Language::ALL.into_iter().filter_map(Language::file) {
        assert!(page.contains(&format!("web/words/{file}")), "{file}");
    }
}

/// Objects of every kind, at instants before, within and after their lifetimes.
#[test]
fn in_english_the_page_says_what_the_core_says() {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../core/tests/vectors"
    ));
    let mut compared = 0;
    for file in std::fs::read_dir(folder).expect("the vectors of the core") {
        let path = file.expect("an entry").path();
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        let password = [certlens_core::Password::new("changeit".to_owned())];
        let options = certlens_core::Options {
            passwords: &password,
            ..certlens_core::Options::default()
        };
        let Ok(report) = certlens_core::inspect(&bytes, &options, None) else {
            continue;
        };
        for entry in &report.entries {
            for year in [1_980, 2_026, 2_033, 2_100] {
                let now = certlens_core::UnixTime::from_seconds((year - 1_970) * 365 * DAY);
                let own = sentence(entry, now);
                let core = certlens_core::sentence(entry, now);
                // The core writes this one instant as standards do.
                let wanted = match &entry.object {
                    certlens_core::Object::Signer(signer) => signer
                        .signing_time
                        .map(|time| core.text().replace(&time.to_string(), &instant(time))),
                    _ => None,
                };
                let wanted = wanted.unwrap_or_else(|| core.text());
                assert_eq!(own.text(), wanted, "{}", path.display());
                assert_eq!(own.unchecked, core.unchecked, "{}", path.display());
                compared += 1;
            }
        }
    }
    assert!(100 < compared, "only {compared} sentences were compared");
}

#[test]
fn a_sentence_is_put_in_the_order_of_the_language() {
    let row = certlens_core::Row {
        name: "es1.corp".to_owned(),
        issuer: "Corp CA".to_owned(),
        not_before: Some(certlens_core::UnixTime::from_seconds(0)),
        not_after: Some(certlens_core::UnixTime::from_seconds(90 * DAY)),
        ..certlens_core::Row::default()
    };
    let now = certlens_core::UnixTime::from_seconds(29 * DAY);
    let said = |language| {
        speak(language, translation(language));
        row_sentence(&row, "IIS", now)
    };
    assert_eq!(
        said(Language::German).text(),
        "Zertifikat für es1.corp, ausgestellt von Corp CA. Noch 61 Tage, üblich bei insgesamt 90. \
         Kein privater Schlüssel dabei."
    );
    assert_eq!(
        said(Language::Japanese).text(),
        "es1.corp の証明書で、発行者は Corp CA です。残り 61 日、期間 90 日として正常です。秘密鍵はありません。"
    );
    let named = said(Language::Japanese).parts;
    assert_eq!(
        named.first(),
        Some(&certlens_core::SentencePart::Name("es1.corp".to_owned()))
    );
}

/// Sources of the core whose sentences the page shows.
const SPEAKERS: &[&str] = &[
    include_str!("../../../core/src/path/certificate.rs"),
    include_str!("../../../core/src/path/form.rs"),
    include_str!("../../../core/src/path/names.rs"),
    include_str!("../../../core/src/path/policies.rs"),
    include_str!("../../../core/src/path/revocation.rs"),
    include_str!("../../../core/src/path/search.rs"),
    include_str!("../../../core/src/path/validate.rs"),
    include_str!("../../../core/src/pile/lookup.rs"),
    include_str!("../../../core/src/host_name.rs"),
    include_str!("../../../core/src/signature.rs"),
    include_str!("../../../core/src/signature/dsa.rs"),
    include_str!("../../../core/src/signature/ec.rs"),
    include_str!("../../../core/src/signature/lattice.rs"),
    include_str!("../../../core/src/signature/rsa.rs"),
    include_str!("../../../core/src/error.rs"),
    // The answers to a password.
    include_str!("../worker/reading.rs"),
];

/// Strings in them that are no sentences: what others are joined by, and where a rule is written.
const NO_SENTENCES: &[&str] = &[
    " and ",
    ", ",
    "; ",
    "{}: ",
    "{}: {}",
    "{}: {what}",
    "{} {what}",
    "{} and {last}",
    "{} and {} others",
    "{what}, good until {until}",
    " (byte {})",
    " › ",
    "BIT STRING",
    "OBJECT IDENTIFIER",
];
const SOURCES: &[&str] = &[
    "RFC ",
    "NIST ",
    "CA/Browser ",
    "openssl-",
    "Redis Enterprise, ",
];

/// What stands between quotation marks in a source, up to its tests.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
    let mut found = Vec::new();
    for line in source.split('\n').map(str::trim_start) {
        assert!(!line.starts_with("/*"), "comments are of one line");
    }
    let mut letters = source.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                letters.by_ref().find(|letter| *letter == '\n');
            }
            // A quotation mark as a character.
            '"' if before == '\'' && letters.peek() == Some(&'\'') => {}
            '"' => {
                let mut literal = String::new();
                while let Some(letter) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => match letters.next() {
                            Some('\n') => {
                                while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
                            }
                            Some(other) => literal.push(other),
                            None => {}
                        },
                        other => literal.push(other),
                    }
                }
                found.push(literal);
            }
            _ => {}
        }
        before = letter;
    }
    found
}

/// A sentence whose holes are filled, and what with.
fn sample(english: &str) -> (String, Vec<String>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    for piece in pieces(english) {
        match piece {
            Piece::Said(said) => text.push_str(said),
            Piece::Hole(_) => {
                let value = format!("<{}>", values.len());
                text.push_str(&value);
                values.push(value);
            }
        }
    }
    (text, values)
}

/// Everything that the judge, the answers to a password, readers that give up, and the table of who can open
/// what say.
fn said_by_the_core() -> Vec<String> {
    let literals = SPEAKERS.iter().flat_map(|source| literals(source));
    let is_sentence = |text: &String| {
        text.contains(' ')
            && !NO_SENTENCES.contains(&text.as_str())
            && !SOURCES.iter().any(|source| text.starts_with(source))
    };
    let mut said: Vec<String> = literals.filter(is_sentence).collect();
    for rule in certlens_core::opener_rules() {
        said.extend([rule.why, rule.fix].map(str::to_owned));
    }
    said.retain(|text| !text.is_empty());
    said.sort();
    said.dedup();
    said
}

#[test]
fn every_language_has_what_the_core_says() {
    let said = said_by_the_core();
    assert!(300 < said.len(), "only {} sentences were found", said.len());
    for (language, file) in TRANSLATIONS {
        speak(language, file);
        let lacks = said.iter().filter(|english| {
            let (text, values) = sample(english);
            let told = SPOKEN.with_borrow(|spoken| spoken.sentences.whole(&text, 0));
            let is_whole = |told: &String| values.iter().all(|value| told.contains(value));
            !told.as_ref().is_some_and(is_whole)
        });
        let lacks: Vec<&String> = lacks.collect();
        assert!(lacks.is_empty(), "{language:?} has no {lacks:#?}");
    }
    speak_english();
}

#[test]
fn what_the_core_says_has_the_same_holes_in_every_language() {
    let keys = |file: &'static str| {
        let said = lines(file).filter_map(|(name, text)| Some((name.strip_prefix("said.")?, text)));
        said.collect::<Vec<_>>()
    };
    let wanted: Vec<&str> = keys(TRANSLATIONS[0].1).into_iter().map(|it| it.0).collect();
    for (language, file) in TRANSLATIONS {
        let said = keys(file);
        let found: Vec<&str> = said.iter().map(|(english, _)| *english).collect();
        assert_eq!(found, wanted, "{language:?}");
        for (english, text) in said {
            assert_eq!(holes(text), holes(english), "{language:?}, {english}");
        }
    }
}

#[test]
fn uses_purposes_and_parts_have_names_in_every_language() {
    const NAMES: &[&str] = &[
        "digital signature",
        "non-repudiation",
        "key encipherment",
        "data encipherment",
        "key agreement",
        "certificate signing",
        "CRL signing",
        "encipher only",
        "decipher only",
        "any purpose",
        "server authentication",
        "client authentication",
        "code signing",
        "e-mail protection",
        "time stamping",
        "OCSP signing",
        "common name",
        "organisation",
        "organisational unit",
        "country",
        "certificates",
        "key",
        "integrity",
        "OpenSSL 3 as installed",
        "Java 17 and later",
        "FIPS 140 mode",
    ];
    for (language, file) in TRANSLATIONS {
        speak(language, file);
        let lacks: Vec<&&str> = NAMES.iter().filter(|name| told(name).is_none()).collect();
        assert!(lacks.is_empty(), "{language:?} has no {lacks:?}");
        let excerpt = told("00ff… (257 octets)").expect("is told");
        assert!(excerpt.starts_with("00ff…") && excerpt.contains("257"));
        let verdict = told("its purposes include server").expect("is told");
        assert!(!verdict.ends_with("server"), "{verdict}");
    }
    speak_english();
}

#[test]
fn sentences_of_the_core_are_told_with_what_stands_in_them() {
    let said = |english: &str| {
        speak(Language::German, translation(Language::German));
        told(english)
    };
    let verdict = "refused for server: CN=leaf: its signature, ECDSA with SHA-256, is not good: it was made by \
                   another key, or over other bytes; its key cannot be read";
    assert_eq!(
        said(verdict).as_deref(),
        Some(
            "abgelehnt für server: CN=leaf: seine Signatur, ECDSA with SHA-256, ist nicht gültig: sie wurde von \
             einem anderen Schlüssel gemacht oder über andere Bytes; sein Schlüssel ist nicht lesbar"
        )
    );
    assert_eq!(
        said("Pkcs12 › macData: password does not match").as_deref(),
        Some("Pkcs12 › macData: das Passwort passt nicht")
    );
    assert_eq!(
        said("Expected a certificate file, found no bytes at all").as_deref(),
        Some("Erwartet war eine Zertifikatsdatei, gefunden wurde kein einziges Byte")
    );
    for (english, german) in [
        (
            "Expected a certificate file, found bytes of no known kind (byte 0)",
            "Erwartet war eine Zertifikatsdatei, gefunden wurden Bytes von unbekannter Art (Byte 0)",
        ),
        (
            "pem[0]: expected an -----END line, found the end of the text (byte 500)",
            "pem[0]: erwartet: eine Zeile -----END, gefunden: das Ende des Textes (Byte 500)",
        ),
        (
            "certificate › validity: expected SEQUENCE, found INTEGER (byte 12)",
            "certificate › validity: erwartet: SEQUENCE, gefunden: INTEGER (Byte 12)",
        ),
        (
            "it ends too early, after 400 bytes",
            "sie endet zu früh, nach 400 Bytes",
        ),
        (
            "expected a certificate file, found what looks like a ZIP archive, or a document that is one (byte 0)",
            "erwartet war eine Zertifikatsdatei, gefunden wurde, was aussieht wie ein ZIP-Archiv oder ein Dokument, \
             das eines ist (Byte 0)",
        ),
    ] {
        assert_eq!(said(english).as_deref(), Some(german));
    }
    // Where nothing else of it is known, it stays as it is.
    assert_eq!(said("nobody says this (byte 3)"), None);
    assert_eq!(said("no such bytes"), None);
    assert_eq!(said("something that nobody says"), None);
    speak_english();
    assert_eq!(told("its key cannot be read"), None);
    for (language, file) in TRANSLATIONS {
        speak(language, file);
        for line in [
            "Renewal: same key, same 4 names, +365 days, issuer changed",
            "Renewal: new key, EC P-256 after RSA 2048, 1 name lost, 2 names added, −1 day",
            "Replacement: same key, same subject, purpose lost: serverAuth",
            "A request and certificate over the same key: same key, same 1 name",
            "A private key and certificate over the same key",
            "An SSH certificate and certificate that have nothing in common",
            "Another revocation list of the same issuer: +7 days",
            "Two different certificates: new key, same subject",
            "Two different private keys",
            "The same certificate",
            "5 entries: 3 the same, 1 renewed with a new key, 1 lost (old)",
            "2 of 11 are expected to refuse it",
        ] {
            let text = SPOKEN.with_borrow(|spoken| spoken.sentences.whole(line, 0));
            let text = text.unwrap_or_else(|| panic!("{language:?} has no {line}"));
            for word in ["same", "key", "names", "lost", "expected"] {
                let words: Vec<&str> = text.split([' ', ',', ':']).collect();
                assert!(!words.contains(&word), "{language:?}: {text}");
            }
        }
    }
    speak_english();
}
