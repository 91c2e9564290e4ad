//! Sections of labelled values, each copied with one press.

use certlens_core::Span;
use yew::prelude::*;

use super::{Copy, icon, text};
use crate::rows::RowId;
use crate::view::View;
use crate::words;

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
    /// How the value is drawn, where that is more than its text.
    #[prop_or_default]
    pub drawn: Option<Html>,
    /// What is copied, where that differs from what is shown.
    #[prop_or_default]
    pub copied: Option<AttrValue>,
    /// Whether the value is octets, a hash or a serial.
    #[prop_or_default]
    pub mono: bool,
    /// What is told of the value on hover: an instant in UTC.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The address of the octets that it stands in.
    #[prop_or_default]
    pub bytes: Option<AttrValue>,
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
                    { props.drawn.clone().unwrap_or_else(|| text::shown(&props.value)) }{ props.children.clone() }
                </span>
                { for props.bytes.clone().map(|href| to_bytes(href, &props.label)) }
                <Copy value={copied} name={props.label.clone()} />
            </dd>
        </div>
    }
}

/// What leads from a value to its octets.
pub(super) fn to_bytes(href: AttrValue, name: &str) -> Html {
    let label = words::bytes_of_field(&name);
    html! {
        <a class="copy to-bytes" data-test="to-bytes" {href} aria-label={label.clone()} title={label}>{ icon::drawn("i-bytes") }</a>
    }
}

/// Addresses of the octets of an entry's fields; none where it has no octets that are shown.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct BytesOf(pub(super) Option<RowId>);

impl BytesOf {
    pub(super) fn at(self, span: impl Into<Option<Span>>) -> Option<AttrValue> {
        let (id, span) = self.0.zip(span.into())?;
        Some(View::Bytes(Some(span.der)).href(id).into())
    }
}
