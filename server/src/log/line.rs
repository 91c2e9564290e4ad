//! How a line of the log reads.

use std::cell::RefCell;
use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use certlens_core::UnixTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use super::{Lines, about};

/// Makes a line of whatever the program tells.
///
/// ```text
/// 2026-11-29T06:00:00.123456Z  INFO request{id="5f…"}: Answered GET with 200 client=10.0.0.7 status=200
/// {"timestamp":"2026-11-29T06:00:00.123456Z","level":"INFO","fields":{"message":"Answered GET with 200",
///   "client":"10.0.0.7","status":200},"span":{"id":"5f…","name":"request"}}
/// ```
///
/// The program has no other spans than requests, and most lines are about one: this costs a tenth of what
/// registering spans and asking each for its fields does.
pub(crate) struct Teller {
    lines: Lines,
    form: Form,
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// Text for a terminal.
    Coloured,
    /// One object a line.
    Json,
}

impl Teller {
    pub(crate) fn new(lines: Lines, form: Form) -> Self {
        Self { lines, form }
    }
}

impl Subscriber for Teller {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= LEVEL
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::from_level(LEVEL))
    }

    fn event(&self, event: &Event<'_>) {
        // Not borrowed: what is told may tell something itself.
        let mut line = LINE.take();
        line.clear();
        self.form.write(event, SystemTime::now(), &mut line);
        // It takes every line whole.
        let _ = self.lines.clone().write_all(line.as_bytes());
        LINE.set(line);
    }

    // No span is enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Form {
    fn write(self, event: &Event<'_>, time: SystemTime, line: &mut String) {
        let level = event.metadata().level();
        match self {
            Self::Text | Self::Coloured => {
                let [dim, colour, plain] = match self {
                    Self::Coloured => ["\x1b[2m", colour_of(*level), "\x1b[0m"],
                    _ => [""; 3],
                };
                line.push_str(dim);
                write_time(time, line);
                line.push_str(plain);
                line.push(' ');
                line.push_str(colour);
                for _ in level.as_str().len()..5 {
                    line.push(' ');
                }
                line.push_str(level.as_str());
                line.push_str(plain);
                line.push(' ');
                about::with_identifier(|id| {
                    line.push_str("request{id=\"");
                    push_plain(id, line);
                    line.push_str("\"}: ");
                });
                event.record(&mut Text(line));
            }
            Self::Json => {
                line.push_str("{\"timestamp\":\"");
                write_time(time, line);
                line.push_str("\",\"level\":\"");
                line.push_str(level.as_str());
                line.push_str("\",\"fields\":{");
                event.record(&mut Json { line, first: true });
                line.push('}');
                about::with_identifier(|id| {
                    line.push_str(",\"span\":{\"id\":");
                    push_json(id, line);
                    line.push_str(",\"name\":\"request\"}");
                });
                line.push('}');
            }
        }
        line.push('\n');
    }
}

/// Writes fields as text: the message as it is, the others with their names.
struct Text<'a>(&'a mut String);

impl Text<'_> {
    /// Where a value goes. The message comes first.
    fn begin(&mut self, field: &Field) {
        if field.name() != MESSAGE {
            self.0.push(' ');
            self.0.push_str(field.name());
            self.0.push('=');
        }
    }
}

impl Visit for Text<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.begin(field);
        if field.name() == MESSAGE {
            push_plain(value, self.0);
        } else if value.bytes().all(is_dull) {
            self.0.push('"');
            self.0.push_str(value);
            self.0.push('"');
        } else {
            let _ = write!(self.0, "{value:?}");
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.begin(field);
        push_number(value, self.0);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.begin(field);
        let _ = write!(Plain(self.0), "{value:?}");
    }
}

/// Writes fields as the members of an object.
struct Json<'a> {
    line: &'a mut String,
    first: bool,
}

impl Json<'_> {
    fn begin(&mut self, field: &Field) {
        if !std::mem::take(&mut self.first) {
            self.line.push(',');
        }
        push_json(field.name(), self.line);
        self.line.push(':');
    }
}

impl Visit for Json<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.begin(field);
        push_json(value, self.line);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.begin(field);
        push_number(value, self.line);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.begin(field);
        let _ = write!(self.line, "{value}");
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.begin(field);
        let _ = write!(self.line, "{value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.begin(field);
        self.line.push('"');
        let _ = write!(InJson(self.line), "{value:?}");
        self.line.push('"');
    }
}

/// Takes text that others may have chosen, such as the name of a file, and lets nothing in it begin a line
/// or steer a terminal.
struct Plain<'a>(&'a mut String);

impl fmt::Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_plain(text, self.0);
        Ok(())
    }
}

fn push_plain(text: &str, line: &mut String) {
    // Almost all of it is ASCII, of which many octets are looked at in one step.
    let is_plain = |octet: u8| (b' '..=b'~').contains(&octet);
    if text.bytes().all(is_plain) {
        return line.push_str(text);
    }
    for c in text.chars() {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
}

/// Takes text into a string of JSON.
struct InJson<'a>(&'a mut String);

impl fmt::Write for InJson<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_in_json(text, self.0);
        Ok(())
    }
}

fn push_json(text: &str, line: &mut String) {
    line.push('"');
    push_in_json(text, line);
    line.push('"');
}

fn push_in_json(text: &str, line: &mut String) {
    if text.bytes().all(is_dull) {
        return line.push_str(text);
    }
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() => _ = write!(line, "\\u{:04x}", u32::from(c)),
            c => line.push(c),
        }
    }
}

/// Whether an octet stands for itself wherever it stands.
fn is_dull(octet: u8) -> bool {
    matches!(octet, b' '..=b'~') && octet != b'"' && octet != b'\\'
}

/// To the millionth of a second. What it says down to the second is made once a second.
fn write_time(time: SystemTime, line: &mut String) {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (seconds, rest) = (since.as_secs(), since.subsec_micros());
    SECOND.with_borrow_mut(|(known, text)| {
        if *known != Some(seconds) {
            *known = Some(seconds);
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            *text = UnixTime::from_seconds(seconds).to_string();
            text.truncate(text.trim_end_matches('Z').len());
        }
        line.push_str(text);
    });
    line.push('.');
    let mut unit = 100_000;
    while unit != 0 {
        push_digit(u64::from(rest / unit), line);
        unit /= 10;
    }
    line.push('Z');
}

fn push_number(number: u64, line: &mut String) {
    let mut unit = 1;
    while unit <= number / 10 {
        unit *= 10;
    }
    while unit != 0 {
        push_digit(number / unit, line);
        unit /= 10;
    }
}

/// Writes the last digit of a number.
fn push_digit(number: u64, line: &mut String) {
    let digit = u8::try_from(number % 10).unwrap_or_default();
    line.push(char::from(b'0' + digit));
}

fn colour_of(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        _ => "\x1b[32m",
    }
}

thread_local! {
    /// The line that is being made.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
    /// A second, and how it is written.
    static SECOND: RefCell<(Option<u64>, String)> = const { RefCell::new((None, String::new())) };
}

/// What is told of no more than this is left out.
const LEVEL: Level = Level::INFO;

/// What the words of a line are called among its fields.
const MESSAGE: &str = "message";

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Sender, channel};
    use std::thread;
    use std::time::Duration;

    use axum::http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;
    use crate::log::LogWriter;

    struct Taken(Sender<Vec<u8>>);

    impl io::Write for Taken {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0.send(octets.to_vec()).map_err(io::Error::other)?;
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that some work tells, without the times.
    fn told(form: Form, work: impl FnOnce()) -> Vec<String> {
        let (taken, all) = channel();
        let writer = LogWriter::start(Taken(taken)).unwrap();
        tracing::subscriber::with_default(Teller::new(writer.lines(), form), work);
        drop(writer);
        let text = String::from_utf8(all.iter().flatten().collect()).unwrap();
        text.lines().map(ToOwned::to_owned).collect()
    }

    fn tell() {
        let client: Option<&str> = None;
        tracing::info!(client, path = "/a\"b", status = 200, "Answered {}", "GET");
        tracing::warn!(name = %"x\u{1b}[0m", is = true, less = -1, "Left out: {}", "a\nERROR b");
        tracing::debug!("not told");
    }

    #[test]
    fn a_line_of_text_is_one_line_whatever_is_in_it() {
        let lines = told(Form::Text, tell);
        let lines: Vec<_> = lines.iter().map(|line| line.split_at(27)).collect();
        assert!(
            lines.iter().all(|(time, _)| time.ends_with('Z')),
            "{lines:?}"
        );
        let texts: Vec<_> = lines.iter().map(|(_, text)| *text).collect();
        assert_eq!(
            texts,
            [
                r#"  INFO Answered GET path="/a\"b" status=200"#,
                r"  WARN Left out: a\nERROR b name=x\u{1b}[0m is=true less=-1",
            ]
        );
    }

    #[test]
    fn a_line_of_json_is_an_object_and_names_its_request() {
        let id = HeaderValue::from_static("abc");
        let work = about::request(id, async {
            tell();
            let look = || {
                let mut seen = String::new();
                about::with_identifier(|id| seen.push_str(id));
                seen
            };
            let carried = about::carried_over(look);
            let there = thread::spawn(move || (look(), carried())).join();
            assert_eq!(there.unwrap(), (String::new(), "abc".to_owned()));
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let lines = told(Form::Json, || runtime.block_on(work));
        let mut lines: Vec<Value> = lines
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for line in &mut lines {
            assert!(line["timestamp"].take().as_str().unwrap().ends_with('Z'));
        }
        let span = json!({ "id": "abc", "name": "request" });
        let fields = [
            json!({ "message": "Answered GET", "path": "/a\"b", "status": 200 }),
            json!({ "message": "Left out: a\nERROR b", "name": "x\u{1b}[0m", "is": true, "less": -1 }),
        ];
        let expected = ["INFO", "WARN"].into_iter().zip(fields).map(|(level, fields)| {
            json!({ "timestamp": null, "level": level, "fields": fields, "span": span })
        });
        assert_eq!(lines, expected.collect::<Vec<_>>());
    }

    #[test]
    fn times_and_numbers_are_written_in_full() {
        let mut line = String::new();
        let time = UNIX_EPOCH + Duration::new(1_795_932_000, 4_005_000);
        write_time(time, &mut line);
        assert_eq!(line, "2026-11-29T06:00:00.004005Z");
        for number in [0, 9, 10, 1_000_000, u64::MAX] {
            line.clear();
            push_number(number, &mut line);
            assert_eq!(line, number.to_string());
        }
    }
}
