//! Instants as the reader's browser writes them, in the language that is spoken and the reader's own time
//! zone. UTC, which is what certificates have, is told on hover.
//!
//! Outside a browser, as in tests, they are in English and UTC.

use certlens_core::UnixTime;

/// `22 Jan 2027`.
pub fn date(time: UnixTime) -> String {
    written(Form::Date, time)
}

/// The same of a day that is counted in UTC.
pub fn utc_date(time: UnixTime) -> String {
    written(Form::UtcDate, time)
}

/// `22 Jan`.
pub fn short_date(time: UnixTime) -> String {
    written(Form::ShortDate, time)
}

/// `22 Jan 2027, 09:41:00 UTC`.
pub fn instant(time: UnixTime) -> String {
    written(Form::Instant, time)
}

/// `09:41 UTC`.
pub fn time_of_day(time: UnixTime) -> String {
    written(Form::TimeOfDay, time)
}

/// What of an instant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Date,
    UtcDate,
    ShortDate,
    Instant,
    TimeOfDay,
}

#[cfg(not(target_arch = "wasm32"))]
fn written(form: Form, time: UnixTime) -> String {
    let date = certlens_core::words::date(time);
    let (hour, minute, second) = time.clock();
    match form {
        Form::Date | Form::UtcDate => date,
        Form::ShortDate => date
            .rsplit_once(' ')
            .map_or_else(String::new, |(day, _)| day.to_owned()),
        Form::Instant => format!("{date}, {hour:02}:{minute:02}:{second:02} UTC"),
        Form::TimeOfDay => format!("{hour:02}:{minute:02} UTC"),
    }
}

#[cfg(target_arch = "wasm32")]
use browser::written;

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;

    use certlens_core::UnixTime;
    use js_sys::{Array, Date, Function, Intl, Object, Reflect};
    use wasm_bindgen::JsValue;

    use super::Form;
    use crate::words::{Language, language};

    thread_local! {
        /// Made once for a language: making one takes longer than a hundred dates.
        static WRITERS: RefCell<Option<(Language, [Function; 5])>> = const { RefCell::new(None) };
    }

    pub(super) fn written(form: Form, time: UnixTime) -> String {
        let language = language();
        WRITERS.with_borrow_mut(|kept| {
            let (_, writers) = match kept {
                Some(made) if made.0 == language => made,
                other => other.insert((language, writers(language))),
            };
            let [date, utc_date, short, instant, clock] = &*writers;
            let writer = match form {
                Form::Date => date,
                Form::UtcDate => utc_date,
                Form::ShortDate => short,
                Form::Instant => instant,
                Form::TimeOfDay => clock,
            };
            #[expect(clippy::cast_precision_loss, reason = "years of four digits have room")]
            let date = Date::new(&JsValue::from_f64(time.seconds() as f64 * 1000.0));
            let written = writer.call1(&JsValue::UNDEFINED, &date).ok();
            written
                .and_then(|written| written.as_string())
                .unwrap_or_else(|| time.to_string())
        })
    }

    fn writers(language: Language) -> [Function; 5] {
        let day = [("day", "numeric"), ("month", "short")];
        let year = [("year", "numeric")];
        let clock = [("hour", "2-digit"), ("minute", "2-digit")];
        let second = [("second", "2-digit")];
        let zone = [("timeZoneName", "short"), ("hourCycle", "h23")];
        [
            writer(language, &[&day, &year]),
            writer(language, &[&day, &year, &[("timeZone", "UTC")]]),
            writer(language, &[&day]),
            writer(language, &[&day, &year, &clock, &second, &zone]),
            writer(language, &[&clock, &zone]),
        ]
    }

    fn writer(language: Language, parts: &[&[(&str, &str)]]) -> Function {
        let options = Object::new();
        for (name, value) in parts.iter().copied().flatten() {
            let (name, value) = (JsValue::from_str(name), JsValue::from_str(value));
            Reflect::set(&options, &name, &value).ok();
        }
        Intl::DateTimeFormat::new(&locales(language), &options).format()
    }

    /// The reader's own locales of the language, as `en-GB`, before the language itself.
    fn locales(language: Language) -> Array {
        let wanted = Array::new();
        for tag in crate::services::language::wanted() {
            if Language::of_tag(&tag) == Some(language) {
                wanted.push(&JsValue::from_str(&tag));
            }
        }
        wanted.push(&JsValue::from_str(language.tag()));
        wanted
    }
}
