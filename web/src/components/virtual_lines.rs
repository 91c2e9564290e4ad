//! Lines of one height, of which only those in sight are drawn.

use std::ops::Range;

use web_sys::HtmlElement;
use yew::prelude::*;

use super::placed::set;

/// Height of a line in pixels, as `bytes.css` has it.
pub const LINE: i32 = 24;

/// Lines drawn above and below what is in sight.
const BEYOND: i32 = 12;

/// What [`VirtualLines`] draw.
#[derive(Clone, PartialEq, Properties)]
pub struct VirtualLinesProps {
    /// How many lines there are.
    pub count: usize,
    /// Draws some of them.
    pub draw: Callback<Range<usize>, Html>,
    /// A line that is to be in sight.
    #[prop_or_default]
    pub reveal: Option<usize>,
    /// Its classes.
    pub class: Classes,
    /// Its role: `tree`, `region`.
    pub role: AttrValue,
    /// Its name.
    pub label: AttrValue,
    /// The id of the active line.
    #[prop_or_default]
    pub active: Option<String>,
    /// Called with keys.
    #[prop_or_default]
    pub onkeydown: Callback<KeyboardEvent>,
    /// Called when something in it is pressed.
    #[prop_or_default]
    pub onclick: Callback<MouseEvent>,
}

/// Lines of one height, of which only those in sight are drawn.
#[component]
pub fn VirtualLines(props: &VirtualLinesProps) -> Html {
    let node = use_node_ref();
    let inner = use_node_ref();
    let seen = use_state_eq(|| (0_i32, 30 * LINE));
    let look = {
        let (node, seen) = (node.clone(), seen.clone());
        Callback::from(move |()| {
            if let Some(element) = node.cast::<HtmlElement>() {
                seen.set((element.scroll_top(), element.client_height()));
            }
        })
    };
    let count = i32::try_from(props.count).unwrap_or(i32::MAX / LINE);
    let (top, height) = *seen;
    let first = (top / LINE - BEYOND).clamp(0, count);
    let last = ((top + height) / LINE + BEYOND).clamp(first, count);
    {
        let inner = inner.clone();
        use_effect_with((count, first), move |(count, first)| {
            set(&inner, "--all", &format!("{}px", count * LINE));
            set(&inner, "--above", &format!("{}px", first * LINE));
        });
    }
    {
        let (node, look) = (node.clone(), look.clone());
        use_effect_with((props.reveal, props.count), move |(reveal, _)| {
            if let (Some(line), Some(element)) = (*reveal, node.cast::<HtmlElement>()) {
                let line = i32::try_from(line).unwrap_or(0) * LINE;
                let (top, height) = (element.scroll_top(), element.client_height());
                if line < top {
                    element.set_scroll_top(line - LINE);
                } else if top + height < line + 2 * LINE {
                    element.set_scroll_top(line - height / 2);
                }
            }
            look.emit(());
        });
    }
    let range = usize::try_from(first).unwrap_or(0)..usize::try_from(last).unwrap_or(0);
    html! {
        <div ref={node} class={props.class.clone()} role={&props.role} aria-label={&props.label} tabindex="0"
            aria-activedescendant={props.active.clone()} onscroll={look.reform(|_: Event| ())}
            onkeydown={props.onkeydown.clone()} onclick={props.onclick.clone()}>
            <div ref={inner} class="lines-all" role="none"><div class="lines-seen" role="none">
                { props.draw.emit(range) }
            </div></div>
        </div>
    }
}
