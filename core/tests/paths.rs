//! Paths that are made here, judged by us, by rustls-webpki and by openssl: all say the same, or it is
//! known why not.

#[path = "support/webpki.rs"]
mod second_opinion;

use std::process::Command;

use certlens_core::{
    Budget, CheckKind, CheckOutcome, Evidence, HostName, Judgement, Profile, Purpose, Question,
    RevocationDemand, StepVerdict, UnixTime, judge,
};
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, RevokedCertParams, SerialNumber,
};
use time::{Duration, OffsetDateTime};

const AT: i64 = 1_795_000_000;
const HOST: &str = "www.example.org";

/// What stands in one certificate.
#[derive(Clone, Debug)]
struct Shape {
    /// Days before and after the instant that it is judged at.
    validity: (i64, i64),
    authority: bool,
    path_length: Option<u8>,
    signs: bool,
    purposes: Vec<ExtendedKeyUsagePurpose>,
    permitted: Vec<String>,
    excluded: Vec<String>,
    names: Vec<String>,
    /// Whether another key than that of its issuer signs it.
    forged: bool,
    /// Last arcs of extensions of 2.5.29, and their values.
    others: Vec<(u64, Vec<u8>)>,
}

impl Shape {
    fn leaf() -> Self {
        Self {
            validity: (-1, 1),
            authority: false,
            path_length: None,
            signs: false,
            purposes: vec![ExtendedKeyUsagePurpose::ServerAuth],
            permitted: Vec::new(),
            excluded: Vec::new(),
            names: vec![HOST.to_owned()],
            forged: false,
            others: Vec::new(),
        }
    }

    fn authority() -> Self {
        Self {
            authority: true,
            signs: true,
            purposes: Vec::new(),
            names: Vec::new(),
            ..Self::leaf()
        }
    }

    fn parameters(&self, name: &str) -> CertificateParams {
        let mut parameters = CertificateParams::new(self.names.clone()).expect("names");
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(DnType::CommonName, name);
        let at = OffsetDateTime::from_unix_timestamp(AT).expect("a time");
        parameters.not_before = at + Duration::days(self.validity.0);
        parameters.not_after = at + Duration::days(self.validity.1);
        parameters.use_authority_key_identifier_extension = true;
        parameters.is_ca = match (self.authority, self.path_length) {
            (true, Some(length)) => IsCa::Ca(BasicConstraints::Constrained(length)),
            (true, None) => IsCa::Ca(BasicConstraints::Unconstrained),
            (false, _) => IsCa::ExplicitNoCa,
        };
        parameters.key_usages = if self.signs {
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign]
        } else {
            vec![KeyUsagePurpose::DigitalSignature]
        };
        parameters.extended_key_usages.clone_from(&self.purposes);
        let others = self.others.iter();
        parameters.custom_extensions = others
            .map(|(arc, value)| CustomExtension::from_oid_content(&[2, 5, 29, *arc], value.clone()))
            .collect();
        let subtrees =
            |names: &[String]| names.iter().cloned().map(GeneralSubtree::DnsName).collect();
        if !self.permitted.is_empty() || !self.excluded.is_empty() {
            parameters.name_constraints = Some(NameConstraints {
                permitted_subtrees: subtrees(&self.permitted),
                excluded_subtrees: subtrees(&self.excluded),
            });
        }
        parameters
    }
}

/// The certificates in DER, the leaf first, made from the leaf and the authorities above it.
fn chain(shapes: &[Shape]) -> Vec<Vec<u8>> {
    let key = || KeyPair::generate().expect("a key");
    let mut made: Vec<Vec<u8>> = Vec::new();
    let mut above: Option<Issuer<'_, KeyPair>> = None;
    for (height, shape) in shapes.iter().enumerate().rev() {
        let parameters = shape.parameters(&format!("certificate {height}"));
        let own = key();
        let certificate = match &above {
            None => parameters.self_signed(&own),
            Some(_) if shape.forged => {
                let shape = &shapes[height + 1];
                let name = shape.parameters(&format!("certificate {}", height + 1));
                parameters.signed_by(&own, &Issuer::new(name, key()))
            }
            Some(issuer) => parameters.signed_by(&own, issuer),
        };
        made.insert(0, certificate.expect("is made").der().to_vec());
        above = Some(Issuer::new(parameters, own));
    }
    made
}

fn question() -> Question {
    let at = UnixTime::from_seconds(AT);
    let mut question = Question::new(at, Purpose::Server, Profile::Standard);
    question.host = HostName::parse(HOST).ok();
    question
}

fn ours(chain: &[Vec<u8>], question: &Question) -> Judgement {
    let (leaf, rest) = chain.split_first().expect("a leaf");
    let (anchor, between) = rest.split_last().expect("an anchor");
    let evidence = Evidence {
        anchors: vec![anchor],
        untrusted: between.iter().map(Vec::as_slice).collect(),
        lists: Vec::new(),
    };
    judge(leaf, &evidence, question).expect("is a certificate")
}

fn refusals(judgement: &Judgement) -> Vec<CheckKind> {
    let steps = judgement.paths.first().expect("a path").steps.iter();
    steps
        .flat_map(|step| &step.checks)
        .filter(|check| check.outcome == CheckOutcome::Refused)
        .map(|check| check.check)
        .collect()
}

fn openssl_accepts(chain: &[Vec<u8>]) -> bool {
    let folder = tempfile::tempdir().expect("there is room");
    let (leaf, rest) = chain.split_first().expect("a leaf");
    let (anchor, between) = rest.split_last().expect("an anchor");
    let write = |name: &str, all: &[Vec<u8>]| {
        let blocks = all
            .iter()
            .map(|der| pem::encode(&pem::Pem::new("CERTIFICATE", der.clone())));
        std::fs::write(folder.path().join(name), blocks.collect::<String>()).expect("is written");
    };
    write("leaf.pem", std::slice::from_ref(leaf));
    write("anchor.pem", std::slice::from_ref(anchor));
    write("between.pem", between);
    let mut command = Command::new("openssl");
    command
        .current_dir(folder.path())
        .args(["verify", "-purpose", "sslserver", "-attime"]);
    command.args([
        &AT.to_string(),
        "-verify_hostname",
        HOST,
        "-no-CApath",
        "-CAfile",
        "anchor.pem",
    ]);
    if !between.is_empty() {
        command.args(["-untrusted", "between.pem"]);
    }
    command
        .arg("leaf.pem")
        .output()
        .expect("openssl runs")
        .status
        .success()
}

fn purposes() -> impl Strategy<Value = Vec<ExtendedKeyUsagePurpose>> {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    prop_oneof![
        3 => Just(vec![ServerAuth]),
        2 => Just(Vec::new()),
        1 => Just(vec![ClientAuth]),
        1 => Just(vec![ClientAuth, ServerAuth]),
        1 => Just(vec![Any]),
    ]
}

fn authority() -> impl Strategy<Value = Shape> {
    let validity = prop_oneof![8 => Just((-1, 1)), 1 => Just((-2, -1)), 1 => Just((1, 2))];
    let subtree = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(vec!["example.org".to_owned()]),
        1 => Just(vec!["www.example.org".to_owned(), "example.net".to_owned()]),
        1 => Just(vec!["ample.org".to_owned()]),
    ];
    let length = prop_oneof![4 => Just(None), 1 => Just(Some(0)), 1 => Just(Some(1))];
    (
        validity,
        prop::bool::weighted(0.9),
        length,
        prop::bool::weighted(0.9),
        purposes(),
        subtree.clone(),
        prop_oneof![3 => Just(Vec::new()), 1 => subtree],
        prop::bool::weighted(0.1),
    )
        .prop_map(
            |(validity, authority, path_length, signs, purposes, permitted, excluded, forged)| {
                Shape {
                    validity,
                    authority,
                    path_length: path_length.filter(|_| authority),
                    signs,
                    purposes,
                    permitted,
                    excluded,
                    names: Vec::new(),
                    forged,
                    others: Vec::new(),
                }
            },
        )
}

fn leaf() -> impl Strategy<Value = Shape> {
    let names = prop_oneof![
        4 => Just(vec![HOST.to_owned()]),
        1 => Just(vec!["*.example.org".to_owned()]),
        1 => Just(vec!["example.org".to_owned()]),
        1 => Just(vec!["example.net".to_owned(), HOST.to_owned()]),
    ];
    let validity = prop_oneof![8 => Just((-1, 1)), 1 => Just((-2, -1))];
    (names, validity, purposes(), prop::bool::weighted(0.1)).prop_map(
        |(names, validity, purposes, forged)| Shape {
            validity,
            purposes,
            names,
            forged,
            ..Shape::leaf()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn two_other_programs_say_the_same_or_it_is_known_why_not(
        leaf in leaf(),
        between in prop::collection::vec(authority(), 0..3),
        root in authority(),
    ) {
        let root = Shape { authority: true, forged: false, validity: (-1, 1), purposes: Vec::new(), ..root };
        let shapes: Vec<Shape> = [leaf].into_iter().chain(between).chain([root]).collect();
        let chain = chain(&shapes);
        let judgement = ours(&chain, &question());
        let (leaf, above) = shapes.split_first().expect("a leaf");
        let root = above.last().expect("a root");

        let theirs = second_opinion::accepts(&chain, AT.unsigned_abs(), HOST);
        // rustls-webpki does not look at the key usage of authorities, takes nothing but the names from an
        // anchor, and does not take any purpose for one.
        let any = shapes.iter().any(|it| it.purposes == [ExtendedKeyUsagePurpose::Any]);
        let known = above.iter().any(|it| !it.signs) || root.path_length.is_some() || any;
        prop_assert!(
            theirs.is_ok() == judgement.accepted || known,
            "rustls-webpki {theirs:?}, ours {}\n{shapes:#?}", judgement.summary
        );

        // openssl does not take any purpose of a leaf or an authority for that of a server.
        let theirs = openssl_accepts(&chain);
        // A star that may stand for an excluded name lies within what is permitted for openssl.
        let star = leaf.names.iter().any(|name| name.starts_with('*'))
            && above.iter().any(|it| !it.excluded.is_empty() || !it.permitted.is_empty());
        prop_assert!(
            theirs == judgement.accepted || any || star,
            "openssl {theirs}, ours {}\n{shapes:#?}", judgement.summary
        );
    }
}

#[test]
fn an_accepted_path_says_why_at_each_step() {
    let chain = chain(&[Shape::leaf(), Shape::authority(), Shape::authority()]);
    let judgement = ours(&chain, &question());
    assert_eq!(
        judgement.summary,
        "accepted for server: 3 certificates lead to CN=certificate 2, which is trusted"
    );
    let path = &judgement.paths[0];
    assert!(
        path.steps[0]
            .reason
            .contains("its issuer signed it with ECDSA with SHA-256"),
        "{path:#?}"
    );
    assert!(
        path.steps[0]
            .reason
            .contains("www.example.org is among its names")
    );
    assert_eq!(
        path.steps[2].reason.split(';').next(),
        Some("it is trusted, as given")
    );
    let json = serde_json::to_value(&judgement).expect("serialises");
    assert_eq!(
        json["paths"][0]["steps"][0]["checks"][0]["check"],
        "signature"
    );
    assert_eq!(
        serde_json::from_value::<Judgement>(json).expect("deserialises"),
        judgement
    );
}

#[test]
fn of_two_issuers_with_one_name_the_one_that_signed_is_taken() {
    let shapes = [Shape::leaf(), Shape::authority(), Shape::authority()];
    let (mine, other) = (chain(&shapes), chain(&shapes));
    let evidence = Evidence {
        anchors: vec![&other[2], &mine[2]],
        untrusted: vec![&other[1], &mine[1]],
        lists: Vec::new(),
    };
    let judgement = judge(&mine[0], &evidence, &question()).expect("is a certificate");
    assert!(judgement.accepted, "{}", judgement.summary);
    let evidence = Evidence {
        anchors: vec![&other[2]],
        ..evidence
    };
    let judgement = judge(&mine[0], &evidence, &question()).expect("is a certificate");
    assert_eq!(
        refusals(&judgement),
        [CheckKind::Signature],
        "{}",
        judgement.summary
    );
}

#[test]
fn the_issuer_that_is_missing_is_named() {
    let made = chain(&[Shape::leaf(), Shape::authority(), Shape::authority()]);
    let evidence = Evidence {
        anchors: vec![&made[2]],
        ..Evidence::default()
    };
    let judgement = judge(&made[0], &evidence, &question()).expect("is a certificate");
    assert_eq!(
        judgement.summary,
        "refused for server: CN=certificate 0: the certificate of its issuer is missing: CN=certificate 1"
    );
    let evidence = Evidence {
        anchors: Vec::new(),
        untrusted: vec![&made[1]],
        ..evidence
    };
    let judgement = judge(&made[0], &evidence, &question()).expect("is a certificate");
    assert_eq!(
        judgement.summary,
        "refused for server: CN=certificate 1: the certificate of its issuer is missing: CN=certificate 2"
    );
}

#[test]
fn a_leaf_that_is_trusted_itself_needs_no_issuer() {
    let made = chain(&[Shape::leaf()]);
    let evidence = Evidence {
        anchors: vec![&made[0]],
        ..Evidence::default()
    };
    let mut question = question();
    let judgement = judge(&made[0], &evidence, &question).expect("is a certificate");
    assert_eq!(
        judgement.summary,
        "accepted for server: CN=certificate 0 is trusted itself"
    );
    question.rules = certlens_core::Rules::of(Profile::Strict);
    let judgement = judge(&made[0], &evidence, &question).expect("is a certificate");
    assert!(!judgement.accepted);
}

/// What each step came to, and why, the judged certificate first.
fn steps(judgement: &Judgement) -> Vec<(StepVerdict, &str)> {
    let steps = judgement.paths.first().map_or(&[][..], |path| &path.steps);
    let told = steps.iter().map(|it| (it.verdict, it.reason.as_str()));
    told.collect()
}

#[test]
fn what_stands_on_something_refused_is_not_accepted() {
    let shapes = |forged: usize| {
        let mut shapes = [Shape::leaf(), Shape::authority(), Shape::authority()];
        if let Some(shape) = shapes.get_mut(forged) {
            shape.forged = true;
        }
        shapes
    };
    // The leaf is not signed by its issuer, which was not followed any further.
    let judgement = ours(&chain(&shapes(0)), &question());
    let found = steps(&judgement);
    assert_eq!(
        found.iter().map(|(it, _)| *it).collect::<Vec<_>>(),
        [StepVerdict::Refused, StepVerdict::Unproven]
    );
    assert!(found[1].1.contains("was not looked for"), "{found:#?}");

    // The issuer is not signed by the root: the leaf is right, and proves nothing.
    let judgement = ours(&chain(&shapes(1)), &question());
    let found = steps(&judgement);
    assert_eq!(
        found.iter().map(|(it, _)| *it).collect::<Vec<_>>(),
        [
            StepVerdict::Unproven,
            StepVerdict::Refused,
            StepVerdict::Accepted
        ]
    );
    assert_eq!(
        found[0].1,
        "it stands on CN=certificate 1, which is refused"
    );
    assert!(
        judgement
            .summary
            .contains("CN=certificate 1: its signature")
    );

    // A leaf two below what is refused stands on what is not proven.
    let mut long = [
        Shape::leaf(),
        Shape::authority(),
        Shape::authority(),
        Shape::authority(),
    ];
    long[2].validity = (-3, -1);
    let judgement = ours(&chain(&long), &question());
    assert_eq!(
        steps(&judgement)[0],
        (
            StepVerdict::Unproven,
            "it stands on CN=certificate 1, which is not proven"
        )
    );
}

#[test]
fn names_and_lists_count_for_what_the_issuer_signed_alone() {
    let (leaf, issuer, list) = listed(false);
    let mut broken = leaf;
    *broken.last_mut().expect("octets") ^= 1;
    let evidence = Evidence {
        anchors: vec![&issuer],
        untrusted: Vec::new(),
        lists: vec![&list],
    };
    let judgement = judge(&broken, &evidence, &question()).expect("is a certificate");
    let step = &judgement.paths[0].steps[0];
    let of = |kind: CheckKind| {
        let mut checks = step.checks.iter();
        checks.find(|it| it.check == kind).map(|it| it.outcome)
    };
    assert_eq!(of(CheckKind::Signature), Some(CheckOutcome::Refused));
    assert_eq!(of(CheckKind::Revocation), Some(CheckOutcome::Unchecked));

    let mut shapes = [Shape::leaf(), Shape::authority()];
    shapes[0].forged = true;
    shapes[1].permitted = vec!["example.org".to_owned()];
    let judgement = ours(&chain(&shapes), &question());
    let mut checks = judgement.paths[0].steps[0].checks.iter();
    let names = checks.find(|it| it.check == CheckKind::Names);
    assert_eq!(names.map(|it| it.outcome), Some(CheckOutcome::Unchecked));
}

/// A leaf, its issuer, and a list of the issuer's that revokes the leaf, or does not.
fn listed(revoked: bool) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let key = || KeyPair::generate().expect("a key");
    let above = Shape::authority().parameters("issuer");
    let above_key = key();
    let above_der = above.self_signed(&above_key).expect("is made");
    let mut leaf = Shape::leaf().parameters("leaf");
    leaf.serial_number = Some(SerialNumber::from(7_u64));
    let issuer = Issuer::new(above, above_key);
    let leaf = leaf.signed_by(&key(), &issuer).expect("is made");
    let at = OffsetDateTime::from_unix_timestamp(AT).expect("a time");
    let entry = RevokedCertParams {
        serial_number: SerialNumber::from(if revoked { 7_u64 } else { 8 }),
        revocation_time: at - Duration::hours(2),
        reason_code: None,
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: at - Duration::hours(1),
        next_update: at + Duration::hours(1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![entry],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let list = list.signed_by(&issuer).expect("is made").der().to_vec();
    (leaf.der().to_vec(), above_der.der().to_vec(), list)
}

#[test]
fn a_leaf_that_is_trusted_itself_is_looked_up_in_the_lists_of_its_issuer() {
    let judged = |revoked: bool, with_issuer: bool, demand: RevocationDemand| {
        let (leaf, issuer, list) = listed(revoked);
        let mut evidence = Evidence {
            anchors: vec![&leaf],
            untrusted: Vec::new(),
            lists: vec![&list],
        };
        if with_issuer {
            evidence.anchors.push(&issuer);
        }
        let mut question = question();
        question.rules.revocation = demand;
        judge(&leaf, &evidence, &question).expect("is a certificate")
    };
    let (always, listed) = (RevocationDemand::Always, RevocationDemand::WhereListed);
    for demand in [always, listed] {
        let revoked = judged(true, true, demand);
        assert_eq!(refusals(&revoked), [CheckKind::Revocation]);
        let good = judged(false, true, demand);
        assert!(good.accepted, "{}", good.summary);
        let covered = good.covered.iter();
        assert!(covered.clone().any(|it| it == "1 given revocation list"));
    }
    let alone = judged(true, false, listed);
    assert!(alone.accepted, "{}", alone.summary);
    let mut checks = alone.paths[0].steps[0].checks.iter();
    assert!(checks.any(|it| it.outcome == CheckOutcome::Unchecked));
    assert!(!alone.covered.iter().any(|it| it.contains("lists")));
    assert!(!judged(true, false, always).accepted);
}

#[test]
fn purposes_that_must_be_stated_are_not_stated_by_any() {
    let judged = |purposes: Vec<ExtendedKeyUsagePurpose>, purpose: &Purpose| {
        let leaf = Shape {
            purposes,
            ..Shape::leaf()
        };
        let mut question = question();
        question.purpose = purpose.clone();
        refusals(&ours(&chain(&[leaf, Shape::authority()]), &question))
    };
    for purpose in [Purpose::TimeStamping, Purpose::Ocsp, Purpose::Code] {
        let any = judged(vec![ExtendedKeyUsagePurpose::Any], &purpose);
        assert!(any.contains(&CheckKind::Purpose), "{purpose:?}");
    }
    let code = judged(vec![ExtendedKeyUsagePurpose::CodeSigning], &Purpose::Code);
    assert!(code.is_empty(), "{code:?}");
    // Made without being critical.
    let stamps = judged(
        vec![ExtendedKeyUsagePurpose::TimeStamping],
        &Purpose::TimeStamping,
    );
    assert_eq!(stamps, [CheckKind::Purpose]);
}

#[test]
fn policies_are_carried_down_mapped_and_asked_for() {
    // 1.2.3.4, 1.2.3.5, and the one mapped to the other.
    let one = [(32, vec![0x30, 7, 0x30, 5, 6, 3, 0x2a, 3, 4])];
    let other = [(32, vec![0x30, 7, 0x30, 5, 6, 3, 0x2a, 3, 5])];
    let map = (
        33,
        vec![0x30, 12, 0x30, 10, 6, 3, 0x2a, 3, 4, 6, 3, 0x2a, 3, 5],
    );
    let judged = |leaf: &[(u64, Vec<u8>)], between: &[(u64, Vec<u8>)], wanted: &str| {
        let leaf = Shape {
            others: leaf.to_vec(),
            ..Shape::leaf()
        };
        let between = Shape {
            others: between.to_vec(),
            ..Shape::authority()
        };
        let mut question = question();
        question.policies.explicit = true;
        question.policies.initial = vec![wanted.to_owned()];
        let judgement = ours(&chain(&[leaf, between, Shape::authority()]), &question);
        (judgement.accepted, judgement.paths[0].policies.join(" "))
    };
    let accepted = |policy: &str| (true, policy.to_owned());
    let refused = (false, String::new());
    assert_eq!(judged(&one, &one, "1.2.3.4"), accepted("1.2.3.4"));
    assert_eq!(judged(&one, &one, "1.2.3.5"), refused);
    assert_eq!(judged(&other, &one, "1.2.3.4"), refused);
    let both = [&one[..], &[map]].concat();
    assert_eq!(judged(&other, &both, "1.2.3.4"), accepted("1.2.3.4"));
    assert_eq!(judged(&other, &both, "1.2.3.5"), refused);
    assert_eq!(judged(&[], &one, "1.2.3.4"), refused);
}

#[test]
fn crowds_of_authorities_end_within_the_budget() {
    let name = |shape: &Shape| {
        let mut parameters = shape.parameters("the same");
        parameters.use_authority_key_identifier_extension = false;
        parameters
    };
    let authorities: Vec<(CertificateParams, KeyPair)> = (0..40)
        .map(|_| {
            (
                name(&Shape::authority()),
                KeyPair::generate().expect("a key"),
            )
        })
        .collect();
    let mut crowd = Vec::new();
    for (parameters, key) in &authorities {
        for (above, signer) in authorities.iter().take(10) {
            let issuer = Issuer::from_params(above, signer);
            crowd.push(
                parameters
                    .signed_by(key, &issuer)
                    .expect("is made")
                    .der()
                    .to_vec(),
            );
        }
    }
    let (above, signer) = &authorities[0];
    let key = KeyPair::generate().expect("a key");
    let leaf = Shape::leaf().parameters("leaf");
    let leaf = leaf
        .signed_by(&key, &Issuer::from_params(above, signer))
        .expect("is made");
    let stranger = chain(&[Shape::authority()]);
    let evidence = Evidence {
        anchors: vec![&stranger[0]],
        untrusted: crowd.iter().map(Vec::as_slice).collect(),
        lists: Vec::new(),
    };
    let judgement = judge(leaf.der(), &evidence, &question()).expect("is a certificate");
    assert!(
        !judgement.accepted && judgement.work.exhausted,
        "{}",
        judgement.summary
    );
    let budget = Budget::default();
    assert!(
        judgement.work.signatures <= budget.signatures,
        "{:?}",
        judgement.work
    );
    assert!(
        judgement.work.candidates <= budget.candidates,
        "{:?}",
        judgement.work
    );
    assert!(
        judgement.paths.len() <= 9,
        "{} paths are told",
        judgement.paths.len()
    );
}

#[test]
fn a_thousand_names_under_a_thousand_constraints_end_within_the_budget() {
    let hosts = |word: &str| {
        (0..1000)
            .map(|it| format!("{word}{it}.example.org"))
            .collect()
    };
    let leaf = Shape {
        names: hosts("host"),
        ..Shape::leaf()
    };
    let authority = Shape {
        permitted: hosts("host"),
        excluded: hosts("other"),
        ..Shape::authority()
    };
    let judgement = ours(&chain(&[leaf, authority, Shape::authority()]), &question());
    assert!(!judgement.accepted && judgement.work.exhausted);
    assert!(
        refusals(&judgement).contains(&CheckKind::Work),
        "{}",
        judgement.summary
    );
}
