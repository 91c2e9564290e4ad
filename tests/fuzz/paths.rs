//! What must hold of every chain and every judgement, whatever it is about.

use std::collections::BTreeSet;

use certlens_core::{
    CheckOutcome, Contents, EverySignature, Evidence, HostName, Options, PathEnd, Profile, Purpose,
    Question, RevocationDemand, StepVerdict, UnixTime, chain, judge, open,
};

/// Links and judges what follows one another in `data`, and panics where a verdict contradicts itself.
pub(crate) fn hold(data: &[u8]) {
    let mut parts = Vec::new();
    let mut rest = data;
    // Objects follow one another; what is none ends the list.
    while let Some(length) = length(rest) {
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
    }
    linked(&parts);
    let [leaf, others @ ..] = parts.as_slice() else {
        return;
    };
    let evidence = Evidence {
        anchors: others.last().copied().into_iter().collect(),
        untrusted: others.to_vec(),
        lists: others.to_vec(),
    };
    for profile in Profile::ALL {
        let at = UnixTime::from_seconds(1_600_000_000);
        let mut question = Question::new(at, Purpose::Server, profile);
        question.host = HostName::parse("example.com").ok();
        if profile == Profile::Legacy {
            question.rules.revocation = RevocationDemand::Always;
            question.policies.explicit = true;
        }
        let Ok(judgement) = judge(leaf, &evidence, &question) else {
            return;
        };
        let budget = &question.budget;
        assert!(judgement.work.signatures <= budget.signatures);
        assert!(judgement.work.candidates <= budget.candidates);
        assert!(judgement.work.paths <= budget.paths);
        let accepted = judgement.paths.first().is_some_and(|path| path.accepted);
        assert_eq!(judgement.accepted, accepted);
        for step in judgement.paths.iter().flat_map(|path| &path.steps) {
            let refused = step
                .checks
                .iter()
                .any(|it| it.outcome == CheckOutcome::Refused);
            assert_eq!(step.verdict == StepVerdict::Refused, refused);
        }
        serde_json::to_string(&judgement).expect("a judgement serialises");
    }
}

/// Every certificate is on a way up, each way goes from issuer to issuer, and none goes in a circle.
fn linked(parts: &[&[u8]]) {
    let opened = parts.iter().map(|part| open(part, &Options::default()));
    let opened: Vec<Contents> = opened.flatten().collect();
    let pile: Vec<&Contents> = opened.iter().collect();
    let at = UnixTime::from_seconds(1_600_000_000);
    let picture = chain(&pile, Some(at), &EverySignature);
    let mut passed = BTreeSet::new();
    for path in &picture.paths {
        let own: BTreeSet<usize> = path.certificates.iter().copied().collect();
        assert_eq!(own.len(), path.certificates.len());
        for pair in path.certificates.windows(2) {
            let links = &picture.certificates[pair[0]].issuers;
            assert!(links.iter().any(|link| link.certificate == pair[1]));
        }
        assert_eq!(path.missing.is_some(), path.end == PathEnd::Missing);
        passed.extend(own);
    }
    assert!(passed.into_iter().eq(0..picture.certificates.len()));
    serde_json::to_string(&picture).expect("a picture serialises");
}

/// Octets of the SEQUENCE that these begin with, its length in the usual forms.
fn length(data: &[u8]) -> Option<usize> {
    let length = match data {
        [0x30, short @ 0..=0x7f, ..] => 2 + usize::from(*short),
        [0x30, 0x81, length, ..] => 3 + usize::from(*length),
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    (length <= data.len()).then_some(length)
}
