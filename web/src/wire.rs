//! Messages between page and worker, as octets in the form of borsh: both are of one build, so nothing in
//! them has a name, and the code that reads them is small. The octets change hands without being copied.

use borsh::{BorshDeserialize, BorshSerialize};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroizing;

/// A value as octets. Passwords travel so: the copy here is wiped.
pub fn pack(value: &impl BorshSerialize) -> Uint8Array {
    // Room enough for all that is asked, so that no part of a password stays behind where it grew.
    let mut octets = Zeroizing::new(Vec::with_capacity(1 << 14));
    if let Err(error) = value.serialize(&mut *octets) {
        wasm_bindgen::throw_str(&error.to_string());
    }
    Uint8Array::from(octets.as_slice())
}

/// The value that octets hold; `None` where they are of another build.
pub fn unpack<T: BorshDeserialize>(octets: &JsValue) -> Option<T> {
    let octets = Zeroizing::new(octets.dyn_ref::<Uint8Array>()?.to_vec());
    T::try_from_slice(&octets).ok()
}

/// A message: its number, what it says, and what goes with it.
pub fn message(number: u32, says: &impl BorshSerialize, beside: &JsValue) -> Array {
    Array::of3(&JsValue::from(number), &pack(says), beside)
}

/// What of a message changes hands.
pub fn handed_over(message: &Array) -> Array {
    let octets = message.get(1).unchecked_into::<Uint8Array>();
    Array::of1(&octets.buffer())
}

#[cfg(test)]
mod tests {
    use borsh::BorshDeserialize;
    use certlens_core::{Options, Password, Report, inspect};

    #[test]
    fn every_report_is_the_same_behind_the_wire() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/vectors");
        let passwords = [Password::from("changeit")];
        let options = Options {
            passwords: &passwords,
            ..Options::default()
        };
        let mut seen = 0;
        for file in std::fs::read_dir(folder).expect("a folder") {
            let Ok(bytes) = std::fs::read(file.expect("a file").path()) else {
                continue;
            };
            let Ok(report) = inspect(&bytes, &options, None) else {
                continue;
            };
            let octets = borsh::to_vec(&report).expect("is written");
            assert_eq!(Report::try_from_slice(&octets).ok(), Some(report));
            seen += 1;
        }
        assert!(20 < seen, "{seen} files were read");
    }
}
