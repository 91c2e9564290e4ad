//! Reports as octets, for the page and its worker. Both are of one build: nothing in the octets has a name.

pub(crate) use borsh::{BorshDeserialize as Read, BorshSerialize as Write};
