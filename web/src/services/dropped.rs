//! What was dropped, chosen or pasted → files with their paths.

use crate::natural::{compare, compare_paths};
use crate::words;
use certlens_core::order;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DataTransfer, File, FileList, FilePropertyBag, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry,
};
use yew::Callback;

/// A file, and what to call it: its name, with the folders above it where it came in a folder.
pub struct Found {
    /// A handle of the browser's; no content.
    pub file: File,
    /// What to call it.
    pub name: String,
}

/// Files handed over at once, so that reading starts before a large folder is walked to its end.
const BATCH: usize = 250;

/// The files of a chooser; those of a folder by their paths, since browsers give them in any order.
pub fn chosen(files: &FileList) -> Vec<Found> {
    let mut in_folder = false;
    let mut found: Vec<Found> = (0..files.length())
        .filter_map(|index| files.get(index))
        .map(|file| {
            let path = Reflect::get(&file, &JsValue::from_str("webkitRelativePath"));
            let path = path
                .ok()
                .and_then(|path| path.as_string())
                .filter(|path| !path.is_empty());
            in_folder |= path.is_some();
            Found {
                name: path.unwrap_or_else(|| file.name()),
                file,
            }
        })
        .collect();
    if in_folder {
        order::by(&mut found, &|one, other| {
            compare_paths(&one.name, &other.name)
        });
    }
    found
}

/// A pasted text as a file.
pub fn pasted(text: &str, name: &str) -> Option<Found> {
    let options = FilePropertyBag::new();
    options.set_type("text/plain");
    let parts = Array::of1(&JsValue::from_str(text));
    let file = File::new_with_str_sequence_and_options(&parts, name, &options).ok()?;
    Some(Found {
        file,
        name: name.to_owned(),
    })
}

/// Octets that came with the page as a file.
pub fn bundled(bytes: &[u8], name: &str) -> Option<Found> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let file = File::new_with_u8_array_sequence(&parts, name).ok()?;
    Some(Found {
        file,
        name: name.to_owned(),
    })
}

/// The files of a drop, folders walked to the end. Calls back once a batch.
pub fn dropped(transfer: &DataTransfer, found: Callback<Vec<Found>>) {
    let items = transfer.items();
    // Entries and files must be taken out before this event ends; the list is empty after it.
    let mut entries: Vec<FileSystemEntry> = Vec::new();
    let mut batch = Vec::new();
    let mut texts = 0;
    for index in 0..items.length() {
        let Some(item) = items.get(index) else {
            continue;
        };
        if item.kind() != "file" {
            texts += 1;
            continue;
        }
        match item.webkit_get_as_entry() {
            Ok(Some(entry)) if entry.is_directory() => entries.push(entry),
            _ => {
                if let Ok(Some(file)) = item.get_as_file() {
                    batch.push(Found {
                        name: file.name(),
                        file,
                    });
                }
            }
        }
    }
    if entries.is_empty() && batch.is_empty() && texts != 0 {
        let text = transfer.get_data("text/plain").unwrap_or_default();
        batch.extend(pasted(&text, words::dropped_text()).filter(|_| !text.trim().is_empty()));
    }
    if !batch.is_empty() {
        found.emit(batch);
    }
    if !entries.is_empty() {
        spawn_local(walk(entries, found));
    }
}

/// Walks folders in the order of their paths, without recursion: a link that leads back up cannot exhaust a stack.
async fn walk(entries: Vec<FileSystemEntry>, found: Callback<Vec<Found>>) {
    let mut batch = Vec::new();
    let mut way = Way::new(FileSystemEntry::name);
    way.lead_through(entries);
    while let Some(entry) = way.left.pop() {
        if entry.is_directory() {
            let reader = entry
                .unchecked_into::<FileSystemDirectoryEntry>()
                .create_reader();
            let mut within: Vec<FileSystemEntry> = Vec::new();
            loop {
                let read = promise(|resolve, reject| {
                    reader
                        .read_entries_with_callback_and_callback(resolve, reject)
                        .ok();
                });
                // A browser gives a hundred at a time, and an empty list at the end.
                let Ok(read) = read.await else { break };
                let read: Array = read.unchecked_into();
                if read.length() == 0 {
                    break;
                }
                within.extend(read.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
            }
            way.lead_through(within);
        } else {
            let name = entry.full_path().trim_start_matches('/').to_owned();
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file = promise(|resolve, reject| {
                entry.file_with_callback_and_callback(resolve, reject);
            });
            if let Ok(file) = file.await {
                batch.push(Found {
                    file: file.unchecked_into(),
                    name,
                });
            }
            if BATCH <= batch.len() {
                found.emit(std::mem::take(&mut batch));
            }
        }
    }
    if !batch.is_empty() {
        found.emit(batch);
    }
}

/// What is still to be walked, the next of it last.
struct Way<T> {
    left: Vec<T>,
    name: fn(&T) -> String,
}

impl<T> Way<T> {
    fn new(name: fn(&T) -> String) -> Self {
        let left = Vec::new();
        Self { left, name }
    }

    /// Walks through what lies in a folder next, in the order of the names.
    fn lead_through(&mut self, mut within: Vec<T>) {
        let name = self.name;
        order::by(&mut within, &|one, other| compare(&name(other), &name(one)));
        self.left.append(&mut within);
    }
}

async fn promise(
    mut start: impl FnMut(&js_sys::Function, &js_sys::Function),
) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |resolve, reject| {
        start(&resolve, &reject);
    }))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_dropped_folder_come_in_the_order_of_their_paths() {
        // As a browser may give them: in any order, folders among files.
        let files = [
            "b/node-10/tls.pem",
            "b/node-2/tls.pem",
            "b/node-2/ca.pem",
            "b.pem",
            "a10.pem",
            "B/x.pem",
            "b/Key.pem",
            "a2.pem",
            "a2/chain.pem",
        ];
        let within = |folder: &str| {
            let mut found: Vec<String> = Vec::new();
            for rest in files.iter().filter_map(|file| file.strip_prefix(folder)) {
                let name = rest.split_inclusive('/').next().unwrap_or(rest);
                let entry = format!("{folder}{name}");
                if !found.contains(&entry) {
                    found.push(entry);
                }
            }
            found
        };
        let name = |entry: &String| {
            let path = entry.trim_end_matches('/');
            path.rsplit('/').next().unwrap_or(path).to_owned()
        };
        let mut way = Way::new(name);
        way.lead_through(within(""));
        let mut walked = Vec::new();
        while let Some(entry) = way.left.pop() {
            if entry.ends_with('/') {
                way.lead_through(within(&entry));
            } else {
                walked.push(entry);
            }
        }
        let mut sorted = files.map(str::to_owned).to_vec();
        order::by(&mut sorted, &|one, other| compare_paths(one, other));
        assert_eq!(walked, sorted, "as those of a chooser");
        let node = |node: &str| walked.iter().position(|file| file.contains(node));
        assert!(node("node-2/ca") < node("node-2/tls"));
        assert!(node("node-2/tls") < node("node-10"));
    }
}
