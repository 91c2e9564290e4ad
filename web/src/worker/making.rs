//! Files → a new file, as `crate::writing` writes it.

use certlens_core::{
    Integrity, Limits, Lock, NoRandomness, Options, Password, Problem, UnixTime, open_for_writing,
};
use web_sys::{DedicatedWorkerGlobalScope, File};
use zeroize::Zeroizing;

use super::derivation::with_passwords;
use super::reading::{bytes, capitalised};
use crate::protocol::NewFile;
use crate::writing::{self, Order, Outcome, Refusal, Source, Task, Typed};

/// A file that was written, and what is told of it.
pub(super) type Made = (Zeroizing<Vec<u8>>, Outcome);

/// Reads the files again, and writes what is asked for. Tells each file that is worked on next.
pub(super) async fn make(
    scope: &DedicatedWorkerGlobalScope,
    task: Task,
    files: Vec<((NewFile, Vec<Typed>), File)>,
    now: UnixTime,
    told: impl Fn(u32),
) -> Result<Made, Refusal> {
    let mut random = |octets: &mut [u8]| {
        let crypto = scope.crypto().map_err(|_| NoRandomness)?;
        // Browsers give at most this many at a time.
        for some in octets.chunks_mut(65_536) {
            let filled = crypto.get_random_values_with_u8_array(some);
            filled.map_err(|_| NoRandomness)?;
        }
        Ok(())
    };
    match task {
        Task::Write(order) => {
            let mut sources = Vec::new();
            for ((file, passwords), handle) in files {
                told(file.number);
                sources.push(source(&order, file, &passwords, &handle).await?);
            }
            writing::write(&order, &sources, now, &mut random)
        }
        Task::WouldRepair => {
            let Some(((file, _), handle)) = files.into_iter().next() else {
                return Err(Refusal::new("There is no file to mend.", "Drop it again."));
            };
            let octets = Zeroizing::new(bytes(&handle).await.map_err(|it| about(&file, &it))?);
            let (_, outcome) = writing::repair(&octets)?;
            Ok((Zeroizing::new(Vec::new()), outcome))
        }
        Task::Repair(order) => {
            let Some(((file, _), handle)) = files.into_iter().next() else {
                return Err(Refusal::new("There is no file to mend.", "Drop it again."));
            };
            told(file.number);
            let octets = Zeroizing::new(bytes(&handle).await.map_err(|it| about(&file, &it))?);
            match order {
                None => writing::repair(&octets),
                Some(order) => {
                    let of = (file.number, file.name.as_str());
                    writing::repair_and_write(&octets, of, &order, now, &mut random)
                }
            }
        }
    }
}

async fn source(
    order: &Order,
    file: NewFile,
    passwords: &[Typed],
    handle: &File,
) -> Result<Source, Refusal> {
    let octets = Zeroizing::new(bytes(handle).await.map_err(|it| about(&file, &it))?);
    let open = |passwords: &[Password]| {
        let options = Options {
            passwords,
            limits: Limits::default(),
        };
        open_for_writing(&octets, &options).map_err(|it| about(&file, &Problem::from(&it)))
    };
    let typed = order.present.then_some(order.password.0.as_str());
    if let Some(typed) = typed {
        let alone = with_passwords(&[typed], &open).await?;
        let store = alone.contents().keystore();
        let confirmed = store.is_some_and(|store| store.integrity == Integrity::Verified);
        if !confirmed && alone.contents().lock() != Lock::Open {
            let refusal = if typed.is_empty() {
                let what = format!("It takes the password of {}.", file.name);
                Refusal::new(what, "Type it, or choose a new one.")
            } else {
                let what = format!("That is not the password of {}.", file.name);
                Refusal::new(what, "Type it once more, or choose a new one.")
            };
            return Err(refusal);
        }
    }
    let known = passwords.iter().map(|known| known.0.as_str());
    let all: Vec<&str> = typed.into_iter().chain(known).collect();
    Ok(Source {
        number: file.number,
        material: with_passwords(&all, &open).await?,
        tried: !all.is_empty(),
        name: file.name,
    })
}

fn about(file: &NewFile, problem: &Problem) -> Refusal {
    Refusal::new(
        format!("{}: {}", file.name, capitalised(&problem.message)),
        problem.hint.clone(),
    )
}
