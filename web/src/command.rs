//! The command that shows the same in a terminal.

use certlens_core::{Format, Object};

use crate::detail::Detail;
use crate::view::View;

/// The command that shows the same in a terminal, where there is one.
pub fn of(detail: &Detail) -> Option<String> {
    let name = detail.source.rsplit('/').next().unwrap_or(&detail.source);
    let file = quoted(name);
    let certificate = matches!(detail.entry.object, Object::Certificate(_));
    Some(match (detail.format?, certificate) {
        (Format::Pem, true) if detail.siblings == 1 => {
            format!("openssl x509 -in {file} -noout -text")
        }
        (Format::Pem, true) => format!("openssl storeutl -certs -noout -text {file}"),
        (Format::Der, true) => format!("openssl x509 -inform DER -in {file} -noout -text"),
        (Format::Pkcs12, _) => format!("openssl pkcs12 -in {file} -info -noout"),
        (Format::Jks | Format::Jceks, _) => match &detail.entry.alias {
            Some(alias) => {
                format!("keytool -list -v -keystore {file} -alias {}", quoted(alias))
            }
            None => format!("keytool -list -v -keystore {file}"),
        },
        (Format::Pkcs7, _) => format!("openssl pkcs7 -in {file} -print_certs -noout"),
        _ => return None,
    })
}

/// The command that does in a terminal what a view does, where there is one.
pub fn of_view(detail: &Detail, view: View) -> Option<String> {
    let name = detail.source.rsplit('/').next().unwrap_or(&detail.source);
    let file = quoted(name);
    let certificate = matches!(detail.entry.object, Object::Certificate(_));
    Some(match (view, detail.format?) {
        (View::Chain, Format::Pem) if certificate => {
            format!("openssl verify -show_chain -CAfile roots.pem -untrusted {file} {file}")
        }
        (View::Bytes(_), Format::Pem) if detail.siblings == 1 => {
            format!("openssl asn1parse -i -in {file}")
        }
        (View::Bytes(_), Format::Der) => format!("openssl asn1parse -inform DER -i -in {file}"),
        (View::Opening, Format::Pkcs12) => format!("openssl pkcs12 -in {file} -info -noout"),
        _ => return None,
    })
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/@+=:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    let word = if word.starts_with('-') {
        format!("./{word}")
    } else {
        word.to_owned()
    };
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_command() {
        assert_eq!(quoted("es1.pem"), "es1.pem");
        assert_eq!(quoted("my file.pem"), "'my file.pem'");
        assert_eq!(quoted("a'; rm -rf ~"), r"'a'\''; rm -rf ~'");
        assert_eq!(quoted("-rf"), "'./-rf'");
        assert_eq!(quoted(""), "''");
    }
}
