//! What is chosen, or all that the list shows: as a new file, as a table, as JSON, as a calendar, on paper.

use std::rc::Rc;

use yew::prelude::*;

use super::convert_view::{ConvertView, Source};
use super::{Announce, Dialog, icon};
use crate::format;
use crate::questions::{ListForm, Question, Sheet, Told, Which};
use crate::rows::RowQuery;
use crate::services::download;
use crate::services::pile::Pile;
use crate::words;

/// What an [`ExportDialog`] exports.
#[derive(Clone, PartialEq, Properties)]
pub struct ExportDialogProps {
    /// What the list shows.
    pub query: RowQuery,
    /// How many entries are chosen. They are what is exported, if any.
    pub chosen: u32,
    /// Counts up with every change of the pile.
    pub revision: u64,
    /// Called when the reader leaves it.
    pub onclose: Callback<()>,
    /// Called with what is to be printed.
    pub onprint: Callback<Rc<Vec<Sheet>>>,
}

/// The dialog that exports what is chosen, or what the list shows.
#[component]
pub fn ExportDialog(props: &ExportDialogProps) -> Html {
    let (pile, announce) = (use_context::<Pile>(), use_context::<Announce>());
    let say = move |text: String| {
        if let Some(Announce(say)) = &announce {
            say.emit(text.into());
        }
    };
    let all_shown = use_state_eq(|| props.chosen == 0);
    let as_file = use_state_eq(|| false);
    let which = if *all_shown {
        Which::Shown(props.query.clone())
    } else {
        Which::Chosen(props.query.clone())
    };
    let save = |form: ListForm, name: &'static str| {
        let (pile, props, say) = (pile.clone(), props.clone(), say.clone());
        let which = which.clone();
        Callback::from(move |_: MouseEvent| {
            let Some(pile) = &pile else { return };
            let (onclose, say) = (props.onclose.clone(), say.clone());
            pile.ask(
                Question::List(form, which.clone()),
                Callback::from(move |told| {
                    if let Told::Listed(listed) = told {
                        download::save(name, listed.text.as_bytes());
                        let count = i64::try_from(listed.count).unwrap_or(i64::MAX);
                        let count = words::entries_counted(count);
                        say(words::entries_handed_to_browser(&name, &count));
                        onclose.emit(());
                    }
                }),
            );
        })
    };
    let onprint = {
        let (pile, props, say) = (pile.clone(), props.clone(), say.clone());
        let which = which.clone();
        Callback::from(move |_: MouseEvent| {
            let Some(pile) = &pile else { return };
            let (own, say) = (props.clone(), say.clone());
            pile.ask(
                Question::Sheets(which.clone()),
                Callback::from(move |told| {
                    if let Told::Sheets(sheets, all) = told {
                        if sheets.len() < all {
                            let (some, all) = (sheets.len(), i64::try_from(all).unwrap_or(0));
                            say(words::first_are_printed(&some, &format::number(all)));
                        }
                        own.onclose.emit(());
                        own.onprint.emit(Rc::new(sheets));
                    }
                }),
            );
        })
    };
    let way = |test: &'static str,
               icon: &'static str,
               title: &'static str,
               what: &'static str,
               onclick: Callback<MouseEvent>| {
        html! {
            <li><button type="button" class="way" data-test={test} {onclick}>
                { icon::drawn(icon) }<span><b>{ title }</b><small>{ what }</small></span></button></li>
        }
    };
    let one = |shown: bool, name: String| {
        let all_shown = all_shown.clone();
        let checked = *all_shown == shown;
        let onchange = Callback::from(move |_: Event| all_shown.set(shown));
        html! {
            <label class="check"><input type="radio" name="exported" {checked} {onchange}
                data-test={if shown { "export-shown" } else { "export-chosen" }} />{ name }</label>
        }
    };
    let onfile = {
        let as_file = as_file.clone();
        Callback::from(move |_: MouseEvent| as_file.set(true))
    };
    html! {
        <Dialog title={words::export()} onclose={props.onclose.clone()}>
            if props.chosen == 0 {
                <p class="muted">{ words::what_the_list_shows_now_in_its() }</p>
            } else {
                <fieldset class="keys"><legend class="lbl">{ words::what() }</legend>
                    { one(false, words::chosen_entries(i64::from(props.chosen))) }
                    { one(true, words::everything_that_the_list_shows().to_owned()) }
                </fieldset>
            }
            if *as_file {
                <ConvertView from={Source::List(which)} revision={props.revision} />
            } else {
                <ul class="ways">
                    { way("export-file", "i-cert", words::new_file_of_them(), "PEM, DER, PKCS#7, PKCS#12, JKS", onfile) }
                    { way("export-csv", "i-inventory", "CSV", words::a_table_for_spreadsheets_cells_that(), save(ListForm::Csv, "certificates.csv")) }
                    { way("export-json", "i-json", "JSON", words::every_field_of_every_entry_by_file(), save(ListForm::Json, "certificates.json")) }
                    { way("export-calendar", "i-calendar", words::calendar(), words::an_event_for_each_expiry_with(), save(ListForm::Calendar, "certificates.ics")) }
                    { way("export-print", "i-print", words::print(), words::a_page_for_each_entry(), onprint) }
                </ul>
            }
            <div class="acts"><button type="button" class="btn" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ if *as_file { words::close() } else { words::cancel() } }</button></div>
        </Dialog>
    }
}
