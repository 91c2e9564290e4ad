//! What one input may cost.

use crate::error::{Error, ErrorKind};

/// What one input may cost. Exceeding a limit is an [`crate::Error`], never a hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of one input. Stops a disk image dropped by mistake from filling the tab's memory.
    pub input: u64,
    /// Nested constructed values. Stops stack exhaustion by `30 80 30 80 …`.
    pub depth: u8,
    /// Key derivation rounds, summed over the parts of one file, for each password that is tried. Stops a
    /// keystore that asks for four billion, and one that asks for a million a thousand times.
    pub kdf_rounds: u64,
    /// Octets of memory that one derivation may take, as scrypt asks for. Stops a keystore from taking
    /// all of it.
    pub memory: u64,
    /// Octets that may be decrypted from one input, or unpacked, all parts together.
    pub output: u64,
    /// Objects in one input. Stops a file that is nothing but a million empty entries.
    pub entries: usize,
    /// Entries of one revocation list that a report holds. Stops a list of a million from becoming a
    /// report of gigabytes; the others are a window away, [`crate::Contents::revoked`].
    pub listed: usize,
}

impl Limits {
    /// The limits that can be set by name, as a command line and JavaScript do.
    pub const NAMES: [&str; 6] = ["input", "rounds", "memory", "output", "entries", "listed"];

    /// Sets one limit by its name: `rounds=100000000`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn set(&mut self, assignment: &str) -> Result<(), String> {
        let expected = || {
            let names = Self::NAMES.join(", ");
            format!("expected NAME=NUMBER with one of the names {names}, found {assignment}")
        };
        let (name, number) = assignment.split_once('=').ok_or_else(expected)?;
        let number: u64 = number.trim().parse().map_err(|_| expected())?;
        let count = usize::try_from(number).unwrap_or(usize::MAX);
        match name.trim() {
            "input" => self.input = number,
            "rounds" => self.kdf_rounds = number,
            "memory" => self.memory = number,
            "output" => self.output = number,
            "entries" => self.entries = count,
            "listed" => self.listed = count,
            _ => return Err(expected()),
        }
        Ok(())
    }

    /// Whether one more entry may join those held; `announced` is what the input would come to.
    pub(crate) fn room_for_entry(
        &self,
        held: usize,
        announced: u64,
        offset: usize,
    ) -> Result<(), Error> {
        if held < self.entries {
            return Ok(());
        }
        let kind = ErrorKind::LimitExceeded {
            what: "entries in one file",
            found: announced,
            allowed: figure(self.entries),
        };
        Err(Error::new(kind, offset))
    }
}

/// A count in the width in which figures are told.
pub(crate) fn figure(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input: 256 << 20,
            depth: 64,
            kdf_rounds: 20_000_000,
            memory: 256 << 20,
            output: 256 << 20,
            entries: 1_000_000,
            listed: 1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_set_by_its_name() {
        let mut limits = Limits::default();
        for (number, name) in (1..).zip(Limits::NAMES) {
            limits.set(&format!("{name}={number}")).expect("is set");
        }
        let expected = Limits {
            input: 1,
            depth: limits.depth,
            kdf_rounds: 2,
            memory: 3,
            output: 4,
            entries: 5,
            listed: 6,
        };
        assert_eq!(limits, expected);
        for wrong in [
            "",
            "rounds",
            "rounds=",
            "rounds=-1",
            "rounds=1e9",
            "depth=1",
        ] {
            let error = limits.set(wrong).expect_err("is refused");
            assert!(error.contains("input, rounds, memory"), "{error}");
            assert!(error.ends_with(&format!("found {wrong}")), "{error}");
        }
        assert_eq!(limits, expected);
    }
}
