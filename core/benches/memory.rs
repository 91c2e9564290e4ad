//! What an opened bundle takes of memory, beside the input itself: `make bench`.
//!
//! Apart from the ratios of speed, because the allocator that counts makes each allocation dearer.

#[path = "support/shared.rs"]
mod shared;

use std::hint::black_box;
use std::process::ExitCode;

use certlens_core::{Options, open};
use peak_alloc::PeakAlloc;

use self::shared::{Table, bundle, leaves};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let leaves = leaves(folder.path());
    let mut table = Table::default();
    for count in [10_000, 100_000] {
        let many = bundle(&leaves, count);
        table.line(
            &format!("memory of {count} certificates / 3 inputs and 1 KiB each"),
            1.0,
            || {
                let before = MEMORY.current_usage();
                MEMORY.reset_peak_usage();
                let contents = open(&many, &Options::default()).expect("opens");
                let peak = MEMORY.peak_usage() - before + many.len();
                let held = MEMORY.current_usage() - before + many.len();
                black_box(contents.len());
                let (per, held) = (peak / count, held / count);
                println!(
                    "  {per} octets each at the peak, {held} held, {} of them the input",
                    many.len() / count
                );
                figure(peak) / figure(3 * many.len() + 1024 * count)
            },
        );
    }
    table.print()
}

fn figure(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("fits"))
}
