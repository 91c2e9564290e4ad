//! What is known of the signatures of the pile, and what is wrong between its entries, found out little by
//! little once all files are read: the entries in sight first.

use std::collections::HashSet;

use certlens_core::{Contents, EverySignature, Finding, PileLinks, Severity, UnixTime};

use super::Pile;
use super::asked::Held;
use crate::rows::RowId;

/// Entries up to which rows are told at once that links turned out to be none; longer lists, once all is done.
const TIED_AT_ONCE: usize = 2_000;

/// How far the pile was looked through.
#[derive(Debug, Default)]
pub(super) struct Proving {
    /// The entries that were looked at.
    known: HashSet<RowId>,
    /// Those that are on the screen and were not.
    sight: Vec<RowId>,
    /// The file and the entry that come next.
    next: (usize, usize),
    /// Whether links turned out to be none since rows were told.
    untold: bool,
    done: bool,
}

impl Pile {
    /// Whether there is something left to look at.
    pub(in crate::worker) fn is_unproved(&self) -> bool {
        !self.proving.done && !self.unsettled && self.links.is_some()
    }

    /// Looks at further entries until told to stop.
    pub(in crate::worker) fn prove(&mut self, now: UnixTime, go_on: impl Fn() -> bool) {
        self.with_links(|pile, links| {
            let mut proving = std::mem::take(&mut pile.proving);
            let mut found: Vec<(RowId, Option<Box<Finding>>)> = Vec::new();
            let mut alone: Vec<(RowId, Option<Severity>)> = Vec::new();
            {
                let held = pile.held();
                let contents: Vec<&Contents> = held.iter().map(Held::contents).collect();
                let names: Vec<&str> = held.iter().map(|one| one.name).collect();
                while let Some((id, place)) = proving.next(&held) {
                    proving.untold |= links.prove(&contents, place, &EverySignature);
                    let faults = links.faults(&contents, &names, place, Some(now));
                    found.push((id, worst(faults)));
                    alone.push((id, pile.worst(id)));
                    if !go_on() {
                        break;
                    }
                }
            }
            pile.blame(found);
            for (id, worst) in alone {
                pile.listing.know_worst(id, worst);
            }
            pile.proving = proving;
        });
        let count: usize = self.listing.groups().iter().map(|it| it.rows.len()).sum();
        let at_once = self.proving.done || count <= TIED_AT_ONCE;
        if at_once && std::mem::take(&mut self.proving.untold) {
            self.tie();
        }
    }

    /// Computes with the signatures that these entries rest on.
    pub(in crate::worker) fn prove_these(&mut self, ids: &[RowId]) {
        let fresh = ids.iter().filter(|id| !self.proving.known.contains(id));
        let fresh: Vec<RowId> = fresh.copied().collect();
        if fresh.is_empty() {
            return;
        }
        self.with_links(|pile, links| {
            let held = pile.held();
            let contents: Vec<&Contents> = held.iter().map(Held::contents).collect();
            let mut untold = false;
            for id in fresh {
                if let Some(place) = Held::find(&held, id) {
                    untold |= links.prove(&contents, place, &EverySignature);
                }
            }
            drop(contents);
            drop(held);
            // The rows are told when their turn comes.
            pile.proving.untold |= untold;
        });
    }

    /// What comes into sight is looked at next.
    pub(super) fn sees(&mut self, ids: impl IntoIterator<Item = RowId>) {
        let known = &self.proving.known;
        self.proving.sight = ids.into_iter().filter(|id| !known.contains(id)).collect();
        // The last one is taken first.
        self.proving.sight.reverse();
    }

    /// Works on the links beside the files that they are about.
    pub(super) fn with_links<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut PileLinks) -> T,
    ) -> Option<T> {
        if self.unsettled {
            return None;
        }
        let mut links = self.links.take()?;
        let told = work(self, &mut links);
        self.links = Some(links);
        Some(told)
    }

    /// Tells rows what is wrong with them.
    fn blame(&mut self, found: Vec<(RowId, Option<Box<Finding>>)>) {
        let changed = found.into_iter().filter(|(id, fault)| {
            let row = self.listing.row(*id);
            row.is_some_and(|row| row.fault != *fault)
        });
        let changed: Vec<_> = changed.collect();
        for same in changed.chunk_by(|(one, _), (other, _)| one.group == other.group) {
            let Some((first, _)) = same.first() else {
                continue;
            };
            self.listing.amend(first.group, |rows| {
                for (id, fault) in same {
                    if let Some(row) = rows.get_mut(id.entry as usize) {
                        row.fault.clone_from(fault);
                    }
                }
            });
        }
    }
}

impl Proving {
    /// The next entry that was not looked at.
    fn next(&mut self, held: &[Held<'_>]) -> Option<(RowId, (usize, usize))> {
        while let Some(id) = self.sight.pop() {
            if let Some(place) = Held::find(held, id).filter(|_| self.known.insert(id)) {
                return Some((id, place));
            }
        }
        while let Some(one) = held.get(self.next.0) {
            let place = self.next;
            if one.contents().len() <= place.1 {
                self.next = (place.0 + 1, 0);
                continue;
            }
            self.next.1 += 1;
            if let Some(id) = one.row_id(place.1).filter(|id| self.known.insert(*id)) {
                return Some((id, place));
            }
        }
        self.done = true;
        None
    }
}

fn worst(faults: Vec<Finding>) -> Option<Box<Finding>> {
    let worst = faults.into_iter().next();
    worst
        .filter(|fault| fault.severity != Severity::Notice)
        .map(Box::new)
}

#[cfg(test)]
mod tests {
    use certlens_core::{Options, Row, open, pem_block};

    use super::super::asked::is_newer;
    use super::*;
    use crate::protocol::NewFile;
    use crate::questions::{ListForm, Question, Revocation, RootFile, Signed, Told, Which};
    use crate::rows::{Level, RowQuery};
    use crate::status::Status;
    use crate::worker::reading::Reading;

    const CHAIN: &[u8] = include_bytes!("../../../examples/chain.pem");

    /// The certificates of the example, a file each; the last octet of the first one's signature may be flipped.
    fn pile(flipped: bool) -> Pile {
        let chain = open(CHAIN, &Options::default()).expect("opens");
        let mut pile = Pile::default();
        for (number, der) in (0_u32..).zip(chain.certificates()) {
            let mut der = der.to_vec();
            if number == 0 && flipped {
                *der.last_mut().expect("octets") ^= 1;
            }
            let pem = pem_block("CERTIFICATE", &der);
            let result = open(pem.as_bytes(), &Options::default());
            let name = format!("{number}.pem");
            pile.put(Reading {
                file: NewFile { number, name },
                size: 0,
                result: Ok(result.expect("opens")),
            });
        }
        pile.settle(now());
        pile
    }

    fn now() -> UnixTime {
        let chain = open(CHAIN, &Options::default()).expect("opens");
        let row = chain.row(0).expect("a leaf");
        let (start, end) = row.not_before.zip(row.not_after).expect("a validity");
        UnixTime::from_seconds(i64::midpoint(start.seconds(), end.seconds()))
    }

    fn row(pile: &Pile, group: u32) -> &Row {
        pile.listing.row(RowId { group, entry: 0 }).expect("a row")
    }

    #[test]
    fn what_is_wrong_is_found_out_little_by_little_and_told_of_the_row() {
        let mut pile = pile(true);
        let told = |pile: &Pile| (row(pile, 0).chain, row(pile, 0).fault.is_some());
        assert_eq!(told(&pile), (Some((1, 3)), false), "by names alone");
        assert_eq!(pile.tally(now()).attention, 0);
        pile.sees([RowId { group: 0, entry: 0 }]);
        pile.prove(now(), || false);
        assert_eq!(told(&pile), (None, true), "it is on the screen");
        assert!(pile.is_unproved());
        assert_eq!(pile.tally(now()).attention, 1);
        pile.prove(now(), || true);
        assert!(!pile.is_unproved());
        let fault = row(&pile, 0).fault.as_ref().expect("a fault");
        assert_eq!(fault.id, "chain-signature-wrong");
        assert_eq!(
            (&row(&pile, 1).fault, row(&pile, 1).chain),
            (&None, Some((1, 2)))
        );
        let chain = Question::Chain(RowId { group: 0, entry: 0 });
        let Told::Chain(chain) = pile.told(chain, now()) else {
            panic!("a chain")
        };
        let drawn = chain.certificates.iter();
        let drawn = drawn.map(|one| (one.id.group, Status::of(&one.row, one.worst, now()).level));
        let drawn: Vec<(u32, Level)> = drawn.collect();
        assert!(drawn.contains(&(0, Level::Now)), "never green: {drawn:?}");
        assert!(drawn.contains(&(1, Level::Fine)), "{drawn:?}");
        let list = Question::List(ListForm::Csv, Which::Shown(RowQuery::default()));
        let Told::Listed(list) = pile.told(list, now()) else {
            panic!("a table")
        };
        // Names stand a line each in their cell.
        let own = list.text.split("1.pem").next().expect("its lines");
        assert!(own.contains("problem found"), "{own}");
        assert!(own.contains("did not sign this certificate"), "{own}");
    }

    #[test]
    fn of_two_that_are_compared_the_newer_one_is_known() {
        let mut pile = pile(false);
        let expired = include_bytes!("../../../examples/expired.pem");
        pile.put(Reading {
            file: NewFile {
                number: 9,
                name: "expired.pem".to_owned(),
            },
            size: 0,
            result: Ok(open(expired, &Options::default()).expect("opens")),
        });
        pile.settle(now());
        let mut newer = |group, other| {
            let asked = Question::Others(RowId { group, entry: 0 }, None);
            let Told::Others(others) = pile.told(asked, now()) else {
                panic!("others")
            };
            let mut others = others.iter();
            others.find(|one| one.id.group == other).expect("it").newer
        };
        assert!(!newer(0, 9), "the other one ended long ago");
        assert!(newer(9, 0));
    }

    #[test]
    fn of_two_that_begin_together_the_one_that_ends_later_is_newer() {
        let row = |begin: i64, end: Option<i64>| Row {
            not_before: Some(UnixTime::from_seconds(begin)),
            not_after: end.map(UnixTime::from_seconds),
            ..Row::default()
        };
        for (older, newer) in [
            (row(1, Some(90)), row(1, Some(400))),
            (row(1, Some(400)), row(2, Some(90))),
        ] {
            assert!(is_newer(&newer, &older));
            assert!(!is_newer(&older, &newer));
        }
        let same = row(1, Some(90));
        assert!(!is_newer(&same, &same));
        let never = Row::default();
        assert!(!is_newer(&never, &same) && !is_newer(&same, &never));
    }

    #[test]
    fn a_chain_names_the_lists_that_it_is_judged_by_and_draws_what_they_revoke() {
        let both: [(&str, &[u8]); 2] = [
            (
                "revoked.pem",
                include_bytes!("../../../../core/tests/vectors/revoked.pem"),
            ),
            (
                "list.crl",
                include_bytes!("../../../../core/tests/vectors/list.crl"),
            ),
        ];
        let mut pile = Pile::default();
        for (number, (name, octets)) in (0_u32..).zip(both) {
            let name = name.to_owned();
            pile.put(Reading {
                file: NewFile { number, name },
                size: 0,
                result: Ok(open(octets, &Options::default()).expect("opens")),
            });
        }
        pile.settle(now());
        // The revoked one stands behind a key and a request.
        let id = RowId { group: 0, entry: 2 };
        let row = pile.listing.row(id).expect("a row").clone();
        assert!(row.revoked, "{row:?}");
        let during = row.not_before.zip(row.not_after).expect("a validity");
        let during = UnixTime::from_seconds(i64::midpoint(during.0.seconds(), during.1.seconds()));
        pile.prove(during, || true);
        let looked_up = |pile: &mut Pile, id| pile.told(Question::Revocation(id), during);
        assert_eq!(
            looked_up(&mut pile, id),
            Told::Revocation(Revocation::Revoked("revoked.pem".to_owned()))
        );
        let Told::Chain(chain) = pile.told(Question::Chain(id), during) else {
            panic!("a chain")
        };
        let node = chain
            .certificates
            .iter()
            .find(|one| one.id == id)
            .expect("itself");
        assert_eq!(Status::of(&node.row, node.worst, during).level, Level::Now);
        assert!(
            chain.beside.is_empty(),
            "its authority stands in its own file"
        );
        let lists = chain.lists.iter();
        let lists = lists.map(|list| (&*list.name, list.plain, &*list.about));
        let lists: Vec<(&str, bool, &[usize])> = lists.collect();
        let about: &[usize] = &[0, 1];
        assert_eq!(
            lists,
            [("revoked.pem", true, about), ("list.crl", true, about)]
        );
    }

    #[test]
    fn an_entry_that_is_opened_is_proved_at_once() {
        let id = RowId { group: 0, entry: 0 };
        let signed = |flipped| match pile(flipped).told(Question::Signature(id), now()) {
            Told::Signed(signed) => signed,
            other => panic!("{other:?}"),
        };
        let name = row(&pile(false), 1).name.clone();
        assert_eq!(signed(false), Signed::By(name.clone()));
        assert_eq!(signed(true), Signed::Wrong(name));
        let mut pile = pile(true);
        pile.prove_these(&[id]);
        let detail = pile.detail(id, now()).expect("a detail");
        let worst = detail.entry.findings.first().expect("a finding");
        assert_eq!(worst.id, "chain-signature-wrong");
        assert!(detail.json.contains("chain-signature-wrong"));
        pile.prove(now(), || true);
        assert_eq!(row(&pile, 0).chain, None);
    }

    #[test]
    fn a_right_chain_has_no_fault_and_keeps_its_places() {
        let mut pile = pile(false);
        pile.prove(now(), || true);
        for (group, place) in [(0, (1, 3)), (1, (2, 3)), (2, (3, 3))] {
            let row = row(&pile, group);
            assert_eq!((&row.fault, row.chain), (&None, Some(place)));
            let alone = pile.listing.worst(RowId { group, entry: 0 });
            assert!(alone.is_some(), "its own findings were looked at too");
        }
        let chain = Question::Chain(RowId { group: 0, entry: 0 });
        let Told::Chain(chain) = pile.told(chain, now()) else {
            panic!("a chain")
        };
        let beside = chain.beside.iter();
        let beside = beside.map(|file| (&*file.name, file.plain, &*file.about));
        let beside: Vec<(&str, bool, &[usize])> = beside.collect();
        let wanted: [(&str, bool, &[usize]); 2] = [("1.pem", true, &[1]), ("2.pem", true, &[2])];
        assert_eq!(beside, wanted);
        assert!(chain.lists.is_empty());
        let [root] = chain.roots.as_slice() else {
            panic!("{:?}", chain.roots)
        };
        let expected = RootFile {
            name: "2.pem".to_owned(),
            plain: true,
            sealed: false,
            alone: true,
            roots: vec![0],
            entries: 1,
        };
        assert_eq!(*root, expected);
    }
}
