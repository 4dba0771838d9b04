//! How often one may knock: by name and by address.

use crate::bucket::{Limit, Limiter};
use crate::error::{Error, Result};
use kernel::{Timestamp, text};
use std::net::IpAddr;

/// Attempts to sign in, for each name and for each address.
const SIGN_IN: [Limit; 2] = [Limit::a_minute(5), Limit::an_hour(20)];
/// Most names and most addresses remembered, each; about 200 bytes apiece.
const KEYS_MAX: usize = 50_000;
/// Longer names are nobody's; they share a bucket with their beginning.
const NAME_CHARS: usize = 80;

/// All limits of the house, in memory: a restart forgets them.
#[derive(Debug)]
pub struct Limits {
    names: Limiter,
    sign_ins: Limiter,
    requests: Limiter,
}

impl Limits {
    /// With this limit on requests of any kind from one address.
    pub fn new(requests: Limit) -> Limits {
        Limits {
            names: Limiter::new(&SIGN_IN, KEYS_MAX),
            sign_ins: Limiter::new(&SIGN_IN, KEYS_MAX),
            requests: Limiter::new(&[requests], KEYS_MAX),
        }
    }

    /// Counts an attempt to sign in, for its name and its address; if either is held back, it is
    /// counted for neither. Fails with [`Error::Rate`].
    pub fn sign_in(&mut self, now: Timestamp, name: &str, address: IpAddr) -> Result<()> {
        let start: String = name.chars().take(NAME_CHARS).collect();
        let (name, address) = (text::fold(&start), network(address));
        let wait_us = self.names.wait_us(now, &name);
        let wait_us = wait_us.max(self.sign_ins.wait_us(now, &address));
        if wait_us > 0 {
            return Err(wait(wait_us));
        }
        self.names.take(now, &name).map_err(wait)?;
        self.sign_ins.take(now, &address).map_err(wait)
    }

    /// Counts an attempt with a setup link, for its address only: its secret cannot be guessed, and
    /// a stranger must not be able to hold back the one who has it. Fails with [`Error::Rate`].
    pub fn setup(&mut self, now: Timestamp, address: IpAddr) -> Result<()> {
        self.sign_ins.take(now, &network(address)).map_err(wait)
    }

    /// Counts a request of any kind from an address. Fails with [`Error::Rate`].
    pub fn request(&mut self, now: Timestamp, address: IpAddr) -> Result<()> {
        self.requests.take(now, &network(address)).map_err(wait)
    }
}

fn wait(wait_us: i64) -> Error {
    Error::Rate { retry_after_s: wait_us.saturating_add(999_999).max(1_000_000) / 1_000_000 }
}

/// One customer's network: the address in version 4, the first 64 bits in version 6.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn tries(limits: &mut Limits, name: &str, from: &str) -> usize {
        let now = Timestamp::from_micros(0);
        (0..100).take_while(|_| limits.sign_in(now, name, address(from)).is_ok()).count()
    }

    #[test]
    fn names_and_addresses_are_held_back() {
        let mut limits = Limits::new(Limit::a_minute(60));
        assert_eq!(tries(&mut limits, "mei", "192.0.2.1"), 5);
        // The name from elsewhere, however it is written.
        assert_eq!(tries(&mut limits, " ＭEI ", "192.0.2.2"), 0);
        // The address with another name.
        assert_eq!(tries(&mut limits, "lan", "192.0.2.1"), 0);
        assert_eq!(tries(&mut limits, "lan", "::ffff:192.0.2.1"), 0);
        // Attempts that were held back cost the other nothing.
        assert_eq!(tries(&mut limits, "lan", "192.0.2.2"), 5);
        assert_eq!(tries(&mut limits, "tao", "2001:db8::1"), 5);
        assert_eq!(tries(&mut limits, "jun", "2001:db8::ffff:1"), 0);
        assert_eq!(tries(&mut limits, "jun", "2001:db8:0:1::1"), 5);
    }

    #[test]
    fn says_how_long_to_wait() {
        let mut limits = Limits::new(Limit::a_minute(2));
        let (now, from) = (Timestamp::from_micros(0), address("192.0.2.1"));
        assert!(limits.request(now, from).is_ok() && limits.request(now, from).is_ok());
        let error = limits.request(now, from).expect_err("one too many");
        assert!(matches!(error, Error::Rate { retry_after_s: 30 }));
        assert_eq!(error.code(), Some("E-RATE-01"));
    }
}
