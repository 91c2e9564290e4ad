//! How often somebody may guess a password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::credentials::Peer;
use crate::app::StartError;
use crate::host_key;

/// Wrong passwords of late, by user name and by address.
///
/// Each has an allowance that comes back with time, so that nobody is locked out for longer than it
/// takes to come back. Names that are tried from this machine and from elsewhere have one each:
/// guessing over the network does not lock out the person at the console. Loopback has no allowance as
/// an address, because a proxy in front of this server would share it among all its clients.
pub(super) struct Attempts {
    /// When each allowance will be whole again. Keyed by digests: names may be long, and hostile.
    whole_at: Mutex<HashMap<[u8; 32], Instant>>,
    key: Zeroizing<[u8; 32]>,
}

/// So many wrong passwords at once, and one more each time that `every` has passed.
struct Allowance {
    burst: u32,
    every: Duration,
}

impl Attempts {
    pub(super) fn new() -> Result<Self, StartError> {
        Ok(Self {
            whole_at: Mutex::default(),
            key: host_key::random()?,
        })
    }

    /// How long to wait before another password is looked at, if it is not now.
    pub(super) fn wait(&self, name: &str, peer: Peer, now: Instant) -> Option<Duration> {
        let whole_at = self.lock();
        let waits = self.keys(name, peer).into_iter().flatten();
        let waits = waits.filter_map(|(key, allowance)| {
            let debt = whole_at.get(&key)?.saturating_duration_since(now);
            let wait = (debt + allowance.every).saturating_sub(allowance.every * allowance.burst);
            (!wait.is_zero()).then_some(wait)
        });
        waits.max()
    }

    /// Notes a wrong password.
    pub(super) fn note(&self, name: &str, peer: Peer, now: Instant) {
        let mut whole_at = self.lock();
        for (key, allowance) in self.keys(name, peer).into_iter().flatten() {
            if AT_MOST <= whole_at.len() && !whole_at.contains_key(&key) {
                make_room(&mut whole_at, now);
            }
            let from = whole_at.get(&key).map_or(now, |&at| at.max(now));
            whole_at.insert(key, from + allowance.every);
        }
    }

    fn keys(&self, name: &str, peer: Peer) -> [Option<([u8; 32], &'static Allowance)>; 2] {
        let is_near = peer.is_loopback();
        let from = if is_near { "loopback" } else { "network" };
        let name = host_key::tag(&self.key, "name", &[from, name]);
        let address = peer.0.filter(|_| !is_near).map(network);
        let address = address.map(|network| host_key::tag(&self.key, "address", &[&network]));
        [Some((name, &NAME)), address.map(|key| (key, &ADDRESS))]
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Instant>> {
        self.whole_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets those who have their whole allowance; if there are none, whoever has it soonest.
fn make_room(whole_at: &mut HashMap<[u8; 32], Instant>, now: Instant) {
    whole_at.retain(|_, at| now < *at);
    if AT_MOST <= whole_at.len()
        && let Some(soonest) = whole_at
            .iter()
            .min_by_key(|(_, at)| **at)
            .map(|(key, _)| *key)
    {
        whole_at.remove(&soonest);
    }
}

/// Who holds one IPv6 address holds 2^64 of them.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x?}", address.segments().get(..4)),
    }
}

const NAME: Allowance = Allowance {
    burst: 10,
    every: Duration::from_secs(30),
};

const ADDRESS: Allowance = Allowance {
    burst: 40,
    every: Duration::from_secs(10),
};

/// Names and addresses that are remembered. Stops a flood of new names from filling the memory.
const AT_MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer(Some(address.parse().unwrap()))
    }

    fn guess(attempts: &Attempts, name: &str, peer: Peer, times: u32, now: Instant) {
        for _ in 0..times {
            attempts.note(name, peer, now);
        }
    }

    #[test]
    fn ten_guesses_at_a_name_and_then_one_every_half_minute() {
        let (attempts, now) = (Attempts::new().unwrap(), Instant::now());
        let far = peer("192.0.2.1");
        guess(&attempts, "admin", far, 9, now);
        assert_eq!(attempts.wait("admin", far, now), None);
        guess(&attempts, "admin", far, 1, now);
        let half_minute = Duration::from_secs(30);
        assert_eq!(attempts.wait("admin", far, now), Some(half_minute));
        assert_eq!(attempts.wait("anna", far, now), None);
        assert_eq!(attempts.wait("admin", far, now + half_minute), None);
        guess(&attempts, "admin", far, 1, now + half_minute);
        assert_eq!(
            attempts.wait("admin", far, now + half_minute),
            Some(half_minute)
        );
    }

    #[test]
    fn guesses_from_the_network_do_not_lock_out_this_machine() {
        let (attempts, now) = (Attempts::new().unwrap(), Instant::now());
        guess(&attempts, "admin", peer("192.0.2.1"), 500, now);
        assert_eq!(attempts.wait("admin", peer("127.0.0.1"), now), None);
        guess(&attempts, "admin", peer("::1"), 10, now);
        let wait = attempts.wait("admin", peer("127.0.0.1"), now);
        assert_eq!(wait, Some(Duration::from_secs(30)), "and yet it is bounded");
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_down_with_its_network() {
        let (attempts, now) = (Attempts::new().unwrap(), Instant::now());
        for at in 0..40 {
            attempts.note(&format!("name-{at}"), peer("2001:db8::1"), now);
        }
        let neighbour = attempts.wait("other", peer("2001:db8::ffff:2"), now);
        assert_eq!(neighbour, Some(Duration::from_secs(10)));
        assert_eq!(attempts.wait("other", peer("2001:db8:0:1::1"), now), None);
    }

    #[test]
    fn a_flood_of_names_forgets_the_least_guilty_first() {
        let (attempts, now) = (Attempts::new().unwrap(), Instant::now());
        guess(&attempts, "admin", Peer(None), 10, now);
        for at in 0..2 * AT_MOST {
            attempts.note(&format!("name-{at}"), Peer(None), now);
        }
        assert_eq!(attempts.lock().len(), AT_MOST);
        assert!(attempts.wait("admin", Peer(None), now).is_some());
    }
}
