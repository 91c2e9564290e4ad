//! Entries written in another format: one and what is around it, those that are chosen, all that are shown.

use std::rc::Rc;

use certlens_core::{KeyForm, Object, Opener};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::certificate_detail::in_a_terminal;
use super::dated::told_each;
use super::made_card::{Making, making};
use crate::command::{self, Conversion};
use crate::detail::Detail;
use crate::questions::{Extent, Question, Selection, Told, Which};
use crate::rows::RowId;
use crate::services::pile::Pile;
use crate::services::questions::use_told;
use crate::view;
use crate::words;
use crate::writing::{Form, Keys, Order, Refusal, Seal, Task, Typed};

/// What a [`ConvertView`] writes from.
#[derive(Clone, PartialEq, Properties)]
pub struct ConvertViewProps {
    /// Which entries there are to write.
    pub from: Source,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// The program that its file is to be rewritten for.
    #[prop_or_default]
    pub opener: Option<Opener>,
}

/// Which entries there are to write.
#[derive(Clone, PartialEq)]
pub enum Source {
    /// The entry that is open, and as much around it as the reader says.
    Open(Rc<Detail>),
    /// Those that are chosen, or shown.
    List(Which),
}

impl Source {
    fn detail(&self) -> Option<&Detail> {
        match self {
            Self::Open(detail) => Some(detail),
            Self::List(_) => None,
        }
    }

    fn which(&self, extent: Extent) -> Which {
        match self {
            Self::Open(detail) => Which::Around(detail.id, extent),
            Self::List(which) => which.clone(),
        }
    }

    /// Around which entry it is.
    fn id(&self) -> Option<RowId> {
        self.detail().map(|detail| detail.id)
    }
}

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Choice {
    extent: Extent,
    form: Form,
    keys: Keys,
    seal: Seal,
    /// Whether the present password seals the new file too.
    present: bool,
    /// Whether the reader knows what keys in the clear mean.
    agreed: bool,
    /// Whether the entry is a key that can be written by itself.
    lone: LoneKey,
}

/// A private key outside keystores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LoneKey {
    /// The entry is none.
    Not,
    /// No password seals it.
    Open,
    /// A password seals it.
    Sealed,
}

impl LoneKey {
    fn of(from: &Source) -> Self {
        let detail = from.detail().filter(|detail| detail.keystore.is_none());
        match detail.map(|detail| &detail.entry.object) {
            Some(Object::PrivateKey(key)) if key.seal.is_some() => Self::Sealed,
            Some(Object::PrivateKey(_)) => Self::Open,
            _ => Self::Not,
        }
    }
}

impl Choice {
    fn first(props: &ConvertViewProps) -> Self {
        let plain = Self {
            extent: Extent::Entry,
            form: Form::Pem,
            keys: Keys::LeaveOut,
            seal: Seal::Modern,
            present: false,
            agreed: false,
            lone: LoneKey::of(&props.from),
        };
        match props.opener {
            Some(opener) if plain.lone != LoneKey::Not => Self {
                form: Form::KeyFor(opener),
                keys: Keys::Seal,
                ..plain
            },
            Some(opener) => Self {
                extent: Extent::File,
                form: Form::For(opener),
                keys: Keys::Seal,
                present: true,
                ..plain
            },
            None => plain,
        }
    }

    fn is_keystore(self) -> bool {
        matches!(self.form, Form::Pkcs12 | Form::Jks | Form::For(_))
    }

    /// The program that it is written for.
    fn opener(self) -> Option<Opener> {
        match self.form {
            Form::For(opener) | Form::KeyFor(opener) => Some(opener),
            _ => None,
        }
    }

    /// Whether a private key is chosen, and nothing else.
    fn is_key_alone(self) -> bool {
        self.lone != LoneKey::Not && self.extent == Extent::Entry
    }

    /// Whether the new file may have the password that the old one has.
    fn may_keep_password(self) -> bool {
        match self.form {
            Form::For(_) => self.extent == Extent::File,
            Form::KeyFor(_) => self.lone == LoneKey::Sealed,
            _ => false,
        }
    }

    /// Whether private keys may be in it in the clear.
    fn may_be_clear(self) -> bool {
        matches!(self.form, Form::Pem | Form::Der | Form::KeyFor(_))
    }

    /// The form of private keys that are to be written in the clear.
    fn in_the_clear(self) -> Option<KeyForm> {
        match self.keys {
            Keys::Clear(form) => Some(form),
            _ => None,
        }
    }

    /// Whether what is written can name what is in it.
    fn is_named(self) -> bool {
        matches!(self.form, Form::Pkcs12 | Form::Jks)
    }

    /// Whether a password is needed for what is chosen.
    fn is_sealed(self, selection: &Selection) -> bool {
        self.is_keystore() || (self.keys == Keys::Seal && selection.private_keys != 0)
    }

    /// The same with keys as its extent and its format say: whoever chooses a keystore, or a certificate with its
    /// key, means the key to be in it, under a password.
    fn meant(self) -> Self {
        let is_key = matches!(self.form, Form::KeyFor(_));
        let with_keys = self.is_keystore() || is_key || self.extent == Extent::Chain;
        Self {
            keys: if with_keys {
                Keys::Seal
            } else {
                Keys::LeaveOut
            },
            ..self
        }
    }

    /// The same without what the format has no room for.
    fn fitting(mut self) -> Self {
        if let Form::KeyFor(opener) = self.form
            && !self.is_key_alone()
        {
            self.form = Form::For(opener);
        }
        self.keys = match (self.form, self.keys) {
            (Form::Pkcs7, _) => Keys::LeaveOut,
            (Form::Pkcs12 | Form::Jks | Form::For(_), Keys::Clear(_))
            | (Form::KeyFor(_), Keys::LeaveOut) => Keys::Seal,
            (Form::KeyFor(_), Keys::Clear(_)) => Keys::Clear(KeyForm::Pkcs8),
            (_, keys) => keys,
        };
        self.agreed &= self.in_the_clear().is_some();
        self.present &= self.may_keep_password();
        self
    }
}

/// Entries written in another format.
#[component]
pub fn ConvertView(props: &ConvertViewProps) -> Html {
    let choice = use_state_eq(|| Choice::first(props));
    let state = use_state(|| None::<Making>);
    let (first, second) = (use_node_ref(), use_node_ref());
    let named = use_state_eq(String::new);
    let pile = use_context::<Pile>();
    let which = props.from.which(choice.extent);
    let told = use_told(Some(Question::Selection(which.clone())), props.revision);
    // Another program was asked for: the form begins anew.
    {
        let (choice, state, props) = (choice.clone(), state.clone(), props.clone());
        use_effect_with((props.opener, props.from.id()), move |_| {
            choice.set(Choice::first(&props));
            state.set(None);
        });
    }
    // Others are to be written: what was is not they.
    {
        let state = state.clone();
        use_effect_with(which, move |_| state.set(None));
    }
    let selection = match told {
        Some(Told::Selection(selection)) => selection,
        _ => Selection::default(),
    };
    let choose = {
        let (choice, state) = (choice.clone(), state.clone());
        Callback::from(move |next: Choice| {
            choice.set(next.fitting());
            state.set(None);
        })
    };
    let now = *choice;
    let onsubmit = {
        let (first, second, state) = (first.clone(), second.clone(), state.clone());
        let (selection, announce, named) = (selection.clone(), state.clone(), named.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(pile) = &pile else { return };
            let typed = |node: &NodeRef| {
                let field = node.cast::<HtmlInputElement>();
                Typed(field.map(|field| field.value()).unwrap_or_default())
            };
            let password = typed(&first);
            if let Some(refusal) = refuse(now, &selection, &password, &typed(&second)) {
                announce.set(Some(Making::Refused(refusal)));
                return;
            }
            // What was typed stays in no field.
            for node in [&first, &second] {
                if let Some(field) = node.cast::<HtmlInputElement>() {
                    field.set_value("");
                }
            }
            let order = Order {
                entries: selection.entries.clone(),
                form: now.form,
                keys: now.keys,
                seal: now.seal,
                password,
                present: now.present,
                name: if now.is_named() {
                    (*named).clone()
                } else {
                    String::new()
                },
            };
            state.set(Some(Making::Going));
            let state = state.clone();
            pile.make(
                Task::Write(Box::new(order)),
                &selection.files,
                Callback::from(move |told| {
                    state.set(Some(match told {
                        Ok(made) => Making::Made(made),
                        Err(refusal) => Making::Refused(refusal),
                    }));
                }),
            );
        })
    };
    let extents = props
        .from
        .detail()
        .map(|detail| extents(detail, now.extent));
    let onname = {
        let named = named.clone();
        Callback::from(move |event: InputEvent| {
            named.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let conversion = Conversion {
        extent: now.extent,
        form: now.form,
        keys: now.keys,
        seal: now.seal,
        has_keys: selection.private_keys != 0,
        name: if now.is_named() { named.as_str() } else { "" },
    };
    let command = props.from.detail();
    let command = command.and_then(|detail| command::convert(detail, &conversion));
    let busy = matches!(&*state, Some(Making::Going));
    let blocked =
        busy || (now.in_the_clear().is_some() && selection.private_keys != 0 && !now.agreed);
    html! {
        <div data-test="convert">
            <p class="muted">{ words::a_new_file_is_written_here_in_this() }</p>
            <form class="convert" {onsubmit}>
                <div class="ask">
                    if let Some(extents) = extents {
                        { select(words::what(), "extent", &choose, extents.map(|(extent, name)| (name(), Choice { extent: *extent, ..now }.meant(), *extent == now.extent))) }
                    }
                    { select(words::as_purpose(), "form", &choose, forms(now).into_iter().map(|(name, form)| (name, Choice { form, ..now }.meant(), is_same_form(form, now.form)))) }
                    if let Some(wanted) = now.opener() {
                        { select(words::that_opens_in(), "opener", &choose, Opener::ALL.iter().map(|opener| (told_each([opener.name()]), Choice { form: for_opener(now.form, *opener), ..now }, *opener == wanted))) }
                    }
                    if now.form == Form::Pkcs12 || (matches!(now.form, Form::Pem | Form::Der) && now.keys == Keys::Seal) {
                        { select(words::sealed_how(), "seal", &choose, SEALS.iter().filter(|(seal, _)| now.form == Form::Pkcs12 || *seal != Seal::Pbmac1)
                            .map(|(seal, name)| (name(), Choice { seal: *seal, ..now }, *seal == now.seal))) }
                    }
                </div>
                <p class="muted" data-test="selection" aria-live="polite">{ counted(&selection) }</p>
                if selection.private_keys != 0 && now.form != Form::Pkcs7 { { keys(now, &selection, &choose, props) } }
                if now.is_named() {
                    <div class="ask"><label><span class="lbl">{ words::friendly_name() }</span>
                        <span class="field field-line"><input type="text" autocomplete="off" spellcheck="false" data-test="friendly-name"
                            placeholder={words::as_the_entry_is_called()} value={(*named).clone()} oninput={onname} /></span></label></div>
                }
                if now.is_sealed(&selection) { { passwords(now, &choose, [&first, &second]) } }
                <div class="acts"><button type="submit" class="btn btn-ink" disabled={blocked} data-test="write">{ if now.opener().is_some() { words::rewrite_it() } else { words::write_it() } }</button></div>
            </form>
            if let Some(state) = &*state { { making(state, &name(&props.from, now.extent), source_of(&props.from)) } }
            if let Some(command) = command { { in_a_terminal(&command.into()) } }
        </div>
    }
}

/// How much there is around an entry to choose from.
fn extents(
    detail: &Detail,
    now: Extent,
) -> impl Iterator<Item = &'static (Extent, words::Text)> + use<> {
    let certificate = matches!(detail.entry.object, Object::Certificate(_));
    let alone = detail.siblings == 1 && now != Extent::File;
    EXTENTS.iter().filter(move |(extent, _)| match extent {
        Extent::Chain => certificate,
        Extent::File => !alone,
        Extent::Entry | Extent::Everything => true,
    })
}

/// A list of choices; each brings with it all that is chosen then.
fn select(
    label: &'static str,
    test: &'static str,
    choose: &Callback<Choice>,
    options: impl Iterator<Item = (impl Into<AttrValue>, Choice, bool)>,
) -> Html {
    let options = options.map(|(name, choice, is_chosen)| (name.into(), choice, is_chosen));
    let options: Vec<(AttrValue, Choice, bool)> = options.collect();
    let onchange = {
        let (choose, options) = (choose.clone(), options.clone());
        Callback::from(move |event: Event| {
            let index = event
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            let chosen = usize::try_from(index).ok().and_then(|at| options.get(at));
            if let Some((_, choice, _)) = chosen {
                choose.emit(*choice);
            }
        })
    };
    html! {
        <label><span class="lbl">{ label }</span>
            <select class="btn" data-test={test} {onchange}>
                { for options.iter().map(|(words, _, selected)| html! { <option selected={*selected}>{ words }</option> }) }
            </select></label>
    }
}

/// What becomes of the private keys: nothing, unless the reader says so.
fn keys(
    now: Choice,
    selection: &Selection,
    choose: &Callback<Choice>,
    props: &ConvertViewProps,
) -> Html {
    let key = |keys: Keys, words: &str| {
        let onchange = choose.reform(move |_: Event| Choice {
            keys,
            agreed: false,
            ..now
        });
        html! {
            <label class="check"><input type="radio" name="keys" checked={now.keys == keys} {onchange} data-test={match keys {
                Keys::LeaveOut => "keys-out", Keys::Seal => "keys-sealed", Keys::Clear(_) => "keys-clear",
            }} />{ words.to_owned() }</label>
        }
    };
    let what = if selection.private_keys == 1 {
        words::private_key()
    } else {
        words::private_keys()
    };
    let onagree = choose.reform(move |event: Event| Choice {
        agreed: event.target_unchecked_into::<HtmlInputElement>().checked(),
        ..now
    });
    let whose = match props.from.detail().map(|detail| &detail.entry.object) {
        Some(Object::Certificate(certificate)) => certificate.display_name().to_owned(),
        _ => words::its_owner().to_owned(),
    };
    html! {
        <fieldset class="keys"><legend class="lbl">{ what }</legend>
            if !matches!(now.form, Form::KeyFor(_)) { { key(Keys::LeaveOut, words::leave_out()) } }
            { key(Keys::Seal, words::put_in_sealed_by_a_password()) }
            if now.may_be_clear() { { key(Keys::Clear(now.in_the_clear().unwrap_or_default()), words::put_in_without_any_password()) } }
            if let Some(form) = now.in_the_clear() {
                if !matches!(now.form, Form::KeyFor(_)) {
                    { select(words::form_of_the_key(), "key-form", choose, KEY_FORMS.iter().map(|(one, name)| (name(), Choice { keys: Keys::Clear(*one), ..now }, *one == form))) }
                }
                <label class="check agree"><input type="checkbox" checked={now.agreed} onchange={onagree} data-test="agree" />
                    <span>{ words::i_know_nothing_protects(super::text::shown(&whose)) }</span></label>
            }
        </fieldset>
    }
}

fn passwords(now: Choice, choose: &Callback<Choice>, nodes: [&NodeRef; 2]) -> Html {
    let which = |present: bool, words: &'static str| {
        let onchange = choose.reform(move |_: Event| Choice { present, ..now });
        html! { <label class="check"><input type="radio" name="which" checked={now.present == present} {onchange} data-test={if present { "present" } else { "new" }} />{ words }</label> }
    };
    let field = |label: &'static str, test: &'static str, node: &NodeRef| {
        html! {
            <label><span class="lbl">{ label }</span>
                <span class="field field-line"><input ref={node.clone()} type="password" autocomplete={if now.present { "off" } else { "new-password" }} data-test={test} /></span></label>
        }
    };
    html! {
        <>
            if now.may_keep_password() {
                <fieldset class="keys"><legend class="lbl">{ words::password() }</legend>
                    { which(true, words::the_one_it_has_now()) }{ which(false, words::a_new_one()) }</fieldset>
            }
            <div class="ask">
                if now.present {
                    { field(words::its_password(), "password", nodes[0]) }
                } else {
                    { field(words::new_password(), "password", nodes[0]) }
                    { field(words::once_more(), "password-again", nodes[1]) }
                }
            </div>
        </>
    }
}

/// Why what was typed cannot be used.
fn refuse(now: Choice, selection: &Selection, first: &Typed, second: &Typed) -> Option<Refusal> {
    let told = |message: &str, hint: &str| {
        Some(Refusal {
            message: message.to_owned(),
            hint: hint.to_owned(),
        })
    };
    if selection.files.is_empty() {
        return told(
            words::nothing_to_write(),
            words::choose_more_than_this_entry(),
        );
    }
    if !now.is_sealed(selection) || now.present {
        return None;
    }
    if first != second {
        return told(words::passwords_differ(), words::type_the_new_one_twice());
    }
    match (now.form, first.0.chars().count()) {
        (_, 0) => told(words::takes_a_password(), words::type_a_new_one_twice()),
        (Form::Jks, 1..6) => told(words::keytool_takes_six(), words::choose_a_longer_one()),
        _ => None,
    }
}

/// `2 certificates, 1 private key`.
fn counted(selection: &Selection) -> String {
    let count = |count: usize, counted: fn(i64) -> String| {
        let number = i64::try_from(count).unwrap_or(i64::MAX);
        (count != 0).then(|| counted(number))
    };
    let parts = [
        count(selection.certificates, words::certificates_counted),
        count(selection.private_keys, words::private_keys_counted),
        count(selection.others, words::other_objects_counted),
    ];
    let told: Vec<String> = parts.into_iter().flatten().collect();
    if told.is_empty() {
        return words::what_lies_in_it_is_sealed_unlock_it().to_owned();
    }
    let told = told.join(words::between());
    words::as_sentence(&match selection.files.len() {
        0 | 1 => told,
        many => words::out_of_files(
            &told,
            &words::files_counted(i64::try_from(many).unwrap_or(0)),
        ),
    })
}

/// The file that a new one is made of, where it is a single one.
fn source_of(from: &Source) -> &str {
    from.detail().map_or("", |detail| detail.source.as_str())
}

/// What the new file is called, without its ending.
fn name(from: &Source, extent: Extent) -> String {
    let Some(detail) = from.detail() else {
        return "certificates".to_owned();
    };
    let named = match (&detail.entry.object, extent) {
        (_, Extent::Everything) => "certificates".to_owned(),
        (Object::Certificate(certificate), Extent::Entry | Extent::Chain) => {
            certificate.display_name().to_owned()
        }
        _ => return stem(&detail.source),
    };
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '-'
        }
    };
    let named: String = named.chars().map(plain).take(64).collect();
    match named.trim_matches(['.', '-']) {
        "" => stem(&detail.source),
        named => named.to_owned(),
    }
}

/// The name of a file without its folders and its ending.
pub(crate) fn stem(source: &str) -> String {
    let name = source.rsplit('/').next().unwrap_or(source);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let shown = |c: &char| !certlens_core::is_hidden(*c);
    match stem.chars().filter(shown).collect::<String>() {
        stem if stem.is_empty() => "certificates".to_owned(),
        stem => stem,
    }
}

fn is_same_form(one: Form, other: Form) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

/// The same form for another program.
fn for_opener(form: Form, opener: Opener) -> Form {
    match form {
        Form::KeyFor(_) => Form::KeyFor(opener),
        _ => Form::For(opener),
    }
}

fn forms(now: Choice) -> Vec<(&'static str, Form)> {
    let opener = now.opener();
    let mut forms = vec![
        (words::pem_text_holds_everything(), Form::Pem),
        (words::der_one_object_alone(), Form::Der),
        (words::pkcs_7_p7b_certificates(), Form::Pkcs7),
        (words::pkcs_12_p12_pfx_a_keystore(), Form::Pkcs12),
        (words::jks_a_keystore_of_old_java(), Form::Jks),
        (
            words::a_keystore_for_a_program(),
            Form::For(opener.unwrap_or(Opener::Java8)),
        ),
    ];
    if now.is_key_alone() {
        let form = Form::KeyFor(opener.unwrap_or(Opener::OpenSsl3));
        forms.push((words::a_key_for_a_program(), form));
    }
    forms
}

const EXTENTS: &[(Extent, words::Text)] = &[
    (Extent::Entry, words::this_entry),
    (Extent::Chain, words::it_with_its_key_and_chain),
    (Extent::File, words::its_whole_file),
    (Extent::Everything, words::everything_dropped_here),
];

/// Forms of a private key in the clear.
const KEY_FORMS: &[(KeyForm, words::Text)] = &[
    (KeyForm::Pkcs8, words::form_pkcs8),
    (KeyForm::Pkcs1, words::form_pkcs1),
    (KeyForm::Sec1, words::form_sec1),
];

const SEALS: &[(Seal, words::Text)] = &[
    (Seal::Modern, words::as_openssl_3_does_aes_256),
    (Seal::Legacy, words::for_old_windows_and_java_3des),
    (Seal::Pbmac1, words::with_pbmac1_openssl_from_3_4),
];

/// The address of the form that rewrites the file of an entry for a program.
pub(crate) fn rewrite_href(id: RowId, opener: Opener) -> String {
    view::View::Convert(Some(opener)).href(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless() {
        assert_eq!(stem("backup/server.pem"), "server");
        assert_eq!(stem("moc\u{202e}.pem"), "moc");
        assert_eq!(stem(""), "certificates");
    }

    #[test]
    fn passwords_are_asked_for_twice() {
        let choice = Choice {
            extent: Extent::File,
            form: Form::Jks,
            keys: Keys::LeaveOut,
            seal: Seal::Modern,
            present: false,
            agreed: false,
            lone: LoneKey::Not,
        };
        let some = Selection {
            files: vec![1],
            ..Selection::default()
        };
        let typed = |text: &str| Typed(text.to_owned());
        let refused = |first: &str, second: &str| {
            refuse(choice, &some, &typed(first), &typed(second)).map(|refusal| refusal.message)
        };
        assert_eq!(refused("changeit", "changeit"), None);
        assert_eq!(
            refused("changeit", "changed").unwrap(),
            "The two passwords differ."
        );
        assert_eq!(refused("", "").unwrap(), "It takes a password.");
        assert!(refused("short", "short").unwrap().contains("six"));
    }

    #[test]
    fn what_a_format_has_no_room_for_is_not_kept() {
        let clear = Choice {
            extent: Extent::Entry,
            form: Form::Pkcs12,
            keys: Keys::Clear(KeyForm::Pkcs8),
            seal: Seal::Modern,
            present: true,
            agreed: true,
            lone: LoneKey::Sealed,
        };
        let fitting = clear.fitting();
        assert_eq!(fitting.keys, Keys::Seal);
        assert!(!fitting.agreed && !fitting.present);
    }

    #[test]
    fn a_key_is_rewritten_by_itself_under_a_password_unless_the_reader_says_otherwise() {
        let key = Choice {
            extent: Extent::Entry,
            form: Form::KeyFor(Opener::OpenSsl3),
            keys: Keys::LeaveOut,
            seal: Seal::Modern,
            present: true,
            agreed: true,
            lone: LoneKey::Sealed,
        };
        let sealed = key.meant().fitting();
        assert_eq!((sealed.form, sealed.keys), (key.form, Keys::Seal));
        assert!(sealed.present && !sealed.agreed);
        // What is not sealed has no password to keep.
        let open = Choice {
            lone: LoneKey::Open,
            ..key
        };
        assert!(!open.fitting().present);
        let clear = Choice {
            keys: Keys::Clear(KeyForm::Sec1),
            ..key
        };
        assert_eq!(clear.fitting().keys, Keys::Clear(KeyForm::Pkcs8));
        // With what lies around it, it is a keystore that is rewritten.
        let file = Choice {
            extent: Extent::File,
            ..clear
        };
        let file = file.fitting();
        let wanted = (Form::For(Opener::OpenSsl3), Keys::Seal);
        assert_eq!((file.form, file.keys), wanted);
    }
}
