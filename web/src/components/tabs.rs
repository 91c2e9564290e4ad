//! Views of one thing, one shown at a time.

use web_sys::HtmlElement;
use yew::prelude::*;

/// What [`Tabs`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct TabsProps {
    /// What the views are called together.
    pub label: AttrValue,
    /// Name and count of each view.
    pub tabs: Vec<(AttrValue, Option<usize>)>,
    /// Which one is shown.
    pub selected: usize,
    /// Called with the one to show.
    pub onselect: Callback<usize>,
    /// The view.
    pub children: Html,
}

/// Views of one thing. Arrow keys go from tab to tab.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let list = use_node_ref();
    let onkeydown = {
        let (list, onselect) = (list.clone(), props.onselect.clone());
        let (selected, count) = (props.selected, props.tabs.len());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" => (selected + 1) % count,
                "ArrowLeft" => (selected + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            onselect.emit(next);
            let tab = list
                .cast::<HtmlElement>()
                .and_then(|list| list.children().item(u32::try_from(next).unwrap_or(0)));
            if let Some(tab) = tab {
                use wasm_bindgen::JsCast;
                tab.unchecked_into::<HtmlElement>().focus().ok();
            }
        })
    };
    let tab = |(index, (name, count)): (usize, &(AttrValue, Option<usize>))| {
        let selected = index == props.selected;
        let onclick = props.onselect.reform(move |_: MouseEvent| index);
        html! {
            <button type="button" role="tab" id={format!("tab-{index}")} {onclick}
                aria-selected={selected.to_string()} aria-controls="tab-panel"
                tabindex={if selected { "0" } else { "-1" }}>
                { name }
                if let Some(count) = count { <span class="count">{ *count }</span> }
            </button>
        }
    };
    html! {
        <>
            <div ref={list} class="tabs" role="tablist" aria-label={&props.label} {onkeydown}>
                { for props.tabs.iter().enumerate().map(tab) }
            </div>
            <div id="tab-panel" role="tabpanel" tabindex="0"
                aria-labelledby={format!("tab-{}", props.selected)}>
                { props.children.clone() }
            </div>
        </>
    }
}
