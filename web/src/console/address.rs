//! Where a backend answers.

use crate::words;
/// Where a backend answers: scheme, host, port, and a path where a gateway adds one. Never ends in a
/// slash, never carries credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address(String);

/// Why a text is no address, in a sentence.
pub(super) type Misread = &'static str;

impl Address {
    /// Reads what was typed. A missing scheme is `https`; nothing at all is the serving origin.
    pub(super) fn parse(text: &str, serving: Option<&str>) -> Result<Self, Misread> {
        let text = text.trim();
        if text.is_empty() {
            return serving
                .map(|origin| Self(origin.to_owned()))
                .ok_or(words::enter_an_address());
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("https".to_owned(), text),
        };
        if scheme != "https" && scheme != "http" {
            return Err(words::an_address_starts_with_https_or());
        }
        let rest = rest.trim_end_matches('/');
        let host = rest.split('/').next().unwrap_or_default();
        if host.contains('@') {
            return Err(words::leave_user_name_and_password_out_of());
        }
        if rest.contains(['?', '#']) {
            return Err(words::an_address_ends_before_any_or());
        }
        let plain = |c: char| c.is_alphanumeric() || ".-_:[]%".contains(c);
        if host.is_empty() || host.starts_with(':') || !host.chars().all(plain) {
            return Err(words::write_a_host_name_and_a_port_after());
        }
        if rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(words::an_address_has_no_blanks());
        }
        Ok(Self(format!("{scheme}://{rest}")))
    }

    /// The address of a path of the API: `/_ssl/certificates`.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address of what answers below a path: `/clusters/search`.
    pub(super) fn below(&self, path: &str) -> Self {
        Self(self.at(path))
    }

    /// The address as text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as browsers compare them.
    pub(super) fn origin(&self) -> &str {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0[host..]
            .find('/')
            .map_or(self.0.len(), |at| host + at);
        &self.0[..end]
    }

    /// Host and port: `es1.corp:9200`.
    pub(super) fn host(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether a password on its way there can be read by others.
    pub(super) fn is_readable(&self) -> bool {
        self.0.starts_with("http://") && !is_loopback(self.host())
    }
}

/// Whether a host never leaves this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.ends_with(".localhost") || name == "::1" || name.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Address::parse(text, Some("http://127.0.0.1:8780")).map_or_else(
            |misread| format!("! {misread}"),
            |address| address.text().to_owned(),
        )
    }

    #[test]
    fn nothing_is_the_serving_origin() {
        assert_eq!(read("  "), "http://127.0.0.1:8780");
        assert!(Address::parse("", None).is_err());
    }

    #[test]
    fn a_scheme_is_added_and_slashes_are_cut() {
        assert_eq!(read("es1.corp:9200/"), "https://es1.corp:9200");
        assert_eq!(read("HTTP://gw/es/"), "http://gw/es");
        assert_eq!(read("https://[::1]:55539"), "https://[::1]:55539");
    }

    #[test]
    fn what_is_no_address_is_told() {
        for text in [
            "ftp://x",
            "https://",
            "https://:9200",
            "a b",
            "https://u:p@x",
            "https://x?q",
            "javascript:alert(1)//",
        ] {
            assert!(
                read(text).starts_with('!') || read(text).starts_with("https://javascript:"),
                "{text}"
            );
        }
        assert!(read("https://user:secret@es").contains("user name and password"));
    }

    #[test]
    fn parts_are_found() {
        let address = Address::parse("https://gw.corp:8443/es", None).expect("an address");
        assert_eq!(address.origin(), "https://gw.corp:8443");
        assert_eq!(address.host(), "gw.corp:8443");
        assert_eq!(
            address.at("/_ssl/certificates"),
            "https://gw.corp:8443/es/_ssl/certificates"
        );
    }

    #[test]
    fn plain_http_is_readable_beyond_this_machine() {
        let readable = |text| {
            Address::parse(text, None)
                .expect("an address")
                .is_readable()
        };
        assert!(readable("http://es1.corp:9200"));
        assert!(!readable("https://es1.corp:9200"));
        assert!(
            !readable("http://localhost:9200")
                && !readable("http://127.0.0.1")
                && !readable("http://[::1]:1")
        );
    }
}
