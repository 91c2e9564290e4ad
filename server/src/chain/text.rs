//! The chain as a tree, roots on top; then the keys, what is odd, and what this rests on.

use std::io::{self, Write};

use certlens_core::{
    ChainCertificate, ChainPath, ChainRole, Contents, KeyMatch, LinkProof, Lock, PathEnd,
    PileFinding, PilePlace,
};

use super::Chained;
use crate::inspect::text::status::Status;
use crate::inspect::text::{BOLD, FAINT, YELLOW, write_findings, write_problem};
use crate::inspect::visible::visible;

pub(super) fn write(out: &mut impl Write, chained: &Chained) -> io::Result<()> {
    let mut tree = Tree::default();
    for path in &chained.chain.paths {
        tree.add(path);
    }
    for top in &tree.tops {
        top.write(out, chained, &mut Vec::new(), None)?;
    }
    for (index, keys) in chained.keys.iter().enumerate() {
        if index == 0 {
            writeln!(out)?;
        }
        write_key(out, chained, keys)?;
    }
    for PileFinding { places, finding } in &chained.chain.findings {
        let told = told(chained, places);
        writeln!(out, "\n{FAINT}{}{FAINT:#}", visible(&told))?;
        write_findings(out, std::slice::from_ref(finding))?;
    }
    let coverage = &chained.chain.coverage;
    writeln!(
        out,
        "\n{FAINT}Checked: {}. Not checked: {}.{FAINT:#}",
        coverage.checked.join(", "),
        coverage.not_checked.join(", ")
    )
}

/// What could not be read or opened, one problem a file, each with what to do about it.
pub(super) fn write_problems(
    out: &mut impl Write,
    chained: &Chained,
    pile: &[&Contents],
) -> io::Result<()> {
    for unread in &chained.problems {
        let (file, error) = (&unread.file, &unread.error);
        write_problem(out, file, &error.message, &error.hint)?;
    }
    for (file, contents) in chained.files.iter().zip(pile) {
        let message = match contents.lock() {
            Lock::Open => continue,
            Lock::Locked => "something in it is sealed, and was not looked at",
            Lock::WrongPassword => "no password given opens all of it",
        };
        writeln!(out, "{YELLOW}{}: {message}{YELLOW:#}", visible(file))?;
        writeln!(
            out,
            "  Give passwords on standard input, one a line, with --password-stdin."
        )?;
    }
    Ok(())
}

/// What stands on one line of the tree.
#[derive(Clone, Copy, PartialEq)]
enum Line {
    Missing(usize),
    Circle,
    Cut,
    Certificate(usize),
}

struct Node {
    line: Line,
    below: Vec<Node>,
}

#[derive(Default)]
struct Tree {
    tops: Vec<Node>,
}

impl Tree {
    /// Adds a way up, from its top down.
    fn add(&mut self, path: &ChainPath) {
        let top = match (path.end, path.missing) {
            (PathEnd::Missing, Some(missing)) => Some(Line::Missing(missing)),
            (PathEnd::Loop, _) => Some(Line::Circle),
            (PathEnd::Cut, _) => Some(Line::Cut),
            _ => None,
        };
        let down = path.certificates.iter().rev();
        let lines = top
            .into_iter()
            .chain(down.map(|one| Line::Certificate(*one)));
        let mut level = &mut self.tops;
        for line in lines {
            // Ways up from one certificate stand together: the last line is where most join.
            let at = level.iter().rposition(|node| node.line == line);
            let at = at.unwrap_or_else(|| {
                level.push(Node {
                    line,
                    below: Vec::new(),
                });
                level.len() - 1
            });
            level = &mut level[at].below;
        }
    }
}

impl Node {
    fn write(
        &self,
        out: &mut impl Write,
        chained: &Chained,
        last: &mut Vec<bool>,
        above: Option<Line>,
    ) -> io::Result<()> {
        if let Some((own, before)) = last.split_last() {
            for is_last in before {
                write!(
                    out,
                    "{FAINT}{}{FAINT:#}",
                    if *is_last { "   " } else { "│  " }
                )?;
            }
            write!(out, "{FAINT}{}{FAINT:#}", if *own { "└─ " } else { "├─ " })?;
        }
        match self.line {
            Line::Missing(index) => {
                let name = chained
                    .chain
                    .missing
                    .get(index)
                    .map(|one| one.name.as_str());
                let name = name.unwrap_or_default();
                writeln!(out, "{FAINT}{} (not here){FAINT:#}", visible(name))?;
            }
            Line::Circle => writeln!(out, "{FAINT}(issued by one of those below){FAINT:#}")?,
            Line::Cut => writeln!(out, "{FAINT}(not followed further up){FAINT:#}")?,
            Line::Certificate(index) => {
                if let Some(one) = chained.chain.certificates.get(index) {
                    write_certificate(out, chained, one, above)?;
                }
            }
        }
        for (index, node) in self.below.iter().enumerate() {
            last.push(index + 1 == self.below.len());
            node.write(out, chained, last, Some(self.line))?;
            last.pop();
        }
        Ok(())
    }
}

fn write_certificate(
    out: &mut impl Write,
    chained: &Chained,
    one: &ChainCertificate,
    above: Option<Line>,
) -> io::Result<()> {
    let role = match one.role {
        ChainRole::Root => "root",
        ChainRole::Authority => "authority",
        ChainRole::Leaf => "leaf",
    };
    let Status { style, word, rest } = Status::of_validity(
        one.standing,
        one.not_before,
        one.not_after,
        chained.judged_at,
    );
    write!(
        out,
        "{BOLD}{}{BOLD:#}  {role}  {style}{word}{style:#}, {}",
        visible(&one.name),
        visible(&rest)
    )?;
    let by_name = one.issuers.iter().any(|link| {
        Some(Line::Certificate(link.certificate)) == above && link.proof == LinkProof::Name
    });
    if by_name {
        write!(out, "{FAINT}, issuer found by name alone{FAINT:#}")?;
    }
    write!(out, "  {FAINT}{}", visible(&told(chained, &one.places)))?;
    if let Some(key) = one.private_keys.first() {
        write!(
            out,
            "; key in {}",
            visible(&told(chained, std::slice::from_ref(key)))
        )?;
    }
    writeln!(out, "{FAINT:#}")
}

fn write_key(out: &mut impl Write, chained: &Chained, keys: &KeyMatch) -> io::Result<()> {
    let others = [
        ("certificate", &keys.certificates),
        ("request", &keys.requests),
        ("public key", &keys.public_keys),
        ("SSH certificate", &keys.ssh_certificates),
    ];
    let others = others
        .iter()
        .filter(|(_, places)| !places.is_empty())
        .map(|(what, places)| format!("{what} in {}", told(chained, places)));
    let others: Vec<String> = others.collect();
    let key = match keys.private_keys.as_slice() {
        [] => "no private key".to_owned(),
        places => format!("private key in {}", told(chained, places)),
    };
    let rest = if !others.is_empty() {
        others.join("; ")
    } else if keys.private_keys.len() < 2 {
        "fits nothing here".to_owned()
    } else {
        "the same key".to_owned()
    };
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}  {}; {}",
        visible(&keys.key),
        visible(&key),
        visible(&rest)
    )
}

/// Places in words: `chain.pem pem[0], server.p12 pkcs12/safe[0]/bag[0]`.
fn told(chained: &Chained, places: &[PilePlace]) -> String {
    const TOLD: usize = 4;
    let mut told: Vec<String> = places
        .iter()
        .take(TOLD)
        .map(|place| {
            let file = chained.files.get(place.input).map_or("", String::as_str);
            format!("{file} {}", place.path)
        })
        .collect();
    if TOLD < places.len() {
        told.push(format!("{} more", places.len() - TOLD));
    }
    told.join(", ")
}
