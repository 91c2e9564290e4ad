//! Questions about the whole pile, put to core.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet};

use certlens_core::{
    ChainPicture, Contents, Entry, EverySignature, Evidence, Format, HostName, IssuerCheck,
    IssuerSignature, Lookup, Object, Options, PilePlace, Profile, Proof, Question as PathQuestion,
    Report, Row, RowKind, UnixTime, ask_store, chain, compare, compare_bundles, judge,
    kin_in_store, match_keys, open, order, trees, who_can_open,
};
use serde::Serialize;

use super::{Pile, Read};
use crate::format;
use crate::mozilla;
use crate::questions::{
    BytesTold, ChainNode, ChainTold, Extent, FileOfWay, Issuer, JudgeQuestion, ListForm, Listed,
    MissingNode, Other, Question, Recognised, Revocation, RootFile, Selection, Shared, Sheet,
    Signed, Tie, Told, Trusting, Verdict, Which,
};
use crate::redacted::redacted;
use crate::rows::{ListingGroup, RowId};
use crate::share::{self, ShareError};
use crate::status::ENCRYPTED_KEY;
use crate::{export, json};

/// Signatures computed with for one picture. A larger pile is drawn without any.
const SIGNATURES: u32 = 400;

/// Certificates of a pile that is drawn whole. Of larger ones only relatives are drawn.
const DRAWN_WHOLE: usize = 24;

/// Certificates that one issued, drawn beside their issuer in a large pile.
const ISSUED: usize = 8;

/// Entries offered for a comparison.
const OTHERS: usize = 500;

/// Entries printed at once, a page each.
const SHEETS: usize = 500;
/// Octets of certificates that no link can hold.
const FAR_TOO_MUCH: usize = 200_000;

/// A file whose certificates can be asked about.
pub(super) struct Held<'a> {
    group: u32,
    /// Its place in the listing.
    pub(super) place: usize,
    pub(super) name: &'a str,
    contents: Opened<'a>,
}

/// Contents as they were read, or opened anew from the public parts that a password brought to light.
enum Opened<'a> {
    Read(&'a Contents),
    Anew {
        contents: Box<Contents>,
        /// Which entry each one of `contents` is.
        entries: Vec<u32>,
    },
}

impl Opened<'_> {
    fn contents(&self) -> &Contents {
        match self {
            Self::Read(contents) => contents,
            Self::Anew { contents, .. } => contents,
        }
    }
}

impl Held<'_> {
    pub(super) fn contents(&self) -> &Contents {
        self.contents.contents()
    }

    fn id(&self, path: &str) -> Option<RowId> {
        self.row_id(self.contents().position(path)?)
    }

    /// The entry at a position in [`Held::contents`].
    pub(super) fn row_id(&self, position: usize) -> Option<RowId> {
        let entry = match &self.contents {
            Opened::Read(_) => u32::try_from(position).ok()?,
            Opened::Anew { entries, .. } => *entries.get(position)?,
        };
        Some(RowId {
            group: self.group,
            entry,
        })
    }

    /// The file of an entry, and its position in there.
    pub(super) fn find(held: &[Self], id: RowId) -> Option<(usize, usize)> {
        let input = held.iter().position(|one| one.group == id.group)?;
        Some((input, held.get(input)?.position(id.entry)?))
    }

    /// The position of an entry in [`Held::contents`].
    fn position(&self, entry: u32) -> Option<usize> {
        match &self.contents {
            Opened::Read(_) => usize::try_from(entry).ok(),
            Opened::Anew { entries, .. } => entries.iter().position(|one| *one == entry),
        }
    }
}

impl Pile {
    /// Answers a question about the pile. Browsers compile a function as a whole when it is first called: what
    /// answers questions is kept out of the one that every message goes through.
    #[inline(never)]
    pub(in crate::worker) fn told(&mut self, question: Question, now: UnixTime) -> Told {
        let told = match question {
            Question::Chain(id) => self.chain(id, now).map(Told::Chain),
            Question::Signature(id) => self.signed(id).map(Told::Signed),
            Question::Revocation(id) => self.revocation(id, now).map(Told::Revocation),
            Question::Judge(question) => self.verdict(&question),
            Question::Bytes(id) => self.bytes(id, now).map(Told::Bytes),
            // Its octets are read anew, by whoever has the file.
            Question::Piece { .. } => None,
            Question::Others(id, with) => Some(Told::Others(self.others(id, with))),
            Question::Compare { before, after } => {
                self.prove_these(&[before, after]);
                let detail = |id| self.detail(id, now);
                detail(before).zip(detail(after)).map(|(before, after)| {
                    Told::Comparison(Box::new(compare(&before.entry, &after.entry)))
                })
            }
            Question::CompareFiles { before, after } => {
                let reports = self.report(before).zip(self.report(after));
                reports.map(|(before, after)| {
                    Told::Bundles(Box::new(compare_bundles(&before, &after)))
                })
            }
            Question::Openers(group) => self.openers(group),
            Question::Selection(which) => self.selection(&which, now).map(Told::Selection),
            Question::List(form, which) => {
                let ids = self.ids(&which, now);
                ids.map(|ids| Told::Listed(self.list(form, &ids, now)))
            }
            Question::Sheets(which) => self.ids(&which, now).map(|ids| self.sheets(&ids, now)),
            Question::Share(id, which) => self.share(id, which, now),
            Question::Redact(id) => Some(self.redact(id, now)),
            Question::Fingerprint(id) => match self
                .detail(id, now)
                .map(|detail| detail.entry.object)
            {
                Some(Object::Certificate(one)) => Some(Told::Fingerprint(one.fingerprints.sha256)),
                _ => None,
            },
        };
        told.unwrap_or(Told::Nothing)
    }

    pub(super) fn held(&self) -> Vec<Held<'_>> {
        let groups = self.listing.groups().iter().enumerate();
        groups
            .filter_map(|(place, group)| {
                let contents = match self.files.get(&group.number)? {
                    Read::Contents(contents) => Opened::Read(contents),
                    Read::Report(report, halves) => {
                        opened_anew(report.format, &report.entries, halves)?
                    }
                    Read::Unreadable { .. } => return None,
                };
                Some(Held {
                    group: group.number,
                    place,
                    name: &group.name,
                    contents,
                })
            })
            .collect()
    }

    fn chain(&self, id: RowId, now: UnixTime) -> Option<Box<ChainTold>> {
        let held = self.held();
        let pile: Vec<&Contents> = held.iter().map(Held::contents).collect();
        let count: usize = pile.iter().map(|one| one.certificates().count()).sum();
        let few = u32::try_from(count).is_ok_and(|count| count <= SIGNATURES);
        let check = Bounded(Cell::new(if few { SIGNATURES } else { 0 }));
        let picture = chain(&pile, Some(now), &check);
        let place = |place: &PilePlace| held.get(place.input)?.id(&place.path);
        let ids: Vec<Vec<RowId>> = picture
            .certificates
            .iter()
            .map(|one| one.places.iter().filter_map(place).collect())
            .collect();
        let asked = ids.iter().position(|places| places.contains(&id))?;
        let drawn = relatives(&picture, asked);
        let position = |index: usize| drawn.iter().position(|one| *one == index);
        let certificates = drawn.iter().filter_map(|index| {
            let (one, places) = (picture.certificates.get(*index)?, ids.get(*index)?);
            let own = if *index == asked {
                id
            } else {
                *places.first()?
            };
            Some(ChainNode {
                id: own,
                copies: places.len(),
                name: one.name.clone(),
                sha256: one.sha256.clone(),
                role: one.role,
                row: self.listing.row(own)?.clone(),
                worst: self.worst(own),
            })
        });
        let (ties, missing) = ties(&picture, &drawn);
        let way = way_up(&picture, asked);
        let copies: HashSet<RowId> = ids.get(asked).into_iter().flatten().copied().collect();
        let about_it = |places: &[PilePlace]| {
            let mut places = places.iter().filter_map(place);
            places.any(|place| copies.contains(&place))
        };
        let findings = picture.findings.iter();
        let with_any = held
            .iter()
            .filter(|one| one.contents().certificates().next().is_some());
        Some(Box::new(ChainTold {
            certificates: certificates.collect(),
            missing,
            ties,
            way_up: way.iter().filter_map(|index| position(*index)).collect(),
            total: picture.certificates.len(),
            findings: findings
                .filter(|found| about_it(&found.places))
                .map(|found| found.finding.clone())
                .collect(),
            stores: with_any
                .map(|one| (one.group, one.name.to_owned()))
                .collect(),
            locked_stores: {
                let groups = self.listing.groups().iter();
                let locked = groups.filter(|group| {
                    let lock = group.lock.as_ref();
                    lock.is_some_and(|lock| lock.what != ENCRYPTED_KEY)
                });
                locked.map(|group| group.name.clone()).collect()
            },
            beside: self.files_of(&way, &ids, id.group),
            lists: self.lists_about(&way, &ids),
            roots: self.roots_above(&above(&picture, asked), &ids),
        }))
    }

    /// The files in which the roots among these certificates stand; of several the one that other programs read.
    fn roots_above(&self, above: &BTreeSet<usize>, ids: &[Vec<RowId>]) -> Vec<RootFile> {
        let is_root = |id: &RowId| self.listing.row(*id).is_some_and(is_root);
        let mut files: Vec<(u32, RootFile)> = Vec::new();
        for index in above {
            let places = ids.get(*index).map_or(&[][..], Vec::as_slice);
            let plain = places.iter().find(|place| self.is_plain(**place));
            let Some(place) = plain.or(places.first()).filter(|place| is_root(place)) else {
                continue;
            };
            let plain = plain.is_some();
            if let Some((_, file)) = files.iter_mut().find(|(group, _)| *group == place.group) {
                file.plain &= plain;
                file.roots.push(place.entry);
                continue;
            }
            let mut groups = self.listing.groups().iter();
            let group = groups.find(|group| group.number == place.group);
            files.extend(group.map(|group| {
                let format = self.format(place.group);
                let certificates = || {
                    group
                        .rows
                        .iter()
                        .filter(|row| row.kind == RowKind::Certificate)
                };
                let file = RootFile {
                    name: group.name.clone(),
                    plain,
                    sealed: matches!(format, Some(Format::Pkcs12 | Format::Uber | Format::Bcfks)),
                    alone: certificates().all(self::is_root),
                    roots: vec![place.entry],
                    entries: u32::try_from(group.rows.len()).unwrap_or(u32::MAX),
                };
                (place.group, file)
            }));
        }
        files.into_iter().map(|(_, file)| file).collect()
    }

    /// Whether an entry stands in a text so that other programs find it: not in a message within it.
    fn is_plain(&self, id: RowId) -> bool {
        let stands = self.entry(id).map(|entry| entry.path);
        stands.is_some_and(|path| !path.contains('/')) && self.format(id.group) == Some(Format::Pem)
    }

    /// The files beside this one in which certificates of a way up stand.
    fn files_of(&self, way: &[usize], ids: &[Vec<RowId>], own: u32) -> Vec<FileOfWay> {
        let mut files: Vec<(u32, FileOfWay)> = Vec::new();
        for (position, index) in way.iter().enumerate() {
            let places = ids.get(*index).map_or(&[][..], Vec::as_slice);
            if places.iter().any(|place| place.group == own) {
                continue;
            }
            let Some(place) = places.first() else {
                continue;
            };
            let plain = self.is_plain(*place);
            match files.iter_mut().find(|(group, _)| *group == place.group) {
                Some((_, file)) => {
                    file.plain &= plain;
                    file.about.push(position);
                }
                None => files.extend(self.name(place.group).map(|name| {
                    let about = vec![position];
                    (place.group, FileOfWay { name, plain, about })
                })),
            }
        }
        files.into_iter().map(|(_, file)| file).collect()
    }

    /// The files with revocation lists of those that issued certificates of a way up.
    fn lists_about(&self, way: &[usize], ids: &[Vec<RowId>]) -> Vec<FileOfWay> {
        let issuer = |index: &usize| {
            let id = ids.get(*index)?.first()?;
            Some(self.listing.row(*id)?.issuer.as_str())
        };
        let issuers: Vec<Option<&str>> = way.iter().map(issuer).collect();
        let of = |group: &ListingGroup| {
            let lists = || {
                group
                    .rows
                    .iter()
                    .filter(|row| row.kind == RowKind::RevocationList)
            };
            let is_listed = |issuer: &str| lists().any(|list| list.issuer == issuer);
            let about = issuers.iter().enumerate();
            let about = about.filter(|(_, issuer)| issuer.is_some_and(is_listed));
            let about: Vec<usize> = about.map(|(position, _)| position).collect();
            let plain = matches!(self.format(group.number), Some(Format::Pem | Format::Der));
            let name = group.name.clone();
            (!about.is_empty()).then_some(FileOfWay { name, plain, about })
        };
        self.listing.groups().iter().filter_map(of).collect()
    }

    fn format(&self, group: u32) -> Option<Format> {
        Some(self.files.get(&group)?.findings()?.0)
    }

    fn name(&self, group: u32) -> Option<String> {
        let mut groups = self.listing.groups().iter();
        groups
            .find(|one| one.number == group)
            .map(|one| one.name.clone())
    }

    /// Whose key made the signature of an entry.
    fn signed(&mut self, id: RowId) -> Option<Signed> {
        self.prove_these(&[id]);
        self.signed_among(&self.held(), id)
    }

    /// The same of one that was proved.
    fn signed_among(&self, held: &[Held<'_>], id: RowId) -> Option<Signed> {
        let place = Held::find(held, id)?;
        let named = |(input, index): (usize, usize)| {
            let id = held.get(input)?.row_id(index)?;
            Some(self.listing.row(id)?.name.clone())
        };
        Some(match self.links()?.proof(place)? {
            Proof::By(issuer) => Signed::By(named(issuer)?),
            Proof::Itself => Signed::Itself,
            Proof::Wrong(itself) if itself == place => Signed::NotItself,
            Proof::Wrong(issuer) => Signed::Wrong(named(issuer)?),
            Proof::Absent => Signed::Absent(self.listing.row(id)?.issuer.clone()),
            Proof::Unknown => Signed::Unknown,
        })
    }

    /// What the revocation lists on the pile say of a certificate.
    fn revocation(&mut self, id: RowId, now: UnixTime) -> Option<Revocation> {
        self.prove_these(&[id]);
        self.with_links(|pile, links| {
            let held = pile.held();
            let contents: Vec<&Contents> = held.iter().map(Held::contents).collect();
            let place = Held::find(&held, id)?;
            let file = |(input, _): (usize, usize)| {
                let held = held.get(input);
                held.map(|one| one.name.to_owned()).unwrap_or_default()
            };
            Some(
                match links.look_up(&contents, place, now, &EverySignature) {
                    Lookup::Revoked(list) => Revocation::Revoked(file(list)),
                    Lookup::Doubted(list) => Revocation::Doubted(file(list)),
                    Lookup::NotListed(until) => Revocation::NotListed(until),
                    Lookup::Unclear(why) => Revocation::Unclear(why),
                    Lookup::NoList => Revocation::NoList,
                },
            )
        })?
    }

    /// One entry.
    fn entry(&self, id: RowId) -> Option<Entry> {
        let index = usize::try_from(id.entry).ok()?;
        match self.files.get(&id.group)? {
            Read::Contents(contents) => contents.entry(index, None),
            Read::Report(report, _) => report.entries.get(index).cloned(),
            Read::Unreadable { .. } => None,
        }
    }

    fn verdict(&self, question: &JudgeQuestion) -> Option<Told> {
        let held = self.held();
        let own = held.iter().find(|one| one.group == question.id.group)?;
        let index = own.position(question.id.entry)?;
        let entry = own.contents().entry(index, None)?;
        let Object::Certificate(certificate) = &entry.object else {
            return None;
        };
        let alone = open(certificate.pem.as_bytes(), &Options::default()).ok()?;
        let leaf = alone.certificates().next()?;
        let purpose = question.purpose.clone();
        let mut asked = PathQuestion::new(question.at, purpose, Profile::default());
        match question.host() {
            "" => {}
            host => match HostName::parse(host) {
                Ok(host) => asked.host = Some(host),
                Err(why) => return Some(Told::Unclear(why)),
            },
        }
        let store = match question.trusting {
            Trusting::File(store) => Some(held.iter().find(|one| one.group == store)?),
            Trusting::RootsHere | Trusting::Mozilla => None,
        };
        let mozilla = question.trusting == Trusting::Mozilla;
        let all = || held.iter().map(Held::contents);
        let anchors = store.into_iter().flat_map(|it| it.contents().anchors());
        let anchors: Vec<Cow<'_, [u8]>> = anchors.collect();
        let evidence = Evidence {
            anchors: match store {
                Some(_) => anchors.iter().map(AsRef::as_ref).collect(),
                None if mozilla => mozilla::certificates(&self.mozilla).collect(),
                None => all().flat_map(roots).collect(),
            },
            untrusted: all().flat_map(Contents::certificates).collect(),
            lists: all().flat_map(Contents::revocation_lists).collect(),
        };
        let judgement = judge(leaf, &evidence, &asked).ok()?;
        let lacks = store.filter(|_| !judgement.accepted).and_then(|store| {
            let beside = held
                .iter()
                .filter(|one| ![store.group, own.group].contains(&one.group));
            let beside: Vec<&Contents> = beside.map(Held::contents).collect();
            let (store, offered) = (store.contents(), own.contents());
            let answers = ask_store(store, offered, &beside, Some(question.at));
            let mine = answers.into_iter().find(|one| one.path == entry.path);
            mine?.lacks
        });
        let kin = store.map(|store| {
            let kin = kin_in_store(store.contents(), own.contents(), index).into_iter();
            kin.filter_map(|one| Some((store.id(&one.path)?, one.name, one.kinship)))
                .collect()
        });
        Some(Told::Verdict(Box::new(Verdict {
            judgement,
            anchors: evidence.anchors.len(),
            lacks,
            kin: kin.unwrap_or_default(),
        })))
    }

    /// Only of what has a PEM text: private keys have none, and are never drawn.
    fn bytes(&self, id: RowId, now: UnixTime) -> Option<Box<BytesTold>> {
        let entry = self.detail(id, now)?.entry;
        let pem = match &entry.object {
            Object::Certificate(one) => one.pem.clone(),
            Object::CertificationRequest(one) => one.pem.clone(),
            Object::AttributeCertificate(one) => one.pem.clone(),
            Object::RevocationList(one) => one.pem.clone()?,
            _ => return None,
        };
        let grown = trees(pem.as_bytes(), &Options::default()).ok()?;
        let tree = grown.first()?;
        let hex = tree.octets().iter().map(|octet| format!("{octet:02x}"));
        let mut report = tree.report();
        report.path = entry.path;
        Some(Box::new(BytesTold {
            hex: hex.collect(),
            tree: report,
            fault: None,
            recognised: Recognised::default(),
        }))
    }

    /// Entries of the same name and kind first: those are what a renewal is compared with.
    fn others(&self, id: RowId, with: Option<RowId>) -> Vec<Other> {
        let Some(own) = self.listing.row(id).cloned() else {
            return Vec::new();
        };
        let mut others: Vec<(bool, Other)> = Vec::new();
        for group in self.listing.groups() {
            for (entry, row) in (0_u32..).zip(&group.rows) {
                let other = RowId {
                    group: group.number,
                    entry,
                };
                let near = with == Some(other) || (row.name == own.name && row.kind == own.kind);
                let comparable = !matches!(row.kind, RowKind::Unreadable | RowKind::Other);
                if other != id && comparable && (near || others.len() < OTHERS) {
                    let other = Other {
                        id: other,
                        kind: row.kind,
                        name: row.name.clone(),
                        source: group.name.clone(),
                        newer: is_newer(row, &own),
                    };
                    others.push((!near, other));
                }
            }
        }
        order::by_key(&mut others, |(far, _)| *far);
        others.truncate(OTHERS);
        others.into_iter().map(|(_, other)| other).collect()
    }

    /// A certificate, and those that issued it in turn.
    fn upwards(&self, id: RowId, now: UnixTime) -> Vec<Entry> {
        let chain = self.chain(id, now);
        let above = chain.iter().flat_map(|chain| {
            let nodes = chain.way_up.iter().skip(1);
            nodes.filter_map(|index| Some(chain.certificates.get(*index)?.id))
        });
        let ids = std::iter::once(id).chain(above);
        ids.filter_map(|id| Some(self.detail(id, now)?.entry))
            .collect()
    }

    fn share(&self, id: RowId, which: Shared, now: UnixTime) -> Option<Told> {
        let held = self.held();
        let entries = match which {
            Shared::One => vec![self.detail(id, now)?.entry],
            Shared::Chain => self.upwards(id, now),
            Shared::All => Vec::new(),
        };
        let some = opened_anew(Format::Pem, &entries, &[]);
        let contents = some.iter().map(Opened::contents);
        let all = held.iter().filter(|_| which == Shared::All);
        let certificates = contents
            .chain(all.map(Held::contents))
            .flat_map(Contents::certificates);
        let certificates: Vec<&[u8]> = certificates.collect();
        let size: usize = certificates.iter().map(|one| one.len()).sum();
        // Certificates hardly compress: far too many need not be tried.
        let packed = match size {
            ..FAR_TOO_MUCH => share::pack(certificates.iter().copied()),
            _ => Err(ShareError::TooLong(size / 3 * 4)),
        };
        Some(match packed {
            Ok(link) => Told::Link(link, certificates.len()),
            Err(ShareError::TooLong(length)) => Told::Unclear(format!(
                "The link would have about {} characters. The longest that is made has {}: share fewer \
                 certificates, or send the file.",
                format::number(i64::try_from(length).unwrap_or(i64::MAX)),
                format::number(i64::try_from(share::LONGEST).unwrap_or(i64::MAX)),
            )),
            Err(_) => Told::Unclear("Only certificates can be shared by a link.".to_owned()),
        })
    }

    fn redact(&self, id: RowId, now: UnixTime) -> Told {
        let entries = self.upwards(id, now);
        let certificates = entries.iter().filter_map(|entry| match &entry.object {
            Object::Certificate(one) => Some((entry, &**one)),
            _ => None,
        });
        Told::Redacted(redacted(certificates, now))
    }

    fn openers(&self, group: u32) -> Option<Told> {
        let report = self.report(group)?;
        let number = |path: &str| {
            let at = report.entries.iter().position(|entry| entry.path == path);
            at.and_then(|at| u32::try_from(at).ok())
        };
        let told = who_can_open(&report).into_iter();
        let told = told.map(|who| (who.entry.as_deref().and_then(number), who));
        Some(Told::Openers(told.collect()))
    }

    fn report(&self, group: u32) -> Option<Cow<'_, Report>> {
        Some(match self.files.get(&group)? {
            Read::Contents(contents) => Cow::Owned(contents.report(None)),
            Read::Report(report, _) => Cow::Borrowed(report),
            Read::Unreadable { .. } => return None,
        })
    }

    /// The entries that are meant.
    fn ids(&mut self, which: &Which, now: UnixTime) -> Option<Vec<RowId>> {
        Some(match which {
            Which::Around(id, Extent::Entry) => vec![*id],
            Which::Around(id, Extent::Chain) => self.chain_and_key(*id)?,
            Which::Around(id, Extent::File) => self.ids_of(|group| group == id.group),
            Which::Around(_, Extent::Everything) => self.ids_of(|_| true),
            Which::Chosen(query) => self.listing.chosen_in_order(query, now),
            Which::Shown(query) => self.listing.shown(query, now),
        })
    }

    /// Every entry of these files.
    fn ids_of(&self, wanted: impl Fn(u32) -> bool) -> Vec<RowId> {
        let groups = self.listing.groups().iter();
        let groups = groups.filter(|group| wanted(group.number));
        let ids = groups.flat_map(|group| {
            let entries = (0_u32..).zip(&group.rows);
            entries.map(|(entry, _)| RowId {
                group: group.number,
                entry,
            })
        });
        ids.collect()
    }

    /// What there is to be written of the entries that are meant. Only what could be read is.
    fn selection(&mut self, which: &Which, now: UnixTime) -> Option<Selection> {
        let ids = self.ids(which, now)?;
        let groups = self.listing.groups();
        let rows: HashMap<u32, &[Row]> = groups
            .iter()
            .map(|group| (group.number, &*group.rows))
            .collect();
        let readable = |file: u32| !matches!(self.files.get(&file), Some(Read::Unreadable { .. }));
        let mut chosen = Selection::default();
        let mut known = HashSet::new();
        let mut entries = Vec::with_capacity(ids.len());
        for id in ids.into_iter().filter(|id| readable(id.group)) {
            let rows = rows.get(&id.group).copied().unwrap_or_default();
            let Some(row) = rows.get(id.entry as usize) else {
                continue;
            };
            *match row.kind {
                RowKind::Certificate => &mut chosen.certificates,
                RowKind::PrivateKey => &mut chosen.private_keys,
                _ => &mut chosen.others,
            } += 1;
            if known.insert(id.group) {
                chosen.files.push(id.group);
            }
            entries.push(id);
        }
        match which {
            // What is sealed is part of a file, and has no entries.
            Which::Around(id, Extent::File) => {
                chosen.files = Some(id.group)
                    .filter(|file| readable(*file))
                    .into_iter()
                    .collect();
            }
            Which::Around(_, Extent::Everything) => {
                let all = groups.iter().map(|group| group.number);
                chosen.files = all.filter(|file| readable(*file)).collect();
            }
            _ => chosen.entries = Some(entries),
        }
        Some(chosen)
    }

    /// A certificate, its private key wherever it lies on the pile, and its issuers up to the root.
    fn chain_and_key(&self, id: RowId) -> Option<Vec<RowId>> {
        let held = self.held();
        let pile: Vec<&Contents> = held.iter().map(Held::contents).collect();
        let picture = chain(&pile, None, &Bounded(Cell::new(SIGNATURES)));
        let place = |place: &PilePlace| held.get(place.input)?.id(&place.path);
        let places = |index: usize| -> Vec<RowId> {
            let one = picture.certificates.get(index);
            let places = one.into_iter().flat_map(|one| &one.places);
            places.filter_map(place).collect()
        };
        let asked = (0..picture.certificates.len()).find(|index| places(*index).contains(&id))?;
        let issuers = way_up(&picture, asked).into_iter().skip(1);
        let issuers = issuers.filter_map(|index| places(index).first().copied());
        let key = self.key_of(id, &held, &pile);
        Some(std::iter::once(id).chain(key).chain(issuers).collect())
    }

    /// The private key of a certificate: in its own file, else in any other.
    fn key_of(&self, id: RowId, held: &[Held<'_>], pile: &[&Contents]) -> Option<RowId> {
        let read = self.files.get(&id.group)?;
        let entry = self.entry(id)?;
        if let Object::Certificate(certificate) = &entry.object
            && let Some(link) = &certificate.private_key
            && let Some(entry) = read.index_of(&link.entry)
        {
            return Some(RowId {
                group: id.group,
                entry: u32::try_from(entry).ok()?,
            });
        }
        let place = |place: &PilePlace| held.get(place.input)?.id(&place.path);
        let matches = match_keys(pile);
        let own = matches.iter().find(|group| {
            let mut certificates = group.certificates.iter().filter_map(place);
            certificates.any(|one| one == id)
        })?;
        own.private_keys.iter().find_map(place)
    }

    fn list(&mut self, form: ListForm, ids: &[RowId], now: UnixTime) -> Listed {
        self.prove_these(ids);
        let groups = self.listing.groups().iter();
        let groups: HashMap<u32, &ListingGroup> =
            groups.map(|group| (group.number, group)).collect();
        let listed = ids.iter().filter_map(|id| {
            let group = groups.get(&id.group)?;
            Some(export::Listed {
                row: group.rows.get(id.entry as usize)?,
                source: &group.name,
                entry: self.detail(*id, now)?.entry,
            })
        });
        let (text, count) = match form {
            ListForm::Csv => (export::table(listed, now), ids.len()),
            ListForm::Calendar => export::calendar(listed, now),
            ListForm::Json => {
                let mut files: Vec<FileOfList<'_>> = Vec::new();
                for one in listed {
                    match files.last_mut() {
                        Some(last) if last.source == one.source => last.entries.push(one.entry),
                        _ => files.push(FileOfList {
                            source: one.source,
                            entries: vec![one.entry],
                        }),
                    }
                }
                (json::pretty(&files), ids.len())
            }
        };
        Listed { text, count }
    }

    fn sheets(&mut self, ids: &[RowId], now: UnixTime) -> Told {
        self.prove_these(ids.get(..SHEETS).unwrap_or(ids));
        let held = self.held();
        let sheets = ids.iter().take(SHEETS).filter_map(|id| {
            let detail = self.detail(*id, now)?;
            let entry = detail.with_file_findings();
            let is_signed = Signed::is_asked_of(&entry.object);
            Some(Sheet {
                source: detail.source,
                signed: is_signed.then(|| self.signed_among(&held, *id)).flatten(),
                entry,
            })
        });
        Told::Sheets(sheets.collect(), ids.len())
    }
}

/// The entries of one file, as a list is written in JSON.
#[derive(Serialize)]
struct FileOfList<'a> {
    source: &'a str,
    entries: Vec<Entry>,
}

/// Computes with so many signatures and no more.
struct Bounded(Cell<u32>);

impl IssuerCheck for Bounded {
    fn check(&self, certificate: &[u8], issuer: &[u8]) -> IssuerSignature {
        let Some(left) = self.0.get().checked_sub(1) else {
            return IssuerSignature::NotChecked;
        };
        self.0.set(left);
        EverySignature.check(certificate, issuer)
    }
}

/// The certificates of a keystore that was opened by the other worker, as contents of their own.
fn opened_anew(
    format: Format,
    entries: &[Entry],
    halves: &[(u32, Vec<u8>)],
) -> Option<Opened<'static>> {
    let (mut pem, mut numbers, mut said) = (String::new(), Vec::new(), Vec::new());
    for (number, entry) in (0_u32..).zip(entries) {
        let text = match &entry.object {
            Object::Certificate(one) => Some(&one.pem),
            Object::RevocationList(one) => one.pem.as_ref(),
            _ => None,
        };
        if let Some(text) = text {
            pem.push_str(text);
            pem.push('\n');
            numbers.push(number);
            said.push(entry.keystore.clone());
        }
    }
    let opened = open(pem.as_bytes(), &Options::default());
    let opened = opened.map(|contents| contents.as_stored(format, said));
    let contents = match opened {
        Ok(contents) if halves.is_empty() => contents,
        Err(_) if halves.is_empty() => return None,
        opened => {
            numbers.extend(halves.iter().map(|(entry, _)| *entry));
            let halves = halves.iter().map(|(_, bits)| bits.clone());
            opened
                .unwrap_or_else(|_| Contents::empty())
                .with_public_halves(halves)
        }
    };
    Some(Opened::Anew {
        contents: Box::new(contents),
        entries: numbers,
    })
}

/// Whether one was begun after the other; of two that begin together, whether it ends later.
pub(super) fn is_newer(row: &Row, than: &Row) -> bool {
    let begins = row.not_before.zip(than.not_before);
    begins.is_some_and(|(own, other)| (own, row.not_after) > (other, than.not_after))
}

fn is_root(row: &Row) -> bool {
    row.self_issued && row.ca
}

/// The certificates of a file that name themselves as issuer and may issue others.
fn roots(contents: &Contents) -> Vec<&[u8]> {
    let rows = contents.rows();
    let certificates = rows.iter().filter(|row| row.kind == RowKind::Certificate);
    let pairs = certificates.zip(contents.certificates());
    let roots = pairs.filter(|(row, _)| is_root(row));
    roots.map(|(_, der)| der).collect()
}

/// Who issued whom among those that are drawn, and the issuers that are not on the pile.
fn ties(picture: &ChainPicture, drawn: &[usize]) -> (Vec<Tie>, Vec<MissingNode>) {
    let position = |index: usize| drawn.iter().position(|one| *one == index);
    let (mut ties, mut missing) = (Vec::new(), Vec::new());
    for (issued, index) in drawn.iter().enumerate() {
        let issuers = picture.certificates.get(*index).map(|one| &one.issuers);
        ties.extend(issuers.into_iter().flatten().filter_map(|link| {
            Some(Tie {
                issued,
                issuer: Issuer::Here(position(link.certificate)?),
                signature: link.signature,
            })
        }));
        let refuted = picture
            .certificates
            .get(*index)
            .filter(|one| one.issuers.is_empty());
        let refuted = refuted.into_iter().flat_map(|one| &one.refuted);
        ties.extend(
            refuted
                .filter(|issuer| *issuer != index)
                .filter_map(|issuer| {
                    Some(Tie {
                        issued,
                        issuer: Issuer::Here(position(*issuer)?),
                        signature: IssuerSignature::Wrong,
                    })
                }),
        );
    }
    for one in &picture.missing {
        let wanted = one.wanted_by.iter().filter_map(|at| position(*at));
        let lacking: Vec<Tie> = wanted
            .map(|issued| Tie {
                issued,
                issuer: Issuer::Missing(missing.len()),
                signature: IssuerSignature::NotChecked,
            })
            .collect();
        if !lacking.is_empty() {
            ties.extend(lacking);
            missing.push(MissingNode {
                name: one.name.clone(),
                urls: one.urls.clone(),
            });
        }
    }
    (ties, missing)
}

/// What is drawn around a certificate: everything of a small pile; else its ways up, and what it issued.
fn relatives(picture: &ChainPicture, asked: usize) -> Vec<usize> {
    if picture.certificates.len() <= DRAWN_WHOLE {
        return (0..picture.certificates.len()).collect();
    }
    let mut kept = above(picture, asked);
    let issued = picture.certificates.iter().enumerate().filter(|(_, one)| {
        let mut issuers = one.issuers.iter();
        issuers.any(|link| link.certificate == asked)
    });
    kept.extend(issued.map(|(index, _)| index).take(ISSUED));
    kept.into_iter().collect()
}

/// A certificate and all that may have issued it, up to as many as are drawn.
fn above(picture: &ChainPicture, asked: usize) -> BTreeSet<usize> {
    let mut kept = BTreeSet::from([asked]);
    let mut next = vec![asked];
    while let Some(index) = next.pop() {
        let issuers = picture.certificates.get(index).map(|one| &one.issuers);
        let refuted = picture.certificates.get(index).map(|one| &one.refuted);
        let issuers = issuers.into_iter().flatten().map(|link| link.certificate);
        for issuer in issuers.chain(refuted.into_iter().flatten().copied()) {
            if kept.len() < DRAWN_WHOLE && kept.insert(issuer) {
                next.push(issuer);
            }
        }
    }
    kept
}

/// The best way up from a certificate: one of its own, or the upper part of one that leads through it.
fn way_up(picture: &ChainPicture, asked: usize) -> Vec<usize> {
    let through = picture.paths.iter().filter_map(|path| {
        let start = path.certificates.iter().position(|one| *one == asked)?;
        Some((path.end, path.certificates.get(start..)?.to_vec()))
    });
    let best = through.min_by_key(|(end, _)| *end);
    best.map_or_else(|| vec![asked], |(_, way)| way)
}
