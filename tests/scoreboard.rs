//! Reads the third-party files and prints, suite by suite, how much of them is read as expected, and
//! the figures to be reached: `make scoreboard`.
//!
//! `--corpora DIR` reads other files of the same layout; `--paths` judges paths alone. Ends with 1 where something differs and
//! `tests/corpora/exceptions.toml` does not say why.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use certlens_tests::corpora::{
    Board, Difference, Extreme, Judged, Tally, Topic, judge, where_they_are,
};
use certlens_tests::repository;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const SECOND: u64 = 1_000_000;
const MEBIBYTE: u64 = 1 << 20;

fn main() -> ExitCode {
    let Some(corpora) = chosen() else {
        println!(
            "SKIPPED: the third-party files are not in ../shared/corpora; --corpora DIR names another place"
        );
        return ExitCode::SUCCESS;
    };
    if !corpora.join("expected.json").is_file() {
        eprintln!(
            "{}: expected third-party files with their expected.json, found none",
            corpora.display()
        );
        return ExitCode::from(2);
    }
    // A panic is a line of the board, not a message between its lines.
    std::panic::set_hook(Box::new(|_| {}));
    let board = if env::args().any(|argument| argument == "--paths") {
        Board::of_paths(&corpora)
    } else {
        Board::read(&corpora)
    };
    print_suites(&board);
    print_differences("Read otherwise, and why", &board.exceptions);
    print_differences("Read otherwise, and nobody says why", &board.faults);
    let reached = print_figures(&board, &corpora);
    if board.faults.is_empty() && reached {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What `--corpora` names, else where the files usually are.
fn chosen() -> Option<PathBuf> {
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--corpora" {
            return arguments.next().map(PathBuf::from);
        }
        if let Some(path) = argument.strip_prefix("--corpora=") {
            return Some(PathBuf::from(path));
        }
    }
    where_they_are()
}

fn print_suites(board: &Board) {
    for (suite, files) in &board.suites {
        let tallies = Topic::ALL.iter().skip(1).filter_map(|topic| {
            let tally = board.tallies.get(&(suite.clone(), *topic))?;
            Some(format!(
                "{} {}/{}",
                topic.name(),
                tally.equal,
                tally.compared
            ))
        });
        let tallies: Vec<String> = tallies.collect();
        let read = board
            .tallies
            .get(&(suite.clone(), Topic::Panics))
            .copied()
            .unwrap_or_default();
        let panics = read.compared - read.equal;
        println!(
            "{suite:<20}{files:>6} files, {panics} panics  {}",
            tallies.join(" · ")
        );
    }
}

fn print_differences(title: &str, differences: &[Difference]) {
    if differences.is_empty() {
        return;
    }
    println!("\n{title} ({})", differences.len());
    for Difference {
        topic,
        file,
        what,
        reason,
    } in differences
    {
        println!("  {} {file}: {what}", topic.name());
        if !reason.is_empty() {
            println!("      {reason}");
        }
    }
}

/// Prints the table, and says whether every goal is reached.
#[expect(
    clippy::too_many_lines,
    reason = "one figure after the other; splitting hides the table"
)]
fn print_figures(board: &Board, corpora: &Path) -> bool {
    let (decoded, refused) = board.refused_by_openssl;
    let openssl = format!(
        "OpenSSL {}",
        percent(Tally {
            compared: decoded,
            equal: decoded - refused
        })
    );
    let share = |what: &'static str, topic: Topic, peer: &str| Figure {
        what,
        goal: "100 %",
        value: {
            let Tally { compared, equal } = board.total(topic);
            format!("{} ({equal} of {compared})", percent(board.total(topic)))
        },
        peer: peer.to_owned(),
        mark: mark(board, topic),
    };
    let panics = board.total(Topic::Panics);
    let judged = judge(corpora);
    let figures = [
        share(
            "certificates that other programs decode: read",
            Topic::Certificates,
            &openssl,
        ),
        share("agreed field values equal", Topic::Fields, "–"),
        share(
            "well-formed PKCS#12 opened",
            Topic::Pkcs12,
            "OpenSSL with legacy 96 %",
        ),
        share(
            "post-quantum PKCS#12 opened",
            Topic::PostQuantum,
            "pyca 0 %",
        ),
        share(
            "  the same, made here of keys of the corpora",
            Topic::MadePostQuantum,
            "–",
        ),
        share("Java keystores: aliases, chains, keys", Topic::Java, "–"),
        share("PEM oddities as OpenSSL's table says", Topic::Pem, "–"),
        share(
            "strictness cases told by a finding",
            Topic::Strictness,
            "OpenSSL, pyca 0 %",
        ),
        Figure::count(
            "panics and hangs, native",
            panics.compared - panics.equal,
            panics.compared,
        ),
        in_wasm(corpora),
        Figure::most("slowest file", &board.slowest, SECOND, "< 1 s"),
        Figure::most(
            "slowest file with key derivation",
            &board.slowest_derivation,
            u64::MAX,
            "(aside)",
        ),
        Figure::most(
            "largest in memory",
            &board.largest,
            64 * MEBIBYTE,
            "< 64 MiB",
        ),
        share("keystores that must not open: shut", Topic::Refused, "–"),
        share("algorithms named as the file says", Topic::Algorithms, "–"),
        share("revocation lists read", Topic::RevocationLists, "–"),
        share("requests read", Topic::Requests, "–"),
        share("PKCS#7 read", Topic::Pkcs7, "–"),
        share("keys read", Topic::Keys, "–"),
        share(
            "certificates in bundles and chains read",
            Topic::Bundles,
            "–",
        ),
        share("columns say what rows say", Topic::Columns, "–"),
        share(
            "signatures of roots and post-quantum",
            Topic::Signatures,
            "–",
        ),
        share("x509-limbo judged as stated", Topic::Limbo, "–"),
        share("PKITS judged as stated", Topic::Pkits, "–"),
        share("BoringSSL's chains: verdict and cause", Topic::Chains, "–"),
        share(
            "BoringSSL's lists: good, revoked, unknown",
            Topic::Revocation,
            "–",
        ),
        Figure {
            peer: "–".to_owned(),
            ..Figure::most("slowest path", &board.slowest_path, SECOND, "< 1 s")
        },
        Figure {
            peer: "–".to_owned(),
            ..Figure::most(
                "largest path in memory",
                &board.largest_path,
                64 * MEBIBYTE,
                "< 64 MiB",
            )
        },
        judged_by("OpenSSL 3", judged.as_ref().map(|it| it.openssl)),
        judged_by("Java 17", judged.as_ref().map(|it| it.java)),
    ];
    println!("\n  {:<46}{:<9}{:<60}best peer", "figure", "goal", "value");
    for Figure {
        what,
        goal,
        value,
        peer,
        mark,
    } in &figures
    {
        println!("{mark} {what:<46}{goal:<9}{value:<60}{peer}");
    }
    for fault in judged.iter().flat_map(|Judged { faults, .. }| faults) {
        println!("  written {fault}");
    }
    println!("\n✓ reached  ~ every difference is explained  ✗ not reached  – nothing to compare");
    !figures.iter().any(|figure| figure.mark == '✗')
}

struct Figure {
    what: &'static str,
    goal: &'static str,
    value: String,
    peer: String,
    mark: char,
}

impl Figure {
    fn count(what: &'static str, found: usize, of: usize) -> Self {
        Self {
            what,
            goal: "0",
            value: format!("{found} ({of} files)"),
            peer: "–".to_owned(),
            mark: if found == 0 { '✓' } else { '✗' },
        }
    }

    fn most(what: &'static str, found: &Extreme, allowed: u64, goal: &'static str) -> Self {
        let figure = if goal.contains("MiB") {
            let tenths = found.figure.saturating_mul(10) / MEBIBYTE;
            format!("{}.{} MiB", tenths / 10, tenths % 10)
        } else {
            let thousandths = found.figure.saturating_mul(1000) / SECOND;
            format!("{}.{:03} s", thousandths / 1000, thousandths % 1000)
        };
        Self {
            what,
            goal,
            value: format!("{figure} ({})", found.file),
            peer: if allowed == u64::MAX {
                "–".to_owned()
            } else {
                "OpenSSL: 6 files over".to_owned()
            },
            mark: if found.figure < allowed { '✓' } else { '✗' },
        }
    }
}

/// Keystores that are written here of a sample of the files, and opened by another program.
fn judged_by(judge: &str, tally: Option<Tally>) -> Figure {
    let what = match judge {
        "Java 17" => "written keystores opened by Java",
        _ => "written keystores opened by OpenSSL",
    };
    let Some(tally) = tally else {
        return Figure {
            what,
            goal: "100 %",
            value: format!("not run: {judge} is not here"),
            peer: "–".to_owned(),
            mark: '–',
        };
    };
    let Tally { compared, equal } = tally;
    Figure {
        what,
        goal: "100 %",
        value: format!("{} ({equal} of {compared}, {judge})", percent(tally)),
        peer: "–".to_owned(),
        mark: if equal == compared { '✓' } else { '✗' },
    }
}

/// The same files in WebAssembly, through the npm package, where that is built.
fn in_wasm(corpora: &Path) -> Figure {
    let test = repository().join("npm/tests/corpora.test.js");
    let what = "panics and traps, WebAssembly";
    let built = repository().join("npm/pkg/node.js").is_file();
    let output = built
        .then(|| {
            Command::new("node")
                .args(["--test", "--test-reporter=tap"])
                .arg(test)
                .env("CERTLENS_CORPORA", corpora)
                .output()
                .ok()
        })
        .flatten();
    let Some(output) = output else {
        return Figure {
            what,
            goal: "0",
            value: "not run: `make npm` builds the package".to_owned(),
            peer: "–".to_owned(),
            mark: '–',
        };
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let files = told
        .lines()
        .find_map(|line| line.trim().strip_prefix("# ")?.strip_suffix(" files"));
    let faults = told
        .lines()
        .filter(|line| line.contains(": panics") || line.contains("trap"))
        .count();
    Figure {
        what,
        goal: "0",
        value: format!(
            "{} ({} files)",
            if output.status.success() {
                0
            } else {
                faults.max(1)
            },
            files.unwrap_or("?")
        ),
        peer: "–".to_owned(),
        mark: if output.status.success() {
            '✓'
        } else {
            '✗'
        },
    }
}

fn mark(board: &Board, topic: Topic) -> char {
    let Tally { compared, equal } = board.total(topic);
    let fault = board.faults.iter().any(|fault| fault.topic == topic);
    match (compared, fault) {
        (0, _) => '–',
        (_, true) => '✗',
        (_, false) if equal == compared => '✓',
        (_, false) => '~',
    }
}

/// Rounded down, so that 100 % is all of them.
fn percent(Tally { compared, equal }: Tally) -> String {
    let tenths = (equal * 1000).checked_div(compared).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
