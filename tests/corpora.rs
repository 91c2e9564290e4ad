//! Third-party files are read as those who collected them and other programs say; without them this
//! says so and passes. `make scoreboard` prints the same comparison as a table.

use std::sync::OnceLock;

use certlens_tests::corpora::{Board, Topic, where_they_are};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

#[test]
fn nothing_panics_and_nothing_impossible_is_said() {
    agrees(&[Topic::Panics]);
}

#[test]
fn certificates_are_read_as_other_programs_read_them() {
    agrees(&[
        Topic::Certificates,
        Topic::Fields,
        Topic::Bundles,
        Topic::Algorithms,
    ]);
}

#[test]
fn keystores_open_or_stay_shut_as_stated() {
    agrees(&[
        Topic::Pkcs12,
        Topic::PostQuantum,
        Topic::MadePostQuantum,
        Topic::Java,
        Topic::Refused,
    ]);
}

#[test]
fn pem_text_is_read_and_what_openssl_refuses_of_it_is_said() {
    agrees(&[Topic::Pem]);
}

#[test]
fn columns_say_what_rows_say() {
    agrees(&[Topic::Columns]);
}

#[test]
fn other_things_are_recognised_and_what_is_forbidden_is_told() {
    agrees(&[
        Topic::RevocationLists,
        Topic::Requests,
        Topic::Pkcs7,
        Topic::Keys,
        Topic::Strictness,
    ]);
}

#[test]
fn paths_are_judged_as_their_authors_say() {
    let board = where_they_are().map(|path| Board::of_paths(&path));
    compare(
        board.as_ref(),
        &[
            Topic::Signatures,
            Topic::Limbo,
            Topic::Pkits,
            Topic::Chains,
            Topic::Revocation,
        ],
    );
}

fn agrees(topics: &[Topic]) {
    static BOARD: OnceLock<Option<Board>> = OnceLock::new();
    let board = BOARD.get_or_init(|| where_they_are().map(|path| Board::read(&path)));
    compare(board.as_ref(), topics);
}

fn compare(board: Option<&Board>, topics: &[Topic]) {
    let Some(board) = board else {
        eprintln!("SKIPPED: the third-party files (../shared/corpora) are not here");
        return;
    };
    let faults: Vec<String> = board
        .faults
        .iter()
        .filter(|fault| topics.contains(&fault.topic))
        .map(|fault| format!("{}: {}", fault.file, fault.what))
        .collect();
    assert!(
        topics.iter().any(|topic| 0 < board.total(*topic).compared),
        "nothing was compared"
    );
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}
