//! Sections of labelled values, each copied with one press.

use yew::prelude::*;

use super::{Copy, Text};

/// What a [`Section`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct SectionProps {
    /// Its title.
    pub title: AttrValue,
    /// How many things it lists.
    #[prop_or_default]
    pub count: Option<usize>,
    /// Its content.
    pub children: Html,
}

/// A titled section of a detail.
#[component]
pub fn Section(props: &SectionProps) -> Html {
    html! {
        <section class="sec">
            <h2>
                { &props.title }
                if let Some(count) = props.count { <span class="count">{ count }</span> }
            </h2>
            { props.children.clone() }
        </section>
    }
}

/// What a [`Field`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct FieldProps {
    /// What the value is called.
    pub label: AttrValue,
    /// The value. A field with an empty value is not drawn.
    pub value: AttrValue,
    /// What is copied, where that differs from what is shown.
    #[prop_or_default]
    pub copied: Option<AttrValue>,
    /// Whether the value is octets, a hash or a serial.
    #[prop_or_default]
    pub mono: bool,
    /// What is told of the value on hover: an instant in UTC.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// What stands behind the value.
    #[prop_or_default]
    pub children: Html,
}

/// One labelled value.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    if props.value.is_empty() {
        return Html::default();
    }
    let copied = props.copied.clone().unwrap_or_else(|| props.value.clone());
    html! {
        <div data-test="field">
            <dt>{ &props.label }</dt>
            <dd>
                <span class={classes!("v", props.mono.then_some("mono"))} title={props.title.clone()}>
                    <Text value={props.value.clone()} />{ props.children.clone() }
                </span>
                <Copy value={copied} name={props.label.clone()} />
            </dd>
        </div>
    }
}
