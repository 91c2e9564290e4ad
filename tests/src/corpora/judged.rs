//! Judging paths: x509-limbo, NIST's PKITS and `BoringSSL`'s chains, each case by what its authors say; and
//! the signatures of roots and of post-quantum certificates, which their makers checked.
//!
//! A case is named by its file and, after `#`, what it is called there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use certlens_core::{
    CheckKind, CheckOutcome, Contents, Evidence, HostName, Judgement, LeafAnchor, Options, Profile,
    Purpose, Question, Regard, RevocationDemand, Rules, SignatureCheck, Treatment, UnixTime,
    check_signature, judge, open,
};
use peak_alloc::PeakAlloc;
use serde::Deserialize;

use super::Topic;
use super::reading::JUDGED_AT;
use crate::der_of_pem;

/// One case, judged.
pub(super) struct Judged {
    pub(super) topic: Topic,
    pub(super) case: String,
    /// Expected and found, where they are not the same.
    pub(super) difference: Option<String>,
    pub(super) microseconds: u64,
    /// Octets of memory beside the case's own, at most; 0 where nobody counts.
    pub(super) peak: u64,
}

/// Judges every case that is there.
pub(super) fn each(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    signatures(corpora, seen);
    limbo(corpora, seen);
    pkits(corpora, seen);
    chains(corpora, seen);
    revocation(corpora, seen);
}

/// Public roots, and post-quantum certificates that sign themselves: every signature is good.
fn signatures(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    let mut files = entries(&corpora.join("roots"));
    files.extend(entries(&corpora.join("pq-rfc-examples")));
    for maker in entries(&corpora.join("pqc-hackathon")) {
        files.extend(entries(&maker));
    }
    for file in files {
        let name = file
            .strip_prefix(corpora)
            .expect("it is below")
            .display()
            .to_string();
        // Keys for agreement sign nothing, and signatures by hashes alone are not computed with.
        let signs_itself = name.contains("ML-DSA")
            && file.extension().is_some_and(|it| it == "crt")
            || name.contains("/ml-dsa-") && name.ends_with("_ta.der")
            || name.starts_with("roots/");
        if !signs_itself {
            continue;
        }
        let bytes = fs::read(&file).expect("it is there");
        let Ok(contents) = open(&bytes, &Options::default()) else {
            continue;
        };
        for (index, der) in contents.certificates().enumerate() {
            let started = Instant::now();
            let check = check_signature(der, None);
            let good = check.as_ref().is_ok_and(SignatureCheck::is_good);
            seen(Judged {
                topic: Topic::Signatures,
                case: format!("{name}#{index}"),
                difference: (!good).then(|| format!("expected a good signature, found {check:?}")),
                microseconds: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
                peak: 0,
            });
        }
    }
}

/// What judging came to: accepted, or the reason.
fn measured(
    topic: Topic,
    case: String,
    leaf: &[u8],
    evidence: &Evidence<'_>,
    question: &Question,
    compare: impl FnOnce(&Judgement) -> Option<String>,
) -> Judged {
    let heap = PeakAlloc;
    heap.reset_peak_usage();
    let before = heap.current_usage();
    let started = Instant::now();
    let judgement = judge(leaf, evidence, question);
    let elapsed = started.elapsed();
    let peak = heap.peak_usage().saturating_sub(before);
    let difference = match judgement {
        Ok(judgement) => within_budget(&judgement, question).or_else(|| compare(&judgement)),
        Err(error) => Some(format!("expected a certificate, found {error}")),
    };
    Judged {
        topic,
        case,
        difference,
        microseconds: u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        peak: u64::try_from(peak).unwrap_or(u64::MAX),
    }
}

/// The work stays within what is allowed, whatever the verdict.
fn within_budget(judgement: &Judgement, question: &Question) -> Option<String> {
    let (work, budget) = (&judgement.work, &question.budget);
    let over = budget.signatures < work.signatures
        || budget.candidates < work.candidates
        || budget.paths < work.paths;
    over.then(|| format!("expected work within {budget:?}, found {work:?}"))
}

fn verdict(expected: bool, judgement: &Judgement) -> Option<String> {
    let word = |accepted| if accepted { "accepted" } else { "refused" };
    (expected != judgement.accepted)
        .then(|| format!("expected {}, found {}", word(expected), judgement.summary))
}

#[derive(Deserialize)]
struct Limbo {
    testcases: Vec<LimboCase>,
}

#[derive(Deserialize)]
struct LimboCase {
    id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    expected_peer_name: Option<PeerName>,
    #[serde(default)]
    expected_peer_names: Vec<PeerName>,
    max_chain_depth: Option<usize>,
    #[serde(default)]
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct PeerName {
    kind: String,
    value: String,
}

fn limbo(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    let Ok(text) = fs::read(corpora.join("limbo/limbo.json")) else {
        return;
    };
    let Limbo { testcases } = serde_json::from_slice(&text).expect("limbo.json is as it was");
    for case in testcases {
        let name = format!("limbo/limbo.json#{}", case.id);
        let expected = case.expected_result == "SUCCESS";
        let anchors = certificates(&case.trusted_certs);
        let untrusted = certificates(&case.untrusted_intermediates);
        let lists = lists(&case.crls);
        let leaf = certificates(std::slice::from_ref(&case.peer_certificate));
        let Some(leaf) = leaf.first() else {
            let difference = expected.then(|| "expected a certificate, found none".to_owned());
            seen(unread(Topic::Limbo, name, difference));
            continue;
        };
        let evidence = Evidence {
            anchors: slices(&anchors),
            untrusted: slices(&untrusted),
            lists: slices(&lists),
        };
        let question = case.question();
        seen(measured(
            Topic::Limbo,
            name,
            leaf,
            &evidence,
            &question,
            |judgement| verdict(expected, judgement),
        ));
    }
}

impl LimboCase {
    /// Cases of the namespaces `rfc5280` and `webpki` hold issuers to RFC 5280 and to the browsers' rules;
    /// the others are about paths as such.
    fn question(&self) -> Question {
        let profile = if self.id.starts_with("rfc5280::") {
            Profile::Strict
        } else if self.id.starts_with("webpki::") {
            Profile::Webpki
        } else {
            Profile::Standard
        };
        let at = self.validation_time.as_deref().and_then(UnixTime::parse);
        let purpose = match self.extended_key_usage.first().map(String::as_str) {
            Some("clientAuth") => Purpose::Client,
            Some("serverAuth") => Purpose::Server,
            _ if self.validation_kind == "CLIENT" => Purpose::Client,
            _ => Purpose::Server,
        };
        let mut question = Question::new(at.unwrap_or(JUDGED_AT), purpose, profile);
        let names = self
            .expected_peer_name
            .iter()
            .chain(&self.expected_peer_names);
        let host = names
            .filter(|name| name.kind != "RFC822")
            .map(|name| name.value.as_str());
        question.host = host
            .map(|name| HostName::parse(name).expect("a host"))
            .next();
        if let Some(depth) = self.max_chain_depth {
            question.rules.depth = depth.min(question.rules.depth);
        }
        question
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the file of vectors has them"
)]
struct PkitsCase {
    name: String,
    cert_path: Vec<String>,
    #[serde(rename = "CRLPath")]
    crl_path: Vec<String>,
    should_validate: bool,
    initial_policy_set: Vec<String>,
    initial_policy_mapping_inhibit: bool,
    initial_explicit_policy: bool,
    initial_any_policy_inhibit: bool,
}

fn pkits(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    let folder = corpora.join("pkits-rsa2048");
    let Ok(text) = fs::read(folder.join("vectors.json")) else {
        return;
    };
    let cases: Vec<PkitsCase> = serde_json::from_slice(&text).expect("vectors.json is as it was");
    for case in cases {
        let files = |names: &[String], below: &str| -> Vec<Vec<u8>> {
            let read = |name: &String| fs::read(folder.join(below).join(name)).expect("is there");
            names.iter().map(read).collect()
        };
        let chain = files(&case.cert_path, "certs");
        let lists = files(&case.crl_path, "crls");
        let [anchor, between @ .., leaf] = chain.as_slice() else {
            continue;
        };
        let evidence = Evidence {
            anchors: vec![anchor],
            untrusted: slices(between),
            lists: slices(&lists),
        };
        let mut question = Question::new(JUDGED_AT, Purpose::Any, Profile::Legacy);
        question.rules.revocation = RevocationDemand::Always;
        question.policies.explicit = case.initial_explicit_policy;
        question.policies.inhibit_mapping = case.initial_policy_mapping_inhibit;
        question.policies.inhibit_any = case.initial_any_policy_inhibit;
        question.policies.initial = case
            .initial_policy_set
            .iter()
            .filter_map(|name| name.strip_prefix("NIST-test-policy-"))
            .map(|number| format!("2.16.840.1.101.3.2.1.48.{number}"))
            .collect();
        let name = format!("pkits-rsa2048/vectors.json#{}", case.name);
        seen(measured(
            Topic::Pkits,
            name,
            leaf,
            &evidence,
            &question,
            |judgement| verdict(case.should_validate, judgement),
        ));
    }
}

fn chains(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    let folder = "boringssl-pki/verify_certificate_chain_unittest";
    let mut tests = Vec::new();
    for case in entries(&corpora.join(folder)) {
        tests.extend(
            entries(&case)
                .into_iter()
                .filter(|it| it.extension().is_some_and(|it| it == "test")),
        );
    }
    for test in tests {
        let text = fs::read_to_string(&test).expect("a test is text");
        let name = test
            .strip_prefix(corpora)
            .expect("it is below")
            .display()
            .to_string();
        let case = Chain::read(&text);
        let file = test
            .parent()
            .expect("it is in a folder")
            .join(case.field("chain"));
        let pem =
            String::from_utf8_lossy(&fs::read(file).expect("the chain is there")).into_owned();
        let chain = certificates(&[pem]);
        let [leaf, rest @ ..] = chain.as_slice() else {
            seen(unread(
                Topic::Chains,
                name,
                Some("expected certificates, found none".to_owned()),
            ));
            continue;
        };
        let (anchors, rules) = case.trust(&chain);
        let evidence = Evidence {
            anchors,
            untrusted: slices(rest),
            lists: Vec::new(),
        };
        let question = case.question(rules);
        seen(measured(
            Topic::Chains,
            name,
            leaf,
            &evidence,
            &question,
            |judgement| case.compare(judgement),
        ));
    }
}

/// What lists say of a certificate; the verdict stands in the name of the file.
fn revocation(corpora: &Path, seen: &mut dyn FnMut(Judged)) {
    for file in entries(&corpora.join("boringssl-pki/crl_unittest")) {
        let name = file
            .strip_prefix(corpora)
            .expect("it is below")
            .display()
            .to_string();
        let text = String::from_utf8_lossy(&fs::read(&file).expect("it is there")).into_owned();
        let block = |label: &str| {
            let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
            let (body, _) = rest.split_once("-----END ")?;
            Some(der_of_pem(body))
        };
        let (Some(list), Some(leaf), Some(anchor)) =
            (block("CRL"), block("CERTIFICATE"), block("CA CERTIFICATE"))
        else {
            continue;
        };
        let anchors = [Some(anchor), block("CA CERTIFICATE 2")];
        let evidence = Evidence {
            anchors: anchors.iter().flatten().map(Vec::as_slice).collect(),
            untrusted: Vec::new(),
            lists: vec![&list],
        };
        let at = UnixTime::parse("2017-03-09T00:00:00Z").expect("a time");
        let mut question = Question::new(at, Purpose::Any, Profile::Legacy);
        question.rules.revocation = RevocationDemand::Always;
        let expected = match name
            .rsplit('/')
            .next()
            .and_then(|name| name.split(['_', '.']).next())
        {
            Some("good") => "accepted",
            Some("revoked") => "revoked",
            _ => "unknown",
        };
        seen(measured(
            Topic::Revocation,
            name,
            &leaf,
            &evidence,
            &question,
            |judgement| {
                let found = if judgement.accepted {
                    "accepted"
                } else if judgement.summary.contains("revokes it") {
                    "revoked"
                } else {
                    "unknown"
                };
                (expected != found)
                    .then(|| format!("expected {expected}, found {}", judgement.summary))
            },
        ));
    }
}

/// A test of `BoringSSL`: fields, and after them errors by certificate.
struct Chain<'a> {
    fields: BTreeMap<&'a str, &'a str>,
    /// Place of the certificate, and what is wrong with it.
    errors: Vec<(usize, &'a str)>,
    fails: bool,
}

impl<'a> Chain<'a> {
    fn read(text: &'a str) -> Self {
        let (fields, errors) = text.split_once("expected_errors:").unwrap_or((text, ""));
        let fields = fields.lines().filter_map(|line| line.split_once(": "));
        let mut place = 0;
        let mut found = Vec::new();
        for line in errors.lines() {
            if let Some(rest) = line.strip_prefix("----- Certificate i=") {
                let digits = rest.split(' ').next().unwrap_or_default();
                place = digits.parse().unwrap_or_default();
            } else if let Some(error) = line.strip_prefix("ERROR: ") {
                found.push((place, error));
            }
        }
        Self {
            fields: fields
                .map(|(name, value)| (name.trim(), value.trim()))
                .collect(),
            fails: !found.is_empty(),
            errors: found,
        }
    }

    fn field(&self, name: &str) -> &'a str {
        self.fields.get(name).copied().unwrap_or_default()
    }

    /// What the last certificate is trusted for.
    fn trust<'b>(&self, chain: &'b [Vec<u8>]) -> (Vec<&'b [u8]>, Rules) {
        let trust = self.field("last_cert_trust");
        let mut rules = Rules::of(Profile::Legacy);
        let regard = |word: &str| {
            if trust.contains(word) {
                Regard::Apply
            } else {
                Regard::Ignore
            }
        };
        rules.anchor_validity = regard("EXPIRATION");
        rules.anchor_constraints = regard("_CONSTRAINTS");
        rules.anchor_authority = regard("_CONSTRAINTS_REQUIRE_BASIC_CONSTRAINTS");
        if trust.ends_with("WITH_REQUIRE_BASIC_CONSTRAINTS") {
            rules.anchor_constraints = Regard::Ignore;
        }
        rules.leaf_anchor = match trust {
            "TRUSTED_LEAF_REQUIRE_SELF_SIGNED" => LeafAnchor::SelfSigned,
            "TRUSTED_LEAF" | "TRUSTED_ANCHOR_OR_LEAF" => LeafAnchor::Accept,
            _ => LeafAnchor::Refuse,
        };
        let for_leaf_alone = trust.starts_with("TRUSTED_LEAF") && 1 < chain.len();
        let none = matches!(trust, "DISTRUSTED" | "UNSPECIFIED") || for_leaf_alone;
        let last = chain.last().map(Vec::as_slice);
        (last.into_iter().filter(|_| !none).collect(), rules)
    }

    fn question(&self, mut rules: Rules) -> Question {
        let asked = self.field("key_purpose");
        let purpose = match asked.split("_STRICT").next().unwrap_or_default() {
            "SERVER_AUTH" => Purpose::Server,
            "CLIENT_AUTH" => Purpose::Client,
            "MLS_CLIENT_AUTH" => Purpose::Other("2.23.146.2.1.3".to_owned()),
            "C2PA_MANIFEST" => Purpose::Other("1.3.6.1.4.1.62558.2.1".to_owned()),
            "C2PA_TIMESTAMPING" => Purpose::TimeStamping,
            _ => Purpose::Any,
        };
        let strict = asked.contains("_STRICT");
        if strict || asked.starts_with("MLS") || asked.starts_with("C2PA") {
            rules.no_purpose = Treatment::Refuse;
            rules.any_purpose = Treatment::Refuse;
        }
        if strict && !asked.ends_with("_LEAF") {
            rules.any_purpose_above = Treatment::Refuse;
        }
        // An authority must state the purpose of a strict client, yet not of a strict server.
        if asked == "CLIENT_AUTH_STRICT" || asked.starts_with("MLS") {
            rules.no_purpose_above = Treatment::Refuse;
        }
        if self.field("digest_policy") == "STRONG" {
            rules.sha1 = Treatment::Refuse;
        }
        let at = match self.field("utc_time") {
            "DEFAULT" => "211005120000Z",
            time => time,
        };
        let part = |range| at.get(range).unwrap_or_default();
        let at = format!(
            "20{}-{}-{}T{}:{}:{}Z",
            part(0..2),
            part(2..4),
            part(4..6),
            part(6..8),
            part(8..10),
            part(10..12)
        );
        let mut question = Question::new(
            UnixTime::parse(&at).expect("a time"),
            purpose,
            Profile::Legacy,
        );
        question.rules = rules;
        let is = |name: &str| self.field(name) == "true";
        question.policies.explicit = is("initial_explicit_policy");
        question.policies.inhibit_mapping = is("initial_policy_mapping_inhibit");
        question.policies.inhibit_any = is("initial_any_policy_inhibit");
        let wanted = self.field("user_initial_policy_set").split(", ");
        question.policies.initial = wanted
            .filter(|policy| !policy.is_empty() && *policy != "anyPolicy")
            .map(ToOwned::to_owned)
            .collect();
        question
    }

    /// The verdict, and of refusals that each error is told of its certificate.
    fn compare(&self, judgement: &Judgement) -> Option<String> {
        if let Some(difference) = verdict(!self.fails, judgement) {
            return Some(difference);
        }
        let path = judgement.paths.first()?;
        if judgement.accepted {
            let wanted = self.field("expected_user_constrained_policy_set");
            let mut wanted: Vec<&str> = wanted.split(", ").filter(|it| !it.is_empty()).collect();
            wanted.sort_unstable();
            let mut found: Vec<&str> = path.policies.iter().map(String::as_str).collect();
            found.sort_unstable();
            let same = wanted.is_empty() || wanted == found;
            return (!same).then(|| format!("expected the policies {wanted:?}, found {found:?}"));
        }
        let missing = self.errors.iter().find(|(place, error)| {
            let Some(kind) = kind(error) else {
                return false;
            };
            let told = |place: usize| {
                let step = path.steps.get(place);
                step.is_some_and(|step| {
                    step.checks
                        .iter()
                        .any(|it| it.check == kind && it.outcome == CheckOutcome::Refused)
                })
            };
            // Where a path ends in nothing trusted, the one below may be the last that is told of.
            let anywhere = kind == CheckKind::Anchor && (0..path.steps.len()).any(told);
            !told(*place) && !anywhere
        });
        missing.map(|(place, error)| {
            format!(
                "expected certificate {place}: {error}; found {}",
                path.reason
            )
        })
    }
}

/// Which check an error of `BoringSSL`'s is about; `None` for those that say what another one says, too.
fn kind(error: &str) -> Option<CheckKind> {
    let words = [
        ("Time is ", CheckKind::Validity),
        ("VerifySignedData failed", CheckKind::Signature),
        ("Certificate.signatureAlgorithm", CheckKind::Signature),
        ("Does not have Basic Constraints", CheckKind::Authority),
        ("Basic Constraints indicates not a CA", CheckKind::Authority),
        ("keyCertSign bit is not set", CheckKind::KeyUsage),
        ("The extended key usage", CheckKind::Purpose),
        (
            "Certificate does not have extended key usage",
            CheckKind::Purpose,
        ),
        ("No valid policy", CheckKind::Policies),
        (
            "Contains policy mapping to/from anyPolicy",
            CheckKind::Policies,
        ),
        (
            "Unconsumed critical extension",
            CheckKind::CriticalExtensions,
        ),
        ("Unacceptable public key", CheckKind::Strength),
        ("Unacceptable signature algorithm", CheckKind::Strength),
        ("max_path_length reached", CheckKind::PathLength),
        ("Not permitted by name constraints", CheckKind::Names),
        ("Too many name constraints checks", CheckKind::Work),
        ("Certificate is not a trust anchor", CheckKind::Anchor),
        ("Distrusted by trust store", CheckKind::Anchor),
        ("subject does not match issuer", CheckKind::Anchor),
    ];
    words
        .iter()
        .find(|(text, _)| error.starts_with(text))
        .map(|(_, kind)| *kind)
}

fn unread(topic: Topic, case: String, difference: Option<String>) -> Judged {
    Judged {
        topic,
        case,
        difference,
        microseconds: 0,
        peak: 0,
    }
}

/// What a folder holds, in order.
fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("lists").path()).collect();
    entries.sort();
    entries
}

fn certificates(pem: &[String]) -> Vec<Vec<u8>> {
    opened(pem, |contents| {
        contents.certificates().map(<[u8]>::to_vec).collect()
    })
}

fn lists(pem: &[String]) -> Vec<Vec<u8>> {
    opened(pem, |contents| {
        contents.revocation_lists().map(<[u8]>::to_vec).collect()
    })
}

/// What this takes of each text that opens.
fn opened(pem: &[String], take: fn(&Contents) -> Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let open = |pem: &String| open(pem.as_bytes(), &Options::default()).ok();
    pem.iter()
        .filter_map(open)
        .flat_map(|contents| take(&contents))
        .collect()
}

fn slices(all: &[Vec<u8>]) -> Vec<&[u8]> {
    all.iter().map(Vec::as_slice).collect()
}
