//! A file that can be mended: the offer, what was changed, and the mended file.

use certlens_core::Finding;
use yew::prelude::*;

use super::Icon;
use super::made_card::{Making, making};
use crate::services::pile::Pile;
use crate::words;
use crate::writing::Task;

/// What a [`RepairOffer`] offers to mend.
#[derive(Clone, PartialEq, Properties)]
pub struct RepairOfferProps {
    /// Number of the file.
    pub file: u32,
    /// What the mended file is called, without its ending.
    pub name: AttrValue,
}

/// Whether mending takes away what one of these findings is about.
pub fn can_mend<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> bool {
    findings
        .into_iter()
        .any(|finding| certlens_core::is_mended(&finding.id))
}

/// The offer to mend a file. Nothing is changed before the reader asks for it, and the file that was
/// dropped stays as it is.
#[component]
pub fn RepairOffer(props: &RepairOfferProps) -> Html {
    let state = use_state(|| None::<Making>);
    let pile = use_context::<Pile>();
    let onclick = {
        let (state, file) = (state.clone(), props.file);
        Callback::from(move |_: MouseEvent| {
            let Some(pile) = &pile else { return };
            state.set(Some(Making::Going));
            let state = state.clone();
            pile.make(
                Task::Repair,
                &[file],
                Callback::from(move |told| {
                    state.set(Some(match told {
                        Ok(made) => Making::Made(made),
                        Err(refusal) => Making::Refused(refusal),
                    }));
                }),
            );
        })
    };
    html! {
        <section class="repair" aria-label={words::repair()} data-test="repair">
            if let Some(state) = &*state {
                { making(state, &props.name) }
            } else {
                <p><b>{ words::this_file_can_be_mended_here() }</b>{ " " }<span class="muted">{ words::you_see_what_was_changed_before_you() }</span></p>
                <button type="button" class="btn" {onclick} data-test="mend"><Icon name="i-check" />{ words::mend_it() }</button>
            }
        </section>
    }
}
