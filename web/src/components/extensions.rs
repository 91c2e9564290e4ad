//! All extensions of a certificate.

use certlens_core::Extension;
use yew::prelude::*;

use super::Copy;
use super::dated::dated;
use super::findings::linked_place;
use crate::format;
use crate::rows::RowId;
use crate::words;

/// What [`Extensions`] show.
#[derive(Clone, PartialEq, Properties)]
pub struct ExtensionsProps {
    /// The extensions, in their order.
    pub extensions: Vec<Extension>,
    /// The entry whose bytes the places lead to.
    #[prop_or_default]
    pub bytes_of: Option<RowId>,
}

/// All extensions of a certificate: what each says, and its octets.
#[component]
pub fn Extensions(props: &ExtensionsProps) -> Html {
    if props.extensions.is_empty() {
        return html! { <p class="muted">{ words::it_has_no_extensions() }</p> };
    }
    html! { <div class="exts">{ for props.extensions.iter().map(|one| extension(one, props.bytes_of)) }</div> }
}

fn extension(extension: &Extension, bytes_of: Option<RowId>) -> Html {
    let name = extension
        .name
        .clone()
        .unwrap_or_else(|| words::unknown_extension().into());
    let octets = extension.bytes.len() / 2;
    let shown = extension
        .bytes
        .get(..LONGEST * 2)
        .unwrap_or(&extension.bytes);
    let more = octets.saturating_sub(LONGEST);
    html! {
        <section class="ext" data-test="extension">
            <h2>
                <span lang={words::lang_of_report()}>{ &*name }</span>
                if extension.critical { <span class="chip">{ words::critical() }</span> }
            </h2>
            <p class="ext-at"><span class="mono">{ &*extension.oid }</span>{ " · " }{ linked_place(&extension.at, bytes_of) }</p>
            if let Some(lines) = &extension.text {
                <ul class="ext-text" lang={words::lang_of_report()}>
                    { for lines.iter().map(|line| html! { <li>{ dated(line) }</li> }) }
                </ul>
            } else {
                <p class="muted">{ words::not_decoded_these_are_its_octets() }</p>
            }
            <div class="octets">
                <code>
                    { format::colons(shown) }
                    if more != 0 { { words::more_bytes(i64::try_from(more).unwrap_or(0)) } }
                </code>
                <Copy value={extension.bytes.clone()} name={words::octets_of(&name)} />
            </div>
        </section>
    }
}

/// Octets shown of one extension. The copy button gives all.
const LONGEST: usize = 96;
