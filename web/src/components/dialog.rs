//! A dialog above everything else, on the browser's own `dialog` element.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

/// What a [`Dialog`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Its title.
    pub title: AttrValue,
    /// Called when the reader leaves it.
    pub onclose: Callback<()>,
    /// Its content, buttons included.
    pub children: Html,
}

/// A dialog. Focus stays inside, Escape leaves, and then the focus is back where it was; draw it only while it is
/// open.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let document = gloo::utils::document();
            let before = document.active_element();
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                dialog.show_modal().ok();
            }
            // A dialog that is taken away while it is open does not give the focus back by itself.
            move || {
                if let Some(before) = before.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                    before.focus().ok();
                }
            }
        });
    }
    let onclose = props.onclose.reform(|_: Event| ());
    // A press on the backdrop hits the dialog itself; one inside hits its content.
    let onclick = {
        let (node, onclose) = (node.clone(), props.onclose.clone());
        Callback::from(move |event: MouseEvent| {
            let target = event.target_dyn_into::<HtmlDialogElement>();
            if target.is_some() && target == node.cast::<HtmlDialogElement>() {
                onclose.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class="dialog" aria-label={&props.title} {onclose} {onclick}>
            <div class="dialog-in">
                <h2>{ &props.title }</h2>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
