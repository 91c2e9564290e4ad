//! The values of an entry as a tree that can be folded, with the names of its fields.

use std::collections::BTreeSet;

use certlens_core::{Asn1Tree, Asn1Value, ByteRange, Entry, Object, Span};

use crate::view::View;

/// Which values are shown while some are folded: positions in the tree.
pub fn shown(tree: &Asn1Tree, folded: &BTreeSet<usize>) -> Vec<usize> {
    let mut shown = Vec::new();
    let mut deeper_than = None::<u32>;
    for (index, value) in tree.values.iter().enumerate() {
        if deeper_than.is_some_and(|depth| depth < value.depth) {
            continue;
        }
        deeper_than = folded.contains(&index).then_some(value.depth);
        shown.push(index);
    }
    shown
}

/// Whether a value holds others.
pub fn holds_others(tree: &Asn1Tree, index: usize) -> bool {
    let depth = |index: usize| tree.values.get(index).map(|value| value.depth);
    depth(index) < depth(index + 1)
}

/// The place of each value among those that stand in the same one, counted from 1, and how many these are.
pub fn places(tree: &Asn1Tree) -> Vec<(usize, usize)> {
    // How many values stand in none, and in each.
    let mut held = vec![0; tree.values.len() + 1];
    let mut around: Vec<usize> = Vec::new();
    let mut places = Vec::new();
    for (index, value) in tree.values.iter().enumerate() {
        while around
            .pop_if(|one| value.depth <= tree.values[*one].depth)
            .is_some()
        {}
        let holder = around.last().map_or(0, |one| one + 1);
        held[holder] += 1;
        places.push((holder, held[holder]));
        around.push(index);
    }
    let place = |(holder, position): (usize, usize)| (position, held[holder]);
    places.into_iter().map(place).collect()
}

/// The value that a value stands in.
pub fn parent(tree: &Asn1Tree, index: usize) -> Option<usize> {
    let depth = tree.values.get(index)?.depth;
    (0..index).rev().find(|one| tree.values[*one].depth < depth)
}

/// The innermost value around an octet.
pub fn around(tree: &Asn1Tree, octet: u64) -> Option<usize> {
    tree.values
        .iter()
        .rposition(|value| value.at.der.start <= octet && octet < value.at.der.end)
}

/// The value of just this place, else the innermost one that holds all of it.
pub fn at(tree: &Asn1Tree, place: ByteRange) -> Option<usize> {
    let same = tree.values.iter().position(|value| value.at.der == place);
    let holds =
        |value: &Asn1Value| value.at.der.start <= place.start && place.end <= value.at.der.end;
    same.or_else(|| tree.values.iter().rposition(holds))
}

/// A field of an entry: its place, what it is called, and the view that tells what it says.
pub type Label = (ByteRange, String, View);

/// What the fields of an entry are called, with their places.
pub fn labels(entry: &Entry) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut add = |name: &str, at: Option<Span>, view: View| {
        labels.extend(at.map(|at| (at.der, name.to_owned(), view)));
    };
    let mut fields = |fields: &[(&str, Option<Span>)]| {
        for (name, at) in fields {
            add(name, *at, View::Overview);
        }
    };
    let extensions = match &entry.object {
        Object::Certificate(one) => {
            let at = &one.at;
            fields(&[
                (WHOLE[0], Some(at.certificate)),
                (WHOLE[1], Some(at.tbs_certificate)),
                ("version", at.version),
                ("serialNumber", Some(at.serial)),
                ("issuer", Some(at.issuer)),
                ("notBefore", Some(at.not_before)),
                ("notAfter", Some(at.not_after)),
                ("subject", Some(at.subject)),
                ("subjectPublicKeyInfo", Some(at.public_key)),
                ("signatureAlgorithm", Some(at.signature_algorithm)),
                ("signatureValue", Some(at.signature)),
            ]);
            &one.extensions
        }
        Object::CertificationRequest(one) => {
            let at = &one.at;
            fields(&[
                ("subject", Some(at.subject)),
                ("subjectPKInfo", Some(at.public_key)),
                ("attributes", at.attributes),
                ("signatureAlgorithm", Some(at.signature_algorithm)),
                ("signature", Some(at.signature)),
            ]);
            &one.extensions
        }
        Object::RevocationList(one) => {
            let at = &one.at;
            fields(&[
                ("issuer", Some(at.issuer)),
                ("thisUpdate", Some(at.this_update)),
                ("nextUpdate", at.next_update),
                ("revokedCertificates", at.revoked),
                ("signatureAlgorithm", Some(at.signature_algorithm)),
                ("signatureValue", Some(at.signature)),
            ]);
            &one.extensions
        }
        Object::AttributeCertificate(one) => {
            let at = &one.at;
            fields(&[
                ("holder", Some(at.holder)),
                ("issuer", Some(at.issuer)),
                ("serialNumber", Some(at.serial)),
                ("notBeforeTime", Some(at.not_before)),
                ("notAfterTime", Some(at.not_after)),
                ("attributes", Some(at.attributes)),
                ("signatureValue", Some(at.signature)),
            ]);
            &one.extensions
        }
        _ => return labels,
    };
    for extension in extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        add(name, Some(extension.at), View::Extensions);
    }
    labels
}

/// The innermost field that a place is in.
pub fn field(labels: &[Label], place: ByteRange) -> Option<&Label> {
    let around = labels.iter().filter(|(at, name, _)| {
        let holds = at.start <= place.start && place.end <= at.end;
        holds && !WHOLE.contains(&name.as_str())
    });
    around.min_by_key(|(at, ..)| at.end - at.start)
}

/// What is no field, but made of all of them.
const WHOLE: [&str; 2] = ["Certificate", "tbsCertificate"];

#[cfg(test)]
mod tests {
    use certlens_core::{Options, inspect, trees};

    use super::*;

    fn leaf() -> (Asn1Tree, Entry) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/der/leaf.der");
        let der = std::fs::read(path).expect("the vector is there");
        let tree = trees(&der, &Options::default()).expect("grows")[0].report();
        let mut report = inspect(&der, &Options::default(), None).expect("is read");
        (tree, report.entries.remove(0))
    }

    #[test]
    fn every_named_field_is_a_value_of_the_tree() {
        let (tree, entry) = leaf();
        let labels = labels(&entry);
        assert!(10 < labels.len());
        for (place, name, _) in labels {
            let found = at(&tree, place).expect("stands somewhere");
            assert_eq!(tree.values[found].at.der, place, "{name}");
        }
    }

    #[test]
    fn what_stands_in_a_field_leads_to_it() {
        let (tree, entry) = leaf();
        let labels = labels(&entry);
        let Object::Certificate(one) = &entry.object else {
            unreachable!("the vector is a certificate")
        };
        let told = |place: ByteRange| field(&labels, place).map(|(_, name, view)| (&**name, *view));
        let part = one.subject.attributes[0].at.der;
        assert_eq!(told(part), Some(("subject", View::Overview)));
        let name = one.subject_alternative_names[0].at.der;
        assert_eq!(told(name).unwrap().1, View::Extensions);
        assert_eq!(told(tree.values[0].at.der), None);
    }

    #[test]
    fn folding_hides_what_stands_within_and_nothing_else() {
        let (tree, _) = leaf();
        assert_eq!(shown(&tree, &BTreeSet::from([0])), [0]);
        assert_eq!(shown(&tree, &BTreeSet::new()).len(), tree.values.len());
        let folded = shown(&tree, &BTreeSet::from([1]));
        assert!(
            folded
                .iter()
                .skip(2)
                .all(|index| parent(&tree, *index) != Some(1))
        );
        assert!(holds_others(&tree, 0));
    }

    #[test]
    fn every_value_knows_its_place_among_those_beside_it() {
        let (tree, _) = leaf();
        let places = places(&tree);
        assert_eq!(places.len(), tree.values.len());
        // tbsCertificate, signatureAlgorithm, signatureValue.
        let parts = (0..tree.values.len()).filter(|index| parent(&tree, *index) == Some(0));
        let parts: Vec<_> = parts.map(|index| places[index]).collect();
        assert_eq!(parts, [(1, 3), (2, 3), (3, 3)]);
        assert_eq!(places[0], (1, 1));
        for (index, (position, count)) in places.iter().enumerate() {
            let beside = |one: &usize| parent(&tree, *one) == parent(&tree, index);
            assert_eq!((0..places.len()).filter(beside).count(), *count);
            assert_eq!((0..=index).filter(beside).count(), *position);
        }
    }

    #[test]
    fn what_holds_an_octet_is_found() {
        let (tree, _) = leaf();
        assert_eq!(around(&tree, 0), Some(0));
    }
}
