//! What is known to be wrong between the files of a pile, with real signatures.

use certlens_core::{
    Contents, EverySignature, Object, Options, PileLinks, Proof, Severity, UnixTime, open,
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

const NOW: &str = "2026-11-29T12:00:00Z";

/// An authority or a leaf, and its key.
struct Made {
    parameters: CertificateParams,
    key: KeyPair,
}

impl Made {
    fn new(name: &str, ca: bool) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.not_before = date_time_ymd(2026, 1, 1);
        parameters.not_after = date_time_ymd(2028, 1, 1);
        parameters.serial_number = Some(SerialNumber::from(7_u64));
        parameters.use_authority_key_identifier_extension = true;
        if ca {
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        } else {
            parameters.is_ca = IsCa::ExplicitNoCa;
        }
        let key = KeyPair::generate().expect("a key");
        Self { parameters, key }
    }

    fn root(name: &str) -> (Self, Vec<u8>) {
        let made = Self::new(name, true);
        let der = made.self_signed();
        (made, der)
    }

    fn self_signed(&self) -> Vec<u8> {
        let certificate = self.parameters.self_signed(&self.key).expect("signs");
        certificate.der().to_vec()
    }

    fn by(&self, issuer: &Self) -> Vec<u8> {
        let issuer = Issuer::from_params(&issuer.parameters, &issuer.key);
        let certificate = self.parameters.signed_by(&self.key, &issuer);
        certificate.expect("signs").der().to_vec()
    }

    /// A list under the name of `named` that revokes serial number 7.
    fn list(&self, named: &Self) -> Vec<u8> {
        let revoked = RevokedCertParams {
            serial_number: SerialNumber::from(7_u64),
            revocation_time: date_time_ymd(2026, 2, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 11, 1),
            next_update: date_time_ymd(2027, 11, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::PreSpecified(
                named.parameters.key_identifier(&named.key),
            ),
        };
        let issuer = Issuer::from_params(&named.parameters, &self.key);
        list.signed_by(&issuer).expect("signs").der().to_vec()
    }
}

fn flipped(mut der: Vec<u8>) -> Vec<u8> {
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
    der
}

/// What is found of each input by what lies beside it: ids of findings, the worst first.
fn told(inputs: &[&[u8]]) -> Vec<Vec<String>> {
    let opened: Vec<Contents> = inputs
        .iter()
        .map(|input| open(input, &Options::default()).expect("opens"))
        .collect();
    let pile: Vec<&Contents> = opened.iter().collect();
    let names: Vec<String> = (0..pile.len())
        .map(|number| format!("file {number}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut links = PileLinks::find(&pile);
    links.prove_lists(&pile, &EverySignature);
    let places = pile
        .iter()
        .enumerate()
        .flat_map(|(input, contents)| (0..contents.len()).map(move |index| (input, index)));
    let places: Vec<(usize, usize)> = places.collect();
    for place in &places {
        links.prove(&pile, *place, &EverySignature);
    }
    let at = UnixTime::parse(NOW);
    let told = |place: &(usize, usize)| {
        let mut entry = pile[place.0].entry(place.1, at).expect("an entry");
        links.join(&pile, &names, *place, at, &mut entry);
        let mut row = pile[place.0].row(place.1).expect("a row");
        links.join_row(&pile, *place, &mut row);
        assert_eq!(row.revoked, entry.is_revoked());
        let faults = links.faults(&pile, &names, *place, at);
        let ids = faults.iter().map(|one| one.id.to_string());
        let all: Vec<&str> = entry.findings.iter().map(|one| &*one.id).collect();
        assert!(faults.iter().all(|one| all.contains(&&*one.id)));
        ids.collect()
    };
    places.iter().map(told).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_somebody_else_signed_has_no_chain_and_says_so() {
    let (root, root_der) = Made::root("Root");
    let issuing = Made::new("Issuing", true);
    let (issuing_der, leaf) = (issuing.by(&root), Made::new("leaf", false));
    let good = leaf.by(&issuing);
    let wrong = flipped(good.clone());
    let inputs: [&[u8]; 3] = [&wrong, &issuing_der, &root_der];
    let found = told(&inputs);
    assert_eq!(found[0], ["chain-signature-wrong"]);
    assert_eq!(found[1..], [NOTHING, NOTHING]);
    assert_eq!(told(&[&good, &issuing_der, &root_der])[0], NOTHING);

    let opened: Vec<Contents> = inputs
        .iter()
        .map(|input| open(input, &Options::default()).expect("opens"))
        .collect();
    let pile: Vec<&Contents> = opened.iter().collect();
    let mut links = PileLinks::find(&pile);
    let mut row = pile[0].row(0).expect("a row");
    links.join_row(&pile, (0, 0), &mut row);
    assert_eq!(row.chain, Some((1, 3)), "by names alone");
    assert!(links.prove(&pile, (0, 0), &EverySignature));
    assert_eq!(links.proof((0, 0)), Some(Proof::Wrong((1, 0))));
    links.join_row(&pile, (0, 0), &mut row);
    assert_eq!(row.chain, None);
    let mut entry = pile[0].entry(0, None).expect("an entry");
    links.join(&pile, &["a", "b", "c"], (0, 0), None, &mut entry);
    assert_eq!(entry.findings[0].severity, Severity::Error);
    assert_eq!(
        entry.findings[0].what,
        "leaf was not signed by the key of Issuing."
    );
    let Object::Certificate(one) = &entry.object else {
        panic!("a certificate")
    };
    assert_eq!(one.chain, None);

    let above = told(&[&good, &flipped(issuing_der), &root_der]);
    assert_eq!(above[0], ["chain-broken-above"]);
    assert_eq!(above[1], ["chain-signature-wrong"]);
}

#[test]
fn of_two_authorities_of_one_name_the_one_that_signed_is_the_issuer() {
    let (other, right) = (Made::new("Root", true), Made::new("Root", true));
    let mut leaf = Made::new("leaf", false);
    leaf.parameters.use_authority_key_identifier_extension = false;
    let inputs = [leaf.by(&right), other.self_signed(), right.self_signed()];
    let opened: Vec<Contents> = inputs
        .iter()
        .map(|input| open(input, &Options::default()).expect("opens"))
        .collect();
    let pile: Vec<&Contents> = opened.iter().collect();
    let mut links = PileLinks::find(&pile);
    assert_eq!(links.issuer(0, 0), Some((1, 0)), "by names alone");
    assert!(links.prove(&pile, (0, 0), &EverySignature));
    assert_eq!(links.issuer(0, 0), Some((2, 0)));
    assert_eq!(links.faults(&pile, &["a", "b", "c"], (0, 0), None), []);
}

#[test]
fn an_issuer_that_is_no_authority_or_has_ended_is_told_of_what_it_issued() {
    let (server, leaf) = (Made::new("server", false), Made::new("leaf", false));
    let found = told(&[&leaf.by(&server), &server.self_signed()]);
    assert_eq!(found, [&["chain-issuer-no-authority"][..], &[]]);

    let mut dead = Made::new("Dead root", true);
    dead.parameters.not_after = date_time_ymd(2026, 11, 24);
    let found = told(&[&leaf.by(&dead), &dead.self_signed()]);
    assert_eq!(found, [&["chain-authority-out-of-date"][..], &[]]);
    let ended = dead.self_signed();
    dead.parameters.not_after = date_time_ymd(2030, 1, 1);
    let found = told(&[&leaf.by(&dead), &ended, &dead.self_signed()]);
    assert_eq!(found[0], NOTHING, "the renewed root is another way up");
}

#[test]
fn a_list_counts_when_its_issuer_signed_it() {
    let (root, root_der) = Made::root("Root");
    let leaf = Made::new("leaf", false).by(&root);
    let found = told(&[&leaf, &root_der, &root.list(&root)]);
    assert_eq!(found[0], ["revoked-by-list-here"]);
    let forged = Made::new("Root", true).list(&root);
    let found = told(&[&leaf, &root_der, &forged]);
    assert_eq!(found[0], NOTHING);
    assert_eq!(found[2], ["list-signature-wrong"]);
    let found = told(&[&leaf, &forged]);
    assert_eq!(found, [&["revoked-by-unchecked-list"][..], &[]]);
}

#[test]
fn a_request_is_signed_by_its_own_key_and_finds_it_in_another_file() {
    let mut made = Made::new("leaf", false);
    // A request names neither.
    made.parameters.serial_number = None;
    made.parameters.use_authority_key_identifier_extension = false;
    let request = made.parameters.serialize_request(&made.key).expect("signs");
    let key = made.key.serialize_pem();
    let request: &[u8] = request.der();
    let bad = flipped(request.to_vec());
    let found = told(&[request, &bad, key.as_bytes()]);
    assert_eq!(found, [&[][..], &["request-signature-wrong"], &[]]);
    let opened = [request, key.as_bytes()];
    let opened = opened.map(|input| open(input, &Options::default()).expect("opens"));
    let pile: Vec<&Contents> = opened.iter().collect();
    let links = PileLinks::find(&pile);
    let mut row = pile[0].row(0).expect("a row");
    links.join_row(&pile, (0, 0), &mut row);
    assert!(row.has_private_key);
    let joined = |input: usize| {
        let mut entry = pile[input].entry(0, None).expect("an entry");
        links.join(&pile, &["a.csr", "a.key"], (input, 0), None, &mut entry);
        entry.object
    };
    let Object::CertificationRequest(one) = joined(0) else {
        panic!("a request")
    };
    let link = one.private_key.expect("its key");
    assert!(link.entry.starts_with("a.key: "), "{}", link.entry);
    let Object::PrivateKey(one) = joined(1) else {
        panic!("a key")
    };
    assert_eq!(one.public_keys.len(), 1);
}

#[test]
fn a_served_chain_without_its_intermediate_or_in_wrong_order_is_told() {
    let (root, root_der) = Made::root("Root");
    let issuing = Made::new("Issuing", true);
    let (issuing_der, leaf) = (issuing.by(&root), Made::new("leaf", false).by(&issuing));
    let file = |parts: &[&Vec<u8>]| {
        let blocks = parts
            .iter()
            .map(|der| certlens_core::pem_block("CERTIFICATE", der));
        blocks.collect::<String>()
    };
    let incomplete = file(&[&leaf, &root_der]);
    let found = told(&[incomplete.as_bytes()]);
    assert_eq!(found, [&["chain-issuer-missing"][..], &[]]);
    let found = told(&[incomplete.as_bytes(), &issuing_der]);
    assert_eq!(found[0], NOTHING, "it lies beside it");
    let turned = file(&[&root_der, &issuing_der, &leaf]);
    let found = told(&[turned.as_bytes()]);
    assert!(found.iter().all(|ids| ids == &["chain-order"]), "{found:?}");
    let right = file(&[&leaf, &issuing_der]);
    assert_eq!(told(&[right.as_bytes()]), [NOTHING, NOTHING]);
}

#[test]
fn the_certificate_beside_a_key_that_is_not_its_own_says_so() {
    let (root, root_der) = Made::root("Root");
    let (leaf, other) = (Made::new("leaf", false), Made::new("other", false));
    let (der, key) = (leaf.by(&root), other.key.serialize_pem());
    let found = told(&[&der, &root_der, key.as_bytes()]);
    assert_eq!(found[0], ["certificate-key-not-its-own"]);
    assert_eq!(found[1], NOTHING);
    assert_eq!(found[2], ["key-fits-nothing"]);
    let own = leaf.key.serialize_pem();
    let found = told(&[&der, &root_der, key.as_bytes(), own.as_bytes()]);
    assert_eq!(found[0], NOTHING, "its own is there too");
    let pair = certlens_core::pem_block("CERTIFICATE", &der) + &key;
    let found = told(&[pair.as_bytes(), own.as_bytes()]);
    assert_eq!(found[0], ["certificate-key-not-its-own"]);
    let found = told(&[&der, &root_der, root.key.serialize_pem().as_bytes()]);
    assert_eq!(found, [NOTHING, NOTHING, NOTHING], "the root's own key");
}
