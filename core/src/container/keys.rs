//! Which keys lead to a place in a document, by a light look at braces, tags or indentation.
//!
//! No parser: a document that is broken, cut off or of a kind nobody thought of gets a worse answer, and
//! never an error.

use std::collections::HashMap;

use memchr::memmem::find_iter;
use memchr::{memchr, memchr_iter};

/// Nested keys that are told. Stops a document that is nothing but braces.
const MAX_DEPTH: usize = 32;

/// Octets of a key that are told.
const MAX_KEY: usize = 64;

/// Octets of a name, which Kubernetes allows.
const MAX_NAME: usize = 253;

/// Namespace and name of an object of Kubernetes.
#[derive(Default)]
struct ObjectName {
    namespace: String,
    name: String,
}

/// The names of the objects of a text: by the number of its document, and by the keys that lead to it.
type ObjectNames = HashMap<(u64, String), ObjectName>;

/// The keys and lines of a document, asked for in the order of the text.
pub(super) struct Keys<'a> {
    text: &'a [u8],
    form: Form,
    at: usize,
    /// Of lines: up to where there is no further line end after `at`.
    searched: usize,
    line: u64,
    counted: usize,
    frames: Vec<Frame>,
    /// Levels beyond [`MAX_DEPTH`].
    deeper: usize,
    /// In braces: where the string began that is being read.
    string: Option<usize>,
    /// In braces: the last string that was read.
    last: (usize, usize),
    /// Of lines: documents that ended before.
    document: u64,
    /// What objects are called, once somebody asked.
    names: Option<ObjectNames>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// JSON, and what looks like it.
    Braces,
    /// XML.
    Tags,
    /// YAML, settings, logs: a key begins its line.
    Lines,
}

#[derive(Clone, Default)]
struct Frame {
    key: String,
    /// The place in a list.
    index: Option<usize>,
    /// Of lines: twice the column, and one more for a list.
    indent: usize,
}

impl<'a> Keys<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            form: Form::of(text),
            at: 0,
            searched: 0,
            line: 1,
            counted: 0,
            frames: Vec::new(),
            deeper: 0,
            string: None,
            last: (0, 0),
            document: 0,
            names: None,
        }
    }

    /// What the object is called that these keys lead into, as [`Keys::at`] has just told them:
    /// `namespace/name` of Kubernetes.
    pub(super) fn object(&mut self, keys: &str) -> Option<String> {
        let names = self.names.get_or_insert_with(|| object_names(self.text));
        if names.is_empty() {
            return None;
        }
        let ends = keys.match_indices("].").map(|(at, _)| at + 2);
        let mut starts: Vec<&str> = ends.filter_map(|end| keys.get(..end)).collect();
        starts.insert(0, "");
        let of = |start: &&str| names.get(&(self.document, (*start).to_owned()));
        let ObjectName { namespace, name } = starts.iter().rev().find_map(of)?;
        Some(match namespace.as_str() {
            "" => name.clone(),
            namespace => format!("{namespace}/{name}"),
        })
    }

    /// The line on which something begins, counted from 1, and the keys that lead to it. Offsets must
    /// ascend.
    pub(super) fn at(&mut self, offset: usize) -> (u64, Option<String>) {
        let passed = self.text.get(self.counted..offset).unwrap_or_default();
        let lines = memchr_iter(b'\n', passed).count();
        self.line = self.line.saturating_add(crate::limits::figure(lines));
        self.counted = self.counted.max(offset);
        let path = match self.form {
            Form::Braces => {
                self.braces(offset);
                self.path(".")
            }
            Form::Tags => {
                self.tags(offset);
                self.path("/")
            }
            Form::Lines => self.lines(offset),
        };
        (self.line, Some(path).filter(|path| !path.is_empty()))
    }

    fn path(&self, between: &str) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            if !frame.key.is_empty() {
                if !path.is_empty() {
                    path.push_str(between);
                }
                path.push_str(&frame.key);
            }
            if let Some(index) = frame.index {
                path.extend(["[", &index.to_string(), "]"]);
            }
        }
        path
    }

    fn push(&mut self, frame: Frame) {
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(frame);
        } else {
            self.deeper += 1;
        }
    }

    fn pop(&mut self) {
        if self.deeper == 0 {
            self.frames.pop();
        } else {
            self.deeper -= 1;
        }
    }

    fn braces(&mut self, offset: usize) {
        while self.at < offset
            && let Some(octet) = self.text.get(self.at).copied()
        {
            if let Some(start) = self.string {
                match octet {
                    b'\\' => self.at += 1,
                    b'"' => {
                        self.last = (start, self.at);
                        self.string = None;
                    }
                    _ => {}
                }
                self.at += 1;
                continue;
            }
            match octet {
                b'"' => self.string = Some(self.at + 1),
                b'{' => self.push(Frame::default()),
                b'[' => self.push(Frame {
                    index: Some(0),
                    ..Frame::default()
                }),
                b'}' | b']' => self.pop(),
                b':' if self.deeper == 0 => {
                    let key = named(self.text.get(self.last.0..self.last.1));
                    if let Some(frame) = self.frames.last_mut().filter(|it| it.index.is_none()) {
                        frame.key = key;
                    }
                }
                b',' if self.deeper == 0 => {
                    if let Some(index) = self.frames.last_mut().and_then(|it| it.index.as_mut()) {
                        *index += 1;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn tags(&mut self, offset: usize) {
        while self.at < offset {
            let rest = self.text.get(self.at..offset).unwrap_or_default();
            let Some(open) = memchr(b'<', rest) else {
                break;
            };
            let tag = rest.get(open + 1..).unwrap_or_default();
            let Some(close) = memchr(b'>', tag) else {
                break;
            };
            self.at += open + close + 2;
            let tag = tag.get(..close).unwrap_or_default();
            match tag {
                [b'/', ..] => self.pop(),
                [b'?' | b'!', ..] | [.., b'/'] => {}
                _ => {
                    let name = tag.split(u8::is_ascii_whitespace).next();
                    let local = name.and_then(|name| name.rsplit(|&octet| octet == b':').next());
                    self.push(Frame {
                        key: named(local),
                        ..Frame::default()
                    });
                }
            }
        }
        self.at = self.at.max(offset);
    }

    fn lines(&mut self, offset: usize) -> String {
        // A line of many objects is searched once, not once for each.
        loop {
            let from = self.searched.max(self.at);
            let unseen = self.text.get(from..offset).unwrap_or_default();
            let Some(end) = memchr(b'\n', unseen) else {
                self.searched = self.searched.max(offset);
                break;
            };
            let next = from + end + 1;
            let line = self.text.get(self.at..next).unwrap_or_default();
            self.document += u64::from(ends_document(line));
            self.take_line(line);
            self.at = next;
        }
        let before = self.text.get(self.at..offset).unwrap_or_default();
        // What begins an item of a list is taken again with its whole line, and must not count twice.
        let is_item = before.trim_ascii_start().starts_with(b"- ");
        let kept = is_item.then(|| (self.frames.clone(), self.deeper));
        let has_own = self.take_line(before);
        let path = self.path(".");
        if let Some((frames, deeper)) = kept {
            (self.frames, self.deeper) = (frames, deeper);
        }
        let named_here = || last_key(before);
        match (has_own, path.is_empty()) {
            (true, _) => path,
            (false, true) => named_here(),
            (false, false) if before.trim_ascii().is_empty() => path,
            (false, false) => Some(named_here())
                .filter(|key| !key.is_empty())
                .unwrap_or(path),
        }
    }

    /// Takes the key and the list marks that begin a line, and says whether there were any.
    fn take_line(&mut self, line: &[u8]) -> bool {
        let mut content = line.trim_ascii_start();
        if content.is_empty() || content.starts_with(b"#") {
            return false;
        }
        if ends_document(content) {
            self.frames.clear();
            return false;
        }
        let mut column = line.len() - content.len();
        let mut has_own = false;
        while let Some(rest) = content.strip_prefix(b"- ") {
            let indent = column * 2 + 1;
            self.close(|frame| indent < frame.indent);
            match self.frames.last_mut() {
                Some(Frame {
                    index: Some(index),
                    indent: own,
                    ..
                }) if *own == indent => *index += 1,
                _ => self.push(Frame {
                    index: Some(0),
                    indent,
                    ..Frame::default()
                }),
            }
            let inner = rest.trim_ascii_start();
            column += content.len() - inner.len();
            content = inner;
            has_own = true;
        }
        let Some(key) = key_of(content) else {
            return has_own;
        };
        let indent = column * 2;
        self.close(|frame| indent <= frame.indent);
        self.push(Frame {
            key,
            index: None,
            indent,
        });
        true
    }

    fn close(&mut self, is_over: impl Fn(&Frame) -> bool) {
        self.deeper = 0;
        while self.frames.last().is_some_and(&is_over) {
            self.frames.pop();
        }
    }
}

/// Whether a line ends a document of YAML, and begins no PEM block.
fn ends_document(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"---") && !line.starts_with(b"-----")
}

/// What the objects of a text are called, by the `name` and the `namespace` in their `metadata`; and the
/// users and clusters of a kubeconfig, by the `name` beside them.
fn object_names(text: &[u8]) -> ObjectNames {
    let mut names = ObjectNames::new();
    let has = |word: &[u8]| find_iter(text, word).next().is_some();
    if !has(b"metadata") && !has(b"users") && !has(b"clusters") {
        return names;
    }
    let mut keys = Keys::new(text);
    for at in find_iter(text, b"name") {
        let after = text.get(at + 4..).unwrap_or_default();
        let is_space = after.starts_with(b"space");
        let after = after.strip_prefix(b"space").unwrap_or(after);
        let after = after.strip_prefix(b"\"").unwrap_or(after);
        let Some(value) = after.trim_ascii_start().strip_prefix(b":") else {
            continue;
        };
        let value = value.trim_ascii_start();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
        let length = value
            .iter()
            .take(MAX_NAME)
            .take_while(|octet| is_name(octet))
            .count();
        let value = String::from_utf8_lossy(value.get(..length).unwrap_or_default());
        let (_, path) = keys.at(text.len() - after.len() + 1);
        let own = if is_space {
            "metadata.namespace"
        } else {
            "metadata.name"
        };
        let path = path.unwrap_or_default();
        let start = path.strip_suffix(own);
        let start = start.filter(|start| start.is_empty() || start.ends_with('.'));
        let in_config = path.strip_suffix("name").filter(|it| is_of_kubeconfig(it));
        if let Some(start) = start.or(in_config) {
            let known = names.entry((keys.document, start.to_owned())).or_default();
            let place = if is_space {
                &mut known.namespace
            } else {
                &mut known.name
            };
            *place = value.into_owned();
        }
    }
    names.retain(|_, known| !known.name.is_empty());
    names
}

/// Whether these keys lead into one user or cluster of a kubeconfig: `users[1].`
fn is_of_kubeconfig(start: &str) -> bool {
    let index = ["users[", "clusters["]
        .iter()
        .find_map(|list| start.strip_prefix(list));
    let index = index.and_then(|rest| rest.strip_suffix("]."));
    index.is_some_and(|index| index.bytes().all(|octet| octet.is_ascii_digit()))
}

impl Form {
    fn of(text: &[u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        match text.trim_ascii_start() {
            [b'{', ..] => Self::Braces,
            [b'[', next, ..] if next.is_ascii_whitespace() || b"{[\"".contains(next) => {
                Self::Braces
            }
            [b'<', ..] => Self::Tags,
            _ => Self::Lines,
        }
    }
}

fn named(octets: Option<&[u8]>) -> String {
    let octets = octets.unwrap_or_default();
    let octets = octets.get(..MAX_KEY).unwrap_or(octets);
    String::from_utf8_lossy(octets).into_owned()
}

/// The key that a line begins with: `key: …`, `"key": …` or `KEY=…`.
fn key_of(line: &[u8]) -> Option<String> {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let start = line.get(..MAX_KEY + 3).unwrap_or(line);
    if let [quote @ (b'"' | b'\''), rest @ ..] = start {
        let end = memchr(*quote, rest)?;
        let after = rest.get(end + 1..)?.trim_ascii_start();
        return after.starts_with(b":").then(|| named(rest.get(..end)));
    }
    let end = start.iter().position(|&octet| !is_of_key(octet))?;
    let key = start.get(..end).filter(|key| !key.is_empty())?;
    let is_key = match line.get(end..)? {
        [b':', next, ..] => next.is_ascii_whitespace(),
        [b':'] => true,
        [b'=', next, ..] => !next.is_ascii_whitespace() && *next != b'=',
        [b'=' | b' ', ..] => line.get(end..)?.trim_ascii() == b"=",
        _ => false,
    };
    is_key.then(|| named(Some(key)))
}

/// The key right before the end of this part of a line.
fn last_key(before: &[u8]) -> String {
    let is_between = |octet: &u8| matches!(octet, b'"' | b'\'' | b' ' | b'\t' | b'>');
    let strip = |mut octets: &[u8]| {
        while let Some((last, rest)) = octets.split_last()
            && is_between(last)
        {
            octets = rest;
        }
        octets.len()
    };
    let trimmed = before.get(..strip(before)).unwrap_or_default();
    let Some((b':' | b'=', rest)) = trimmed.split_last() else {
        return String::new();
    };
    let rest = rest.get(..strip(rest)).unwrap_or_default();
    let length = rest
        .iter()
        .rev()
        .take(MAX_KEY)
        .take_while(|octet| is_of_key(**octet));
    named(rest.get(rest.len() - length.count()..))
}

fn is_of_key(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (u64, Option<String>) {
        let offset = text.find('@').expect("the text has a mark");
        Keys::new(text.as_bytes()).at(offset)
    }

    #[test]
    fn keys_are_told_in_every_kind_of_document() {
        for (text, line, keys) in [
            ("data:\n  tls.key: x\n  tls.crt: @", 3, "data.tls.crt"),
            ("data:\n  tls.crt: |\n    @\n", 3, "data.tls.crt"),
            (
                "clusters:\n- cluster:\n    server: y\n- cluster:\n    ca-data: @",
                5,
                "clusters[1].cluster.ca-data",
            ),
            ("a:\n  - x\n  - @", 3, "a[1]"),
            ("kind: A\n---\nb: @", 3, "b"),
            ("export TLS_CERT=\"@\"", 1, "TLS_CERT"),
            ("12:00:01 level=info cert=\"@\"", 1, "cert"),
            (
                "{\"keys\":[{\"kid\":\"a\"},{\"x5c\":[\"x\",\"@\"]}]}",
                1,
                "keys[1].x5c[1]",
            ),
            ("{\n \"a:{\\\"\": \"@\"}", 2, "a:{\\\""),
            (
                "<?xml version=\"1.0\"?>\n<md:A x=\"y\"><B/><ds:C>z</ds:C><ds:D>\n@",
                3,
                "A/D",
            ),
        ] {
            assert_eq!(told(text), (line, Some(keys.to_owned())), "{text}");
        }
    }

    #[test]
    fn an_object_is_called_what_its_metadata_says() {
        let called = |text: &str| {
            let offsets = text.match_indices('@').map(|(at, _)| at);
            let mut keys = Keys::new(text.as_bytes());
            let names = offsets.map(|at| {
                let (_, path) = keys.at(at);
                keys.object(&path.unwrap_or_default())
            });
            let names: Vec<String> = names.map(Option::unwrap_or_default).collect();
            names.join(" ")
        };
        let one =
            "data:\n  tls.crt: @\nkind: Secret\nmetadata:\n  name: web-tls\n  namespace: shop\n";
        assert_eq!(called(one), "shop/web-tls");
        assert_eq!(
            called(&format!("{one}---\ndata:\n  a: @\nmetadata:\n  name: b\n")),
            "shop/web-tls b"
        );
        let list = "items:\n- data:\n    a: @\n  metadata:\n    name: x\n- data:\n    a: @\n  metadata:\n    name: y\n    ownerReferences:\n    - name: z\nmetadata:\n  resourceVersion: \"\"\n";
        assert_eq!(called(list), "x y");
        let json = r#"{"items":[{"metadata":{"name":"x","namespace":"n"},"data":{"a":"@"}},{"data":{"a":"@"},"metadata":{"name":"y"}}]}"#;
        assert_eq!(called(json), "n/x y");
        let config = "clusters:\n- name: prod\n  cluster:\n    ca: @\nusers:\n- name: admin\n  user:\n    a: @\n- user:\n    a: @\n  name: other\n";
        assert_eq!(called(config), "prod admin other");
        let json = r#"{"users":[{"name":"x","user":{"a":"@"}}],"clusters":[{"cluster":{"a":"@"},"name":"y"}]}"#;
        assert_eq!(called(json), "x y");
        assert_eq!(called("users:\n  name: a\n  b: @\n"), "");
        assert_eq!(called("data:\n  name: a\n  b: @\n"), "");
        assert_eq!(called("metadata:\n  labels: {}\n  b: @\n"), "");
    }

    #[test]
    fn text_without_keys_has_lines_alone() {
        assert_eq!(told("some words\n\n@"), (3, None));
        assert_eq!(told("AAAA=\nBBBB==\n@"), (3, None));
    }

    #[test]
    fn a_text_that_is_nothing_but_braces_is_told_briefly() {
        let text = "[[".repeat(100_000) + "@";
        let (_, keys) = told(&text);
        assert_eq!(keys, Some("[0]".repeat(MAX_DEPTH)));
    }
}
