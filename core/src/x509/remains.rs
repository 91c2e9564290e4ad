//! What can be told of a certificate that cannot be read to its end.

use super::{name, serial};
use crate::asn1::{Element, Reader, Tag, instant};
use crate::origin::Origin;
use crate::report::Name;
use crate::time::UnixTime;

/// The fields of a certificate up to the first that is broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// Its serial number, in hexadecimal.
    pub serial: Option<String>,
    /// Who issued it.
    pub issuer: Option<Name>,
    /// First instant of validity.
    pub not_before: Option<UnixTime>,
    /// Last instant of validity.
    pub not_after: Option<UnixTime>,
    /// Whose it is.
    pub subject: Option<Name>,
}

/// Reads what these bytes have of a certificate, however early they end or break. Nothing is told of what
/// does not begin as one.
pub fn remains(der: &[u8]) -> Remains {
    let mut told = Remains::default();
    read(der, &mut told);
    told
}

fn read(der: &[u8], told: &mut Remains) -> Option<()> {
    let certificate = sequence(&mut Reader::new(der))?;
    let mut fields = sequence(&mut certificate.reader())?.reader();
    fields.optional(Tag::context(0)).ok()?;
    let number = fields.expect(Tag::INTEGER, "INTEGER").ok()?;
    fields.sequence("AlgorithmIdentifier").ok()?;
    let of = |element: &Element<'_>| name(element, &Origin::input()).ok();
    told.issuer = Some(of(&fields.sequence("Name").ok()?)?);
    // A revocation list, which begins alike, has a time here.
    let mut times = sequence(&mut fields)?.reader();
    told.serial = Some(serial(number.contents));
    told.not_before = instant(&times.next()?)?.time.ok();
    told.not_after = instant(&times.next()?)?.time.ok();
    told.subject = of(&fields.sequence("Name").ok()?);
    Some(())
}

/// The next value, which must be a SEQUENCE, as far as it is there.
fn sequence<'a>(reader: &mut Reader<'a>) -> Option<Element<'a>> {
    let value = reader.any().ok().or_else(|| reader.cut_off())?;
    (value.tag == Tag::SEQUENCE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf() -> Vec<u8> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/der/leaf.der");
        std::fs::read(path).expect("the vector is there")
    }

    #[test]
    fn fields_before_the_end_are_told_and_no_others() {
        let der = leaf();
        let whole = remains(&der);
        assert!(whole.subject.is_some() && whole.not_after.is_some());
        let told = |end: usize| {
            let one = remains(&der[..end]);
            let issuer = one.issuer.is_some();
            [
                issuer,
                one.not_before.is_some(),
                one.not_after.is_some(),
                one.subject.is_some(),
            ]
        };
        let each: Vec<[bool; 4]> = (0..der.len()).map(told).collect();
        // Ever more is told, field by field, each in its place.
        let mut steps = each.clone();
        steps.dedup();
        let told = |count: usize| std::array::from_fn(|field| field < count);
        assert_eq!(steps, [told(0), told(1), told(2), told(3), told(4)]);
        let cut = remains(&der[..300]);
        assert_eq!((cut.subject, cut.serial), (whole.subject, whole.serial));
    }

    #[test]
    fn what_is_no_certificate_tells_nothing() {
        for der in [
            &b""[..],
            b"\x30",
            b"0\x820\x82",
            b"nothing",
            &[0x30, 3, 2, 1, 0],
        ] {
            assert_eq!(remains(der), Remains::default());
        }
    }
}
