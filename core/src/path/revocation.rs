//! Revocation lists: whether one names a certificate of the path (RFC 5280, 6.3).

use std::collections::HashSet;

use super::certificate::{Link, NameKey, bits, elements, general_names};
use crate::asn1::{Element, Tag, dotted, time};
use crate::error::Error;
use crate::order;
use crate::report::RevocationReason;
use crate::signature::Signed;
use crate::time::UnixTime;
use crate::x509::{ListSpine, RevokedSpine, extension_list, named};

/// A revocation list, its header read.
pub(crate) struct List<'a> {
    pub(super) spine: ListSpine<'a>,
    pub(super) issuer: NameKey,
    this_update: Option<UnixTime>,
    next_update: Option<UnixTime>,
    scope: Scope<'a>,
    number: Option<&'a [u8]>,
    /// `BaseCRLNumber` of a delta list.
    base: Option<&'a [u8]>,
    authority_key: Option<&'a [u8]>,
    /// How many entries a search for one walks.
    pub(crate) count: usize,
    /// Why it may not be used at all.
    fault: Option<String>,
}

/// `issuingDistributionPoint`: which certificates a list is about.
#[derive(Default)]
struct Scope<'a> {
    raw: &'a [u8],
    /// The names of its point, where it has one.
    point: Option<HashSet<PointName<'a>>>,
    /// Which certificates alone, if not all.
    only: Option<Only>,
    indirect: bool,
    reasons: Option<u16>,
}

/// The only certificates that a list is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Users,
    Authorities,
    Attributes,
}

/// What the lists say of a certificate.
#[derive(Clone)]
pub(crate) enum Status {
    /// No list is about it.
    NoList,
    /// Lists are, and do not name it.
    Good {
        /// Whether for all reasons.
        all_reasons: bool,
        until: Option<UnixTime>,
        /// Why a newer delta list may not be used, which might name it.
        unused_delta: Option<String>,
        /// What else is to be known of the lists, in clauses.
        remarks: Vec<String>,
    },
    /// A list names it.
    Revoked {
        /// Which one, by its place among them.
        list: usize,
        reason: Option<RevocationReason>,
        since: Option<UnixTime>,
    },
    /// Lists are about it, and none of them may be used.
    Unusable { why: String },
}

/// Whether the signature of a list is one of an issuer that may give it out.
#[derive(Clone)]
pub(crate) enum Signer {
    /// It is; what is to be known of it, in a clause.
    Trusted(Option<String>),
    Refused(String),
}

/// Who knows the signers of lists, and counts the work.
pub(crate) trait Registrar {
    /// Whether the list of this index comes from one who may give it out.
    fn signer(&mut self, list: usize) -> Signer;

    /// Counts comparisons of names; false past the budget.
    fn spend(&mut self, comparisons: usize) -> bool;
}

impl<'a> List<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Error> {
        let spine = ListSpine::read(der)?;
        let (this_update, next_update) = spine.times();
        let mut list = Self {
            issuer: NameKey::of(&spine.issuer),
            this_update,
            next_update,
            scope: Scope::default(),
            number: None,
            base: None,
            authority_key: None,
            count: spine.count(),
            fault: None,
            spine,
        };
        list.fault = list.read_extensions().err();
        Ok(list)
    }

    fn read_extensions(&mut self) -> Result<(), String> {
        if self.spine.inner_algorithm.raw != self.spine.signature_algorithm.raw {
            return Err("it names two different signature algorithms".to_owned());
        }
        if self.spine.broken_extension.is_some() || self.spine.surplus.is_some() {
            return Err("it is not written as its standard says".to_owned());
        }
        for extension in &self.spine.extensions {
            let value = extension.value.reader().any().ok();
            let contents = value.map(|value| value.contents);
            match extension.oid {
                [0x55, 0x1d, 20] if extension.critical => {
                    return Err("its number is critical, which RFC 5280, 5.2.3 forbids".to_owned());
                }
                [0x55, 0x1d, 20] => self.number = contents.map(significant),
                [0x55, 0x1d, 27] => self.base = contents.map(significant),
                [0x55, 0x1d, 28] => {
                    let scope = value.and_then(|value| Scope::read(&value, &self.issuer));
                    self.scope = scope.ok_or("its scope cannot be read")?;
                }
                [0x55, 0x1d, 35] => {
                    let fields = value.and_then(|value| elements(&value, Tag::SEQUENCE));
                    self.authority_key = fields
                        .unwrap_or_default()
                        .iter()
                        .find(|field| field.tag == Tag::context_primitive(0))
                        .map(|field| field.contents);
                }
                oid if extension.critical => {
                    let name = named(dotted(oid).unwrap_or_default()).name;
                    return Err(format!("its critical extension {name} is not known here"));
                }
                _ => {}
            }
        }
        let mut entries = self.spine.entries().flatten();
        if self.spine.version_number() == 1
            && (!self.spine.extensions.is_empty() || entries.any(|it| it.extensions.is_some()))
        {
            return Err("it is of version 1 and has extensions".to_owned());
        }
        Ok(())
    }

    pub(super) fn signed(&self) -> Signed<'a> {
        Signed {
            message: self.spine.tbs.raw,
            algorithm: self.spine.signature_algorithm,
            signature: self.spine.signature,
        }
    }

    /// Whether a certificate may have signed the list, by name, key identifier and key usage.
    pub(super) fn may_be_signed_by(&self, link: &Link<'_>) -> bool {
        link.subject == self.issuer
            && link.key_usage.is_none_or(|usage| usage & CRL_SIGN != 0)
            && match (self.authority_key, link.subject_key) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => true,
            }
    }

    /// Whether the list can be about the certificate at all, before names are compared.
    pub(crate) fn may_be_about(&self, link: &Link<'_>) -> bool {
        self.scope.indirect || link.issuer == self.issuer
    }

    /// The reasons for which the list is about the certificate; `None` where it is not.
    fn reasons_for(&self, link: &Link<'_>, points: &[Point<'_>]) -> Option<u16> {
        let scope = &self.scope;
        match scope.only {
            Some(Only::Attributes) => return None,
            Some(Only::Users) if link.is_authority() => return None,
            Some(Only::Authorities) if !link.is_authority() => return None,
            _ => {}
        }
        let own = scope.reasons.unwrap_or(ALL_REASONS);
        let mut reasons = 0;
        for point in points {
            let issuer = match &point.issuer {
                None => link.issuer == self.issuer,
                Some(issuers) => scope.indirect && issuers.contains(&self.issuer),
            };
            if issuer && self.is_for_point(point) {
                reasons |= point.reasons & own;
            }
        }
        // A certificate that names no point of this issuer is on its list all the same (6.3.3).
        if link.issuer == self.issuer && scope.point.is_none() {
            reasons |= own;
        }
        (reasons != 0).then_some(reasons)
    }

    /// Whether the names of the list's point and of the certificate's have one in common.
    fn is_for_point(&self, point: &Point<'_>) -> bool {
        let own = self.scope.point.as_ref();
        own.is_none_or(|own| point.names.iter().any(|name| own.contains(name)))
    }

    /// The entry of the certificate with this serial number, and whether some entry cannot be understood.
    fn find(&self, link: &Link<'_>) -> Result<Option<RevokedSpine<'a>>, String> {
        let mut found = None;
        let mut issuer = self.issuer.clone();
        for entry in self.spine.entries() {
            let entry = entry.map_err(|_| "one of its entries cannot be read".to_owned())?;
            let fields = 2 + usize::from(entry.extensions.is_some());
            if count(&entry.whole) != fields {
                return Err("one of its entries holds what no entry has".to_owned());
            }
            if let Some(extensions) = &entry.extensions {
                let (extensions, broken) = extension_list(extensions);
                let unknown = extensions
                    .iter()
                    .find(|it| it.critical && !matches!(it.oid, [0x55, 0x1d, 21 | 23 | 24 | 29]));
                if broken.is_some() || unknown.is_some() {
                    return Err(
                        "an entry has a critical extension that is not known here".to_owned()
                    );
                }
            }
            if self.scope.indirect
                && let Some(name) = entry.certificate_issuer()
            {
                issuer = NameKey::of(&name);
            }
            let serial = least(entry.serial.contents);
            if serial == least(link.spine.serial.contents) && issuer == link.issuer {
                found = Some(entry);
            }
        }
        Ok(found)
    }

    /// Why the list may not be used at this instant.
    fn usable(&self, at: UnixTime) -> Result<(), String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let Some(start) = self.this_update else {
            return Err("its date cannot be read".to_owned());
        };
        if at < start {
            return Err(format!(
                "it is of {start}, later than the instant asked for"
            ));
        }
        match self.next_update {
            Some(end) if end < at => Err(format!("it was to be replaced by {end}")),
            None if self.spine.next_update.is_some() => {
                Err("the date of the next list cannot be read".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl<'a> Scope<'a> {
    fn read(value: &Element<'a>, issuer: &NameKey) -> Option<Self> {
        let mut scope = Self {
            raw: value.raw,
            ..Self::default()
        };
        let mut only = Vec::new();
        for field in elements(value, Tag::SEQUENCE)? {
            let number = field.tag.number;
            match number {
                0 => scope.point = Some(PointName::all(&field, issuer).into_iter().collect()),
                1 if field.boolean().ok()? => only.push(Only::Users),
                2 if field.boolean().ok()? => only.push(Only::Authorities),
                3 => scope.reasons = Some(reasons(&field)?),
                4 => scope.indirect = field.boolean().ok()?,
                5 if field.boolean().ok()? => only.push(Only::Attributes),
                1 | 2 | 5 => {}
                _ => return None,
            }
        }
        // RFC 5280, 5.2.5: at most one of the three may be set.
        scope.only = only.first().copied();
        (only.len() < 2).then_some(scope)
    }
}

/// One of the `cRLDistributionPoints` of a certificate.
struct Point<'a> {
    /// Its names; the name of who issues its lists where it has none.
    names: Vec<PointName<'a>>,
    reasons: u16,
    issuer: Option<Vec<NameKey>>,
}

impl Point<'_> {
    /// How many names are looked at to see whether a list is about it.
    fn cost(&self) -> usize {
        1 + self.names.len() + self.issuer.as_ref().map_or(0, Vec::len)
    }
}

/// Those of the certificate; one that stands for its issuer's own list where it names none.
fn points<'a>(link: &Link<'a>) -> Vec<Point<'a>> {
    let Some(extension) = link.spine.extension(&[0x55, 0x1d, 31]) else {
        return vec![Point {
            names: vec![PointName::Directory(link.issuer.clone())],
            reasons: ALL_REASONS,
            issuer: None,
        }];
    };
    let list = extension.value.reader().any().ok();
    let list = list.and_then(|list| elements(&list, Tag::SEQUENCE));
    let read = |point: &Element<'a>| {
        let (mut name, mut flags, mut issuer) = (None, ALL_REASONS, None);
        for field in elements(point, Tag::SEQUENCE)? {
            match field.tag.number {
                0 => name = Some(field),
                1 => flags = reasons(&field)?,
                2 => {
                    let names = general_names(field.reader());
                    let directories = names.iter().filter(|name| name.tag == Tag::context(4));
                    let keys = directories.filter_map(|name| name.reader().any().ok());
                    issuer = Some(keys.map(|name| NameKey::of(&name)).collect::<Vec<_>>());
                }
                _ => return None,
            }
        }
        let base = issuer.as_ref().and_then(|issuers| issuers.first());
        let base = base.unwrap_or(&link.issuer);
        Some(Point {
            names: match name {
                Some(name) => PointName::all(&name, base),
                None => vec![PointName::Directory(base.clone())],
            },
            reasons: flags,
            issuer,
        })
    };
    list.unwrap_or_default().iter().filter_map(read).collect()
}

/// A name of a distribution point, as such names are compared.
#[derive(PartialEq, Eq, Hash)]
enum PointName<'a> {
    Directory(NameKey),
    /// Tag and contents.
    Other(u32, &'a [u8]),
}

impl<'a> PointName<'a> {
    /// `DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RDN }`
    fn all(wrapper: &Element<'a>, base: &NameKey) -> Vec<Self> {
        let Ok(choice) = wrapper.reader().any() else {
            return Vec::new();
        };
        if choice.tag == Tag::context(1) {
            return vec![Self::Directory(base.with(&choice))];
        }
        let names = general_names(choice.reader()).into_iter();
        names.filter_map(|name| Self::of(&name)).collect()
    }

    fn of(name: &Element<'a>) -> Option<Self> {
        if name.tag == Tag::context(4) {
            return Some(Self::Directory(NameKey::of(&name.reader().any().ok()?)));
        }
        Some(Self::Other(name.tag.number, name.contents))
    }
}

/// What these lists say of the certificate at this instant.
pub(crate) fn status<'a>(
    link: &Link<'a>,
    lists: &[List<'a>],
    at: UnixTime,
    registrar: &mut dyn Registrar,
) -> Status {
    let points = points(link);
    let cost: usize = points.iter().map(Point::cost).sum();
    let deltas: Vec<(usize, &List<'a>)> = lists
        .iter()
        .enumerate()
        .filter(|(_, list)| list.base.is_some())
        .collect();
    let mut why = None;
    let mut unused_delta = None;
    let mut remarks = Vec::new();
    let mut covered = 0;
    let mut until: Option<UnixTime> = None;
    let mut hold = None;
    let usable = |index: usize,
                  list: &List<'a>,
                  registrar: &mut dyn Registrar|
     -> Result<(Option<RevokedSpine<'a>>, Option<String>), String> {
        list.usable(at)?;
        match registrar.signer(index) {
            Signer::Refused(why) => Err(why),
            Signer::Trusted(remark) => Ok((list.find(link)?, remark)),
        }
    };
    let full = lists.iter().enumerate();
    for (index, list) in full.filter(|(_, list)| list.base.is_none()) {
        if !list.may_be_about(link) {
            continue;
        }
        if !registrar.spend(cost + deltas.len()) {
            let why = "the work allowed was spent before".to_owned();
            return Status::Unusable { why };
        }
        let Some(reasons) = list.reasons_for(link, &points) else {
            continue;
        };
        let mut entry = match usable(index, list, registrar) {
            Ok((entry, remark)) => {
                remarks.extend(remark);
                entry
            }
            Err(fault) => {
                why = why.or(Some(fault));
                continue;
            }
        };
        for (index, delta) in newest_first(&deltas, list) {
            match usable(index, delta, registrar) {
                Ok((change, remark)) => {
                    remarks.extend(remark);
                    if let Some(change) = change {
                        let removed = change.reason() == Some(RevocationReason::RemoveFromCrl);
                        entry = (!removed).then_some(change);
                    }
                    break;
                }
                Err(fault) => unused_delta = unused_delta.or(Some(fault)),
            }
        }
        if let Some(entry) = entry {
            hold = hold.or(Some(Status::Revoked {
                list: index,
                reason: entry.reason(),
                since: time(&entry.date),
            }));
        }
        covered |= reasons;
        if list.is_undated() {
            remarks.push(UNDATED.to_owned());
        }
        until = match (until, list.next_update) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    if let Some(revoked) = hold {
        return revoked;
    }
    match (covered, why) {
        (0, Some(why)) => Status::Unusable { why },
        (0, None) => Status::NoList,
        (covered, why) => {
            remarks.extend(why.map(|why| format!("another list about it cannot be used: {why}")));
            order::sort(&mut remarks);
            remarks.dedup();
            Status::Good {
                all_reasons: covered & ALL_REASONS == ALL_REASONS,
                until,
                unused_delta,
                remarks,
            }
        }
    }
}

const UNDATED: &str = "the list does not say when the next one is due, so that it may be an old one (RFC 5280, 5.1.2.5)";

/// The delta lists that bring `base` up to date, by number and date. Each holds every change since its
/// base, so that one of them is all that counts (RFC 5280, 5.2.4).
fn newest_first<'l, 'a>(
    deltas: &[(usize, &'l List<'a>)],
    base: &List<'a>,
) -> Vec<(usize, &'l List<'a>)> {
    let of_base = deltas.iter().filter(|(_, delta)| delta.continues(base));
    let mut deltas: Vec<_> = of_base.copied().collect();
    crate::order::by_key(&mut deltas, |(_, delta)| {
        let number = delta.number.map(|number| (number.len(), number));
        std::cmp::Reverse((number, delta.this_update))
    });
    deltas
}

impl List<'_> {
    /// Whether it does not say when the next one is due.
    pub(super) fn is_undated(&self) -> bool {
        self.spine.next_update.is_none()
    }

    /// Whether this is a delta list that brings `base` up to date (RFC 5280, 5.2.4).
    fn continues(&self, base: &Self) -> bool {
        let (Some(from), Some(of_base)) = (self.base, base.number) else {
            return false;
        };
        let order = |a: &[u8], b: &[u8]| (a.len(), a) <= (b.len(), b);
        let later = self.number.is_some_and(|number| order(of_base, number));
        self.issuer == base.issuer
            && self.scope.raw == base.scope.raw
            && self.authority_key == base.authority_key
            && order(from, of_base)
            && later
    }
}

/// `ReasonFlags`, the first bit highest; the first is not used.
fn reasons(flags: &Element<'_>) -> Option<u16> {
    Some(bits(flags)? & ALL_REASONS)
}

/// How many values this one holds.
fn count(value: &Element<'_>) -> usize {
    let mut reader = value.reader();
    std::iter::from_fn(|| reader.any().ok()).count()
}

/// The contents of an INTEGER without octets that only repeat its sign: some write too many.
fn least(mut octets: &[u8]) -> &[u8] {
    while let [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = octets
        && let [_, rest @ ..] = octets
    {
        octets = rest;
    }
    octets
}

fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

/// `keyCompromise` to `aACompromise`: bits 1 to 8.
const ALL_REASONS: u16 = 0x7f80;
const CRL_SIGN: u16 = 0x0200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{integer, oid, sequence, value};
    use crate::made::{Made, at};

    const DAY: i64 = 20_010;

    /// A list of the authority; `delta` is the number of its base, `entry` a reason for the serial 5.
    fn list(number: u8, delta: Option<u8>, entry: Option<u8>, last_year: &str) -> Vec<u8> {
        let extension = |kind: &str, critical: &[u8], content: &[u8]| {
            sequence(&[&oid(kind), critical, &value(4, content)])
        };
        let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
        let name = sequence(&[&oid("2.5.4.3"), &value(12, b"authority")]);
        let name = sequence(&[&value(0x31, &name)]);
        let date = value(23, b"240101000000Z");
        let until = value(23, format!("{last_year}0101000000Z").as_bytes());
        let entries = entry.map(|reason| {
            let reason = extension("2.5.29.21", &[], &value(10, &[reason]));
            let serial = integer(&1005_u32.to_be_bytes());
            sequence(&[&sequence(&[&serial, &date, &sequence(&[&reason])])])
        });
        let mut extensions = extension("2.5.29.20", &[], &integer(&[number]));
        if let Some(base) = delta {
            extensions.extend(extension("2.5.29.27", &[1, 1, 0xff], &integer(&[base])));
        }
        let tbs = sequence(&[
            &integer(&[1]),
            &algorithm,
            &name,
            &date,
            &until,
            &entries.unwrap_or_default(),
            &value(0xa0, &value(0x30, &extensions)),
        ]);
        sequence(&[&tbs, &algorithm, &value(3, &[0, 0x30, 0])])
    }

    fn told(lists: &[Vec<u8>]) -> Status {
        let leaf = Made::leaf("leaf", 5, "authority", 1).der();
        let link = Link::read(&leaf).expect("reads");
        let read = lists.iter().map(|it| List::read(it).expect("reads"));
        let lists: Vec<List<'_>> = read.collect();
        status(&link, &lists, at(DAY), &mut Trusting { left: usize::MAX })
    }

    /// Trusts every signer, and allows this many comparisons.
    struct Trusting {
        left: usize,
    }

    impl Registrar for Trusting {
        fn signer(&mut self, _: usize) -> Signer {
            Signer::Trusted(None)
        }

        fn spend(&mut self, comparisons: usize) -> bool {
            let left = self.left.checked_sub(comparisons);
            self.left = left.unwrap_or(0);
            left.is_some()
        }
    }

    #[test]
    fn of_several_delta_lists_the_one_with_the_highest_number_counts() {
        let base = || list(1, None, None, "30");
        let revokes = || list(2, Some(1), Some(1), "30");
        let removes = || list(3, Some(1), Some(8), "30");
        for lists in [
            [base(), revokes(), removes()],
            [removes(), revokes(), base()],
        ] {
            assert!(matches!(told(&lists), Status::Good { .. }));
        }
        let removes = || list(2, Some(1), Some(8), "30");
        let revokes = || list(3, Some(1), Some(1), "30");
        for lists in [
            [base(), revokes(), removes()],
            [removes(), revokes(), base()],
        ] {
            assert!(matches!(told(&lists), Status::Revoked { .. }));
        }
    }

    #[test]
    fn a_delta_list_that_cannot_be_used_is_told_of() {
        let lists = [list(1, None, None, "30"), list(2, Some(1), Some(1), "24")];
        let Status::Good { unused_delta, .. } = told(&lists) else {
            panic!("the base does not name it");
        };
        assert!(unused_delta.is_some_and(|why| why.contains("to be replaced")));
    }

    #[test]
    fn a_full_list_that_cannot_be_used_beside_a_good_one_is_told_of() {
        let lists = [list(1, None, None, "30"), list(2, None, Some(1), "24")];
        let Status::Good { remarks, .. } = told(&lists) else {
            panic!("the good one does not name it");
        };
        let [remark] = remarks.as_slice() else {
            panic!("{remarks:?}");
        };
        assert!(
            remark.contains("another list about it cannot be used"),
            "{remark}"
        );
    }

    #[test]
    fn a_list_that_does_not_say_when_the_next_one_is_due_is_told_of() {
        let dated = list(1, None, None, "30");
        let date = [&[23, 13][..], b"300101000000Z"].concat();
        let place = dated
            .windows(15)
            .position(|it| it == date)
            .expect("it is there");
        let mut undated = [&dated[..place], &dated[place + 15..]].concat();
        // The lengths of the list and of what is signed.
        undated[1] -= 15;
        undated[3] -= 15;
        let Status::Good { remarks, until, .. } = told(&[undated]) else {
            panic!("it does not name it");
        };
        assert_eq!(
            (remarks.as_slice(), until),
            (&[UNDATED.to_owned()][..], None)
        );
    }

    #[test]
    fn serial_numbers_are_compared_by_value() {
        let of = |octets: &'static [u8]| least(octets).to_vec();
        assert_eq!(of(&[0, 0, 5]), of(&[5]));
        assert_eq!(of(&[0, 0x85]), [0, 0x85]);
        assert_eq!(of(&[0xff, 0xff, 0x85]), of(&[0x85]));
        assert_eq!(of(&[0]), [0]);
        // The serial of the leaf has two octets of zeros that it does not need.
        let lists = [list(1, None, Some(1), "30")];
        assert!(matches!(told(&lists), Status::Revoked { .. }));
        let leaf = Made {
            serial: 0x0123,
            ..Made::leaf("leaf", 5, "authority", 1)
        }
        .der();
        let link = Link::read(&leaf).expect("reads");
        assert_eq!(least(link.spine.serial.contents), [1, 0x23]);
    }

    #[test]
    fn lists_under_many_points_are_looked_at_within_the_budget() {
        let leaf = Made {
            points: 2_000,
            ..Made::leaf("leaf", 5, "authority", 1)
        };
        let leaf = leaf.der();
        let link = Link::read(&leaf).expect("reads");
        let lists = vec![list(1, None, None, "30"); 2_000];
        let lists: Vec<List<'_>> = lists
            .iter()
            .map(|it| List::read(it).expect("reads"))
            .collect();
        let mut trusting = Trusting { left: 1 << 20 };
        let Status::Unusable { why } = status(&link, &lists, at(DAY), &mut trusting) else {
            panic!("four million comparisons are too many");
        };
        assert!(why.contains("spent"), "{why}");
    }
}
