//! The table of everything: a window over rows that it does not hold.
//!
//! Lines have fixed heights, so the place of each follows from its number and from the numbers of
//! the few that are taller or lower. Only the lines in sight, and some around them, are drawn.

use std::ops::Range;
use std::rc::Rc;

use certlens_core::UnixTime;
use gloo::utils::{document_element, window};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement, ResizeObserver};
use yew::prelude::*;

use super::lines::{EntryRow, GroupRow, LinePlace, LockRow};
use super::{Announce, placed};
use crate::format::decimal;
use crate::rows::{
    Choosing, GroupBy, GroupKey, Heading, Line, Order, RowId, RowQuery, RowWindow, Rows, Run,
    Shape, Sight, Subject, WindowRequest,
};
use crate::visible;
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
    /// Change it when other entries are chosen; the table asks again.
    #[prop_or_default]
    pub choice: u64,
    /// Called with what is to be chosen; without it nothing can be.
    #[prop_or_default]
    pub onchoose: Option<Callback<Choosing>>,
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
    /// `x`: chooses it, or no longer.
    Choose,
    /// `d`: compares it with the one that is chosen.
    Compare,
}

impl RowKey {
    /// What a key does.
    pub fn of(key: &str) -> Option<Self> {
        match key {
            "c" => Some(Self::Copy),
            "x" => Some(Self::Choose),
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
    let sight = use_state_eq(Sight::first);
    let run = use_reducer(Run::default);
    let active = use_state_eq(|| None::<u32>);
    // Where it is scrolled to, as it was told last: to ask would have the browser lay out everything at once.
    let top = use_mut_ref(|| 0.0_f64);
    let slots = use_mut_ref(Slots::default);

    // Measure when the browser has laid it out, and again when it has another size.
    {
        let (scroller, heights, top) = (scroller.clone(), heights.clone(), Rc::clone(&top));
        use_effect_with((), move |()| {
            let watched = scroller.cast::<Element>();
            let measure = move || {
                // What was hidden need not stand where it was scrolled to.
                if let Some(scroller) = scroller.cast::<Element>() {
                    *top.borrow_mut() = f64::from(scroller.scroll_top());
                }
                heights.set(Heights::measure(&scroller));
            };
            let measure = Closure::<dyn FnMut()>::new(measure);
            let observer = ResizeObserver::new(measure.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(watched)) = (&observer, &watched) {
                observer.observe(watched);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(measure);
            }
        });
    }
    // Ask for what is in sight and not held, or will soon be.
    {
        let subject = Rc::new(Subject {
            rows: props.rows.clone(),
            query: props.query.clone(),
            revision: props.revision,
            choice: props.choice,
            now: props.now,
        });
        let (answered, onshape) = (run.dispatcher(), props.onshape.clone());
        let wish = run.wish(&subject, &sight);
        use_effect_with((subject, wish), move |(subject, wish)| {
            let Some((from, count)) = *wish else { return };
            let request = WindowRequest {
                query: subject.query.clone(),
                from,
                count,
                now: subject.now,
            };
            let asked = Rc::clone(subject);
            subject.rows.0.window(
                request,
                Callback::from(move |window: RowWindow| {
                    onshape.emit(Rc::clone(&window.shape));
                    answered.dispatch((Rc::clone(&asked), window));
                }),
            );
        });
    }
    // Another question is read from its top.
    {
        let (scroller, active, top) = (scroller.clone(), active.clone(), Rc::clone(&top));
        use_effect_with(props.query.unfolded(), move |_| {
            if let Some(scroller) = scroller
                .cast::<HtmlElement>()
                .filter(|_| *top.borrow() != 0.0)
            {
                scroller.set_scroll_top(0);
                *top.borrow_mut() = 0.0;
            }
            active.set(None);
        });
    }
    let shape = Rc::clone(&run.shape);
    let drawn = slots.borrow_mut().fill(&sight, shape.total);
    {
        let (sizer, block, heights) = (sizer.clone(), block.clone(), *heights);
        let deps = (Rc::clone(&shape), drawn.start, heights);
        use_effect_with(deps, move |(shape, from, heights)| {
            placed::set(
                &sizer,
                "height",
                &pixels(heights.top_of(shape.total, shape)),
            );
            placed::set(&block, "top", &pixels(heights.top_of(*from, shape)));
        });
    }
    let look = {
        let (top, sight, heights, shape) =
            (Rc::clone(&top), sight.clone(), *heights, Rc::clone(&shape));
        move || sight.set(sight.moved(heights.in_sight(*top.borrow(), &shape)))
    };
    {
        let look = look.clone();
        use_effect_with((Rc::clone(&shape), *heights), move |_| look());
    }
    let onscroll = {
        let (scroller, top, look) = (scroller.clone(), Rc::clone(&top), look.clone());
        Callback::from(move |_: Event| {
            if let Some(scroller) = scroller.cast::<Element>() {
                *top.borrow_mut() = f64::from(scroller.scroll_top());
                look();
            }
        })
    };

    let go_to = {
        let (scroller, active, top) = (scroller.clone(), active.clone(), Rc::clone(&top));
        let (heights, shape) = (*heights, Rc::clone(&shape));
        move |line: u32| {
            active.set(Some(line));
            let wanted = heights.with_in_sight(*top.borrow(), line, &shape);
            if let (Some(wanted), Some(scroller)) = (wanted, scroller.cast::<HtmlElement>()) {
                scroller.set_scroll_top(whole(wanted));
                *top.borrow_mut() = wanted;
                look();
            }
        }
    };
    // What is opened from elsewhere is brought into sight, and stays in it in another order.
    {
        let (rows, query) = (props.rows.clone(), props.query.clone());
        let go_to = go_to.clone();
        // On a phone it is hidden behind what is open.
        let known = shape.total != 0 && heights.table != 0;
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
    // Lines may go from below the one on which the keyboard stands.
    {
        let active = active.clone();
        use_effect_with(shape.total, move |total| {
            let last = total.checked_sub(1);
            active.set(active.zip(last).map(|(line, last)| line.min(last)));
        });
    }
    // What had the focus goes with its file; the keyboard stays with the lines.
    let say = use_context::<Announce>();
    let onremove = props.onremove.clone().map(|onremove| {
        let scroller = scroller.clone();
        Callback::from(move |(file, name): (u32, String)| {
            onremove.emit(file);
            if let Some(Announce(say)) = &say {
                say.emit(words::file_closed(&visible::escaped(&name)).into());
            }
            if let Some(scroller) = scroller.cast::<HtmlElement>() {
                scroller.focus().ok();
            }
        })
    });
    let press = {
        let (run, scroller) = (run.clone(), scroller.clone());
        let (onremove, go_to, shape) = (onremove.clone(), go_to.clone(), Rc::clone(&shape));
        let (onopen, onfold) = (props.onopen.clone(), props.onfold.clone());
        let (onkey, onchoose) = (props.onkey.clone(), props.onchoose.clone());
        move |line: u32, how: Press| {
            if let (Press::ChooseFrom(other), Some(onchoose)) = (how, &onchoose) {
                return onchoose.emit(Choosing::Lines(other, line));
            }
            let number = line;
            let Some(line) = run.line(line) else {
                return;
            };
            if let (Press::Close, Some(onremove)) = (how, &onremove) {
                if let Some(file) = file_of(line) {
                    go_to(head_above(&shape.groups, number));
                    onremove.emit(file);
                }
                return;
            }
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
        let (heights, total) = (*heights, shape.total);
        let onchoose = props.onchoose.clone();
        Callback::from(move |event: KeyboardEvent| {
            let target = event.target_dyn_into::<Element>();
            let typing =
                event.target_dyn_into::<HtmlInputElement>().is_some() && !picks(target.as_ref());
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if typing || total == 0 {
                return;
            }
            if let (Some(onchoose), true, "a") = (&onchoose, modified, event.key().as_str()) {
                event.prevent_default();
                return onchoose.emit(Choosing::Shown);
            }
            if modified {
                return;
            }
            let page = heights.page();
            let line = active.unwrap_or(0);
            let on_button = target.is_some_and(|target| is_within(&target, "a, button"));
            let next = match event.key().as_str() {
                "ArrowDown" | "j" => active.map_or(0, |line| line.saturating_add(1)),
                "ArrowUp" | "k" => line.saturating_sub(1),
                "PageDown" => line.saturating_add(page),
                "PageUp" => line.saturating_sub(page),
                "Home" => 0,
                "End" => total - 1,
                "Enter" if !on_button => {
                    event.prevent_default();
                    return press(line, Press::Open);
                }
                " " if !on_button => {
                    event.prevent_default();
                    return press(line, Press::Key(RowKey::Choose));
                }
                "Delete" if !on_button && !event.repeat() => return press(line, Press::Close),
                "ArrowRight" => return press(line, Press::Fold(true)),
                "ArrowLeft" => return press(line, Press::Fold(false)),
                other => {
                    return RowKey::of(other)
                        .into_iter()
                        .for_each(|key| press(line, Press::Key(key)));
                }
            };
            event.prevent_default();
            let next = next.min(total - 1);
            if event.shift_key() {
                press(next, Press::ChooseFrom(line));
            }
            go_to(next);
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
    // One ear for all lines: they come and go with every step of a scroll.
    let onclick = {
        let (active, scroller) = (active.clone(), scroller.clone());
        let chooses = props.onchoose.is_some();
        Callback::from(move |event: MouseEvent| {
            let target = event.target_dyn_into::<Element>();
            let Some(line) = target.as_ref().and_then(pressed) else {
                return;
            };
            let picks = event.ctrl_key() || event.meta_key() || picks(target.as_ref());
            let how = match (chooses, event.shift_key(), picks) {
                (true, true, _) => Press::ChooseFrom(active.unwrap_or(line)),
                (true, _, true) => Press::Key(RowKey::Choose),
                _ => Press::Open,
            };
            if !matches!(how, Press::Open) {
                // What is chosen is told by the next answer; the keyboard stays with the lines.
                event.prevent_default();
                if let Some(scroller) = scroller.cast::<HtmlElement>() {
                    scroller.focus().ok();
                }
            }
            active.set(Some(line));
            press(line, how);
        })
    };
    // To choose is not to select text, nor to go into a box.
    let onmousedown = Callback::from(move |event: MouseEvent| {
        let target = event.target_dyn_into::<Element>();
        if event.shift_key() && target.as_ref().and_then(pressed).is_some()
            || picks(target.as_ref())
        {
            event.prevent_default();
        }
    });

    let columns: Rc<[Column]> = match &props.look {
        TableLook::List => Rc::default(),
        TableLook::Columns(columns) => columns.as_slice().into(),
    };
    let grouped = !shape.groups.is_empty();
    let of_file = props.query.group == Some(GroupBy::File);
    let line = |(number, line): (u32, &Line)| {
        let selected = matches!(line, Line::Entry(row) if props.selected == Some(row.id));
        let level = grouped.then_some(if matches!(line, Line::Group(_)) { 1 } else { 2 });
        let place = LinePlace {
            number,
            active: *active == Some(number),
            selected,
            level,
        };
        let (slot, span) = (slots.borrow().of(number), columns.len().max(1));
        match line {
            Line::Group(line) => html! {
                <GroupRow key={format!("g{slot}")} line={line.clone()} {place} columns={span} onremove={onremove.clone()} />
            },
            // What is typed there belongs to one file.
            Line::Lock(line) => html! {
                <LockRow key={format!("l{}", line.group)} line={line.clone()} {place} columns={span}
                    onunlock={props.onunlock.clone()} onstop={props.onstop.clone()} />
            },
            Line::Entry(row) => html! {
                <EntryRow key={format!("e{slot}")} row={Rc::clone(row)} {place} choosable={props.onchoose.is_some()} {of_file} now={props.now} columns={Rc::clone(&columns)} />
            },
        }
    };
    let nothing = !run.is_awaited() && shape.total == 0;
    if nothing {
        return html! { <div class="rows" tabindex="-1" ref={scroller}>{ props.empty.clone() }</div> };
    }
    html! {
        <div ref={scroller} class={classes!("rows", (!columns.is_empty()).then_some("rows-columns"))}
            role={if grouped { "treegrid" } else { "grid" }} tabindex="0" aria-label={&props.label}
            aria-multiselectable={props.onchoose.is_some().then_some("true")}
            aria-rowcount={(u64::from(shape.total) + 1).to_string()}
            aria-colcount={columns.len().max(1).to_string()}
            aria-activedescendant={active.map(LinePlace::id)}
            aria-busy={run.is_awaited().then_some("true")}
            data-test="rows" {onscroll} {onkeydown} {onfocus}>
            { head(&columns, &props.query, &props.onsort) }
            <div ref={sizer} class="rows-all" role="rowgroup">
                <div ref={block} class="rows-window" role="presentation" {onclick} {onmousedown}>
                    { for drawn.filter_map(|number| Some((number, run.line(number)?))).map(line) }
                </div>
            </div>
        </div>
    }
}

/// The line that a press on a part of it means; none where the part does something of its own.
fn pressed(target: &Element) -> Option<u32> {
    if is_within(target, "a, button, form") {
        return None;
    }
    let row = target.closest("[role=row]").ok().flatten()?;
    LinePlace::number(&row.id())
}

/// Whether a press is one on the box that chooses an entry.
fn picks(target: Option<&Element>) -> bool {
    target.is_some_and(|target| is_within(target, ".pick"))
}

fn is_within(target: &Element, selector: &str) -> bool {
    target.closest(selector).is_ok_and(|found| found.is_some())
}

#[derive(Clone, Copy)]
enum Press {
    Open,
    Key(RowKey),
    /// Chooses all from this line on.
    ChooseFrom(u32),
    Fold(bool),
    /// Closes its file.
    Close,
}

/// Number and name of the file that a line is of.
fn file_of(line: &Line) -> Option<(u32, String)> {
    match line {
        Line::Entry(row) => Some((row.id.group, row.source.clone())),
        Line::Lock(lock) => Some((lock.group, lock.file.clone())),
        Line::Group(group) => match group.key {
            GroupKey::File(file) => Some((file, group.name.clone())),
            _ => None,
        },
    }
}

/// The head that a line stands below, given those of all groups; a line below none is its own.
fn head_above(heads: &[u32], line: u32) -> u32 {
    let above = heads.partition_point(|&head| head <= line).checked_sub(1);
    above.map_or(line, |at| heads[at])
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

fn pixels(height: f64) -> String {
    format!("{}px", decimal(height))
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
                .map(|value| js_sys::parse_float(&value))
                .filter(|value| value.is_finite())
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

    /// The lines in sight of a table that is scrolled so far down, with those that there is room for.
    fn in_sight(&self, top: f64, shape: &Shape) -> Range<u32> {
        let first = self.line_at(top, shape);
        let last = self.line_at(top + f64::from(self.table), shape);
        let room = whole(f64::from(self.table) / self.row) + 2;
        let room = first.saturating_add(u32::try_from(room).unwrap_or(0));
        first..last.saturating_add(1).max(room)
    }

    /// How far a table that is scrolled so far down must be scrolled to show a line; `None` where it is shown.
    fn with_in_sight(&self, seen: f64, line: u32, shape: &Shape) -> Option<f64> {
        let (top, bottom) = (self.top_of(line, shape), self.top_of(line + 1, shape));
        let height = f64::from(self.table) - self.head;
        if top < seen {
            Some(top)
        } else if seen + height < bottom {
            Some((bottom - height + 1.0).floor())
        } else {
            None
        }
    }

    /// Lines of a page.
    fn page(&self) -> u32 {
        u32::try_from(whole(f64::from(self.table) / self.row))
            .unwrap_or(1)
            .saturating_sub(1)
            .max(1)
    }
}

/// Which elements the lines are drawn in: always as many, so that each is used again for another line.
#[derive(Debug, Default)]
struct Slots {
    /// How many there are.
    count: u32,
    /// The first line that is drawn.
    from: u32,
    /// The slot of line 0.
    base: u32,
}

impl Slots {
    /// The lines to draw: those in sight, and some around them for one who scrolls.
    fn fill(&mut self, sight: &Sight, total: u32) -> Range<u32> {
        let Sight { lines, heading } = sight;
        let around = match heading {
            Heading::Nowhere => 0,
            Heading::Up | Heading::Down => AROUND,
        };
        let needed = (lines.end - lines.start + 2 * around).max(1);
        if self.count < needed {
            self.count = needed;
        }
        let from = lines.start.saturating_sub(around);
        let from = from.min(total.saturating_sub(self.count));
        // A small step takes elements from one end to the other; a large one fills them where they stand,
        // for to move an element costs more than to write into it.
        if self.count / 4 < from.abs_diff(self.from) {
            let first = self.of(self.from);
            self.base = (first + self.count - from % self.count) % self.count;
        }
        self.from = from;
        from..from.saturating_add(self.count).min(total)
    }

    /// The slot of a line.
    fn of(&self, line: u32) -> u32 {
        (line % self.count + self.base) % self.count
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

/// Lines drawn above and below those in sight.
const AROUND: u32 = 6;

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
    fn where_a_file_is_closed_the_keyboard_goes_to_its_head() {
        let above = |line| head_above(&shape().groups, line);
        assert_eq!([0, 3, 4, 9].map(above), [0, 0, 4, 4]);
        assert_eq!(head_above(&[], 3), 3);
        assert_eq!(head_above(&[1], 0), 0);
    }

    #[test]
    fn elements_are_used_again_and_each_for_one_line() {
        let mut slots = Slots::default();
        let mut sight = Sight::first().moved(0..20).moved(1..21);
        slots.fill(&sight, 1000);
        let count = slots.count;
        let mut before: Vec<u32> = Vec::new();
        for top in [0, 1, 5, 300, 301, 980, 990, 640, 3, 0] {
            sight = sight.moved(top..(top + 18).min(1000));
            let drawn = slots.fill(&sight, 1000);
            assert!(drawn.start <= top && (top + 18).min(1000) <= drawn.end);
            let order: Vec<u32> = drawn.map(|line| slots.of(line)).collect();
            let mut all = order.clone();
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>(), "at {top}");
            let moved = order
                .iter()
                .zip(&before)
                .filter(|(one, other)| one != other);
            let kept = moved.count() == 0 || before.is_empty();
            let turned = order.iter().position(|slot| before.first() == Some(slot));
            let turned = turned.map_or(0, |at| at.min(order.len() - at));
            assert!(kept || turned <= order.len() / 4, "at {top}");
            before = order;
        }
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
