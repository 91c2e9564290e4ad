use proptest::prelude::*;

use super::*;
use crate::made::{Made, opened};
use crate::report::{Object, Report};

fn entry(made: &Made) -> Entry {
    opened([made]).entry(0, None).expect("it is there")
}

fn report(all: &[Made]) -> Report {
    opened(all).report(None)
}

fn four_names() -> Made {
    Made {
        names: ["es1.corp", "a.corp", "b.corp", "c.corp"]
            .map(str::to_owned)
            .into(),
        purposes: vec!["1.3.6.1.5.5.7.3.1"],
        ..Made::leaf("es1.corp", 3, "CA 1", 1)
    }
}

#[test]
fn a_renewal_is_told_in_one_line() {
    let old = four_names();
    let mut new = Made {
        issuer: "CA 2".to_owned(),
        serial: 4711,
        days: (20_060, 20_090 + 365),
        ..four_names()
    };
    new.names.reverse();
    let comparison = compare(&entry(&old), &entry(&new));
    assert_eq!(
        comparison.summary,
        "Renewal: same key, same 4 names, +365 days, issuer changed"
    );
    assert_eq!(comparison.relation, Relation::Renewal);
    let names = comparison
        .fields
        .iter()
        .find(|one| one.field == ComparedField::Names);
    assert_eq!(
        names.map(|names| names.change),
        Some(Change::Same),
        "names are sets"
    );
}

#[test]
fn another_key_and_lost_names_are_told() {
    let new = Made {
        key: 9,
        names: vec!["ES1.corp".to_owned(), "d.corp".to_owned()],
        purposes: vec!["1.3.6.1.5.5.7.3.2"],
        days: (20_000, 20_060),
        ..four_names()
    };
    let comparison = compare(&entry(&four_names()), &entry(&new));
    assert_eq!(
        comparison.summary,
        "Replacement: new key, 3 names lost, 1 name added, −30 days, purpose lost: server authentication"
    );
    let changes: Vec<Change> = comparison.fields.iter().map(|one| one.change).collect();
    assert!(
        changes.is_sorted() && changes.contains(&Change::Changed),
        "{changes:?}"
    );
}

#[test]
fn the_same_certificate_in_another_form_is_the_same() {
    let made = four_names();
    let der = crate::open(&made.der(), &crate::Options::default()).expect("opens");
    let comparison = compare(&entry(&made), &der.entry(0, None).expect("it is there"));
    assert_eq!(
        (comparison.summary.as_str(), comparison.relation),
        ("The same certificate", Relation::Identical)
    );
    assert!(compare_bundles(&report(&[made]), &der.report(None)).same);
}

#[test]
fn a_key_and_a_certificate_over_it_are_compared_by_the_key_alone() {
    let store = include_bytes!("../../tests/vectors/bare-key.p12");
    let contents = crate::open(store, &crate::Options::default()).expect("opens");
    let entries = contents.report(None).entries;
    let find = |wanted: fn(&Object) -> bool| {
        let found = entries.iter().find(|entry| wanted(&entry.object));
        found.expect("it is there")
    };
    let key = find(|object| matches!(object, Object::PrivateKey(_)));
    let certificate = find(|object| matches!(object, Object::Certificate(_)));
    let comparison = compare(key, certificate);
    assert_eq!(comparison.relation, Relation::SameKey);
    let fields: Vec<ComparedField> = comparison.fields.iter().map(|one| one.field).collect();
    assert_eq!(fields, [ComparedField::Key]);
}

#[test]
fn nothing_in_common_is_said() {
    let other = Made::leaf("mail", 8, "CA 9", 7);
    let comparison = compare(&entry(&four_names()), &entry(&other));
    assert_eq!(comparison.relation, Relation::Different);
    assert!(
        comparison
            .summary
            .starts_with("Two different certificates: new key, 4 names lost")
    );
}

#[test]
fn bundles_are_matched_up_and_the_rest_is_lost_or_added() {
    let root = Made::root("Root", 1);
    let old = [
        four_names(),
        Made::authority("CA 1", 2, "Root", 1),
        root.clone(),
    ];
    let renewed = Made {
        serial: 99,
        days: (20_060, 20_150),
        ..four_names()
    };
    let renamed = Made {
        subject: String::new(),
        key: 44,
        names: vec!["x.corp".to_owned()],
        ..four_names()
    };
    let comparison = compare_bundles(&report(&old), &report(&[root, renamed, renewed]));
    assert_eq!(
        comparison.summary,
        "3 entries: 1 the same, 1 renewed with the same key, 1 lost (CA 1), 1 added (x.corp)"
    );
    let how: Vec<MatchedBy> = comparison
        .pairs
        .iter()
        .map(|pair| pair.matched_by)
        .collect();
    assert_eq!(how, [MatchedBy::KeyAndSubject, MatchedBy::Identity]);
    assert!(!comparison.same);
}

#[test]
fn certificates_without_subject_are_matched_by_the_names_in_common() {
    let nameless = |key: u32, names: &[&str]| Made {
        subject: String::new(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Made::leaf("", key, "CA", 1)
    };
    let old = [nameless(1, &["a", "b", "c"]), nameless(2, &["x", "y"])];
    let new = [nameless(3, &["x", "y", "c"]), nameless(4, &["a", "b"])];
    let comparison = compare_bundles(&report(&old), &report(&new));
    let pairs: Vec<(&str, &str)> = comparison
        .pairs
        .iter()
        .map(|pair| (pair.before.as_str(), pair.after.as_str()))
        .collect();
    assert_eq!(pairs, [("pem[0]", "pem[1]"), ("pem[1]", "pem[0]")]);
}

/// The report of a list that revokes these, by one octet of their serial numbers.
fn list(serials: &[u8]) -> Entry {
    use crate::der::{integer, oid, sequence, value};
    let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
    let name = sequence(&[&oid("2.5.4.3"), &value(12, b"CA")]);
    let date = value(23, b"240101000000Z");
    let entries: Vec<Vec<u8>> = serials
        .iter()
        .map(|serial| sequence(&[&integer(&[*serial]), &date]))
        .collect();
    let tbs = sequence(&[
        &integer(&[1]),
        &algorithm,
        &sequence(&[&value(0x31, &name)]),
        &date,
        &value(0x30, &entries.concat()),
    ]);
    let der = sequence(&[&tbs, &algorithm, &value(3, &[0, 0x30, 0])]);
    let contents = crate::open(&der, &crate::Options::default()).expect("opens");
    contents.report(None).entries.remove(0)
}

#[test]
fn revocation_lists_are_compared_by_what_they_revoke() {
    let comparison = compare(&list(&[5, 7]), &list(&[7, 9]));
    let revoked = comparison
        .fields
        .iter()
        .find(|one| one.field == ComparedField::Revoked);
    let revoked = revoked.expect("it is compared");
    assert_eq!(revoked.change, Change::Changed);
    assert_eq!((revoked.lost.len(), revoked.added.len()), (1, 1));
    assert!(revoked.lost[0].ends_with('5'), "{:?}", revoked.lost);
    assert!(revoked.added[0].ends_with('9'), "{:?}", revoked.added);
}

#[test]
fn many_extensions_are_compared_in_one_pass() {
    let many = |serial| {
        entry(&Made {
            serial,
            unknown: 20_000,
            ..Made::leaf("leaf", 5, "CA", 1)
        })
    };
    let comparison = compare(&many(1), &many(2));
    let extensions = comparison.fields.iter();
    let extensions = extensions.filter(|one| one.field == ComparedField::Extension);
    assert!(20_000 <= extensions.count());
}

fn any_made() -> impl Strategy<Value = Made> {
    let names = proptest::collection::vec("[ab]\\.corp", 0..3);
    let numbers = (0..3_u32, 0..3_u32, 0..3_u32, 20_000..20_003_i64);
    (names, numbers, any::<bool>()).prop_map(|(names, (key, subject, serial, day), ca)| Made {
        names,
        serial,
        ca,
        days: (day, day + 90),
        ..Made::leaf(&format!("s{subject}"), key, "CA", 1)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Seen from the other side the same fields changed; what was lost is what was added.
    #[test]
    fn a_comparison_is_symmetric(one in any_made(), other in any_made()) {
        let (one, other) = (entry(&one), entry(&other));
        let (there, back) = (compare(&one, &other), compare(&other, &one));
        prop_assert_eq!(there.relation, back.relation);
        prop_assert_eq!(there.fields.len(), back.fields.len());
        for field in &there.fields {
            let same = |found: &&FieldComparison| {
                found.field == field.field && found.oid == field.oid
            };
            let mirrored = back.fields.iter().find(same).expect("it is compared on both ways");
            prop_assert_eq!(&field.lost, &mirrored.added);
            prop_assert_eq!(&field.added, &mirrored.lost);
            let swapped = match field.change {
                Change::Lost => Change::Added,
                Change::Added => Change::Lost,
                change => change,
            };
            prop_assert_eq!(swapped, mirrored.change);
        }
    }

    /// Order means nothing to a bundle, and nobody is in two pairs or in none.
    #[test]
    fn bundles_account_for_everything(
        old in proptest::collection::vec(any_made(), 1..8),
        new in proptest::collection::vec(any_made(), 1..8),
    ) {
        let (before, after) = (report(&old), report(&new));
        let comparison = compare_bundles(&before, &after);
        prop_assert_eq!(comparison.pairs.len() + comparison.lost.len(), old.len());
        prop_assert_eq!(comparison.pairs.len() + comparison.added.len(), new.len());
        let mut reversed = old.clone();
        reversed.reverse();
        prop_assert!(compare_bundles(&before, &report(&reversed)).same);
        let back = compare_bundles(&after, &before);
        prop_assert_eq!(comparison.same, back.same);
    }
}
