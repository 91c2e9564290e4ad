//! Where certificates are looked for.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use certlens_core::{Limits, Options, Password, Report};
use certlens_dialect::redis_enterprise::NAMES;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::files;

/// A file, or two that belong together, and what they hold.
pub(super) struct Place {
    /// As it is told: `redis/proxy_cert.pem`.
    pub(super) name: String,
    pub(super) report: Result<Report, String>,
}

/// One file, as it was named.
pub(super) fn file(path: &Path) -> Place {
    Place {
        name: path.display().to_string(),
        report: read(&[path], &[]),
    }
}

/// Everything that a data directory serves. Each is read when its turn comes: there may be more than fit into
/// the memory.
pub(super) fn of_data(data: &Path) -> Box<dyn Iterator<Item = Place>> {
    if !data.is_dir() {
        return Box::new(iter::once(Place {
            name: data.display().to_string(),
            report: Err("there is no such directory".to_owned()),
        }));
    }
    let places = elasticsearch(&data.join("elasticsearch")).into_iter();
    let places = places.chain(redis_enterprise(&data.join("redis")));
    Box::new(places.chain(iis(data.join("iis"))))
}

/// Each certificate is read together with its key, so that it shows when they do not fit.
fn redis_enterprise(folder: &Path) -> Vec<Place> {
    let place = |name: &str| {
        let certificate = folder.join(format!("{name}_cert.pem"));
        let key = folder.join(format!("{name}_key.pem"));
        let files: Vec<&Path> = [certificate.as_path(), &key]
            .into_iter()
            .filter(|path| path.exists())
            .collect();
        certificate.exists().then(|| Place {
            name: format!("redis/{name}_cert.pem"),
            report: read(&files, &[]),
        })
    };
    NAMES.iter().filter_map(|name| place(name.name)).collect()
}

/// Every file of a store that has the ending of one.
fn iis(folder: PathBuf) -> impl Iterator<Item = Place> {
    let stores = paths(&folder).into_iter().filter(|path| path.is_dir());
    stores.flat_map(move |store| {
        let passwords = passwords(&store.join("store.toml"));
        let folder = folder.clone();
        let files = paths(&store).into_iter().filter(|path| is_listed(path));
        files.map(move |path| Place {
            name: told(&folder, &path),
            report: read(&[&path], &passwords),
        })
    })
}

fn is_listed(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let extension = extension.unwrap_or_default().to_lowercase();
    let known = ["pfx", "p12", "cer", "crt", "der", "pem", "p7b", "p7c"];
    known.contains(&extension.as_str()) && path.is_file()
}

/// The files that the settings name, with their passwords, each certificate together with its key.
fn elasticsearch(folder: &Path) -> Vec<Place> {
    use crate::stores::elasticsearch::configured;
    match configured(folder) {
        Ok(files) => files
            .into_iter()
            .map(|file| {
                let path = folder.join(&file.path);
                let key = file.key.map(|key| folder.join(key));
                let files: Vec<&Path> = key.iter().fold(vec![&path], |mut files, key| {
                    files.push(key);
                    files
                });
                Place {
                    name: told(folder, &path),
                    report: read(&files, &file.passwords),
                }
            })
            .collect(),
        Err(error) => vec![Place {
            name: "elasticsearch".to_owned(),
            report: Err(error.reason),
        }],
    }
}

/// Files are read as one where there are several. Private keys in them are wiped.
fn read(paths: &[&Path], passwords: &[String]) -> Result<Report, String> {
    let mut content = Zeroizing::new(Vec::new());
    for path in paths {
        let octets = files::read_at_most(path, FILE_SIZE).map_err(|error| error.to_string())?;
        content.extend_from_slice(&octets);
        if 1 < paths.len() {
            content.push(b'\n');
        }
    }
    let passwords: Vec<Password> = passwords
        .iter()
        .map(|text| Password::from(text.as_str()))
        .collect();
    let options = Options {
        passwords: &passwords,
        limits: Limits {
            input: FILE_SIZE,
            ..Limits::default()
        },
    };
    certlens_core::inspect(&content, &options, None).map_err(|error| error.to_string())
}

/// The passwords that a store's files are tried with.
fn passwords(file: &Path) -> Vec<String> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct StoreFile {
        passwords: Vec<String>,
    }
    let text = files::read_text(file).unwrap_or_default();
    toml::from_str::<StoreFile>(&text)
        .unwrap_or_default()
        .passwords
}

/// What is in a folder, sorted. Hidden names are for other purposes.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_shown = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        !name.to_string_lossy().starts_with('.')
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_shown).collect();
    paths.sort();
    paths
}

/// A path from the data directory on.
fn told(folder: &Path, path: &Path) -> String {
    let data = folder.parent().unwrap_or(folder);
    path.strip_prefix(data)
        .unwrap_or(path)
        .display()
        .to_string()
}

const FILE_SIZE: u64 = 64 << 20;
