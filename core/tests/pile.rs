//! What is known to be wrong between the files of a pile, with real signatures.

use certlens_core::{
    Contents, EverySignature, Lookup, Object, Options, PileLinks, Proof, Severity, UnixTime, open,
    rules,
};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension, DnType,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
    SigningKey as _, date_time_ymd,
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

/// A value in DER, of at most 255 octets.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u8::try_from(contents.len()).expect("a short value");
    let head: &[u8] = match length {
        0..0x80 => &[tag, length],
        _ => &[tag, 0x81, length],
    };
    [head, contents].concat()
}

fn name_of(common: &str) -> Vec<u8> {
    let common = [&[6, 3, 0x55, 4, 3][..], &der(12, common.as_bytes())].concat();
    der(0x30, &der(0x31, &der(0x30, &common)))
}

/// An indirect list of `Lister` that revokes serial number 7 of `Issuing`.
fn indirect_list(maker: &Made) -> Vec<u8> {
    let extension = |arc: u8, value: &[u8]| {
        let octets = der(4, value);
        der(
            0x30,
            &[&[6, 3, 0x55, 0x1d, arc, 1, 1, 0xff][..], &octets].concat(),
        )
    };
    let ecdsa = der(0x30, &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
    let issuer = extension(29, &der(0x30, &der(0xa4, &name_of("Issuing"))));
    let (start, end) = (der(23, b"261101000000Z"), der(23, b"271101000000Z"));
    let entry = [&[2, 1, 7][..], &start, &der(0x30, &issuer)].concat();
    let scope = der(
        0xa0,
        &der(0x30, &extension(28, &der(0x30, &[0x84, 1, 0xff]))),
    );
    let parts: [&[u8]; 7] = [
        &[2, 1, 1],
        &ecdsa,
        &name_of("Lister"),
        &start,
        &end,
        &der(0x30, &der(0x30, &entry)),
        &scope,
    ];
    let signed = der(0x30, &parts.concat());
    let signature = maker.key.sign(&signed).expect("signs");
    let signature = der(3, &[&[0][..], &signature].concat());
    // Longer than one octet of length tells.
    let body = [signed, ecdsa, signature].concat();
    let length = u16::try_from(body.len())
        .expect("a short list")
        .to_be_bytes();
    [&[0x30, 0x82][..], &length, &body].concat()
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
    let mut links = PileLinks::find(&pile, UnixTime::parse(NOW));
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
    let mut links = PileLinks::find(&pile, None);
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
    let mut links = PileLinks::find(&pile, None);
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
fn of_several_issuers_the_one_counts_whose_way_up_is_in_date() {
    let (root, root_der) = Made::root("Root");
    let mut issuing = Made::new("Issuing", true);
    let leaf = Made::new("leaf", false).by(&issuing);
    let renewed = issuing.by(&root);
    issuing.parameters.not_after = date_time_ymd(2026, 11, 24);
    let ended = issuing.by(&root);
    let issuer = |inputs: &[&[u8]], at: &str| {
        let opened = inputs.iter().map(|input| open(input, &Options::default()));
        let opened: Vec<Contents> = opened.map(|one| one.expect("opens")).collect();
        let pile: Vec<&Contents> = opened.iter().collect();
        let links = PileLinks::find(&pile, UnixTime::parse(at));
        assert!(links.adds());
        let mut row = pile[0].row(0).expect("a row");
        links.join_row(&pile, (0, 0), &mut row);
        let issuer = links
            .issuer(0, 0)
            .map(|(input, index)| (input, index, row.chain));
        issuer.expect("an issuer")
    };
    let inputs: [&[u8]; 4] = [&leaf, &ended, &renewed, &root_der];
    assert_eq!(issuer(&inputs, NOW), (2, 0, Some((1, 3))));
    assert_eq!(
        issuer(&inputs, "2026-11-23T00:00:00Z"),
        (1, 0, Some((1, 3)))
    );
    // Both in one file too, of which the first was taken when it was opened.
    let block = |der: &[u8]| certlens_core::pem_block("CERTIFICATE", der);
    let file: String = inputs.iter().map(|der| block(der)).collect();
    assert_eq!(issuer(&[file.as_bytes()], NOW), (0, 2, Some((1, 3))));

    // The root itself, rather than its cross-sign of an older root that has ended since; a cross-sign that leads
    // on, rather than one whose issuer is not here.
    let mut old_root = Made::new("Old root", true);
    let (root, unknown) = (Made::new("Root", true), Made::new("Unknown", true));
    let leaf = Made::new("leaf", false).by(&root);
    let (crossed, lost, own) = (root.by(&old_root), root.by(&unknown), root.self_signed());
    let old = old_root.self_signed();
    old_root.parameters.not_after = date_time_ymd(2026, 11, 24);
    let old_ended = old_root.self_signed();
    let found = issuer(&[&leaf, &crossed, &old_ended, &own], NOW);
    assert_eq!(found, (3, 0, Some((1, 2))));
    let found = issuer(&[&leaf, &lost, &crossed, &old], NOW);
    assert_eq!(found, (2, 0, Some((1, 3))));
}

#[test]
fn a_file_that_serves_an_authority_that_has_ended_says_so_beside_a_renewed_one() {
    let (root, root_der) = Made::root("Root");
    let mut issuing = Made::new("Issuing", true);
    let leaf = Made::new("leaf", false).by(&issuing);
    let renewed = issuing.by(&root);
    issuing.parameters.not_after = date_time_ymd(2026, 11, 24);
    let block = |der: &[u8]| certlens_core::pem_block("CERTIFICATE", der);
    let served = block(&leaf) + &block(&issuing.by(&root));
    let found = told(&[served.as_bytes(), &root_der]);
    assert_eq!(found[0], ["chain-authority-out-of-date"]);
    let found = told(&[served.as_bytes(), &root_der, &renewed]);
    assert_eq!(found[0], ["chain-out-of-date-sent"]);
    assert_eq!(found[1..], [NOTHING, NOTHING, NOTHING]);
    let both = served + &block(&renewed);
    assert_eq!(told(&[both.as_bytes(), &root_der])[0], NOTHING);

    // A cross-sign that ended harms nobody who has the root itself.
    let (old_root, old_der) = Made::root("Old root");
    let mut root = Made::new("Root", true);
    let issuing = Made::new("Issuing", true);
    let leaf = Made::new("leaf", false).by(&issuing);
    let (sent, own) = (issuing.by(&root), root.self_signed());
    root.parameters.not_after = date_time_ymd(2026, 11, 24);
    let served = block(&leaf) + &block(&sent) + &block(&root.by(&old_root));
    let found = told(&[served.as_bytes(), &old_der]);
    assert_eq!(found[0], ["chain-authority-out-of-date"]);
    let found = told(&[served.as_bytes(), &old_der, &own]);
    assert_eq!(found[0], NOTHING);
}

#[test]
fn a_list_counts_when_its_issuer_signed_it() {
    let (root, root_der) = Made::root("Root");
    let leaf = Made::new("leaf", false).by(&root);
    let found = told(&[&leaf, &root_der, &root.list(&root)]);
    assert_eq!(found[0], ["revoked-by-list-here"]);
    // Whether its signature was checked is said of each list, and not beside what it does.
    let rule = rules().find(|rule| rule.id == "revoked-by-list-here");
    assert!(!rule.expect("the rule").why.contains(" if "));
    let forged = Made::new("Root", true).list(&root);
    let found = told(&[&leaf, &root_der, &forged]);
    assert_eq!(found[0], NOTHING);
    assert_eq!(found[2], ["list-signature-wrong"]);
    let found = told(&[&leaf, &forged]);
    assert_eq!(found, [&["revoked-by-unchecked-list"][..], &[]]);
}

#[test]
fn a_list_counts_when_the_very_issuer_signed_it_and_not_another_of_its_name() {
    // Two authorities of one name, whose certificates name no keys: by names alone each may be the issuer.
    let unidentified = |mut made: Made| {
        made.parameters.use_authority_key_identifier_extension = false;
        made
    };
    let (own, other) = (Made::new("Root", true), Made::new("Root", true));
    let leaf = unidentified(Made::new("leaf", false)).by(&own);
    let (own_der, other_der) = (own.self_signed(), other.self_signed());
    let found = told(&[&leaf, &other_der, &own_der, &other.list(&other)]);
    assert_eq!(found[0], ["revoked-by-list-of-another"]);
    assert_eq!(found[3], NOTHING, "it is a good list of its own maker");
    let found = told(&[&leaf, &other_der, &own_der, &own.list(&own)]);
    assert_eq!(found[0], ["revoked-by-list-here"]);
    // The issuer is not here: what bears its name is not known to be it.
    let found = told(&[&leaf, &other_der, &other.list(&other)]);
    assert!(
        found[0].contains(&"revoked-by-list-of-another".to_owned()),
        "{found:?}"
    );

    // A new key of the same authority, from the same root, may revoke what the old one issued.
    let (root, root_der) = Made::root("Top");
    let (old, new) = (Made::new("Issuing", true), Made::new("Issuing", true));
    let leaf = unidentified(Made::new("leaf", false)).by(&old);
    let (old_der, new_der) = (old.by(&root), new.by(&root));
    let list = new.list(&new);
    let found = told(&[&leaf, &old_der, &new_der, &root_der, &list]);
    assert_eq!(found[0], ["revoked-by-list-here"]);
    // Its certificate does not let it sign lists.
    let mut mute = Made::new("Issuing", true);
    mute.parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let mute_der = mute.by(&root);
    mute.parameters.key_usages.push(KeyUsagePurpose::CrlSign);
    let list = mute.list(&mute);
    let found = told(&[&leaf, &old_der, &mute_der, &root_der, &list]);
    assert_eq!(found[0], ["revoked-by-list-of-another"]);
}

#[test]
fn an_indirect_list_counts_when_the_certificate_names_who_gives_it_out() {
    let (root, root_der) = Made::root("Top");
    let (issuing, lister) = (Made::new("Issuing", true), Made::new("Lister", true));
    let named = |name: &str| {
        let mut leaf = Made::new("leaf", false);
        let names = der(0xa2, &der(0xa4, &name_of(name)));
        let points = der(0x30, &der(0x30, &names));
        let extension = CustomExtension::from_oid_content(&[2, 5, 29, 31], points);
        leaf.parameters.custom_extensions = vec![extension];
        leaf.by(&issuing)
    };
    let list = indirect_list(&lister);
    let (issuing_der, lister_der) = (issuing.by(&root), lister.by(&root));
    let with = |leaf: &[u8], lister: &[u8], list: &[u8]| {
        told(&[leaf, &issuing_der, &root_der, lister, list])[0].clone()
    };
    assert_eq!(
        with(&named("Lister"), &lister_der, &list),
        ["revoked-by-list-here"]
    );
    assert_eq!(
        with(&named("Other"), &lister_der, &list),
        ["revoked-by-list-of-another"]
    );
    // One of that name whom nobody here has made is not the one that is named.
    let stranger = Made::new("Lister", true);
    let list = indirect_list(&stranger);
    assert_eq!(
        with(&named("Lister"), &stranger.self_signed(), &list),
        ["revoked-by-list-of-another"]
    );
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
    let links = PileLinks::find(&pile, None);
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

/// A Secret of Kubernetes in YAML: its namespace, its name and the pair in it.
fn secret(namespace: &str, name: &str, certificate: &[u8], key: &str) -> String {
    use base64::Engine as _;
    let digits = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let (certificate, key) = (
        digits(&certlens_core::pem_block("CERTIFICATE", certificate)),
        digits(key),
    );
    format!(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata:\n  name: {name}\n  namespace: \
         {namespace}\ndata:\n  tls.crt: {certificate}\n  tls.key: {key}\n"
    )
}

#[test]
fn a_key_is_held_against_the_certificate_of_its_own_user_of_a_kubeconfig() {
    use base64::Engine as _;
    let digits = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let (root, root_der) = Made::root("Root");
    let (one, other) = (Made::new("one", false), Made::new("other", false));
    let pem = |der: &[u8]| digits(certlens_core::pem_block("CERTIFICATE", der));
    let user = |name: &str, made: &Made, key: &Made| {
        format!(
            "- name: {name}\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
            pem(&made.by(&root)),
            digits(key.key.serialize_pem())
        )
    };
    let config = |second: &Made| {
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: prod\n  cluster:\n    \
             certificate-authority-data: {}\nusers:\n{}{}",
            pem(&root_der),
            user("admin", &one, &one),
            user("wrongpair", &other, second)
        )
    };
    let right = told(&[config(&other).as_bytes()]);
    assert!(right.iter().all(Vec::is_empty), "{right:?}");
    let wrong = config(&one);
    let found = told(&[wrong.as_bytes()]);
    let contents = open(wrong.as_bytes(), &Options::default()).expect("opens");
    let rows = contents.rows();
    let told: Vec<(&str, &str)> = rows
        .iter()
        .zip(&found)
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(row, ids)| (row.place.as_deref().unwrap_or_default(), ids[0].as_str()))
        .collect();
    let place = "wrongpair › users[1].user.client-certificate-data";
    assert_eq!(told, [(place, "certificate-key-not-its-own")], "{found:?}");
}

#[test]
fn a_key_is_held_against_the_certificate_of_its_own_secret() {
    let (root, _) = Made::root("Root");
    let (web, api) = (Made::new("web", false), Made::new("api", false));
    let pair = |name: &str, made: &Made, key: &Made| {
        secret("shop", name, &made.by(&root), &key.key.serialize_pem())
    };
    // Both keys are somewhere in the file; what a Secret gives to its server is what is in it.
    let right = format!(
        "{}---\n{}",
        pair("web", &web, &web),
        pair("api", &api, &api)
    );
    assert!(
        told(&[right.as_bytes()]).iter().all(Vec::is_empty),
        "{:?}",
        told(&[right.as_bytes()])
    );
    let crossed = format!(
        "{}---\n{}",
        pair("web", &web, &api),
        pair("api", &api, &web)
    );
    let found = told(&[crossed.as_bytes()]);
    let wrong: Vec<&Vec<String>> = found.iter().filter(|ids| !ids.is_empty()).collect();
    assert_eq!(
        wrong,
        [
            &["certificate-key-not-its-own"],
            &["certificate-key-not-its-own"]
        ],
        "{found:?}"
    );
    // The same names in two namespaces.
    let one = secret("shop", "tls", &web.by(&root), &web.key.serialize_pem());
    let other = secret("test", "tls", &api.by(&root), &web.key.serialize_pem());
    let found = told(&[format!("{one}---\n{other}").as_bytes()]);
    let wrong: Vec<&Vec<String>> = found.iter().filter(|ids| !ids.is_empty()).collect();
    assert_eq!(wrong, [&["certificate-key-not-its-own"]], "{found:?}");
}

#[test]
fn a_certificate_is_looked_up_in_the_lists_that_are_about_it() {
    let (root, root_der) = Made::root("Root");
    let mut leaf = Made::new("leaf", false);
    let revoked = leaf.by(&root);
    leaf.parameters.serial_number = Some(SerialNumber::from(9_u64));
    let good = leaf.by(&root);
    let list = root.list(&root);
    let forged = Made::new("Root", true).list(&root);
    let (_, other) = Made::root("Other");
    let mut own = Made::new("Root", true);
    own.parameters.serial_number = Some(SerialNumber::from(1_u64));
    let (own_der, own_list) = (own.self_signed(), own.list(&own));
    let looked_up = |inputs: &[&[u8]], at: &str| {
        let opened = inputs.iter().map(|input| open(input, &Options::default()));
        let opened: Vec<Contents> = opened.map(|it| it.expect("opens")).collect();
        let pile: Vec<&Contents> = opened.iter().collect();
        let at = UnixTime::parse(at).expect("an instant");
        PileLinks::find(&pile, Some(at)).look_up(&pile, (0, 0), at, &EverySignature)
    };
    let due = UnixTime::parse("2027-11-01T00:00:00Z");
    let told = looked_up(&[&revoked, &root_der, &list], NOW);
    assert_eq!(told, Lookup::Revoked((2, 0)));
    let told = looked_up(&[&good, &root_der, &list], NOW);
    assert_eq!(told, Lookup::NotListed(due));
    let told = looked_up(&[&revoked, &list], NOW);
    assert_eq!(told, Lookup::Doubted((1, 0)));
    for (inputs, at, wanted) in [
        (
            [&good, &root_der, &list],
            "2027-11-29T12:00:00Z",
            "it was to be replaced by 2027-11-01T00:00:00Z",
        ),
        (
            [&good, &root_der, &forged],
            NOW,
            "it is not signed by the authority that it names",
        ),
        (
            [&good, &other, &list],
            NOW,
            "no certificate of its issuer is here that may sign lists",
        ),
    ] {
        let inputs = inputs.map(Vec::as_slice);
        let wanted = format!("the list of its issuer cannot be used: {wanted}");
        assert_eq!(looked_up(&inputs, at), Lookup::Unclear(wanted));
    }
    // Nobody revokes a root by its own list.
    for inputs in [
        [&good, &root_der],
        [&other, &list],
        [&own_der, &own_list],
        [&list, &root_der],
    ] {
        let told = looked_up(&inputs.map(Vec::as_slice), NOW);
        assert_eq!(told, Lookup::NoList);
    }
}
