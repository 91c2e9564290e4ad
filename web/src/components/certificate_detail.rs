//! One entry in full: the sentence, the findings, the views.

use std::rc::Rc;

use certlens_core::{Entry, UnixTime};
use yew::prelude::*;

use crate::detail::Neighbour;
use crate::rows::RowId;

/// What a [`CertificateDetail`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct CertificateDetailProps {
    /// The entry. Empty fields are left out, so that a dialect may fill in what it knows.
    pub entry: Rc<Entry>,
    /// Where it comes from: `es1.pem, entry 1`.
    pub source: AttrValue,
    /// The instant to judge against.
    pub now: UnixTime,
    /// What belongs to it, for the rail.
    #[prop_or_default]
    pub neighbours: Rc<[Neighbour]>,
    /// A command that shows the same in a terminal.
    #[prop_or_default]
    pub command: Option<AttrValue>,
    /// Called with a neighbour that is to be opened.
    #[prop_or_default]
    pub onopen: Callback<RowId>,
    /// Further sections of the rail, above the command.
    #[prop_or_default]
    pub rail: Html,
    /// Further buttons of the heading.
    #[prop_or_default]
    pub actions: Html,
}

/// One entry in full: the sentence, the findings, the views.
#[component]
pub fn CertificateDetail(props: &CertificateDetailProps) -> Html {
    html! { <div>{ &props.source }</div> }
}
