//! Long derivations, made by the browser itself (Web Cryptography), which is several times quicker than
//! WebAssembly.

use certlens_core::{Password, Pbkdf2};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, Pbkdf2Params, SubtleCrypto, WorkerGlobalScope};
use zeroize::Zeroizing;

/// What `open` makes of these passwords. It is called again as long as there are keys to derive.
pub(super) async fn with_passwords<T>(texts: &[&str], open: impl Fn(&[Password]) -> T) -> T {
    let made_by = |make: fn(String) -> Password| -> Vec<Password> {
        texts.iter().map(|text| make((*text).to_owned())).collect()
    };
    // A page that came without TLS has none of it.
    if let Some(subtle) = subtle() {
        let passwords = made_by(Password::deferring);
        loop {
            let opened = open(&passwords);
            let wanted = passwords
                .iter()
                .map(|password| (password, password.deferred()));
            let wanted: Vec<(&Password, Pbkdf2)> = wanted
                .flat_map(|(password, all)| all.into_iter().map(move |one| (password, one)))
                .collect();
            if wanted.is_empty() {
                return opened;
            }
            if derive(&subtle, &wanted).await.is_err() {
                break;
            }
        }
    }
    open(&made_by(Password::new))
}

fn subtle() -> Option<SubtleCrypto> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let subtle: JsValue = scope.crypto().ok()?.subtle().into();
    (!subtle.is_undefined()).then(|| subtle.unchecked_into())
}

/// Derives all of these at once.
async fn derive(subtle: &SubtleCrypto, wanted: &[(&Password, Pbkdf2)]) -> Result<(), JsValue> {
    let keys = wanted.iter().map(|(_, one)| base_key(subtle, one));
    let keys = keys.collect::<Result<Array, JsValue>>()?;
    let keys: Array = JsFuture::from(Promise::all(&keys)).await?.unchecked_into();
    let made = keys.iter().zip(wanted);
    let made = made.map(|(key, (_, one))| bits(subtle, key.unchecked_ref(), one));
    let made = made.collect::<Result<Array, JsValue>>()?;
    let made: Array = JsFuture::from(Promise::all(&made)).await?.unchecked_into();
    for (made, (password, one)) in made.iter().zip(wanted) {
        let octets = Uint8Array::new(&made);
        let key = Zeroizing::new(octets.to_vec());
        octets.fill(0, 0, octets.length());
        password.keep(one, &key);
    }
    Ok(())
}

fn base_key(subtle: &SubtleCrypto, wanted: &Pbkdf2) -> Result<Promise, JsValue> {
    let password = Uint8Array::from(wanted.password());
    let usages = Array::of1(&"deriveBits".into());
    let key = subtle.import_key_with_str("raw", &password, "PBKDF2", false, &usages);
    // The browser has copied it.
    password.fill(0, 0, password.length());
    key
}

fn bits(subtle: &SubtleCrypto, key: &CryptoKey, wanted: &Pbkdf2) -> Result<Promise, JsValue> {
    let salt = Uint8Array::from(wanted.salt());
    let hash = wanted.digest().into();
    let parameters = Pbkdf2Params::new("PBKDF2", &hash, wanted.rounds(), &salt);
    let length = u32::try_from(wanted.length() * 8).unwrap_or(u32::MAX);
    subtle.derive_bits_with_object(&parameters, key, length)
}
