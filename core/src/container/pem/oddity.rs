//! What PEM text may hold although strict readers do not read it.
//!
//! What OpenSSL and Java make of each was tried with OpenSSL 3.0 and `keytool` of Java 17, as
//! `tests/pem_oddities.rs` does; of Go it is what the package `encoding/pem` does.

use std::borrow::Cow;

use crate::report::{ByteRange, Finding, Severity, Span};
use crate::rule::Rule;

/// Something odd about a text, which was read all the same. It is written out when someone asks.
#[derive(Clone, Debug)]
pub(crate) struct Oddity {
    pub(crate) rule: &'static Rule,
    /// What was found, with the actual values.
    pub(crate) what: Cow<'static, str>,
    /// Where it stands in the input.
    pub(crate) at: Option<ByteRange>,
}

impl Oddity {
    pub(crate) fn finding(&self) -> Finding {
        let at = self.at.map(|input| Span {
            der: ByteRange::default(),
            input: Some(input),
        });
        self.rule.found(self.what.clone(), at)
    }
}

pub(crate) const RULES: &[Rule] = &[
    BLANK_LINE,
    BOUNDARY,
    BYTE_ORDER_MARK,
    CARRIAGE_RETURNS,
    DASHES,
    FOREIGN,
    HEADER,
    HEADER_LINES,
    LABEL,
    LABELS_DIFFER,
    LINE_LENGTH,
    LINE_PREFIX,
    LINE_SUFFIX,
    NO_BOUNDARIES,
    OLD_LABEL,
    PADDING,
    PADDING_MISSING,
    TWICE,
    URL_SAFE,
    UTF16,
    UTF32,
    WRITTEN_OUT,
];

const SAVE_AGAIN: &str =
    "Save the text again from where it came, or copy the PEM text that is shown here.";
const RFC: &str = "RFC 7468, 2 and 3";

pub(crate) const UTF16: Rule = Rule {
    id: "text-utf16",
    severity: Severity::Warning,
    title: "The text is UTF-16",
    why: "OpenSSL, Java and Go find nothing in it: they look for the octets of ASCII.",
    fix: "Save it as UTF-8 or ASCII. PowerShell's > writes UTF-16; use Set-Content -Encoding ascii.",
    citation: "RFC 7468, 2",
};

pub(crate) const UTF32: Rule = Rule {
    id: "text-utf32",
    title: "The text is UTF-32",
    fix: "Save it as UTF-8 or ASCII; iconv -f UTF-32 -t UTF-8 writes it so.",
    ..UTF16
};

pub(crate) const BYTE_ORDER_MARK: Rule = Rule {
    id: "text-byte-order-mark",
    severity: Severity::Notice,
    title: "A byte order mark stands before the text",
    why: "Java and Go do not find the first block behind it; OpenSSL 3 does.",
    fix: "Save it as UTF-8 without a byte order mark.",
    citation: "RFC 7468, 2",
};

pub(crate) const LINE_PREFIX: Rule = Rule {
    id: "pem-line-prefix",
    severity: Severity::Warning,
    title: "A boundary line does not begin its line",
    why: "OpenSSL, Java and Go look for it at the start of a line, and do not find this block.",
    fix: SAVE_AGAIN,
    citation: RFC,
};

pub(crate) const LINE_SUFFIX: Rule = Rule {
    id: "pem-line-suffix",
    severity: Severity::Warning,
    title: "A boundary line goes on after its dashes",
    why: "OpenSSL, Java and Go want the line to end there, and do not read this block.",
    fix: SAVE_AGAIN,
    citation: RFC,
};

pub(crate) const CARRIAGE_RETURNS: Rule = Rule {
    id: "pem-carriage-returns",
    severity: Severity::Warning,
    title: "Lines end in carriage returns alone",
    why: "OpenSSL and Go see one long line and no block; Java reads it.",
    fix: "Save the text with line feeds.",
    citation: RFC,
};

pub(crate) const WRITTEN_OUT: Rule = Rule {
    id: "pem-line-breaks-written-out",
    severity: Severity::Warning,
    title: "Line breaks are written out",
    why: "OpenSSL, Java and Go want real line breaks; text from JSON and .env files has \\n instead.",
    fix: "Put line breaks in place of each \\n; printf '%b' does that.",
    citation: RFC,
};

pub(crate) const DASHES: Rule = Rule {
    id: "pem-dashes",
    severity: Severity::Warning,
    title: "A boundary line does not have five plain dashes",
    why: "OpenSSL, Java and Go compare them octet by octet. Word processors join hyphens to longer dashes.",
    fix: "Write five hyphens on either side, and send such text as a file.",
    citation: RFC,
};

pub(crate) const LABELS_DIFFER: Rule = Rule {
    id: "pem-labels-differ",
    severity: Severity::Warning,
    title: "The two boundary lines name different things",
    why: "OpenSSL, Java and Go refuse the block.",
    fix: "Make the label of the END line that of the BEGIN line.",
    citation: "RFC 7468, 3",
};

pub(crate) const BLANK_LINE: Rule = Rule {
    id: "pem-blank-line",
    severity: Severity::Warning,
    title: "A blank line stands among the base64 text",
    why: "OpenSSL takes it for the end of a header and refuses the block; Java and Go read it.",
    fix: "Take the blank line out.",
    citation: "RFC 7468, 3",
};

pub(crate) const PADDING_MISSING: Rule = Rule {
    id: "pem-padding-missing",
    severity: Severity::Warning,
    title: "The padding at the end is missing",
    why: "OpenSSL and Go refuse the block; Java reads it. Check that nothing else was cut off.",
    fix: "Fill up the last four characters with equals signs.",
    citation: "RFC 4648, 3.2",
};

pub(crate) const PADDING: Rule = Rule {
    id: "pem-padding",
    severity: Severity::Warning,
    title: "There is padding where none belongs",
    why: "OpenSSL, Java and Go refuse the block.",
    fix: "Leave as many equals signs at the end as fill up the last four characters, and no others.",
    citation: "RFC 4648, 4",
};

pub(crate) const URL_SAFE: Rule = Rule {
    id: "pem-url-digits",
    severity: Severity::Warning,
    title: "The base64 is the form for URLs",
    why: "OpenSSL, Java and Go refuse it: PEM has + and / where this form has - and _.",
    fix: "Put + for each - and / for each _ among the digits.",
    citation: "RFC 4648, 5",
};

pub(crate) const FOREIGN: Rule = Rule {
    id: "pem-foreign-characters",
    severity: Severity::Warning,
    title: "Characters that are no base64 were passed over",
    why: "OpenSSL, Java and Go refuse the block. What is left decodes to a whole value.",
    fix: "Take them out.",
    citation: "RFC 4648, 3.3",
};

pub(crate) const HEADER: Rule = Rule {
    id: "pem-header",
    severity: Severity::Warning,
    title: "A header stands in a block that has none",
    why: "OpenSSL and Java refuse it; Go reads it. Only keys in the old encryption have headers.",
    fix: "Move such lines before the BEGIN line.",
    citation: RFC,
};

pub(crate) const HEADER_LINES: Rule = Rule {
    id: "pem-header-lines",
    severity: Severity::Warning,
    title: "The header of the key is not on lines of its own",
    why: "OpenSSL refuses the key: it wants Proc-Type and DEK-Info on two lines.",
    fix: "Break the line before DEK-Info.",
    citation: "RFC 1421, 4.4",
};

pub(crate) const LINE_LENGTH: Rule = Rule {
    id: "pem-line-length",
    severity: Severity::Warning,
    title: "Lines below a header are not 64 characters long",
    why: "OpenSSL refuses such a block; it is only strict where there is a header.",
    fix: "Break the lines after each 64 characters.",
    citation: "RFC 1421, 4.3.2.4",
};

pub(crate) const LABEL: Rule = Rule {
    id: "pem-label",
    severity: Severity::Warning,
    title: "The label does not say what is in the block",
    why: "OpenSSL chooses its reader by the label, and finds something else or nothing.",
    fix: "Write the label that belongs to the content.",
    citation: "RFC 7468, 4",
};

pub(crate) const OLD_LABEL: Rule = Rule {
    id: "pem-label-old",
    severity: Severity::Notice,
    title: "The label is an old one",
    why: "OpenSSL and Java read it; Go and others look for CERTIFICATE alone and pass it over.",
    fix: "Write CERTIFICATE on both boundary lines.",
    citation: "RFC 7468, 5.1",
};

pub(crate) const TWICE: Rule = Rule {
    id: "text-base64-twice",
    severity: Severity::Warning,
    title: "The PEM text is base64 once more",
    why: "Kubernetes keeps it so in a Secret; OpenSSL, Java and Go find no block in it.",
    fix: "Decode it first: base64 -d.",
    citation: "RFC 4648, 4",
};

pub(crate) const BOUNDARY: Rule = Rule {
    id: "pem-boundary-broken",
    severity: Severity::Warning,
    title: "A boundary line is missing, or not as it must be",
    why: "OpenSSL, Java and Go find no block: they want five hyphens and BEGIN in capitals before it, and the same with END after it.",
    fix: "Copy the PEM text that is shown here.",
    citation: RFC,
};

pub(crate) const NO_BOUNDARIES: Rule = Rule {
    id: "text-without-boundaries",
    severity: Severity::Warning,
    title: "The digits stand without boundary lines",
    why: "OpenSSL, Java and Go do not know what they are.",
    fix: "Copy the PEM text that is shown here.",
    citation: "RFC 7468, 2",
};
