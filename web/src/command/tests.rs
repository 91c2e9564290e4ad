//! Every command is run, over files that real programs made.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use certlens_core::{KeyForm, Options, Password, inspect};

use super::*;
use crate::rows::RowId;

#[test]
fn names_cannot_break_out_of_the_command() {
    assert_eq!(quoted("es1.pem"), "es1.pem");
    assert_eq!(quoted("my file.pem"), "'my file.pem'");
    assert_eq!(quoted("a'; rm -rf ~"), r"'a'\''; rm -rf ~'");
    assert_eq!(quoted("-rf"), "'./-rf'");
    assert_eq!(quoted(""), "''");
}

#[test]
fn what_is_no_file_has_no_command() {
    let folder = Folder::new("none");
    folder.take("pem/leaf.pem", "leaf.pem");
    let mut detail = folder.details("leaf.pem").remove(0);
    detail.source = words::shared_link().to_owned();
    assert_eq!(of(&detail), None);
    let told = ChainTold::default();
    assert_eq!(judge(&detail, &told, &asked(Purpose::Any), None), None);
    assert_eq!(compare(words::pasted_text(), "leaf.pem"), None);
}

#[test]
fn every_entry_is_shown_by_its_command() {
    let folder = Folder::new("shown");
    folder.take("pem/chain-and-key.pem", "my chain.pem");
    folder.take("der/leaf.der", "leaf.der");
    folder.take("pkcs12/openssl-3.p12", "modern.p12");
    folder.take("pkcs12/openssl-legacy.p12", "old.p12");
    folder.take("jks/keytool-17.jks", "store.jks");
    folder.take("../../core/tests/vectors/ssh/ed25519", "id_ed25519");
    folder.take("../../core/tests/vectors/ssh/ed25519.pub", "id_ed25519.pub");
    // Of a key that others could read ssh-keygen tells nothing.
    folder.sh("chmod 600 id_ed25519");
    folder.sh("openssl crl2pkcs7 -nocrl -certfile 'my chain.pem' -outform DER -out chain.p7b");
    for name in [
        "my chain.pem",
        "leaf.der",
        "modern.p12",
        "old.p12",
        "store.jks",
        "id_ed25519",
        "id_ed25519.pub",
        "chain.p7b",
    ] {
        for detail in folder.details(name) {
            let command = of(&detail).unwrap();
            if !folder.runs(&command) {
                continue;
            }
            let told = folder.output(&command);
            if let Object::Certificate(one) = &detail.entry.object
                && command.contains("x509")
            {
                assert!(
                    told.contains(one.subject.common_name.as_deref().unwrap_or("")),
                    "{command}\n{told}"
                );
            }
            for view in [View::Bytes(None), View::Opening] {
                if let Some(command) = of_view(&detail, view)
                    && !command.starts_with("certlens")
                {
                    folder.runs(&command);
                }
            }
        }
    }
    let old = folder.details("old.p12").remove(0);
    assert!(of(&old).unwrap().contains("-legacy"));
    let key = folder.details("id_ed25519").remove(0);
    assert_eq!(of(&key).unwrap(), "ssh-keygen -l -f id_ed25519");
}

#[test]
fn a_chain_is_verified_from_the_entry_that_is_open() {
    let folder = Folder::new("chain");
    folder.take("pem/chain-and-key.pem", "chain.pem");
    let details = folder.details("chain.pem");
    let root = details.iter().find(|one| match &one.entry.object {
        Object::Certificate(one) => one.self_issued,
        _ => false,
    });
    let told = ChainTold {
        roots: vec![RootFile {
            roots: vec![root.unwrap().id.entry],
            ..root_file("chain.pem")
        }],
        ..ChainTold::default()
    };
    for detail in &details {
        let Object::Certificate(one) = &detail.entry.object else {
            continue;
        };
        let command = judge(detail, &told, &asked(Purpose::Any), None).unwrap();
        assert!(command.contains("openssl verify"), "{command}");
        let told = folder.output(&command);
        // The first of the chain that openssl shows is what it was asked about.
        let first = told
            .lines()
            .find(|line| line.starts_with("depth=0"))
            .unwrap_or_default();
        let name = one.subject.common_name.clone().unwrap_or_default();
        assert!(first.contains(&name), "{command}\n{told}");
    }
}

/// A text that holds one root and nothing else.
fn root_file(name: &str) -> RootFile {
    RootFile {
        name: name.to_owned(),
        plain: true,
        sealed: false,
        alone: true,
        roots: vec![0],
        entries: 1,
    }
}

#[test]
fn the_roots_that_were_dropped_are_trusted_as_they_lie_there() {
    let folder = Folder::new("roots");
    folder.take("pem/chain-and-key.pem", "chain.pem");
    let details = folder.details("chain.pem");
    let is_root = |one: &&Detail| match &one.entry.object {
        Object::Certificate(one) => one.self_issued,
        _ => false,
    };
    let root = details.iter().find(is_root).unwrap();
    folder.write("root.pem", &pem(root));
    let leaf = &details[0];
    folder.write("leaf.pem", &pem(leaf));
    let question = asked(Purpose::Any);
    let told = |roots: &[RootFile]| ChainTold {
        roots: roots.to_vec(),
        ..ChainTold::default()
    };
    let chain = RootFile {
        alone: false,
        roots: vec![root.id.entry],
        entries: leaf.siblings,
        ..root_file("chain.pem")
    };
    let first_is_leaf = RootFile {
        alone: false,
        roots: vec![1],
        entries: 2,
        ..root_file("both.pem")
    };
    folder.sh("cat leaf.pem root.pem > both.pem");
    let by_openssl = |roots: &[RootFile]| judge(leaf, &told(roots), &question, None).unwrap();
    for (roots, accepted) in [
        (&[][..], false),
        (&[root_file("root.pem")], true),
        (&[chain.clone(), root_file("root.pem")], true),
        (&[root_file("leaf.pem")], false),
    ] {
        let command = by_openssl(roots);
        assert!(command.contains("openssl verify"), "{command}");
        assert_eq!(folder.sh(&command).status.success(), accepted, "{command}");
    }
    // What openssl does not read as it is, is put to certlens.
    let other = |file: RootFile| RootFile {
        plain: false,
        ..file
    };
    let by_certlens = |roots: &[RootFile]| {
        let roots: Vec<RootFile> = roots.iter().cloned().map(other).collect();
        judge(leaf, &told(&roots), &question, None)
    };
    let verify = "--purpose any --untrusted chain.pem chain.pem";
    let number = root.id.entry;
    for (roots, expected) in [
        (
            vec![root_file("root.pem")],
            format!("certlens verify --anchors root.pem {verify}"),
        ),
        (
            vec![chain.clone()],
            format!(
                "certlens convert --to pem --entry {number} --force -o dropped-roots.pem chain.pem && \
                 certlens verify --anchors dropped-roots.pem {verify}"
            ),
        ),
        (
            vec![chain.clone(), root_file("root.pem"), first_is_leaf],
            format!(
                "certlens convert --to pem --entry {number} --entry {} --force -o dropped-roots.pem chain.pem both.pem \
                 && certlens verify --anchors root.pem --anchors dropped-roots.pem {verify}",
                leaf.siblings + 1
            ),
        ),
    ] {
        let command = by_certlens(&roots).unwrap();
        assert_eq!(command, expected);
        // Once more does not fail for what the first left.
        assert!(!folder.runs(&command) || folder.runs(&command));
    }
    let sealed = RootFile {
        sealed: true,
        ..root_file("store.p12")
    };
    assert_eq!(
        by_certlens(&[sealed]).unwrap(),
        format!(
            "certlens convert --to pem --entry 0 --password-stdin --force -o dropped-roots.pem store.p12 < password.txt \
             && certlens verify --anchors dropped-roots.pem {verify}"
        )
    );
}

/// A question for a purpose, about no host.
fn asked(purpose: Purpose) -> JudgeQuestion {
    JudgeQuestion {
        id: RowId::default(),
        purpose,
        host: String::new(),
        at: UnixTime::from_seconds(0),
        trusting: Trusting::RootsHere,
    }
}

#[test]
fn a_terminal_gives_the_answer_of_the_page_to_the_question_that_was_asked() {
    let folder = Folder::new("judge");
    folder.write(
        "ca.cnf",
        "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\ndefault_md=sha256\n\
         default_crl_days=30\ndefault_days=90\nnew_certs_dir=.\npolicy=p\nx509_extensions=l\n[p]\n\
         commonName=supplied\n[l]\nbasicConstraints=CA:FALSE\nsubjectAltName=DNS:es1.corp\n\
         extendedKeyUsage=serverAuth\n[c]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n",
    );
    for (name, text) in [
        ("index.txt", ""),
        ("serial", "1000\n"),
        ("crlnumber", "01\n"),
    ] {
        folder.write(name, text);
    }
    let made = folder.sh(
        "set -e; for one in root ca es1; do openssl req -newkey rsa:2048 -noenc -keyout $one.key -out $one.csr \
         -subj /CN=$one; done; run='openssl ca -config ca.cnf -batch -notext'; \
         $run -selfsign -keyfile root.key -in root.csr -extensions c -out roots.pem; \
         $run -cert roots.pem -keyfile root.key -in ca.csr -extensions c -out ca.pem; \
         by='-cert ca.pem -keyfile ca.key'; $run $by -in es1.csr -out es1.pem; $run $by -gencrl -out good.crl; \
         $run $by -revoke es1.pem; $run $by -gencrl -out bad.crl",
    );
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let detail = folder.details("es1.pem").remove(0);
    let file = |name: &str, about| FileOfWay {
        name: name.to_owned(),
        plain: true,
        about,
    };
    let told = |list: Option<&str>| ChainTold {
        way_up: vec![0, 1, 2],
        beside: vec![file("ca.pem", vec![1])],
        lists: list.map(|list| file(list, vec![0])).into_iter().collect(),
        roots: vec![root_file("roots.pem")],
        ..ChainTold::default()
    };
    let accepts = |told: &ChainTold, asked: &JudgeQuestion, day| {
        let command = judge(&detail, told, asked, day).unwrap();
        assert!(command.starts_with("openssl verify"), "{command}");
        let ends = folder.sh(&command);
        let said = String::from_utf8_lossy(&ends.stderr).into_owned();
        assert!(
            !said.contains("Usage") && !said.contains("Could not"),
            "{command}\n{said}"
        );
        ends.status.success()
    };
    let server = asked(Purpose::Server);
    assert!(
        accepts(&told(None), &server, None),
        "its issuer is beside it"
    );
    assert!(accepts(&told(Some("good.crl")), &server, None));
    assert!(!accepts(&told(Some("bad.crl")), &server, None), "revoked");
    assert!(!accepts(&told(None), &asked(Purpose::Client), None));
    let at = |host: &str| JudgeQuestion {
        host: host.to_owned(),
        ..asked(Purpose::Server)
    };
    assert!(accepts(&told(None), &at("https://es1.corp:9200/x"), None));
    assert!(!accepts(&told(None), &at("es2.corp"), None));
    assert!(!accepts(&told(None), &at("10.0.0.1"), None));
    let long_ago = Some(UnixTime::from_seconds(1_000_000_000));
    assert!(!accepts(&told(None), &server, long_ago));
    // What openssl cannot be asked is asked of certlens, all of it.
    let mut told = told(Some("good.crl"));
    told.beside[0].plain = false;
    let mut asked = at("es1.corp");
    asked.trusting = Trusting::Mozilla;
    assert_eq!(
        judge(&detail, &told, &asked, None).unwrap(),
        "certlens verify --mozilla --purpose server --host es1.corp --untrusted es1.pem --untrusted ca.pem \
         --crl good.crl es1.pem"
    );
}

#[test]
fn what_is_in_a_document_is_left_to_certlens() {
    let folder = Folder::new("document");
    folder.take("pem/leaf.pem", "leaf.pem");
    folder.sh("printf 'data:\\n  tls.crt: %s\\n' \"$(base64 -w0 leaf.pem)\" > secret.yaml");
    for detail in folder.details("secret.yaml") {
        assert_eq!(of(&detail).unwrap(), "certlens inspect secret.yaml");
        assert_eq!(
            of_view(&detail, View::Bytes(None)).unwrap(),
            "certlens asn1 secret.yaml"
        );
    }
}

#[test]
fn a_message_in_text_is_read_as_one_and_text_of_utf_16_by_certlens() {
    let folder = Folder::new("odd");
    folder.take("pem/chain-and-key.pem", "chain.pem");
    folder.take("pem/leaf.pem", "leaf.pem");
    folder.sh("openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7b");
    folder.sh("cat leaf.pem chain.p7b > both.pem");
    for (name, first) in [
        ("chain.p7b", "openssl pkcs7 -in chain.p7b"),
        ("both.pem", "awk"),
    ] {
        let details = folder.details(name);
        let inside: Vec<&Detail> = details
            .iter()
            .filter(|one| is_in_pkcs7(&one.entry))
            .collect();
        assert_eq!(inside.len(), 2, "{name}");
        for detail in inside {
            let command = of(detail).unwrap();
            assert!(command.starts_with(first), "{command}");
            assert!(folder.runs(&command));
            let Object::Certificate(one) = &detail.entry.object else {
                panic!("{}", detail.entry.path)
            };
            let told = folder.output(&command);
            assert!(
                told.contains(one.subject.common_name.as_deref().unwrap()),
                "{told}"
            );
            assert_eq!(
                of_view(detail, View::Bytes(None)).unwrap(),
                format!("certlens asn1 {name}")
            );
            assert!(to_pem(detail).starts_with("certlens convert"));
        }
    }
    let text = std::fs::read_to_string(folder.0.join("leaf.pem")).unwrap();
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(units).collect();
    std::fs::write(folder.0.join("wide.pem"), wide).unwrap();
    let detail = folder.details("wide.pem").remove(0);
    assert_eq!(of(&detail).unwrap(), "certlens inspect wide.pem");
    assert!(to_pem(&detail).starts_with("certlens convert"));
}

/// What writes an entry as PEM text.
fn to_pem(detail: &Detail) -> String {
    let chosen = Conversion {
        extent: Extent::Entry,
        form: Form::Pem,
        keys: Keys::LeaveOut,
        seal: Seal::Modern,
        has_keys: false,
        name: "",
    };
    convert(detail, &chosen).unwrap()
}

#[test]
fn every_conversion_writes_what_was_chosen() {
    let folder = Folder::new("convert");
    folder.take("pem/chain-and-key.pem", "chain.pem");
    folder.take("pem/leaf.pem", "leaf.pem");
    folder.take("pkcs12/openssl-legacy.p12", "old.p12");
    folder.take("jks/keytool-17.jks", "store.jks");
    folder.write("password.txt", "changeit\n");
    let mut run = 0;
    for name in ["chain.pem", "leaf.pem", "old.p12", "store.jks"] {
        for detail in folder.details(name) {
            for extent in [Extent::Entry, Extent::File] {
                for form in [Form::Pem, Form::Der, Form::Pkcs7, Form::Pkcs12, Form::Jks] {
                    for keys in [Keys::LeaveOut, Keys::Seal, Keys::Clear(KeyForm::Pkcs8)] {
                        let is_key = matches!(detail.entry.object, Object::PrivateKey(_));
                        let chosen = Conversion {
                            extent,
                            form,
                            keys,
                            seal: Seal::Modern,
                            has_keys: is_key || (extent == Extent::File && name != "leaf.pem"),
                            name: "",
                        };
                        let Some(command) = convert(&detail, &chosen) else {
                            continue;
                        };
                        if command.starts_with("certlens") {
                            continue;
                        }
                        if !folder.runs(&command) {
                            continue;
                        }
                        run += 1;
                        let made = command.rsplit_once("new.").unwrap().1;
                        let made = format!("new.{}", made.split(' ').next().unwrap());
                        let read = folder.report(&made);
                        let has_key = read
                            .entries
                            .iter()
                            .any(|entry| matches!(entry.object, Object::PrivateKey(_)));
                        let wanted =
                            chosen.has_keys && keys != Keys::LeaveOut && form != Form::Pkcs7;
                        assert_eq!(has_key, wanted, "{command}");
                        std::fs::remove_file(folder.0.join(made)).unwrap();
                    }
                }
            }
        }
    }
    assert!(10 < run, "{run} commands were run");
}

#[test]
fn a_sealed_key_is_rewritten_in_pkcs8() {
    let folder = Folder::new("key");
    folder.sh("openssl genpkey -algorithm RSA -out plain.pem");
    let legacy = "-provider default -provider legacy";
    for (made, by_legacy) in [
        (
            format!(
                "openssl pkcs8 -topk8 {legacy} -v1 PBE-MD5-DES -in plain.pem -passout pass:changeit"
            ),
            true,
        ),
        (
            format!("openssl rsa -traditional {legacy} -des -in plain.pem -passout pass:changeit"),
            true,
        ),
        (
            "openssl rsa -traditional -aes128 -in plain.pem -passout pass:changeit".to_owned(),
            false,
        ),
    ] {
        assert!(
            folder.sh(&format!("{made} > old.pem")).status.success(),
            "{made}"
        );
        let detail = folder.details("old.pem").remove(0);
        for keys in [Keys::Seal, Keys::Clear(KeyForm::Pkcs8)] {
            let command = convert(&detail, &rewritten(keys)).unwrap();
            assert!(command.starts_with("openssl pkcs8"), "{command}");
            assert_eq!(command.contains("legacy"), by_legacy, "{command}");
            assert!(folder.runs(&command));
            let read = folder.report("new.pem");
            let [made] = read.entries.as_slice() else {
                panic!("{command}: {:?}", read.entries);
            };
            let Object::PrivateKey(key) = &made.object else {
                panic!("{command}: {made:?}");
            };
            let cipher = key.seal.as_ref().and_then(|seal| seal.cipher.as_deref());
            let wanted = (keys == Keys::Seal).then_some("AES-256-CBC");
            assert_eq!(cipher, wanted, "{command}");
            assert_eq!(key.form.as_deref(), Some("PKCS#8"), "{command}");
        }
    }
    // What openssl does not read, certlens does.
    folder.take("../../core/tests/vectors/ssh/sealed-aes256-ctr", "id");
    let detail = folder.details("id").remove(0);
    let command = convert(&detail, &rewritten(Keys::Seal)).unwrap();
    let expected = "certlens convert --to pem --password-stdin -o new.pem id < password.txt";
    assert_eq!(command, expected);
}

/// A key by itself, for a program.
fn rewritten(keys: Keys) -> Conversion<'static> {
    Conversion {
        extent: Extent::Entry,
        form: Form::KeyFor(certlens_core::Opener::OpenSsl3),
        keys,
        seal: Seal::Modern,
        has_keys: true,
        name: "",
    }
}

/// A folder with files, in which commands are run.
/// Where `make build` puts the program.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release");

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("certlens-command-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn take(&self, vector: &str, name: &str) {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
        std::fs::copy(vectors.join(vector), self.0.join(name)).unwrap();
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn report(&self, name: &str) -> certlens_core::Report {
        let passwords = [Password::from("changeit")];
        let options = Options {
            passwords: &passwords,
            ..Options::default()
        };
        inspect(&std::fs::read(self.0.join(name)).unwrap(), &options, None).unwrap()
    }

    fn details(&self, name: &str) -> Vec<Detail> {
        let report = self.report(name);
        let siblings = u32::try_from(report.entries.len()).unwrap();
        let entries = report.entries.iter().zip(0..);
        let detail = |(entry, number): (&Entry, u32)| Detail {
            id: RowId {
                group: 1,
                entry: number,
            },
            source: name.to_owned(),
            format: Some(report.format),
            siblings,
            keystore: report.keystore.clone(),
            entry: entry.clone(),
            json: String::new(),
            file_findings: report.findings.clone(),
            archive_findings: Vec::new(),
            neighbours: Vec::new(),
        };
        entries.map(detail).collect()
    }

    fn sh(&self, command: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new("sh")
            .args(["-c", command])
            .current_dir(&self.0)
            .env("PATH", format!("{BUILT}:{path}"))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    /// The same with the passwords that a reader would type.
    fn typed(command: &str) -> String {
        command
            .replace(
                "openssl pkcs12 -export",
                "openssl pkcs12 -passout pass:changeit -export",
            )
            .replace(
                "openssl pkcs12 -legacy",
                "openssl pkcs12 -passin pass:changeit -passout pass:changeit -legacy",
            )
            .replace(
                "openssl pkcs12 -in",
                "openssl pkcs12 -passin pass:changeit -passout pass:changeit -in",
            )
            .replace(
                "openssl pkcs12 -no",
                "openssl pkcs12 -passin pass:changeit -passout pass:changeit -no",
            )
            .replace(
                "openssl pkcs8",
                "openssl pkcs8 -passin pass:changeit -passout pass:changeit",
            )
            .replace("keytool -list", "keytool -list -storepass changeit")
            .replace(
                "keytool -importcert",
                "keytool -importcert -storepass changeit",
            )
            .replace(
                "keytool -importkeystore",
                "keytool -importkeystore -srcstorepass changeit -deststorepass changeit",
            )
    }

    /// Runs a command, and tells whether its programs are there.
    fn runs(&self, command: &str) -> bool {
        for program in ["certlens", "keytool", "ssh-keygen"] {
            if command.contains(program) && !self.has(program) {
                eprintln!("SKIPPED, for there is no {program}: {command}");
                return false;
            }
        }
        let output = self.sh(&Self::typed(command));
        let said = String::from_utf8_lossy(&output.stderr);
        let said = format!("{}{said}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{command}\n{said}");
        true
    }

    fn has(&self, program: &str) -> bool {
        self.sh(&format!("command -v {program}")).status.success()
    }

    fn output(&self, command: &str) -> String {
        String::from_utf8_lossy(&self.sh(&Self::typed(command)).stdout).into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn pem(detail: &Detail) -> String {
    match &detail.entry.object {
        Object::Certificate(one) => one.pem.clone(),
        _ => String::new(),
    }
}
