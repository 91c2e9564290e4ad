//! Every ASN.1 value of an input, for a view of the bytes.

mod value;

use std::ops::Range;

use zeroize::Zeroizing;

use self::value::{hides, is_secret, meaning, says, wraps};
use crate::asn1::{Element, Reader, Tag};
use crate::container::{self, Root};
use crate::error::{Error, ErrorKind, Problem};
use crate::limits::Limits;
use crate::open::Options;
use crate::origin::Origin;
use crate::report::{Asn1LengthForm, Asn1Tree, Asn1Value};
use crate::ssh::PRIVATE_MAGIC;

/// The values of one piece of an input: of the whole of it, of a PEM block, of an object that was sealed.
///
/// Values within OCTET STRINGs and BIT STRINGs are found too. What a private key is made of is told by
/// tag, length and place, never by value.
#[derive(Debug)]
pub struct Tree {
    path: String,
    label: Option<String>,
    octets: Octets,
    origin: Origin,
    nodes: Vec<Node>,
    problem: Option<Problem>,
}

/// Octets that may be a private key: they print nothing.
struct Octets(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Octets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Octets(..)")
    }
}

/// One value, without its words, which are made when they are asked for.
#[derive(Clone, Debug)]
struct Node {
    tag: Option<Tag>,
    start: usize,
    contents: Range<usize>,
    end: usize,
    depth: u8,
    form: Asn1LengthForm,
    wrapped: bool,
    /// Whether nothing is told of what it says.
    silent: bool,
    /// Whether its octets are those of a secret, or may be what is left of one.
    secret: bool,
    problem: Option<String>,
}

/// Finds the ASN.1 values of an input of any kind: of each block of a text, of a file that is one value
/// or several, and of what the passwords open. Bytes that are no value stand among them as such.
///
/// # Errors
/// When there is no value at all, and when the input exceeds a limit.
pub fn trees(input: &[u8], options: &Options<'_>) -> Result<Vec<Tree>, Error> {
    let mut trees = Vec::new();
    let mut room = options.limits.entries;
    for root in container::roots(input, options)? {
        let tree = Tree::grow(root, options.limits.depth, room);
        room = room.saturating_sub(tree.nodes.len());
        trees.push(tree);
    }
    if trees
        .iter()
        .all(|tree| tree.nodes.iter().all(|node| node.tag.is_none()))
    {
        let looks_like = None;
        return Err(Error::new(ErrorKind::Unrecognised { looks_like }, 0));
    }
    Ok(trees)
}

/// The values that a string holds, at most so many of them.
pub(crate) fn values_within(string: &Element<'_>, origin: &Origin, room: usize) -> Vec<Asn1Value> {
    let mut grower = Grower::new(Limits::default().depth, room);
    let start = string.contents_start();
    let end = start + string.contents.len();
    grower.level(string.wrapped(), end, Level::default());
    let told = |node: &Node| node.told(start, string.contents, origin);
    grower.nodes.iter().map(told).collect()
}

impl Tree {
    fn grow(root: Root, depth: u8, limit: usize) -> Self {
        let Root {
            path,
            label,
            octets,
            origin,
            problem,
        } = root;
        let mut grower = Grower::new(depth, limit);
        // What is sealed tells what by; its key is told as such once it is open.
        let is_key = label
            .as_deref()
            .is_some_and(|label| label.ends_with("PRIVATE KEY") && !label.starts_with("ENCRYPTED"));
        let level = Level {
            secret: is_key || octets.starts_with(PRIVATE_MAGIC),
            holds_keys: is_key || begins_with_number(&octets),
            ..Level::default()
        };
        if problem.is_none() {
            grower.level(Reader::new(&octets), octets.len(), level);
        }
        Self {
            path,
            label,
            octets: Octets(octets),
            origin,
            nodes: grower.nodes,
            problem,
        }
    }

    /// Which piece of the input it is: `pem[0]`, or the path of the entry that was sealed.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The label of a PEM block.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Why the piece has no octets that could be looked at.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// The octets that its values are encoded in. They may be those of a private key.
    pub fn octets(&self) -> &[u8] {
        &self.octets.0
    }

    /// The places whose octets are those of a secret, or may be what is left of one. Nobody is to be shown them.
    pub fn secrets(&self) -> impl Iterator<Item = Range<usize>> {
        let after = self.nodes.iter().skip(1).map(|node| Some(node.depth));
        let pairs = self.nodes.iter().zip(after.chain([None]));
        let innermost = pairs.filter(|(node, after)| after.is_none_or(|after| after <= node.depth));
        innermost
            .filter(|(node, _)| node.secret)
            .map(|(node, _)| node.contents.clone())
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// One value.
    pub fn value(&self, index: usize) -> Option<Asn1Value> {
        let node = self.nodes.get(index)?;
        Some(node.told(0, &self.octets.0, &self.origin))
    }

    /// All values, each before those within it.
    pub fn values(&self) -> impl Iterator<Item = Asn1Value> {
        (0..self.len()).filter_map(|index| self.value(index))
    }

    /// All of it, for the wire.
    pub fn report(&self) -> Asn1Tree {
        Asn1Tree {
            path: self.path.clone(),
            label: self.label.clone(),
            values: self.values().collect(),
            problem: self.problem.clone(),
        }
    }

    /// The innermost value around an octet of [`Tree::octets`].
    pub fn position(&self, octet: usize) -> Option<usize> {
        // Values begin in ascending order, so that the last one that begins before is in it, or beside it.
        let after = self.nodes.partition_point(|node| node.start <= octet);
        let before = self.nodes.get(..after)?;
        before.iter().rposition(|node| octet < node.end)
    }
}

impl Node {
    /// In words. The first of `octets` has the offset `first`.
    fn told(&self, first: usize, octets: &[u8], origin: &Origin) -> Asn1Value {
        let of = |start: usize, end: usize| {
            let range = start.saturating_sub(first)..end.saturating_sub(first);
            octets.get(range).unwrap_or_default()
        };
        let contents = of(self.contents.start, self.contents.end);
        let raw = of(self.start, self.end);
        let name = self.tag.map(|tag| tag.to_string());
        Asn1Value {
            depth: self.depth.into(),
            tag: self.tag.map(Tag::told),
            name: name.unwrap_or_else(|| "bytes that are no value".to_owned()),
            length_form: self.tag.map(|_| self.form),
            wrapped: self.wrapped,
            value: (!self.silent)
                .then(|| says(self.tag, raw, contents))
                .flatten(),
            meaning: self.tag.and_then(|tag| meaning(tag, contents)),
            problem: self.problem.clone(),
            at: origin.span(self.start, self.end),
            contents: origin.span(self.contents.start, self.contents.end),
        }
    }
}

/// Finds values, level by level.
struct Grower {
    nodes: Vec<Node>,
    depth: u8,
    room: usize,
}

/// What holds for all values that stand beside each other.
#[derive(Clone, Copy, Default)]
struct Level {
    depth: u8,
    wrapped: bool,
    secret: bool,
    /// Whether octets that are no value may be what is left of a private key.
    holds_keys: bool,
}

impl Grower {
    fn new(depth: u8, room: usize) -> Self {
        let nodes = Vec::new();
        Self { nodes, depth, room }
    }

    /// The values up to `end`, and those within them.
    fn level(&mut self, mut reader: Reader<'_>, end: usize, level: Level) {
        while !reader.is_empty() {
            let start = reader.offset();
            if self.room <= self.nodes.len() {
                self.broken(start..end, level, "more values are not shown".to_owned());
                return;
            }
            match reader.any() {
                Ok(element) => self.element(&element, level, None),
                Err(error) => {
                    // What holds others is followed as far as it is there.
                    let cut = reader.cut_off().filter(|element| {
                        let holds = [Tag::SEQUENCE, Tag::SET].contains(&element.tag);
                        holds || (element.tag.constructed && 0 < level.depth)
                    });
                    match cut {
                        Some(element) => self.element(&element, level, Some(error.to_string())),
                        None => self.broken(start..end, level, error.to_string()),
                    }
                    return;
                }
            }
        }
    }

    /// A value, and why not all of it is there.
    fn element(&mut self, element: &Element<'_>, level: Level, cut: Option<String>) {
        let is_wrapping = !element.tag.constructed && wraps(element);
        let inner = if element.tag.constructed {
            Some(element.reader())
        } else {
            is_wrapping.then(|| element.wrapped())
        };
        // The pieces of a string say as little as the whole; what a string wraps speaks for itself.
        let hidden = !is_wrapping && hides(element);
        let is_rest = cut.is_some() && begins_as_key(element);
        let secret = level.secret || hidden || is_rest || is_secret(element);
        let deeper = Level {
            depth: level.depth.saturating_add(1),
            wrapped: !element.tag.constructed,
            secret,
            holds_keys: level.holds_keys,
        };
        let start = element.contents_start();
        let contents = start..start + element.contents.len();
        let end = contents.end;
        let too_deep = inner.is_some() && self.depth < deeper.depth;
        self.nodes.push(Node {
            tag: Some(element.tag),
            start: element.start,
            contents,
            end: element.end(),
            depth: level.depth,
            form: element.length_form().told(element),
            wrapped: level.wrapped,
            silent: secret || is_wrapping,
            secret,
            problem: cut.or_else(|| {
                too_deep.then(|| format!("nested deeper than {}: not followed", self.depth))
            }),
        });
        if let Some(inner) = inner.filter(|_| !too_deep) {
            self.level(inner, end, deeper);
        }
    }

    fn broken(&mut self, at: Range<usize>, level: Level, problem: String) {
        self.nodes.push(Node {
            tag: None,
            start: at.start,
            contents: at.clone(),
            end: at.end,
            depth: level.depth,
            form: Asn1LengthForm::Short,
            wrapped: level.wrapped,
            silent: true,
            secret: level.secret || level.holds_keys,
            problem: Some(problem),
        });
    }
}

/// Whether the first value is one that begins with a number, as private keys and keystores do, and no
/// certificate.
fn begins_with_number(octets: &[u8]) -> bool {
    let mut values = Reader::new(octets);
    let first = values.any().ok().or_else(|| values.cut_off());
    first.is_some_and(|first| first.contents.first() == Some(&2))
}

/// Whether what is left of a value may be the beginning of a private key: a version number of 0 or 1.
fn begins_as_key(element: &Element<'_>) -> bool {
    element.tag == Tag::SEQUENCE && matches!(element.contents, [2, 1, 0 | 1, ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Password;

    fn vector(name: &str) -> Vec<u8> {
        let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/");
        std::fs::read(format!("{vectors}{name}")).expect("the vector is there")
    }

    fn grown(input: &[u8]) -> Vec<Tree> {
        trees(input, &Options::default()).expect("grows")
    }

    /// Depth, tag, length form and value of each, a line each.
    fn drawn(tree: &Tree) -> String {
        let lines = tree.values().map(|one| {
            let indent = "  ".repeat(one.depth as usize);
            let form = one.length_form.map(|form| format!("{form:?}"));
            let wrapped = if one.wrapped { " wrapped" } else { "" };
            let text = [one.value, one.meaning, one.problem].map(Option::unwrap_or_default);
            let at = (one.at.der.start, one.contents.der.start, one.at.der.end);
            let form = form.unwrap_or_default();
            let text = text.join(" ");
            let line = format!("{indent}{} {form}{wrapped} {at:?} {text}", one.name);
            format!("{}\n", line.trim_end())
        });
        lines.collect()
    }

    #[test]
    fn tags_forms_places_and_values_are_told() {
        let der = [
            0x30, 0x81, 0x1f, 2, 1, 0x85, 6, 3, 0x55, 4, 3, 4, 5, 0x30, 3, 1, 1, 0xff, 3, 2, 5,
            0xa0, 0x82, 1, b'a', 0x0c, 2, 0xc3, 0xa9, 5, 0, 0x7f, 0x22, 0,
        ];
        insta::assert_snapshot!(drawn(&grown(&der)[0]), @r"
        SEQUENCE Padded (0, 3, 34)
          INTEGER Short (3, 5, 6) -123
          OBJECT IDENTIFIER Short (6, 8, 11) 2.5.4.3 common name
          OCTET STRING Short (11, 13, 18)
            SEQUENCE Short wrapped (13, 15, 18)
              BOOLEAN Short (15, 17, 18) TRUE
          BIT STRING Short (18, 20, 22) a0, 5 bits unused
          [2] Short (22, 24, 25) a
          UTF8String Short (25, 27, 29) é
          NULL Short (29, 31, 31)
          [APPLICATION 34] Short (31, 34, 34)
        ");
    }

    #[test]
    fn what_is_no_value_stands_among_those_that_are() {
        let der = [0x30, 5, 2, 1, 7, 4, 9, 2, 1, 8];
        insta::assert_snapshot!(drawn(&grown(&der)[0]), @r"
        SEQUENCE Short (0, 2, 7)
          INTEGER Short (2, 4, 5) 7
          bytes that are no value  (5, 5, 7)   ends too early, 9 more bytes are needed (byte 7)
        INTEGER Short (7, 9, 10) 8
        ");
        let indefinite = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 0, 0, 0, 0, 0xff];
        insta::assert_snapshot!(drawn(&grown(&indefinite)[0]), @r"
        SEQUENCE Indefinite (0, 2, 11)
          OCTET STRING Indefinite (2, 4, 9)
            OCTET STRING Short (4, 6, 7) 07
        bytes that are no value  (11, 11, 12)   ends too early, 1 more bytes are needed (byte 12)
        ");
    }

    #[test]
    fn random_octets_are_not_taken_for_values() {
        for octets in [
            &[4, 2, 5, 1][..],
            &[4, 3, 2, 0x81, 0],
            &[4, 2, 0, 0],
            &[3, 3, 1, 5, 0],
        ] {
            assert_eq!(grown(octets)[0].len(), 1, "{octets:02x?}");
        }
    }

    /// A private key over this seed, in the forms that are read, and in what others wrap around them.
    fn keys(seed: &[u8]) -> Vec<Vec<u8>> {
        let value = crate::der::value;
        let algorithm = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
        let octets = value(4, &value(4, seed));
        let with =
            |version: &[u8], string: &[u8]| value(0x30, &[version, &algorithm, string].concat());
        let plain = with(&[2, 1, 0], &octets);
        let (one, two) = seed.split_at(seed.len() / 2);
        let chunks = |octets: &[u8]| {
            let (one, two) = octets.split_at(20);
            [
                &[0x24, 0x80],
                value(4, one).as_slice(),
                &value(4, two),
                &[0, 0],
            ]
            .concat()
        };
        let named = |label: &str, der: &[u8]| {
            let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
            pem::encode_config(&pem::Pem::new(label, der), config).into_bytes()
        };
        let secret = [6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 5];
        vec![
            plain.clone(),
            with(&[2, 1, 2], &octets),
            with(&[2, 2, 0, 0], &octets),
            with(&[2, 0x81, 1, 0], &octets),
            with(&[2, 1, 0], &chunks(&value(4, seed))),
            value(4, &plain),
            value(4, &value(0x30, &value(4, &plain))),
            chunks(&plain),
            [&[0x30, 0x81, 37][..], &value(0x30, &plain)[2..]].concat(),
            value(0x30, &[&[2, 1, 2][..], &value(4, seed)].concat()),
            named("PRIVATE KEY", &value(4, seed)),
            named("OPENSSH PRIVATE KEY", &[PRIVATE_MAGIC, one, two].concat()),
            value(0x30, &[&secret[..], &value(0xa0, &value(4, seed))].concat()),
        ]
    }

    #[test]
    fn private_keys_are_told_by_place_alone() {
        let seed: Vec<u8> = (0x61..0x61 + 32).collect();
        let shown = crate::hex::hex(&seed);
        for key in keys(&seed) {
            let found = trees(&key, &Options::default()).unwrap_or_default();
            let text: String = found.iter().map(drawn).collect();
            for part in [&shown[..12], &shown[30..42], "abcdef", "pqrstu"] {
                assert!(!text.contains(part), "{key:02x?}\n{text}");
            }
            assert!(!format!("{found:?}").contains("97, 98"));
        }
        let found = grown(&vector("pem/chain-and-key.pem"));
        let key = found
            .iter()
            .find(|tree| tree.label() == Some("PRIVATE KEY"));
        let key = key.expect("is there");
        assert!(1 < key.len() && key.values().all(|one| one.value.is_none()));
    }

    #[test]
    fn every_piece_of_every_kind_of_input_has_a_tree() {
        let paths = |input: &[u8], passwords: &[Password]| {
            let options = Options {
                passwords,
                ..Options::default()
            };
            let found = trees(input, &options).expect("grows");
            assert!(found.iter().all(|tree| !tree.is_empty()));
            let paths = found.iter().map(|tree| tree.path().to_owned());
            paths.collect::<Vec<_>>()
        };
        assert_eq!(
            paths(&vector("pem/chain-and-key.pem"), &[]),
            ["pem[0]", "pem[1]", "pem[2]"]
        );
        assert_eq!(paths(&vector("der/leaf.der"), &[]), ["der"]);
        let leaf = vector("der/leaf.der");
        let digits = crate::hex::hex(&leaf);
        assert_eq!(paths(digits.as_bytes(), &[]), ["der"]);
        let password = [Password::new("changeit".to_owned())];
        assert!(2 <= paths(&vector("jks/keytool-17.jks"), &[]).len());
        let sealed = paths(&vector("pkcs12/keytool-17.p12"), &[]);
        let open = paths(&vector("pkcs12/keytool-17.p12"), &password);
        assert!(sealed.len() < open.len(), "{open:?}");
    }

    #[test]
    fn a_value_is_found_by_an_octet_of_it() {
        let leaf = vector("der/leaf.der");
        let tree = &grown(&leaf)[0];
        for octet in 0..leaf.len() {
            let found = tree
                .position(octet)
                .and_then(|index| tree.value(index))
                .expect("found");
            let inside = found.at.der.start <= octet as u64 && (octet as u64) < found.at.der.end;
            assert!(inside, "{octet}: {found:?}");
        }
        assert_eq!(tree.position(leaf.len()), None);
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let mut options = Options::default();
        options.limits.entries = 3;
        let many = [5, 0].repeat(10);
        let found = trees(&many, &options).expect("grows");
        assert_eq!(found[0].len(), 4);
        let deep = (0..100).fold(vec![5, 0], |inner, _| crate::der::value(0x30, &inner));
        assert!(grown(&deep)[0].len() < 70);
        let err = trees(b"no certificate at all", &Options::default());
        assert!(matches!(
            err.expect_err("fails").kind(),
            ErrorKind::Unrecognised { .. }
        ));
    }

    #[test]
    fn what_is_cut_off_is_followed_as_far_as_it_is_there() {
        let der = vector("der/leaf.der");
        let tree = &grown(&der[..300])[0];
        let names: Vec<String> = tree.values().map(|one| one.name).collect();
        assert_eq!(names[..3], ["SEQUENCE", "SEQUENCE", "[0]"], "{names:?}");
        assert!(20 < names.len());
        let whole = &grown(&der)[0];
        assert_eq!(tree.value(5).unwrap().at, whole.value(5).unwrap().at);
        let told = tree.value(0).unwrap().problem.unwrap();
        assert!(told.contains("ends"), "{told}");
        assert_eq!(tree.secrets().count(), 0);
    }

    /// Every octet of a private key but what says which kind it is.
    #[test]
    fn no_rest_of_a_private_key_is_shown() {
        let text = String::from_utf8(vector("pem/chain-and-key.pem")).unwrap();
        let block = text.split("-----BEGIN PRIVATE KEY-----").nth(1).unwrap();
        let block = block.split("-----END").next().unwrap();
        let pem = format!("-----BEGIN PRIVATE KEY-----{block}-----END PRIVATE KEY-----\n");
        let key = grown(pem.as_bytes())[0].octets().to_vec();
        let scalar = key.windows(2).position(|two| two == [4, 32]).unwrap() + 2;
        let mut inputs = vec![pem.into_bytes()];
        inputs.extend((scalar..=key.len()).map(|end| key[..end].to_vec()));
        for input in inputs {
            for tree in trees(&input, &Options::default()).unwrap_or_default() {
                let end = tree.octets().len().min(scalar + 32);
                for at in scalar..end {
                    let hidden = tree.secrets().any(|place| place.contains(&at));
                    assert!(hidden, "octet {at} of {}", tree.octets().len());
                }
                // The outermost header and the version are no secret where the file says more than PEM does.
                assert!(tree.secrets().all(|place| 2 <= place.start));
            }
        }
    }

    #[test]
    fn what_seals_a_key_is_told() {
        let sealed = vector("pkcs12/openssl-3.p12");
        let tree = &grown(&sealed)[0];
        assert!(tree.values().any(|one| one.meaning.is_some()));
        assert_eq!(tree.secrets().count(), 0);
    }
}
