//! Where each certificate of a chain picture stands: leaves below, issuers above.

use certlens_core::order;

use crate::questions::{ChainTold, Issuer};

/// Width and height of a box, and the distance from one to the next.
pub const BOX: (f64, f64) = (244.0, 56.0);
const STEP: (f64, f64) = (276.0, 124.0);
const MARGIN: f64 = 20.0;

/// The places of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Width and height of all of it.
    pub size: (f64, f64),
    /// Left upper corners of the certificates.
    pub certificates: Vec<(f64, f64)>,
    /// Left upper corners of the missing issuers.
    pub missing: Vec<(f64, f64)>,
}

impl Layout {
    /// Places everything that was told.
    pub fn of(told: &ChainTold) -> Self {
        let here = told.certificates.len();
        let count = here + told.missing.len();
        let ties: Vec<(usize, usize)> = told
            .ties
            .iter()
            .map(|tie| match tie.issuer {
                Issuer::Here(issuer) => (tie.issued, issuer),
                Issuer::Missing(issuer) => (tie.issued, here + issuer),
            })
            .filter(|(issued, issuer)| issued != issuer)
            .collect();
        let heights = heights(count, &ties);
        let top = heights.iter().copied().max().unwrap_or(0);
        let mut lefts = vec![0.0_f64; count];
        for height in 0..=top {
            let mut row: Vec<usize> = (0..count).filter(|one| heights[*one] == height).collect();
            // An issuer stands above the middle of what it issued.
            let wish = |one: usize, lefts: &[f64]| {
                let below: Vec<f64> = ties
                    .iter()
                    .filter(|(issued, issuer)| *issuer == one && heights[*issued] < height)
                    .map(|(issued, _)| lefts[*issued])
                    .collect();
                let number = f64::from(u32::try_from(below.len()).unwrap_or(1).max(1));
                (!below.is_empty()).then(|| below.iter().sum::<f64>() / number)
            };
            // What shares an issuer stands together.
            order::by(&mut row, &|one, other| {
                let place = |one: usize| match wish(one, &lefts) {
                    Some(left) => left,
                    None => first_issuer(one, &ties).map_or(f64::MAX, as_measure),
                };
                place(*one).total_cmp(&place(*other))
            });
            let mut free = MARGIN;
            for one in row {
                let left = wish(one, &lefts).unwrap_or(free).max(free);
                lefts[one] = left;
                free = left + STEP.0;
            }
        }
        let at = |one: usize| {
            let rows_above = as_measure(top - heights[one]);
            (lefts[one], MARGIN + rows_above * STEP.1)
        };
        let right = lefts.iter().copied().fold(0.0, f64::max) + BOX.0 + MARGIN;
        Self {
            size: (right, 2.0 * MARGIN + as_measure(top) * STEP.1 + BOX.1),
            certificates: (0..here).map(at).collect(),
            missing: (here..count).map(at).collect(),
        }
    }
}

/// How many certificates stand below each one. Circles of cross-signs end where they have gone round.
fn heights(count: usize, ties: &[(usize, usize)]) -> Vec<usize> {
    let mut heights = vec![0_usize; count];
    for _ in 0..count.min(32) {
        let mut moved = false;
        for (issued, issuer) in ties {
            let above = heights[*issued] + 1;
            if heights[*issuer] < above && above < count {
                heights[*issuer] = above;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    heights
}

fn first_issuer(one: usize, ties: &[(usize, usize)]) -> Option<usize> {
    let tie = ties.iter().find(|(issued, _)| *issued == one)?;
    Some(tie.1)
}

fn as_measure(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use certlens_core::{ChainRole, IssuerSignature, Row};

    use super::*;
    use crate::questions::{ChainNode, MissingNode, Tie};
    use crate::rows::RowId;

    fn told(count: usize, missing: usize, ties: &[(usize, Issuer)]) -> ChainTold {
        let node = ChainNode {
            id: RowId::default(),
            copies: 1,
            name: String::new(),
            sha256: String::new(),
            role: ChainRole::Authority,
            row: Row::default(),
            worst: None,
        };
        ChainTold {
            certificates: vec![node; count],
            missing: vec![
                MissingNode {
                    name: String::new(),
                    urls: Vec::new()
                };
                missing
            ],
            ties: ties
                .iter()
                .map(|(issued, issuer)| Tie {
                    issued: *issued,
                    issuer: *issuer,
                    signature: IssuerSignature::Valid,
                })
                .collect(),
            ..ChainTold::default()
        }
    }

    #[test]
    fn issuers_stand_above_what_they_issued_and_nothing_overlaps() {
        let ties = [
            (0, Issuer::Here(2)),
            (1, Issuer::Here(2)),
            (2, Issuer::Here(3)),
            (2, Issuer::Here(4)),
            (5, Issuer::Missing(0)),
        ];
        let layout = Layout::of(&told(6, 1, &ties));
        let y = |one: usize| layout.certificates[one].1;
        assert!(y(3) < y(2) && y(2) < y(0));
        assert!((y(0) - y(5)).abs() < f64::EPSILON);
        assert!(layout.missing[0].1 < y(5));
        let all: Vec<_> = layout.certificates.iter().chain(&layout.missing).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(one.0 + BOX.0 <= layout.size.0 && one.1 + BOX.1 <= layout.size.1);
            for other in &all[index + 1..] {
                let apart = BOX.0 < (one.0 - other.0).abs() || BOX.1 < (one.1 - other.1).abs();
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn authorities_that_signed_each_other_end_somewhere() {
        let ties = [
            (0, Issuer::Here(1)),
            (1, Issuer::Here(0)),
            (1, Issuer::Here(1)),
        ];
        assert_eq!(Layout::of(&told(2, 0, &ties)).certificates.len(), 2);
    }
}
