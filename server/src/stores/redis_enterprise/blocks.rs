//! The certificates of a PEM text, as they stand there, without what else is in it.

/// What may be shown to whoever gets no keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificates {
    pub(super) text: String,
    /// Whether there are other blocks.
    pub(super) left_out: bool,
}

/// Keeps the blocks of certificates, whether they can be read or not, and nothing that stands in, between
/// or around them: an operator may have laid down certificate and key in one file.
pub(super) fn certificates(pem: &str) -> Certificates {
    let mut found = Certificates {
        text: String::new(),
        left_out: false,
    };
    for part in pem.split(BEGIN).skip(1) {
        match certificate(part) {
            Some((label, body)) => {
                let end = end(label);
                for part in [BEGIN, label, "-----", body, &end, "\n"] {
                    found.text.push_str(part);
                }
            }
            None => found.left_out = true,
        }
    }
    found
}

/// The label and the body of a block, from behind its `BEGIN`; `None` where it is no certificate or has
/// no end of its own.
fn certificate(part: &str) -> Option<(&str, &str)> {
    let (label, rest) = part.split_once("-----")?;
    let (body, _) = rest.split_once(&end(label))?;
    let is_certificate = LABELS.contains(&label) && !body.contains("-----");
    is_certificate.then_some((label, body))
}

fn end(label: &str) -> String {
    format!("-----END {label}-----")
}

const BEGIN: &str = "-----BEGIN ";

const LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n";

    #[test]
    fn certificates_stay_as_they_are_and_nothing_else_does() {
        let unended = "-----BEGIN CERTIFICATE-----\nAA==\n";
        for (pem, text, left_out) in [
            (ONE.repeat(2), ONE.repeat(2), false),
            (format!("subject=a\n{ONE}SECRET"), ONE.to_owned(), false),
            (format!("{KEY}{ONE}"), ONE.to_owned(), true),
            (format!("{ONE}{KEY}{ONE}"), ONE.repeat(2), true),
            (format!("{unended}{KEY}{ONE}"), ONE.to_owned(), true),
            (format!("{unended}SECRET"), String::new(), true),
            (String::new(), String::new(), false),
        ] {
            let expected = Certificates { text, left_out };
            assert_eq!(certificates(&pem), expected, "{pem}");
        }
    }
}
