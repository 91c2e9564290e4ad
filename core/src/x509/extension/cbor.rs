//! As much of CBOR (RFC 8949) as an extension is written in.

/// Lists within lists that are read. Stops stack exhaustion.
const MAX_DEPTH: u8 = 16;

/// The pairs of a map whose keys are numbers, each value as a person reads it; `None` for anything else,
/// and where more follows.
pub(super) fn numbered(input: &[u8]) -> Option<Vec<(u64, String)>> {
    let (MAP, count, mut rest) = head(input)? else {
        return None;
    };
    let mut pairs = Vec::new();
    for _ in 0..count {
        let (UNSIGNED, key, after) = head(rest)? else {
            return None;
        };
        let (value, after) = value(after, 0)?;
        pairs.push((key, value));
        rest = after;
    }
    rest.is_empty().then_some(pairs)
}

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const OCTETS: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAGGED: u8 = 6;

/// The kind of an item, its number, and what follows; of definite lengths alone.
fn head(input: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = input.split_first()?;
    let width = match first & 31 {
        number @ 0..24 => return Some((first >> 5, u64::from(number), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (number, rest) = rest.split_at_checked(width)?;
    let number = number
        .iter()
        .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
    Some((first >> 5, number, rest))
}

fn value(input: &[u8], depth: u8) -> Option<(String, &[u8])> {
    let (kind, number, rest) = head(input).filter(|_| depth < MAX_DEPTH)?;
    match kind {
        UNSIGNED => Some((number.to_string(), rest)),
        NEGATIVE => Some(((-1 - i128::from(number)).to_string(), rest)),
        OCTETS | TEXT => {
            let (octets, rest) = rest.split_at_checked(usize::try_from(number).ok()?)?;
            let text = std::str::from_utf8(octets).ok().filter(|_| kind == TEXT);
            let told = text.map_or_else(|| crate::hex::hex(octets), str::to_owned);
            Some((told, rest))
        }
        ARRAY => list(rest, number, depth).map(|(items, rest)| (items.join(", "), rest)),
        MAP => {
            let (items, rest) = list(rest, number.checked_mul(2)?, depth)?;
            let (pairs, _) = items.as_chunks::<2>();
            let pairs = pairs.iter().map(|[key, value]| format!("{key}: {value}"));
            Some((pairs.collect::<Vec<_>>().join(", "), rest))
        }
        TAGGED => value(rest, depth + 1),
        _ => Some((
            match number {
                20 => "false".to_owned(),
                21 => "true".to_owned(),
                22 => "null".to_owned(),
                _ => format!("simple value {number}"),
            },
            rest,
        )),
    }
}

fn list(input: &[u8], count: u64, depth: u8) -> Option<(Vec<String>, &[u8])> {
    let mut rest = input;
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = value(rest, depth + 1)?;
        items.push(item);
        rest = after;
    }
    Some((items, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_as_a_person_reads_them() {
        let map = b"\xa7\x01\x18\x20\x02\x20\x03\x42\xab\xcd\x04\x66Google\x05\x82\x01\xf5\x06\xa1\x01\xf6\x19\x01\x00\xc1\x1a\x65\x00\x00\x00";
        let expected = [
            (1, "32"),
            (2, "-1"),
            (3, "abcd"),
            (4, "Google"),
            (5, "1, true"),
            (6, "1: null"),
            (256, "1694498816"),
        ];
        let expected = expected.map(|(key, value)| (key, value.to_owned()));
        assert_eq!(numbered(map), Some(expected.to_vec()));
    }

    #[test]
    fn what_is_no_map_of_numbers_is_none() {
        let deep = [&[0xa1, 1][..], &[0x81; 64], &[0]].concat();
        let none: [&[u8]; 8] = [
            b"",
            b"\x01",
            b"\xa1",
            b"\xa1\x61a\x01",
            b"\xa1\x01\x18",
            b"\xa1\x01\x42a",
            b"\xa1\x01\x01\x00",
            b"\xbf\x01\x01\xff",
        ];
        for input in none.into_iter().chain([&*deep]) {
            assert_eq!(numbered(input), None, "{input:x?}");
        }
    }
}
