//! The roots that Mozilla trusts for servers: a file of the page, which the worker gets beside its program.

/// The certificates of `mozilla-roots.der`, which stand in it one after the other.
pub fn certificates(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        // A SEQUENCE whose length takes two octets, as that of every certificate with a key in it.
        let [0x30, 0x82, high, low, ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low])) + 4;
        let (certificate, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(certificate)
    })
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

    use super::*;

    /// `CERTLENS_UPDATE=1 cargo test -p certlens-web mozilla` writes the file anew.
    #[test]
    fn the_file_holds_the_roots_of_the_crate() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/mozilla-roots.der");
        let roots: Vec<&[u8]> = TLS_SERVER_ROOT_CERTS.iter().map(|root| &**root).collect();
        if env::var_os("CERTLENS_UPDATE").is_some() {
            fs::write(path, roots.concat()).expect("is written");
        }
        let file = fs::read(path).expect("mozilla-roots.der");
        let held: Vec<&[u8]> = certificates(&file).collect();
        assert_eq!(held.len(), roots.len());
        assert!(
            held == roots,
            "written from another version of webpki-root-certs; CERTLENS_UPDATE=1 writes it anew"
        );
    }
}
