//! Views of one thing, one shown at a time.

use std::ops::Range;

use wasm_bindgen::JsCast as _;
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

/// Views of one thing. Arrow keys go from tab to tab; the one that is shown is in sight in a strip that has no room
/// for all.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with((props.selected, props.tabs.len()), move |(selected, _)| {
            let Some(list) = list.cast::<HtmlElement>() else {
                return;
            };
            if let Some(tab) = tab(&list, *selected) {
                let left = tab.offset_left() - list.offset_left();
                let seen = list.scroll_left()..list.scroll_left() + list.client_width();
                list.set_scroll_left(scrolled(seen, left..left + tab.offset_width()));
            }
        });
    }
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
            let list = list.cast::<HtmlElement>();
            if let Some(tab) = list.and_then(|list| tab(&list, next)) {
                tab.focus().ok();
            }
        })
    };
    let drawn = |(index, (name, count)): (usize, &(AttrValue, Option<usize>))| {
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
                { for props.tabs.iter().enumerate().map(drawn) }
            </div>
            <div id="tab-panel" role="tabpanel" tabindex="0"
                aria-labelledby={format!("tab-{}", props.selected)}>
                { props.children.clone() }
            </div>
        </>
    }
}

/// A tab by its number.
fn tab(list: &HtmlElement, index: usize) -> Option<HtmlElement> {
    let tab = list.children().item(u32::try_from(index).ok()?)?;
    tab.dyn_into().ok()
}

/// Where a strip of which a part is seen is scrolled to, so that a tab is within.
fn scrolled(seen: Range<i32>, tab: Range<i32>) -> i32 {
    if tab.start < seen.start {
        tab.start
    } else {
        seen.start + (tab.end - seen.end).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_scrolled_no_further_than_to_show_the_tab() {
        assert_eq!(scrolled(0..300, 40..120), 0);
        assert_eq!(scrolled(0..300, 280..360), 60);
        assert_eq!(scrolled(200..500, 40..120), 40);
        assert_eq!(scrolled(200..500, 420..500), 200);
    }
}
