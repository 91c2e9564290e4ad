//! Certificate policies: the graph of policies that are valid along a path.
//!
//! [RFC 9618](https://www.rfc-editor.org/rfc/rfc9618) puts this graph in the place of RFC 5280's tree,
//! which grows with the power of the path's length. A level has at most one node for each policy.

use std::collections::{BTreeMap, BTreeSet};

use super::certificate::Link;

/// The encoded identifier of `anyPolicy`, 2.5.29.32.0.
pub(crate) const ANY_POLICY: &[u8] = &[0x55, 0x1d, 32, 0];

/// The state of RFC 5280, 6.1.2, that policies need.
pub(super) struct Policies<'a> {
    levels: Vec<Level<'a>>,
    /// Whether no policy is valid any more.
    is_null: bool,
    explicit: u64,
    mapping: u64,
    any: u64,
}

type Level<'a> = BTreeMap<&'a [u8], Node<'a>>;

#[derive(Default)]
struct Node<'a> {
    expected: BTreeSet<&'a [u8]>,
    parents: BTreeSet<&'a [u8]>,
}

impl<'a> Policies<'a> {
    /// The state before the first certificate of a path of this many (RFC 5280, 6.1.2 (a), (d) to (f)).
    pub(super) fn new(length: usize, demand: &super::rules::PolicyDemand) -> Self {
        let start = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
        let unless = |inhibited: bool| if inhibited { 0 } else { start };
        let root = Node {
            expected: BTreeSet::from([ANY_POLICY]),
            parents: BTreeSet::new(),
        };
        Self {
            levels: vec![BTreeMap::from([(ANY_POLICY, root)])],
            is_null: false,
            explicit: unless(demand.explicit),
            mapping: unless(demand.inhibit_mapping),
            any: unless(demand.inhibit_any),
        }
    }

    /// RFC 5280, 6.1.3 (d) to (f), for one certificate. The error says that no policy is valid.
    pub(super) fn process(&mut self, link: &Link<'a>, is_last: bool) -> Result<(), &'static str> {
        match &link.policies {
            Some(policies) if !self.is_null => self.level(policies, link, is_last),
            _ => self.is_null = true,
        }
        self.verdict()
    }

    /// The same for an anchor whose constraints count: one without policies stands for any.
    pub(super) fn process_anchor(&mut self, link: &Link<'a>) {
        let policies = link.policies.as_deref().unwrap_or(&[ANY_POLICY]);
        self.level(policies, link, false);
    }

    fn level(&mut self, policies: &[&'a [u8]], link: &Link<'a>, is_last: bool) {
        let above = self.levels.last();
        let mut level: Level<'a> = BTreeMap::new();
        // Who expects which policy, so that each is found at once.
        let mut expecting: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
        for (policy, node) in above.into_iter().flatten() {
            for expected in &node.expected {
                expecting.entry(expected).or_default().insert(policy);
            }
        }
        let any_above = above.is_some_and(|above| above.contains_key(ANY_POLICY));
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            let parents = match expecting.get(policy) {
                Some(parents) => parents.clone(),
                None if any_above => BTreeSet::from([ANY_POLICY]),
                None => continue,
            };
            level.insert(policy, node_of(policy, parents));
        }
        let any_counts = 0 < self.any || (!is_last && link.is_self_issued());
        if policies.contains(&ANY_POLICY) && any_counts {
            for (policy, parents) in expecting {
                level
                    .entry(policy)
                    .or_insert_with(|| node_of(policy, parents));
            }
        }
        self.is_null = level.is_empty();
        self.levels.push(level);
    }

    /// RFC 5280, 6.1.4 (a) and (b) and (h) to (j): what a certificate says of those below it.
    pub(super) fn prepare(&mut self, link: &Link<'a>) -> Result<(), &'static str> {
        let any =
            |&(issuer, subject): &(&[u8], &[u8])| issuer == ANY_POLICY || subject == ANY_POLICY;
        if link.mappings.iter().any(any) {
            return Err("it maps anyPolicy");
        }
        if !self.is_null {
            self.map(link);
        }
        if !link.is_self_issued() {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any = self.any.saturating_sub(1);
        }
        let limit =
            |count: &mut u64, to: Option<u64>| *count = to.map_or(*count, |to| to.min(*count));
        limit(&mut self.explicit, link.explicit_policy);
        limit(&mut self.mapping, link.inhibit_mapping);
        limit(&mut self.any, link.inhibit_any);
        Ok(())
    }

    fn map(&mut self, link: &Link<'a>) {
        let mut mapped: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
        for (issuer, subject) in &link.mappings {
            mapped.entry(issuer).or_default().insert(subject);
        }
        let allowed = 0 < self.mapping;
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        for (policy, subjects) in mapped {
            if !allowed {
                level.remove(policy);
            } else if let Some(node) = level.get_mut(policy) {
                node.expected = subjects;
            } else if level.contains_key(ANY_POLICY) {
                let mut node = node_of(policy, BTreeSet::from([ANY_POLICY]));
                node.expected = subjects;
                level.insert(policy, node);
            }
        }
        self.is_null = level.is_empty();
    }

    /// RFC 5280, 6.1.5 (a), (b) and (g): after the last certificate. The policies that the path is valid
    /// for among those asked for, or that there is none.
    pub(super) fn finish(
        &mut self,
        last: &Link<'a>,
        wanted: &[Vec<u8>],
    ) -> Result<Vec<Vec<u8>>, &'static str> {
        self.explicit = self.explicit.saturating_sub(1);
        if last.explicit_policy == Some(0) {
            self.explicit = 0;
        }
        let valid = self.constrained(wanted);
        if valid.is_empty() && self.explicit == 0 {
            return Err("the path is valid for none of the policies that are asked for");
        }
        Ok(valid)
    }

    fn constrained(&self, wanted: &[Vec<u8>]) -> Vec<Vec<u8>> {
        if self.is_null {
            return Vec::new();
        }
        // Only nodes from which the last level is reached are left (6.1.3 (d) (3)).
        let mut alive: BTreeSet<&[u8]> = BTreeSet::new();
        let mut found: BTreeSet<&[u8]> = BTreeSet::new();
        for (height, level) in self.levels.iter().enumerate().rev() {
            let is_last = height + 1 == self.levels.len();
            let mut next = BTreeSet::new();
            for (policy, node) in level {
                if !is_last && !alive.contains(policy) {
                    continue;
                }
                next.extend(node.parents.iter().copied());
                let under_any = node.parents.contains(ANY_POLICY);
                if *policy == ANY_POLICY {
                    if is_last {
                        found.insert(policy);
                    }
                } else if under_any {
                    found.insert(policy);
                }
            }
            alive = next;
        }
        if wanted.is_empty() {
            return found.into_iter().map(<[u8]>::to_vec).collect();
        }
        let any = found.contains(ANY_POLICY);
        wanted
            .iter()
            .filter(|policy| any || found.contains(policy.as_slice()))
            .cloned()
            .collect()
    }

    fn verdict(&self) -> Result<(), &'static str> {
        if self.explicit == 0 && self.is_null {
            Err("a policy must be stated, and none is valid any more")
        } else {
            Ok(())
        }
    }
}

fn node_of<'a>(policy: &'a [u8], parents: BTreeSet<&'a [u8]>) -> Node<'a> {
    Node {
        expected: BTreeSet::from([policy]),
        parents,
    }
}
