//! Object identifiers.

/// Whether these are the contents of an OBJECT IDENTIFIER: some octets, the last of which ends an arc.
pub(crate) fn is_identifier(contents: &[u8]) -> bool {
    contents.last().is_some_and(|octet| octet & 0x80 == 0)
}

/// The dotted form of an OBJECT IDENTIFIER's contents (X.690, 8.19): `2.5.4.3`.
///
/// `None` where the contents are empty or end inside an arc. Arcs of any size are written out.
pub(crate) fn dotted(contents: &[u8]) -> Option<String> {
    if !is_identifier(contents) {
        return None;
    }
    let mut text = String::with_capacity(contents.len() * 3);
    let arcs = contents.split_inclusive(|octet| octet & 0x80 == 0);
    for (index, octets) in arcs.enumerate() {
        if index != 0 {
            text.push('.');
        }
        // Nine octets hold 63 bits; nearly every arc has fewer.
        if octets.len() <= 9 {
            let value = octets
                .iter()
                .fold(0, |value, octet| value << 7 | u64::from(octet & 0x7f));
            let top = if index == 0 { value.min(80) / 40 } else { 0 };
            if index == 0 {
                push_decimal(top, &mut text);
                text.push('.');
            }
            push_decimal(value - top * 40, &mut text);
        } else {
            let mut arc = Arc::default();
            for octet in octets {
                arc.push(octet & 0x7f);
            }
            if index == 0 {
                // Leading zeros may make a small number long.
                let top = arc.value.min(80) / 40;
                arc.subtract(top * 40);
                push_decimal(u64::try_from(top).unwrap_or(0), &mut text);
                text.push('.');
            }
            text.push_str(&arc.decimal());
        }
    }
    Some(text)
}

fn push_decimal(value: u64, text: &mut String) {
    if 10 <= value {
        push_decimal(value / 10, text);
    }
    let digit = u8::try_from(value % 10).unwrap_or(0);
    text.push(char::from(b'0' + digit));
}

/// One arc. Those that 128 bits cannot hold, such as a mistyped UUID, are kept as base-128 digits.
#[derive(Default)]
struct Arc {
    value: u128,
    wide: Vec<u8>,
}

impl Arc {
    fn push(&mut self, digit: u8) {
        if self.wide.is_empty() && self.value >> 121 == 0 {
            self.value = self.value << 7 | u128::from(digit);
            return;
        }
        if self.wide.is_empty() {
            let mut rest = self.value;
            while rest != 0 {
                self.wide.insert(0, u8::try_from(rest & 0x7f).unwrap_or(0));
                rest >>= 7;
            }
        }
        self.wide.push(digit);
    }

    fn subtract(&mut self, amount: u128) {
        if self.wide.is_empty() {
            self.value -= amount;
        }
    }

    fn decimal(&self) -> String {
        if self.wide.is_empty() {
            return self.value.to_string();
        }
        // Long multiplication in decimal; the caller's contents are short, or bounded by the file.
        let mut digits: Vec<u8> = vec![0];
        for &digit in self.wide.iter().take(64) {
            let mut carry = u32::from(digit);
            for place in &mut digits {
                let sum = u32::from(*place) * 128 + carry;
                *place = u8::try_from(sum % 10).unwrap_or(0);
                carry = sum / 10;
            }
            while carry != 0 {
                digits.push(u8::try_from(carry % 10).unwrap_or(0));
                carry /= 10;
            }
        }
        let mut text: String = digits
            .iter()
            .rev()
            .map(|&digit| char::from(b'0' + digit))
            .collect();
        if 64 < self.wide.len() {
            text.push('…');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_written_in_full() {
        assert_eq!(dotted(&[0x55, 4, 3]).as_deref(), Some("2.5.4.3"));
        assert_eq!(
            dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).as_deref(),
            Some("1.2.840.113549")
        );
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
        let padded = [[0x80; 12].as_slice(), &[0x2a, 0x03]].concat();
        assert_eq!(dotted(&padded).as_deref(), Some("1.2.3"));
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0x55, 0x84]), None);
    }

    #[test]
    fn arcs_beyond_128_bits_are_written_in_decimal() {
        let mut contents = vec![0x2a, 0x82];
        contents.extend([0x80; 18]);
        contents.push(0);
        // 2 · 128^19 = 2^134
        let expected = "1.2.21778071482940061661655974875633165533184";
        assert_eq!(dotted(&contents).as_deref(), Some(expected));
    }
}
