//! The table of everything: a window over rows that it does not hold.
//!
//! Lines have fixed heights, so the place of each follows from its number and from the numbers of
//! the few that are taller or lower. Only the lines in sight, and some around them, are drawn.

use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::events::EventListener;
use gloo::utils::{document_element, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::lines::{EntryRow, GroupRow, LinePlace, LockRow};
use super::placed;
use crate::rows::{
    GroupBy, GroupKey, Line, Order, RowId, RowQuery, RowWindow, Rows, Shape, WindowRequest,
};
use crate::words;

/// What a [`RowTable`] shows. It fills its parent, which must have a height of its own.
#[derive(Clone, PartialEq, Properties)]
pub struct RowTableProps {
    /// Who answers with the rows.
    pub rows: Rows,
    /// What to show of them.
    pub query: RowQuery,
    /// Change it when the rows have changed; the table asks again.
    pub revision: u64,
    /// The instant to judge against.
    pub now: UnixTime,
    /// What the table is called: `14 entries in 9 files`.
    pub label: AttrValue,
    /// How it looks.
    #[prop_or_default]
    pub look: TableLook,
    /// The entry that is open beside it.
    #[prop_or_default]
    pub selected: Option<RowId>,
    /// The entry that is marked, to be compared with another.
    #[prop_or_default]
    pub marked: Option<RowId>,
    /// Called with the entry that is to be opened.
    pub onopen: Callback<RowId>,
    /// Called with another key that was pressed on an entry.
    #[prop_or_default]
    pub onkey: Callback<(RowKey, RowId)>,
    /// Called with the group that is to be folded or unfolded.
    #[prop_or_default]
    pub onfold: Callback<GroupKey>,
    /// Called with the order of a column whose head was pressed.
    #[prop_or_default]
    pub onsort: Callback<Order>,
    /// Called with a password for a locked group.
    #[prop_or_default]
    pub onunlock: Callback<Unlocking>,
    /// Called with a group whose unlocking is to be stopped.
    #[prop_or_default]
    pub onstop: Callback<u32>,
    /// Called with a group that is to be taken off the pile; without it no such button is shown.
    #[prop_or_default]
    pub onremove: Option<Callback<u32>>,
    /// Called with each answer's shape, for those who count.
    #[prop_or_default]
    pub onshape: Callback<Rc<Shape>>,
    /// Drawn when no line matches.
    #[prop_or_default]
    pub empty: Html,
}

/// How a [`RowTable`] looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TableLook {
    /// Two lines and chips, for a narrow column beside a detail.
    #[default]
    List,
    /// Columns with heads, for a whole page. Cards on a phone.
    Columns(Vec<Column>),
}

/// A column of a [`TableLook::Columns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Icon and word.
    Status,
    /// Name, and below it alias and source.
    Name,
    /// Where it is used, as chips.
    Where,
    /// Issuer.
    Issuer,
    /// Life bar, days left, end of validity.
    Expires,
    /// Kind and size of the key.
    Key,
    /// Leaf, CA, root, key.
    Kind,
}

/// What a key does with the entry on which the keyboard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// `c`: copies its fingerprint.
    Copy,
    /// `x`: marks it.
    Mark,
    /// `d`: compares it with the marked one.
    Compare,
}

impl RowKey {
    /// What a key does.
    pub fn of(key: &str) -> Option<Self> {
        match key {
            "c" => Some(Self::Copy),
            "x" => Some(Self::Mark),
            "d" => Some(Self::Compare),
            _ => None,
        }
    }
}

/// A password for a locked group.
#[derive(Clone, PartialEq, Eq)]
pub struct Unlocking {
    /// Number of the group.
    pub group: u32,
    /// What was typed.
    pub password: String,
    /// Whether to try it on every other locked group too.
    pub everywhere: bool,
}

/// The table of everything.
#[component]
pub fn RowTable(props: &RowTableProps) -> Html {
    let scroller = use_node_ref();
    let sizer = use_node_ref();
    let block = use_node_ref();
    let heights = use_state_eq(Heights::default);
    let wanted = use_state_eq(|| (0_u32, FIRST));
    let answer = use_state(|| None::<Rc<RowWindow>>);
    let active = use_state_eq(|| None::<u32>);

    // Measure once drawn, and again when the window changes.
    {
        let (scroller, heights) = (scroller.clone(), heights.clone());
        use_effect_with((), move |()| {
            let measure = move || heights.set(Heights::measure(&scroller));
            measure();
            let listener = EventListener::new(&window(), "resize", move |_| measure());
            move || drop(listener)
        });
    }
    // Ask when anything about the question has changed.
    {
        let (answer, onshape) = (answer.clone(), props.onshape.clone());
        let request = WindowRequest {
            query: props.query.clone(),
            from: wanted.0,
            count: wanted.1,
            now: props.now,
        };
        let rows = props.rows.clone();
        use_effect_with(
            (request, rows, props.revision),
            move |(request, rows, _)| {
                rows.0.window(
                    request.clone(),
                    Callback::from(move |window: RowWindow| {
                        onshape.emit(Rc::clone(&window.shape));
                        answer.set(Some(Rc::new(window)));
                    }),
                );
            },
        );
    }
    // Another question is read from its top.
    {
        let (scroller, active) = (scroller.clone(), active.clone());
        use_effect_with(props.query.unfolded(), move |_| {
            if let Some(scroller) = scroller.cast::<HtmlElement>() {
                scroller.set_scroll_top(0);
            }
            active.set(None);
        });
    }
    let shape = answer
        .as_ref()
        .map(|window| Rc::clone(&window.shape))
        .unwrap_or_default();
    let from = answer.as_ref().map_or(0, |window| window.from);
    {
        let (sizer, block, heights) = (sizer.clone(), block.clone(), *heights);
        let deps = (Rc::clone(&shape), from, heights);
        use_effect_with(deps, move |(shape, from, heights)| {
            placed::set(
                &sizer,
                "height",
                &format!("{}px", heights.top_of(shape.total, shape)),
            );
            placed::set(
                &block,
                "top",
                &format!("{}px", heights.top_of(*from, shape)),
            );
        });
    }
    let look_again = {
        let (scroller, wanted, heights, shape) = (
            scroller.clone(),
            wanted.clone(),
            *heights,
            Rc::clone(&shape),
        );
        move || {
            if let Some(scroller) = scroller.cast::<Element>() {
                wanted.set(heights.in_sight(&scroller, &shape, *wanted));
            }
        }
    };
    {
        let look_again = look_again.clone();
        use_effect_with((Rc::clone(&shape), *heights), move |_| look_again());
    }
    let onscroll = Callback::from(move |_: Event| look_again());

    let go_to = {
        let (scroller, active, heights, shape) = (
            scroller.clone(),
            active.clone(),
            *heights,
            Rc::clone(&shape),
        );
        move |line: u32| {
            active.set(Some(line));
            if let Some(scroller) = scroller.cast::<HtmlElement>() {
                heights.bring_into_sight(&scroller, line, &shape);
            }
        }
    };
    // What is opened from elsewhere is brought into sight, and stays in it in another order.
    {
        let (rows, query) = (props.rows.clone(), props.query.clone());
        let go_to = go_to.clone();
        let known = shape.total != 0;
        use_effect_with(
            (
                props.selected,
                query.order,
                query.descending,
                query.group,
                known,
            ),
            move |(selected, ..)| {
                if let Some(id) = selected.filter(|_| known) {
                    let found = move |line: Option<u32>| line.into_iter().for_each(&go_to);
                    rows.0.position(id, query, Callback::from(found));
                }
            },
        );
    }
    let press = {
        let (answer, scroller) = (answer.clone(), scroller.clone());
        let (onopen, onfold) = (props.onopen.clone(), props.onfold.clone());
        let onkey = props.onkey.clone();
        move |line: u32, how: Press| {
            let Some(line) = answer.as_ref().and_then(|window| window.line(line)) else {
                return;
            };
            match (line, how) {
                (Line::Entry(row), Press::Open) => onopen.emit(row.id),
                (Line::Group(group), Press::Open) => onfold.emit(group.key.clone()),
                (Line::Group(group), Press::Fold(open)) if group.expanded != open => {
                    onfold.emit(group.key.clone());
                }
                (Line::Entry(row), Press::Key(key)) => onkey.emit((key, row.id)),
                (Line::Lock(_), Press::Open) => focus_field(&scroller),
                _ => {}
            }
        }
    };
    let onkeydown = {
        let (active, press, go_to) = (active.clone(), press.clone(), go_to.clone());
        let (heights, scroller, total) = (*heights, scroller.clone(), shape.total);
        Callback::from(move |event: KeyboardEvent| {
            let typing = event.target_dyn_into::<HtmlInputElement>().is_some();
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if typing || modified || total == 0 {
                return;
            }
            let page = heights.page(&scroller);
            let line = active.unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowDown" | "j" => active.map_or(0, |line| line.saturating_add(1)),
                "ArrowUp" | "k" => line.saturating_sub(1),
                "PageDown" => line.saturating_add(page),
                "PageUp" => line.saturating_sub(page),
                "Home" => 0,
                "End" => total - 1,
                "Enter"
                    if event
                        .target_dyn_into::<web_sys::HtmlButtonElement>()
                        .is_none() =>
                {
                    event.prevent_default();
                    return press(line, Press::Open);
                }
                "ArrowRight" => return press(line, Press::Fold(true)),
                "ArrowLeft" => return press(line, Press::Fold(false)),
                other => {
                    return RowKey::of(other)
                        .into_iter()
                        .for_each(|key| press(line, Press::Key(key)));
                }
            };
            event.prevent_default();
            go_to(next.min(total - 1));
        })
    };
    // The first key already moves from somewhere.
    let onfocus = {
        let (active, total) = (active.clone(), shape.total);
        Callback::from(move |_: FocusEvent| {
            if active.is_none() && total != 0 {
                active.set(Some(0));
            }
        })
    };
    let onopen = {
        let (active, press) = (active.clone(), press);
        Callback::from(move |line: u32| {
            active.set(Some(line));
            press(line, Press::Open);
        })
    };

    let columns = match &props.look {
        TableLook::List => Vec::new(),
        TableLook::Columns(columns) => columns.clone(),
    };
    let grouped = !shape.groups.is_empty();
    let of_file = props.query.group == Some(GroupBy::File);
    let line = |(offset, line): (usize, &Line)| {
        let number = from + u32::try_from(offset).unwrap_or(0);
        let is = |one: Option<RowId>| matches!(line, Line::Entry(row) if one == Some(row.id));
        let (selected, marked) = (is(props.selected), is(props.marked));
        let level = grouped.then_some(if matches!(line, Line::Group(_)) { 1 } else { 2 });
        let place = LinePlace {
            number,
            active: *active == Some(number),
            selected,
            level,
        };
        let (key, span) = (line.key(), columns.len().max(1));
        match line.clone() {
            Line::Group(line) => html! {
                <GroupRow {key} {line} {place} columns={span} onfold={props.onfold.clone()} onremove={props.onremove.clone()} />
            },
            Line::Lock(line) => html! {
                <LockRow {key} {line} {place} columns={span} onunlock={props.onunlock.clone()} onstop={props.onstop.clone()} />
            },
            Line::Entry(row) => html! {
                <EntryRow {key} row={*row} {place} {marked} {of_file} now={props.now} columns={columns.clone()} onopen={onopen.clone()} />
            },
        }
    };
    let nothing = answer
        .as_ref()
        .is_some_and(|window| window.shape.total == 0);
    if nothing {
        return html! { <div class="rows" ref={scroller}>{ props.empty.clone() }</div> };
    }
    html! {
        <div ref={scroller} class={classes!("rows", (!columns.is_empty()).then_some("rows-columns"))}
            role={if grouped { "treegrid" } else { "grid" }} tabindex="0" aria-label={&props.label}
            aria-rowcount={(u64::from(shape.total) + 1).to_string()}
            aria-colcount={columns.len().max(1).to_string()}
            aria-activedescendant={active.map(LinePlace::id)}
            aria-busy={answer.is_none().then_some("true")}
            data-test="rows" {onscroll} {onkeydown} {onfocus}>
            { head(&columns, &props.query, &props.onsort) }
            <div ref={sizer} class="rows-all" role="rowgroup">
                <div ref={block} class="rows-window" role="presentation">
                    if let Some(window) = &*answer { { for window.lines.iter().enumerate().map(line) } }
                </div>
            </div>
        </div>
    }
}

#[derive(Clone, Copy)]
enum Press {
    Open,
    Key(RowKey),
    Fold(bool),
}

/// The heads of the columns. In the list they are there for readers only.
fn head(columns: &[Column], query: &RowQuery, onsort: &Callback<Order>) -> Html {
    if columns.is_empty() {
        return html! {
            <div role="rowgroup" class="vh"><div role="row" aria-rowindex="1">
                <span role="columnheader">{ words::entry() }</span>
            </div></div>
        };
    }
    let column = |column: &Column| {
        let (name, order, class) = column.head();
        let Some(order) = order else {
            return html! { <span role="columnheader" class={classes!("cell", class)}>{ name }</span> };
        };
        let sorted = query.order == order;
        let sort = match (sorted, query.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        let onclick = onsort.reform(move |_: MouseEvent| order);
        html! {
            <span role="columnheader" class={classes!("cell", class)} aria-sort={sort}>
                <button type="button" class="head-button" {onclick}>
                    { name }
                    if sorted { <span aria-hidden="true">{ if query.descending { "↓" } else { "↑" } }</span> }
                </button>
            </span>
        }
    };
    html! {
        <div role="rowgroup" class="rows-head">
            <div role="row" class="record" aria-rowindex="1">{ for columns.iter().map(column) }</div>
        </div>
    }
}

impl Column {
    fn head(self) -> (&'static str, Option<Order>, &'static str) {
        match self {
            Self::Status => (words::status(), None, "c-status"),
            Self::Name => (words::name(), Some(Order::Name), "c-name"),
            Self::Where => (words::where_found(), Some(Order::Source), "c-where"),
            Self::Issuer => (words::issuer(), Some(Order::Issuer), "c-issuer"),
            Self::Expires => (words::expires(), Some(Order::Expiry), "c-expires"),
            Self::Key => (words::key(), Some(Order::Key), "c-key"),
            Self::Kind => (words::kind(), None, "c-kind"),
        }
    }
}

impl RowWindow {
    /// One of its lines by number.
    fn line(&self, number: u32) -> Option<&Line> {
        self.lines
            .get(usize::try_from(number.checked_sub(self.from)?).ok()?)
    }
}

/// Heights of the lines, as the style sheet has them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Heights {
    row: f64,
    group: f64,
    lock: f64,
    /// Of a prompt that says why a password did not open its file.
    refused: f64,
    /// What the head of the columns covers.
    head: f64,
    /// The height of the table itself; part of what is compared when it is resized.
    table: i32,
}

impl Default for Heights {
    fn default() -> Self {
        Self {
            row: 44.0,
            group: 28.0,
            lock: 104.0,
            refused: 128.0,
            head: 0.0,
            table: 0,
        }
    }
}

impl Heights {
    fn measure(scroller: &NodeRef) -> Self {
        let Some(element) = scroller.cast::<Element>() else {
            return Self::default();
        };
        let style = window()
            .get_computed_style(&document_element())
            .ok()
            .flatten();
        let read = |name: &str, default: f64| {
            style
                .as_ref()
                .and_then(|style| style.get_property_value(name).ok())
                .and_then(|value| value.trim().trim_end_matches("px").parse().ok())
                .unwrap_or(default)
        };
        let default = Self::default();
        let head = element.query_selector(".rows-head").ok().flatten();
        Self {
            row: read("--row", default.row),
            group: read("--row-group", default.group),
            lock: read("--row-lock", default.lock),
            refused: read("--row-refused", default.refused),
            head: head.map_or(0.0, |head| f64::from(head.client_height())),
            table: element.client_height(),
        }
    }

    /// The upper edge of a line.
    fn top_of(&self, line: u32, shape: &Shape) -> f64 {
        let groups = before(&shape.groups, line);
        let locks = before(&shape.locks, line);
        f64::from(line) * self.row
            + groups * (self.group - self.row)
            + locks * (self.lock - self.row)
            + before(&shape.refused, line) * (self.refused - self.lock)
    }

    /// The line at a height.
    fn line_at(&self, top: f64, shape: &Shape) -> u32 {
        let (mut low, mut high) = (0, shape.total);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.top_of(middle + 1, shape) <= top {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The first line and number of lines to draw. Stays as it is while that still covers the sight.
    fn in_sight(&self, scroller: &Element, shape: &Shape, now: (u32, u32)) -> (u32, u32) {
        let (top, height) = (
            f64::from(scroller.scroll_top()),
            f64::from(scroller.client_height()),
        );
        let first = self.line_at(top, shape);
        let last = self
            .line_at(top + height, shape)
            .saturating_add(1)
            .min(shape.total);
        if now.0 <= first && last <= now.0.saturating_add(now.1) {
            return now;
        }
        let from = first.saturating_sub(AROUND);
        (
            from,
            last.saturating_sub(from).saturating_add(AROUND).max(FIRST),
        )
    }

    fn bring_into_sight(&self, scroller: &HtmlElement, line: u32, shape: &Shape) {
        let (top, bottom) = (self.top_of(line, shape), self.top_of(line + 1, shape));
        let height = f64::from(scroller.client_height()) - self.head;
        let seen = f64::from(scroller.scroll_top());
        if top < seen {
            scroller.set_scroll_top(whole(top));
        } else if seen + height < bottom {
            scroller.set_scroll_top(whole(bottom - height + 1.0));
        }
    }

    /// Lines of a page.
    fn page(&self, scroller: &NodeRef) -> u32 {
        let height = scroller
            .cast::<Element>()
            .map_or(0, |scroller| scroller.client_height());
        u32::try_from(whole(f64::from(height) / self.row))
            .unwrap_or(1)
            .saturating_sub(1)
            .max(1)
    }
}

/// How many of these ascending numbers are below a line.
fn before(numbers: &[u32], line: u32) -> f64 {
    f64::from(u32::try_from(numbers.partition_point(|&number| number < line)).unwrap_or(0))
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a page fit")]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}

/// Puts the focus into the password field of the active line.
fn focus_field(scroller: &NodeRef) {
    let field = scroller.cast::<Element>().and_then(|scroller| {
        scroller
            .query_selector(".lock.is-active input")
            .ok()
            .flatten()
    });
    if let Some(field) = field {
        field.unchecked_into::<HtmlElement>().focus().ok();
    }
}

/// Lines asked for at first, before anything was measured.
const FIRST: u32 = 60;
/// Lines drawn above and below those in sight.
const AROUND: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            total: 10,
            groups: vec![0, 4],
            locks: vec![5],
            ..Shape::default()
        }
    }

    #[expect(clippy::float_cmp, reason = "whole pixels, which are added up exactly")]
    #[test]
    fn a_line_stands_below_all_before_it() {
        let heights = Heights::default();
        assert_eq!(heights.top_of(0, &shape()), 0.0);
        assert_eq!(heights.top_of(1, &shape()), 28.0);
        assert_eq!(heights.top_of(4, &shape()), 28.0 + 3.0 * 44.0);
        assert_eq!(heights.top_of(6, &shape()), 2.0 * 28.0 + 3.0 * 44.0 + 104.0);
        let shape = Shape {
            refused: vec![5],
            ..shape()
        };
        assert_eq!(heights.top_of(6, &shape), 2.0 * 28.0 + 3.0 * 44.0 + 128.0);
    }

    #[test]
    fn every_line_is_found_at_its_own_height() {
        let heights = Heights::default();
        for line in 0..10 {
            assert_eq!(
                heights.line_at(heights.top_of(line, &shape()), &shape()),
                line
            );
        }
        assert_eq!(heights.line_at(1e9, &shape()), 10);
    }
}
