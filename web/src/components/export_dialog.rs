//! The list as it is shown: as a table, as JSON, as a calendar, on paper.

use std::rc::Rc;

use yew::prelude::*;

use super::{Announce, Dialog, Icon};
use crate::format;
use crate::questions::{ListForm, Question, Sheet, Told};
use crate::rows::RowQuery;
use crate::services::download;
use crate::services::pile::Pile;

/// What an [`ExportDialog`] exports.
#[derive(Clone, PartialEq, Properties)]
pub struct ExportDialogProps {
    /// What the list shows.
    pub query: RowQuery,
    /// Called when the reader leaves it.
    pub onclose: Callback<()>,
    /// Called with what is to be printed.
    pub onprint: Callback<Rc<Vec<Sheet>>>,
}

/// The dialog that exports the list.
#[component]
pub fn ExportDialog(props: &ExportDialogProps) -> Html {
    let (pile, announce) = (use_context::<Pile>(), use_context::<Announce>());
    let say = move |text: String| {
        if let Some(Announce(say)) = &announce {
            say.emit(text.into());
        }
    };
    let save = |form: ListForm, name: &'static str| {
        let (pile, props, say) = (pile.clone(), props.clone(), say.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(pile) = &pile else { return };
            let (onclose, say) = (props.onclose.clone(), say.clone());
            pile.ask(
                Question::List(form, props.query.clone()),
                Callback::from(move |told| {
                    if let Told::Listed(listed) = told {
                        download::save(name, listed.text.as_bytes());
                        let count = i64::try_from(listed.count).unwrap_or(i64::MAX);
                        let count = format::counted_as(count, "entry", "entries");
                        say(format!("{name}: {count} handed to the browser to save"));
                        onclose.emit(());
                    }
                }),
            );
        })
    };
    let onprint = {
        let (pile, props, say) = (pile.clone(), props.clone(), say.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(pile) = &pile else { return };
            let (own, say) = (props.clone(), say.clone());
            pile.ask(
                Question::Sheets(props.query.clone()),
                Callback::from(move |told| {
                    if let Told::Sheets(sheets, all) = told {
                        if sheets.len() < all {
                            let (some, all) = (sheets.len(), i64::try_from(all).unwrap_or(0));
                            say(format!(
                                "The first {some} of {} are printed",
                                format::number(all)
                            ));
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
                <Icon name={icon} /><span><b>{ title }</b><small>{ what }</small></span></button></li>
        }
    };
    html! {
        <Dialog title="Export the list" onclose={props.onclose.clone()}>
            <p class="muted">{ "What the list shows now, in its order: search and filter count. Private keys are told of by their public facts only." }</p>
            <ul class="ways">
                { way("export-csv", "i-inventory", "CSV", "A table for spreadsheets. Cells that would run as formulas are defused.", save(ListForm::Csv, "certificates.csv")) }
                { way("export-json", "i-json", "JSON", "Every field of every entry, by file, named as certlens inspect --json names them.", save(ListForm::Json, "certificates.json")) }
                { way("export-calendar", "i-calendar", "Calendar", "An event for each expiry, with alarms at the last third and the last tenth. Import it again, and events are updated.", save(ListForm::Calendar, "certificates.ics")) }
                { way("export-print", "i-print", "Print", "A page for each entry.", onprint) }
            </ul>
            <div class="acts"><button type="button" class="btn" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button></div>
        </Dialog>
    }
}
