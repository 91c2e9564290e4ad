//! The sentence above an object, in the language that is spoken.
//!
//! What there is to say comes from the core, as [`Statement`]s. In a text, `*` stands before and after
//! what matters most.

use certlens_core::{
    Entry, Guard, Issued, Lasting, NextList, Reach, Role, Row, Sentence, SentencePart,
    SshCertificateType, Standing, Statement, Unchecked, UnixTime,
};
use certlens_core::{KeyProof, row_statements, statements};

use crate::expiry;
use crate::words;

/// What an entry is and how long it lasts, judged at `now`.
pub fn sentence(entry: &Entry, now: UnixTime) -> Sentence {
    put(&statements(entry, now))
}

/// The sentence of a certificate of which only a row is known, as `teller` told it.
pub fn row_sentence(row: &Row, teller: &str, now: UnixTime) -> Sentence {
    put(&row_statements(row, teller, now))
}

/// What a certificate is called by what it is for.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Root => words::role_root(),
        Role::Authority => words::role_authority(),
        Role::Server => words::role_server(),
        Role::Client => words::role_client(),
        Role::CodeSigning => words::role_code_signing(),
        Role::Email => words::role_email(),
        Role::TimeStamping => words::role_time_stamping(),
        Role::OcspSigning => words::role_ocsp_signing(),
        Role::Other => words::certificate(),
    }
}

/// What kind of revocation list it is, which the core says in English.
pub fn list_kind(english: &'static str) -> &'static str {
    match english {
        "delta list" => words::list_delta(),
        "indirect list" => words::list_indirect(),
        "indirect delta list" => words::list_indirect_delta(),
        _ => words::list_complete(),
    }
}

fn put(statements: &[Statement<'_>]) -> Sentence {
    let mut sentence = Sentence::default();
    for statement in statements {
        if let Statement::Unchecked(unchecked) = statement {
            not_checked_of(*unchecked).clone_into(&mut sentence.unchecked);
            continue;
        }
        for said in said(statement).into_iter().filter(|said| !said.is_empty()) {
            if !sentence.parts.is_empty() {
                sentence
                    .parts
                    .push(SentencePart::Text(words::language().gap().to_owned()));
            }
            sentence.parts.extend(said);
        }
    }
    sentence
}

/// A text as parts: what stands between two stars is strong.
pub(super) fn starred(text: &str) -> Vec<SentencePart> {
    let part = |(index, text): (usize, &str)| match index % 2 {
        0 => SentencePart::Text(text.to_owned()),
        _ => SentencePart::Strong(text.to_owned()),
    };
    let parts = text.split('*').enumerate();
    parts
        .filter(|(_, text)| !text.is_empty())
        .map(part)
        .collect()
}

/// The sentences of a statement.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a statement; splitting hides the table"
)]
fn said(statement: &Statement<'_>) -> Vec<Vec<SentencePart>> {
    match *statement {
        Statement::Certificate {
            role: calling,
            name,
            others: more,
            issuer,
        } => {
            let say = if calling.is_authority() {
                words::said_certificate_of
            } else {
                words::said_certificate_for
            };
            let mut parts = say(named(name), &role(calling), &others(more));
            parts.extend(issued(issuer));
            vec![parts]
        }
        Statement::AttributeCertificate { issuer } => {
            let mut parts = starred(words::said_attribute_certificate());
            parts.extend(issued(issuer));
            vec![parts]
        }
        Statement::SshCertificate {
            kind,
            principal,
            others: more,
        } => {
            let kind = match kind {
                SshCertificateType::User => words::ssh_user_certificate(),
                SshCertificateType::Host => words::ssh_host_certificate(),
                SshCertificateType::Unknown => words::ssh_certificate(),
            };
            vec![match principal {
                Some(name) => words::said_ssh_for(named(name), &kind, &others(more)),
                None => starred(&words::said_ssh_for_anyone(&kind)),
            }]
        }
        Statement::Lasting(lasts) => vec![starred(&lasting(lasts))],
        Statement::Surroundings { key, chain } => vec![starred(&surroundings(key, chain))],
        Statement::KeyBeside(true) => vec![starred(words::key_beside())],
        Statement::KeyBeside(false) => vec![starred(words::no_key_beside())],
        Statement::PrivateKey { kind, guard, fits } => {
            let what = match kind {
                "" => starred(words::said_private_key()),
                kind => starred(&words::said_private_key_of_kind(&kind)),
            };
            let guard = starred(match guard {
                Guard::Nothing => words::guarded_by_nothing(),
                Guard::Opened => words::guarded_and_opened(),
                Guard::Sealed => words::guarded_and_sealed(),
                Guard::Unsupported => words::guarded_by_unsupported(),
                Guard::WrongPassword => words::guarded_by_another(),
            });
            vec![what, guard, counted(fits, words::fits_certificates)]
        }
        Statement::PublicKey {
            kind,
            comment,
            carriers,
            has_private_key,
        } => {
            let what = match comment {
                "" => starred(&words::said_public_key(&kind)),
                comment => words::said_public_key_of(named(comment), &kind),
            };
            let key = where_so(has_private_key, words::private_key_in_file);
            vec![what, counted(carriers, words::carried_by), key]
        }
        Statement::Request {
            name,
            others: more,
            key,
            has_private_key,
            is_certified,
        } => vec![
            words::said_request(named(name), &others(more), &key),
            where_so(has_private_key, words::key_beside),
            where_so(is_certified, words::request_is_certified),
        ],
        Statement::List {
            kind,
            issuer,
            count,
            next,
        } => {
            let revoked = words::certificates_counted(wide(count));
            let next = match next {
                NextList::ThisBeginsIn(wait) => words::list_begins_in(&words::span_after(wait)),
                NextList::WasDue(since) => words::list_was_due(&words::span_after(since)),
                NextList::DueIn(wait) => words::list_is_due_in(&words::span_after(wait)),
                NextList::Untold => words::list_due_untold().to_owned(),
            };
            vec![
                words::said_list(named(issuer), &list_kind(kind), &revoked),
                starred(&next),
            ]
        }
        Statement::Signer {
            certificate,
            at,
            is_here,
        } => {
            let time = at.map_or_else(String::new, |time| words::signer_at(&words::instant(time)));
            let what = match certificate {
                Some((serial, issuer)) => words::said_signer_of(named(issuer), &serial, &time),
                None => starred(&words::said_signer_by_key(&time)),
            };
            let place = if is_here {
                words::signer_certificate_here()
            } else {
                words::signer_certificate_absent()
            };
            vec![what, starred(place)]
        }
        Statement::Other { what, fact: "" } => vec![starred(&words::said_other(&capital(what)))],
        Statement::Other { what, fact } => vec![words::said_other_fact(fact, &capital(what))],
        Statement::Unreadable(problem) => {
            vec![words::said_unreadable(problem.trim_end_matches('.'))]
        }
        Statement::Unchecked(_) => Vec::new(),
    }
}

fn not_checked_of(unchecked: Unchecked) -> &'static str {
    match unchecked {
        Unchecked::All => words::unchecked_all(),
        Unchecked::OtherLists => words::unchecked_other_lists(),
        Unchecked::OwnSignature => words::unchecked_own_signature(),
        Unchecked::MessageSignature => words::unchecked_message_signature(),
    }
}

/// A name, or that there is none.
fn named(name: &str) -> &str {
    match name.trim() {
        "" => words::nobody_named(),
        _ => name,
    }
}

/// ` and 3 other names`, if there are any.
fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        count => words::and_others(&words::and_other_names(wide(count))),
    }
}

fn issued(issuer: Issued<'_>) -> Vec<SentencePart> {
    match issuer {
        Issued::Itself => starred(words::said_names_itself()),
        Issued::By(issuer) => words::said_issued_by(named(issuer)),
        Issued::Untold => starred(&words::as_sentence(&"")),
    }
}

fn counted(count: usize, say: fn(i64) -> String) -> Vec<SentencePart> {
    match count {
        0 => Vec::new(),
        count => starred(&say(wide(count))),
    }
}

fn where_so(is: bool, say: words::Text) -> Vec<SentencePart> {
    if is { starred(say()) } else { Vec::new() }
}

fn lasting(lasts: Lasting<'_>) -> String {
    match lasts {
        Lasting::Unreadable => words::lasts_unreadable().to_owned(),
        Lasting::Untold => words::lasts_untold().to_owned(),
        Lasting::Forever => words::lasts_forever().to_owned(),
        Lasting::Ended { ago, on, after } => {
            let (span, on) = (words::span_after(ago), words::date(on));
            match after {
                Some(whole) => words::lasts_ended_after(&span, &on, &words::lifetime(whole)),
                None => words::lasts_ended(&span, &on),
            }
        }
        Lasting::Ends(end) => words::lasts_ends(&words::date(end)),
        Lasting::Starts { wait, on, total } => words::lasts_starts(
            &words::span_after(wait),
            &words::date(on),
            &words::lifetime(total),
        ),
        Lasting::Left {
            left,
            total,
            standing,
            is_authority,
        } => {
            // The core judges by shares of the lifetime, and so do its words.
            if expiry::chosen().days().is_some() {
                return words::left_of_days(&words::span(left), &words::whole_after(left, total));
            }
            let say = match (standing, is_authority) {
                (Standing::Soon, true) => words::left_soon_authority,
                (Standing::Now, true) => words::left_now_authority,
                (Standing::Soon, false) => words::left_soon,
                (Standing::Now, false) => words::left_now,
                _ => words::left_normal,
            };
            say(&words::span(left), &words::whole_after(left, total))
        }
        Lasting::LeftAlone { left, teller } => words::left_alone(&words::span(left), &teller),
    }
}

fn surroundings(key: Option<KeyProof>, chain: Option<Reach>) -> String {
    let key = key.map(|proof| match proof {
        KeyProof::PublicKey => words::clause_key_present(),
        KeyProof::Keystore => words::clause_key_by_keystore(),
    });
    let chain = chain.map(|reach| match reach {
        Reach::Top => words::reach_top(),
        Reach::Root => words::reach_root(),
        Reach::Nothing => words::reach_nothing(),
        Reach::BelowRoot => words::reach_below_root(),
    });
    let clause = match (key, chain) {
        (Some(key), Some(chain)) => words::joined_clauses(&key, &chain),
        (Some(clause), None) | (None, Some(clause)) => clause.to_owned(),
        (None, None) => return String::new(),
    };
    words::as_sentence(&capital(&clause))
}

/// A text whose first letter is a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn wide(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
