//! An element with a measure that is only known at run time.
//!
//! The page's policy forbids style attributes; a measure is set through the style object instead, as
//! a custom property that the style sheet uses.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::format::decimal;

/// Where a [`Placed`] stands.
#[derive(Clone, PartialEq, Properties)]
pub struct PlacedProps {
    /// Classes of the element.
    #[prop_or_default]
    pub class: Classes,
    /// Its place from the left, in percent. `--x` in the style sheet.
    pub x: f64,
    /// What stands there.
    #[prop_or_default]
    pub children: Html,
}

/// An element whose `--x` is a share in percent.
#[component]
pub fn Placed(props: &PlacedProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.x.to_bits(), move |x| {
            set(&node, "--x", &format!("{}%", decimal(f64::from_bits(*x))));
        });
    }
    html! { <span ref={node} class={props.class.clone()}>{ props.children.clone() }</span> }
}

/// Sets a property of an element's style object.
pub(crate) fn set(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        element.style().set_property(property, value).ok();
    }
}
