//! What the keys do.

use yew::prelude::*;

use super::Dialog;
use crate::words;

/// What a [`Help`] does.
#[derive(Clone, PartialEq, Properties)]
pub struct HelpProps {
    /// Called when the reader leaves it.
    pub onclose: Callback<()>,
}

/// What the keys do.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let line = |(keys, what): &(&[&'static str], words::Text)| {
        html! {
            <div>
                <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                <dd>{ what() }</dd>
            </div>
        }
    };
    html! {
        <Dialog title={words::keyboard_keys()} onclose={props.onclose.clone()}>
            <dl class="keys" data-test="help">{ for KEYS.iter().map(line) }</dl>
            <p class="muted">{ words::the_address_keeps_what_you_search() }</p>
            <div class="acts">
                <button type="button" class="btn btn-ink" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ words::close() }</button>
            </div>
        </Dialog>
    }
}

const KEYS: &[(&[&str], words::Text)] = &[
    (&["/"], words::search_every_field_enter_goes_to),
    (&["j", "k"], words::next_and_previous_line_as_the_arrow),
    (&["Enter"], words::open_the_entry_or_fold_the_group),
    (&["←", "→"], words::fold_and_unfold_a_group_go_from_tab),
    (&["c"], words::copy_the_sha_256_of_the_certificate),
    (&["x", "Space"], words::choose_the_entry_or_no_longer),
    (&["Shift", "↑", "↓"], words::choose_line_after_line),
    (&["Ctrl", "A"], words::choose_all_shown),
    (&["d"], words::compare_the_entry_with_the_chosen),
    (&["Del"], words::close_the_file_of_the_line),
    (&["Esc"], words::leave_the_search_a_dialog_or_what),
    (&["?"], words::this_help),
];
