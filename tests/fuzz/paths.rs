//! What must hold of every judgement, whatever it is about.

use certlens_core::{
    CheckOutcome, Evidence, HostName, Profile, Purpose, Question, RevocationDemand, UnixTime, judge,
};

/// Judges what follows one another in `data`, and panics where a verdict contradicts itself.
pub(crate) fn hold(data: &[u8]) {
    let mut parts = Vec::new();
    let mut rest = data;
    // Objects follow one another; what is none ends the list.
    while let Some(length) = length(rest) {
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
    }
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
            assert_eq!(step.accepted, !refused);
        }
        serde_json::to_string(&judgement).expect("a judgement serialises");
    }
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
