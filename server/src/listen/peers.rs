//! How many connections each address has.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::proxies::Proxies;

/// The connections of each address, so that one alone does not hold every seat.
///
/// Loopback may, and so may trusted proxies: one in front of this server brings all its clients.
pub(super) struct Peers {
    at_most: usize,
    proxies: Proxies,
    seated: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection; given back when it is dropped.
pub(super) struct Seated {
    peers: Arc<Peers>,
    network: Option<IpAddr>,
}

impl Peers {
    /// A quarter of all seats for each.
    pub(super) fn share(seats: usize, proxies: Proxies) -> Arc<Self> {
        Arc::new(Self {
            at_most: seats.div_ceil(4),
            proxies,
            seated: Mutex::default(),
        })
    }

    /// Counts one connection more; `None` where the address has its share already.
    pub(super) fn seat(self: &Arc<Self>, address: IpAddr) -> Option<Seated> {
        let address = Some(address.to_canonical()).filter(|&address| !self.proxies.trust(address));
        let network = address.and_then(network);
        if let Some(network) = network {
            let mut seated = self.seated.lock().unwrap_or_else(PoisonError::into_inner);
            let count = seated.entry(network).or_default();
            if self.at_most <= *count {
                return None;
            }
            *count += 1;
        }
        Some(Seated {
            peers: Arc::clone(self),
            network,
        })
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let Some(network) = self.network else {
            return;
        };
        let seated = &self.peers.seated;
        let mut seated = seated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = seated.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                seated.remove(&network);
            }
        }
    }
}

/// What is counted together: who holds one IPv6 address holds 2^64 of them.
fn network(address: IpAddr) -> Option<IpAddr> {
    match address {
        address if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            Some(IpAddr::V6(Ipv6Addr::from_bits(network)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxies::ProxyHeader;

    #[test]
    fn an_address_has_a_quarter_of_the_seats_and_loopback_and_proxies_all() {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let proxies = Proxies::new(trusted, ProxyHeader::default());
        let peers = Peers::share(8, proxies);
        let seat = |address: &str| peers.seat(address.parse().unwrap());
        for (first, second, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"),
        ] {
            let (one, _two) = (seat(first).unwrap(), seat(second).unwrap());
            assert!(seat(first).is_none() && seat(second).is_none());
            assert!(seat(other).is_some());
            drop(one);
            assert!(seat(second).is_some());
        }
        assert!(peers.seated.lock().unwrap().is_empty());
        for known in ["127.0.0.1", "10.0.0.1"] {
            let near: Vec<_> = (0..8).map(|_| seat(known)).collect();
            assert!(near.iter().all(Option::is_some), "{known}");
        }
    }
}
