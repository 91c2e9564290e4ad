//! Values that releases of the same product write in different JSON types.

use std::fmt;

use certlens_core::UnixTime;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Reads a string, number or boolean as text.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer
        .deserialize_any(Scalar)
        .map(|scalar| match scalar {
            Value::Text(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        })
}

/// As [`text`], for a field that may be missing or null.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Text(#[serde(deserialize_with = "text")] String);
    Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(text)| text))
}

/// Reads `true`, `"true"` or `1` as a boolean.
pub(crate) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer
        .deserialize_any(Scalar)
        .map(|scalar| match scalar {
            Value::Truth(truth) => truth,
            Value::Text(text) => text.eq_ignore_ascii_case("true"),
            Value::Number(number) => number != 0,
        })
}

/// Reads a date as text; milliseconds since 1970 are printed as Elasticsearch prints dates.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer
        .deserialize_any(Scalar)
        .map(|scalar| match scalar {
            Value::Text(text) => text,
            Value::Truth(truth) => truth.to_string(),
            Value::Number(millis) => {
                let whole = UnixTime::from_seconds(millis.div_euclid(1000)).to_string();
                format!(
                    "{}.{:03}Z",
                    whole.trim_end_matches('Z'),
                    millis.rem_euclid(1000)
                )
            }
        })
}

/// A field whose presence and whose `null` both mean something: absent, null, or a value.
#[expect(
    clippy::option_option,
    reason = "absent and null are two answers on these wires"
)]
pub(crate) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

enum Value {
    Text(String),
    Number(i64),
    Truth(bool),
}

struct Scalar;

impl Visitor<'_> for Scalar {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Number).map_err(E::custom)
    }
}
