//! The command that does in a terminal what is on the screen.

use certlens_core::{Format, Object, PlaceForm};

use crate::detail::Detail;
use crate::view::View;

/// The command that shows the same in a terminal, where there is one.
pub fn of(detail: &Detail) -> Option<String> {
    let file = file(detail);
    let format = detail.format?;
    let alone = detail.siblings == 1 && detail.entry.place.form != PlaceForm::Base64;
    Some(match (format, &detail.entry.object) {
        (Format::Pkcs12, _) => format!("openssl pkcs12 -in {file} -info -noout"),
        (Format::Jks | Format::Jceks, _) => match &detail.entry.alias {
            Some(alias) => {
                format!("keytool -list -v -keystore {file} -alias {}", quoted(alias))
            }
            None => format!("keytool -list -v -keystore {file}"),
        },
        (Format::Bks | Format::Uber | Format::Bcfks, _) => {
            let kind = format.name();
            format!(
                "keytool -list -v -keystore {file} -storetype {kind} \
                 -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar"
            )
        }
        (Format::Pkcs7, _) => {
            let form = form(detail);
            format!("openssl pkcs7{form} -in {file} -print_certs -noout")
        }
        (Format::OpenSsh, _) => format!("ssh-keygen -l -f {file}"),
        (Format::Zip, _) => format!("unzip -l {file}"),
        (Format::Tar | Format::Gzip, _) => format!("tar -tvf {file}"),
        (Format::Pem, Object::Certificate(_)) if !alone => {
            format!("openssl storeutl -certs -noout -text {file}")
        }
        (Format::Pem | Format::Der, object) => {
            let program = match object {
                Object::Certificate(_) => "x509",
                Object::CertificationRequest(_) => "req",
                Object::RevocationList(_) => "crl",
                Object::PrivateKey(_) => "pkey",
                Object::PublicKey(_) => "pkey -pubin",
                _ => return inspected(&file),
            };
            // Of a private key only the public half is wanted on a screen.
            let shown = match object {
                Object::PrivateKey(_) => "-text_pub -noout",
                _ => "-noout -text",
            };
            format!("openssl {program}{} -in {file} {shown}", form(detail))
        }
        _ => return inspected(&file),
    })
}

/// What openssl has no command for.
#[expect(clippy::unnecessary_wraps, reason = "it ends a match of such commands")]
fn inspected(file: &str) -> Option<String> {
    Some(format!("certlens inspect {file}"))
}

/// The command that does in a terminal what a view does, where there is one.
pub fn of_view(detail: &Detail, view: View) -> Option<String> {
    let file = file(detail);
    let certificate = matches!(detail.entry.object, Object::Certificate(_));
    Some(match (view, detail.format?) {
        (View::Chain, Format::Pem) if certificate => {
            format!("openssl verify -show_chain -CAfile roots.pem -untrusted {file} {file}")
        }
        (View::Chain, _) if certificate => {
            format!("certlens verify {file} --anchors roots.pem")
        }
        (View::Bytes(_), Format::Pem) if detail.siblings == 1 => {
            format!("openssl asn1parse -i -in {file}")
        }
        (View::Bytes(_), Format::Der) => format!("openssl asn1parse -inform DER -i -in {file}"),
        (View::Bytes(_), _) => format!("certlens asn1 {file}"),
        (View::Compare(_) | View::CompareFile(_), _) => format!("certlens compare OTHER {file}"),
        (View::Opening, Format::Pkcs12) => format!("openssl pkcs12 -in {file} -info -noout"),
        (View::Convert(_), Format::Pkcs12) => {
            format!("certlens convert --to pkcs12 --password-stdin -o new.p12 {file}")
        }
        (View::Convert(_), Format::Jks | Format::Jceks) => format!(
            "keytool -importkeystore -srckeystore {file} -destkeystore new.p12 -deststoretype pkcs12"
        ),
        (View::Convert(_), Format::Pem) if detail.siblings != 1 => {
            format!("openssl pkcs12 -export -in {file} -out new.p12")
        }
        (View::Convert(_), Format::Pem) if certificate => {
            format!("openssl x509 -in {file} -outform DER -out new.cer")
        }
        (View::Convert(_), Format::Der) if certificate => {
            format!("openssl x509 -inform DER -in {file} -out new.pem")
        }
        (View::Convert(_), _) => format!("certlens convert --to pem -o new.pem {file}"),
        _ => return None,
    })
}

/// The name of the file, without its folders, as a shell takes it.
fn file(detail: &Detail) -> String {
    let name = detail.source.rsplit('/').next();
    quoted(name.unwrap_or(&detail.source))
}

fn form(detail: &Detail) -> &'static str {
    match detail.entry.place.form {
        PlaceForm::Der | PlaceForm::Chunked if detail.format != Some(Format::Pem) => " -inform DER",
        _ => "",
    }
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
