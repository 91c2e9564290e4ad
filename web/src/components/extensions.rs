//! All extensions of a certificate.

use certlens_core::Extension;
use yew::prelude::*;

use super::findings::place;
use super::{Copy, Text};
use crate::format;

/// What [`Extensions`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct ExtensionsProps {
    /// The extensions, in their order.
    pub extensions: Vec<Extension>,
}

/// All extensions of a certificate: what each says, and its octets.
#[component]
pub fn Extensions(props: &ExtensionsProps) -> Html {
    if props.extensions.is_empty() {
        return html! { <p class="muted">{ "It has no extensions." }</p> };
    }
    html! { <div class="exts">{ for props.extensions.iter().map(extension) }</div> }
}

fn extension(extension: &Extension) -> Html {
    let name = extension
        .name
        .clone()
        .unwrap_or_else(|| "Unknown extension".to_owned());
    let octets = extension.bytes.len() / 2;
    let shown = extension
        .bytes
        .get(..LONGEST * 2)
        .unwrap_or(&extension.bytes);
    let more = octets.saturating_sub(LONGEST);
    html! {
        <section class="ext" data-test="extension">
            <h2>
                { &name }
                if extension.critical { <span class="chip">{ "critical" }</span> }
            </h2>
            <p class="ext-at"><span class="mono">{ &extension.oid }</span>{ " · " }{ place(&extension.at) }</p>
            if let Some(lines) = &extension.text {
                <ul class="ext-text">
                    { for lines.iter().map(|line| html! { <li><Text value={line.clone()} /></li> }) }
                </ul>
            } else {
                <p class="muted">{ "Not decoded: these are its octets." }</p>
            }
            <div class="octets">
                <code>
                    { format::colons(shown) }
                    if more != 0 { { format!(" … {} more", format::counted(i64::try_from(more).unwrap_or(0), "byte")) } }
                </code>
                <Copy value={extension.bytes.clone()} name={format!("octets of {name}")} />
            </div>
        </section>
    }
}

/// Octets shown of one extension. The copy button gives all.
const LONGEST: usize = 96;
