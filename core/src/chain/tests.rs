use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::made::{Made, at, opened};
use crate::report::Object;

/// A root, an authority below it and a leaf.
fn three() -> [Made; 3] {
    [
        Made::leaf("es1", 3, "CA 2", 2),
        Made::authority("CA 2", 2, "Root", 1),
        Made::root("Root", 1),
    ]
}

fn drawn(pile: &[&[Made]]) -> ChainPicture {
    let contents: Vec<Contents> = pile.iter().map(|one| opened(*one)).collect();
    let contents: Vec<&Contents> = contents.iter().collect();
    chain(&contents, Some(at(20_010)), &NoIssuerCheck)
}

/// The ways up by name, and how each ends.
fn ways(picture: &ChainPicture) -> Vec<String> {
    let name = |index: &usize| picture.certificates[*index].name.clone();
    let mut ways: Vec<String> = picture
        .paths
        .iter()
        .map(|path| {
            let names: Vec<String> = path.certificates.iter().map(name).collect();
            format!("{} {:?}", names.join(" < "), path.end)
        })
        .collect();
    ways.sort();
    ways
}

fn found(picture: &ChainPicture) -> Vec<&str> {
    let ids = picture.findings.iter();
    ids.map(|found| &*found.finding.id).collect()
}

#[test]
fn a_chain_is_ordered_from_leaf_to_root_across_files() {
    let [leaf, ca, root] = three();
    let picture = drawn(&[&[root], &[leaf], &[ca]]);
    assert_eq!(ways(&picture), ["es1 < CA 2 < Root Root"]);
    assert_eq!(found(&picture), [""; 0]);
    assert_eq!(picture.certificates[1].places[0].input, 1);
}

#[test]
fn a_missing_issuer_is_named_once_with_all_who_want_it() {
    let [leaf, _, root] = three();
    let other = Made::leaf("es2", 4, "CA 2", 2);
    let picture = drawn(&[&[leaf, other], &[root]]);
    let [missing] = picture.missing.as_slice() else {
        panic!("{:?}", picture.missing);
    };
    assert_eq!(
        (missing.name.as_str(), missing.wanted_by.as_slice()),
        ("CN=CA 2", &[0, 1][..])
    );
    assert!(
        missing
            .key_identifier
            .as_ref()
            .is_some_and(|key| key.ends_with("02"))
    );
    assert_eq!(ways(&picture), ["Root Root", "es1 Missing", "es2 Missing"]);
    assert_eq!(found(&picture), ["chain-issuer-missing"]);
}

#[test]
fn an_authority_of_the_right_name_with_another_key_is_no_issuer() {
    let [leaf, ca, root] = three();
    let new = Made { key: 9, ..ca };
    let picture = drawn(&[&[leaf], &[new, root]]);
    assert_eq!(ways(&picture), ["CA 2 < Root Root", "es1 Missing"]);
    assert_eq!(
        found(&picture),
        ["chain-issuer-missing", "chain-same-name-other-key"]
    );
}

#[test]
fn cross_signs_are_several_ways_up_and_the_one_in_date_stands_first() {
    let [leaf, ca, root] = three();
    let cross = Made {
        days: (19_000, 20_005),
        serial: 77,
        ..Made::authority("CA 2", 2, "Old Root", 8)
    };
    let picture = drawn(&[&[leaf, cross, ca], &[root, Made::root("Old Root", 8)]]);
    assert_eq!(
        ways(&picture),
        ["es1 < CA 2 < Old Root Root", "es1 < CA 2 < Root Root"]
    );
    let best = &picture.paths[0];
    assert_eq!(picture.certificates[best.certificates[2]].name, "Root");
    assert_eq!(
        found(&picture),
        [""; 0],
        "a way around the expired one is there"
    );
}

#[test]
fn an_expired_authority_without_a_way_around_is_told() {
    let [leaf, ca, root] = three();
    let expired = Made {
        days: (19_000, 20_005),
        ..ca
    };
    let picture = drawn(&[&[leaf], &[expired], &[root]]);
    assert_eq!(found(&picture), ["chain-authority-out-of-date"]);
}

#[test]
fn authorities_that_signed_each_other_end_and_are_told() {
    let one = Made::authority("A", 1, "B", 2);
    let other = Made::authority("B", 2, "A", 1);
    let picture = drawn(&[&[one, other]]);
    assert_eq!(ways(&picture), ["A < B Loop"]);
    assert_eq!(found(&picture), ["chain-circle"]);
}

#[test]
fn a_web_of_cross_signs_is_cut_and_not_followed_for_ever() {
    let web: Vec<Made> = (0..12_u32)
        .flat_map(|one| {
            (0..12_u32)
                .filter(move |other| *other != one)
                .map(move |other| Made {
                    serial: one * 100 + other,
                    ..Made::authority(&format!("CA {one}"), one, &format!("CA {other}"), other)
                })
        })
        .collect();
    let contents = opened(&web);
    let pile = [&contents];
    let mut builder = Builder::new(&pile, None);
    builder.link(&NoIssuerCheck);
    builder.paths(&HashMap::new());
    let bound = web.len() * (MAX_STEPS + MAX_CANDIDATES);
    assert!(builder.work <= bound, "{} of {bound}", builder.work);
}

#[test]
fn copies_of_an_authority_that_differ_a_little_are_looked_at_in_part() {
    let count = 300;
    let authorities = (0..count).map(|serial| Made {
        serial,
        ..Made::root("CA", 1)
    });
    let mut made: Vec<Made> = authorities.collect();
    made.push(Made::leaf("leaf", 9, "CA", 1));
    let contents = opened(&made);
    let pile = [&contents];
    let mut builder = Builder::new(&pile, None);
    builder.link(&NoIssuerCheck);
    assert_eq!(builder.work, MAX_CANDIDATES, "roots look for nobody");
    let ways = builder.climb(made.len() - 1, &HashMap::new());
    assert_eq!(ways.len(), MAX_PATHS);
    assert!(ways.iter().all(|way| way.end == PathEnd::Root));
    // Of equals the one that stands next: after the leaf, around again, the first.
    let first = ways.first().map(|way| way.certificates.clone());
    assert_eq!(first, Some(vec![made.len() - 1, 0]));
}

#[test]
fn a_way_up_that_does_not_end_is_cut_at_its_length() {
    let above = |index: usize| format!("CA {index}");
    let key = |index: usize| u32::try_from(index).expect("is small");
    for (length, end) in [
        (MAX_LENGTH, PathEnd::Root),
        (MAX_LENGTH + 1, PathEnd::Cut),
        (200, PathEnd::Cut),
    ] {
        let mut made: Vec<Made> = (1..length)
            .map(|one| Made::authority(&above(one), key(one), &above(one + 1), key(one + 1)))
            .collect();
        made.push(Made::root(&above(length), key(length)));
        let contents = opened(&made);
        let pile = [&contents];
        let mut builder = Builder::new(&pile, None);
        builder.link(&NoIssuerCheck);
        let ways = builder.climb(0, &HashMap::new());
        assert_eq!(ways.len(), 1);
        assert_eq!(ways[0].end, end, "{length} certificates");
        assert_eq!(ways[0].certificates.len(), length.min(MAX_LENGTH));
    }
}

#[test]
fn a_circle_below_a_root_is_left_on_the_way_out() {
    // `A` and `B` signed each other, and the root signed `B`.
    let made = [
        Made::leaf("leaf", 9, "A", 1),
        Made::authority("A", 1, "B", 2),
        Made::authority("B", 2, "A", 1),
        Made {
            serial: 7,
            ..Made::authority("B", 2, "Root", 3)
        },
        Made::root("Root", 3),
    ];
    let picture = drawn(&[&made]);
    assert_eq!(
        ways(&picture),
        ["leaf < A < B < Root Root", "leaf < A < B Loop"]
    );
    assert_eq!(picture.paths[0].end, PathEnd::Root, "it stands first");
}

#[test]
fn copies_are_one_certificate_with_several_places() {
    let [leaf, ca, root] = three();
    let bundle = [leaf.clone(), ca.clone(), ca];
    let picture = drawn(&[&bundle, &[leaf, root]]);
    assert_eq!(picture.certificates.len(), 3);
    let places: Vec<usize> = picture
        .certificates
        .iter()
        .map(|one| one.places.len())
        .collect();
    assert_eq!(places, [2, 2, 1]);
    assert!(
        found(&picture).contains(&"chain-copies"),
        "two copies in one file"
    );
}

#[test]
fn a_served_file_is_told_its_order_what_it_needs_not_and_that_the_root_is_sent() {
    let [leaf, ca, root] = three();
    let stray = Made::authority("Stray", 6, "Root", 1);
    let picture = drawn(&[&[root.clone(), leaf.clone(), stray, ca.clone()]]);
    let [served] = picture.served.as_slice() else {
        panic!("{:?}", picture.served);
    };
    assert!(!served.in_order);
    assert_eq!(
        (served.advised.as_slice(), served.root),
        (&[1, 3][..], Some(0))
    );
    assert_eq!(served.unneeded, [2]);
    assert_eq!(
        found(&picture),
        ["chain-order", "chain-unneeded", "chain-root-included"]
    );
    let right = drawn(&[&[leaf, ca], &[root]]);
    assert!(right.served[0].in_order);
    assert_eq!(found(&right), [""; 0]);
}

#[test]
fn an_issuer_that_may_issue_nothing_is_told() {
    let [leaf, ca, root] = three();
    let picture = drawn(&[&[leaf], &[Made { ca: false, ..ca }], &[root]]);
    assert_eq!(found(&picture), ["chain-issuer-no-authority"]);
}

#[test]
fn a_new_key_signed_by_the_old_one_is_no_root() {
    let old = Made::root("Root", 1);
    let link = Made {
        serial: 5,
        ..Made::authority("Root", 2, "Root", 1)
    };
    let picture = drawn(&[&[Made::leaf("es1", 3, "Root", 2), link, old]]);
    assert_eq!(ways(&picture), ["es1 < Root < Root Root"]);
}

#[test]
fn what_the_signature_check_calls_wrong_is_no_link() {
    struct Wrong;
    impl IssuerCheck for Wrong {
        fn check(&self, _: &[u8], _: &[u8]) -> IssuerSignature {
            IssuerSignature::Wrong
        }
    }
    let [leaf, ca, _] = three();
    let contents = opened(&[leaf, ca]);
    let picture = chain(&[&contents], None, &Wrong);
    assert_eq!(ways(&picture), ["CA 2 Missing", "es1 Refuted"]);
    let wanted = picture.missing.iter().flat_map(|one| &one.wanted_by);
    let waits: Vec<_> = wanted.map(|one| &picture.certificates[*one].name).collect();
    assert_eq!(waits, ["CA 2"], "the issuer of es1 is here");
    assert_eq!(picture.certificates[0].refuted, [1]);
    assert!(found(&picture).contains(&"chain-signature-wrong"));
    assert!(
        picture
            .coverage
            .checked
            .iter()
            .any(|one| one.starts_with("signatures"))
    );
}

/// The issuers that reports of single files name are those of the picture.
#[test]
fn reports_and_pictures_name_the_same_issuers() {
    let [leaf, ca, root] = three();
    let cross = Made {
        serial: 77,
        ..Made::authority("CA 2", 2, "Old Root", 8)
    };
    let rolled = Made {
        serial: 5,
        ..Made::authority("Root", 11, "Root", 1)
    };
    let contents = opened(&[
        root,
        cross,
        leaf,
        rolled,
        ca,
        Made::leaf("lone", 7, "Nobody", 9),
    ]);
    let picture = chain(&[&contents], None, &NoIssuerCheck);
    for (index, entry) in contents.report(None).entries.iter().enumerate() {
        let Object::Certificate(certificate) = &entry.object else {
            continue;
        };
        let named = certificate
            .chain
            .as_ref()
            .and_then(|chain| chain.issuer.clone());
        let link = picture.certificates[index].issuers.first();
        let drawn = link.map(|link| {
            picture.certificates[link.certificate].places[0]
                .path
                .clone()
        });
        assert_eq!(named, drawn, "{}", certificate.display_name());
        if let Some(chain) = &certificate.chain {
            let complete = picture
                .paths
                .iter()
                .any(|path| path.certificates.contains(&index) && path.end == PathEnd::Root);
            assert_eq!(chain.complete, complete, "{}", certificate.display_name());
        }
    }
}

/// A fleet of leaves under a few authorities, and as many copies of names as an attacker likes.
fn fleet(count: u32) -> Vec<Made> {
    let roots = (0..4).map(|one| Made::root(&format!("Root {one}"), one));
    let authorities = (0..40_u32).map(|one| {
        Made::authority(
            &format!("CA {}", one % 20),
            100 + one,
            &format!("Root {}", one % 4),
            one % 4,
        )
    });
    let leaves = (0..count).map(|one| {
        let authority = one % 40;
        let issuer = format!("CA {}", authority % 20);
        Made::leaf(&format!("host {one}"), 1000 + one, &issuer, 100 + authority)
    });
    roots.chain(authorities).chain(leaves).collect()
}

#[test]
fn ten_thousand_certificates_take_work_in_proportion() {
    let work = |count: u32, change: fn(&mut Made)| {
        let mut all = fleet(count);
        all.iter_mut().for_each(change);
        let contents = opened(&all);
        let pile = [&contents];
        let mut builder = Builder::new(&pile, None);
        builder.link(&NoIssuerCheck);
        let (_, missing) = builder.missing();
        builder.paths(&missing);
        builder.work
    };
    let as_is: fn(&mut Made) = |_| {};
    let all_of_one_name: fn(&mut Made) = |one| {
        if one.key % 2 == 0 {
            one.subject = "CA".to_owned();
            one.identified = false;
        } else {
            one.issuer = "CA".to_owned();
            one.signed_by = None;
        }
    };
    for change in [as_is, all_of_one_name] {
        let (thousand, ten) = (work(1000, change), work(10_000, change));
        assert!(ten <= 11 * thousand.max(1000), "{thousand} and {ten}");
    }
}

/// Answers the same of every signature, and counts the questions.
struct Answering(IssuerSignature, std::cell::Cell<usize>);

impl IssuerCheck for Answering {
    fn check(&self, _: &[u8], _: &[u8]) -> IssuerSignature {
        self.1.set(self.1.get() + 1);
        self.0
    }
}

#[test]
fn only_so_many_signatures_are_computed_with_and_that_is_told() {
    let nameless = |one: Made| Made {
        identified: false,
        signed_by: None,
        ..one
    };
    let authorities = (0..64).map(|key| nameless(Made::authority("CA", key, "Root", 1)));
    let leaves = (100..400).map(|key| nameless(Made::leaf(&format!("leaf {key}"), key, "CA", 1)));
    let pile = opened(&authorities.chain(leaves).collect::<Vec<_>>());
    let check = Answering(IssuerSignature::Valid, std::cell::Cell::new(0));
    let picture = chain(&[&pile], None, &check);
    assert_eq!(check.1.get(), MAX_SIGNATURES);
    let told = picture.coverage.not_checked.iter();
    let told: Vec<_> = told
        .filter(|one| one.contains("of 19200 signatures"))
        .collect();
    assert_eq!(told.len(), 1, "{:?}", picture.coverage);
}

#[test]
fn what_names_itself_as_issuer_must_have_signed_itself() {
    let pile = opened([&Made::root("Root", 1)]);
    let wrong = Answering(IssuerSignature::Wrong, std::cell::Cell::new(0));
    let picture = chain(&[&pile], None, &wrong);
    let [found] = picture.findings.as_slice() else {
        panic!("{:?}", picture.findings);
    };
    assert_eq!(found.finding.id, "chain-signature-wrong");
    assert_eq!(
        found.finding.what,
        "Root names itself as issuer and was not signed by its own key."
    );
    let good = Answering(IssuerSignature::Valid, std::cell::Cell::new(0));
    let picture = chain(&[&pile], None, &good);
    assert_eq!(picture.findings, []);
    let checked = &picture.coverage.checked;
    assert!(
        checked
            .iter()
            .any(|one| one == "signatures of certificates"),
        "{checked:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order in which files and certificates come means nothing to who issued whom.
    #[test]
    fn a_shuffled_pile_is_the_same_chain(
        order in Just((0..24_usize).collect::<Vec<_>>()).prop_shuffle(),
        cut in 0..24_usize,
    ) {
        let mut all = fleet(10);
        all.truncate(4);
        all.extend(fleet(10).into_iter().skip(4).take(10));
        all.extend(fleet(10).into_iter().rev().take(10));
        let straight = drawn(&[&all]);
        let shuffled: Vec<Made> = order.iter().map(|index| all[*index].clone()).collect();
        let (first, second) = shuffled.split_at(cut);
        let picture = if first.is_empty() {
            drawn(&[second])
        } else {
            drawn(&[first, second])
        };
        prop_assert_eq!(ways(&picture), ways(&straight));
        let names = |picture: &ChainPicture| -> BTreeSet<String> {
            picture.missing.iter().map(|one| one.name.clone()).collect()
        };
        prop_assert_eq!(names(&picture), names(&straight));
    }
}
