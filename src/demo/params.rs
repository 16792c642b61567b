//! A call's parameters: JSON, or a form whose fields are all text. Methods read both into the same types.

use std::sync::Arc;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use super::Refusal;
use crate::parent::ChatId;

/// What a method without parameters takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The parameters as they came in.
#[derive(Clone, Debug)]
pub enum Params {
    /// From `application/json`.
    Json(Map<String, Value>),
    /// From `multipart/form-data` or the query of the address.
    Form(Vec<(String, String)>),
    /// From `multipart/form-data` with files in it.
    Files(Vec<(String, String)>, Vec<Upload>),
}

/// A file in a form.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field that it is in.
    pub field: String,
    /// What it is called.
    pub name: String,
    /// The file.
    pub content: Arc<[u8]>,
}

impl Params {
    /// Reads them into a method's own type.
    ///
    /// # Errors
    /// 400 for a parameter that is unknown, missing, there twice or of the wrong type, naming it. The real server ignores what it does not know;
    /// a bot that sends such a thing has a mistake in it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let read = match self {
            Self::Json(object) => T::deserialize(object),
            Self::Form(fields) | Self::Files(fields, _) => {
                let fields = fields
                    .iter()
                    .map(|(name, text)| (name.as_str(), Field(text)));
                T::deserialize(MapDeserializer::new(fields))
            }
        };
        read.map_err(|error: serde_json::Error| Refusal::bad_request(error))
    }

    /// All of them as one JSON object, without files, for the log of calls.
    pub fn as_json(&self) -> Value {
        match self {
            Self::Json(object) => Value::Object(object.clone()),
            Self::Form(fields) | Self::Files(fields, _) => fields
                .iter()
                .map(|(name, text)| (name.clone(), Value::String(text.clone())))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    /// The files that came with them.
    pub fn files(&self) -> &[Upload] {
        match self {
            Self::Json(_) | Self::Form(_) => &[],
            Self::Files(_, files) => files,
        }
    }

    /// The chat that the call is about, if it names one.
    pub fn chat(&self) -> Option<ChatId> {
        #[derive(Deserialize)]
        struct OnlyChat {
            chat_id: ChatRef,
        }
        let OnlyChat { chat_id } = self.read().ok()?;
        chat_id.id()
    }
}

/// How a bot names a chat: its number, or `@name`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ChatRef {
    /// A number.
    Id(i64),
    /// A number in quotes, or a name.
    Name(String),
}

impl ChatRef {
    /// The number. Users and groups here have no public names.
    pub fn id(&self) -> Option<ChatId> {
        match self {
            Self::Id(id) => Some(ChatId(*id)),
            Self::Name(name) => name.parse().ok().map(ChatId),
        }
    }
}

/// The text of one form field. What it means depends on the type that reads it: text stays text, everything else is JSON.
#[derive(Clone, Copy)]
struct Field<'a>(&'a str);

impl Field<'_> {
    fn json(self) -> Value {
        serde_json::from_str(self.0).unwrap_or_else(|_| Value::String(self.0.to_owned()))
    }
}

impl<'de> Deserializer<'de> for Field<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.json().deserialize_any(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.json().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Field<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        chat_id: ChatRef,
        text: String,
        #[serde(default)]
        silent: bool,
        list: Option<Vec<u32>>,
    }

    fn json(value: Value) -> Params {
        match value {
            Value::Object(object) => Params::Json(object),
            other => panic!("an object expected, found {other}"),
        }
    }

    fn form(fields: &[(&str, &str)]) -> Params {
        let owned = |&(name, text): &(&str, &str)| (name.to_owned(), text.to_owned());
        Params::Form(fields.iter().map(owned).collect())
    }

    #[test]
    fn a_form_and_json_read_the_same() {
        let wanted = Example {
            chat_id: ChatRef::Id(5),
            text: "12".into(),
            silent: true,
            list: Some(vec![1, 2]),
        };
        let from_json = json(json!({"chat_id": 5, "text": "12", "silent": true, "list": [1, 2]}));
        let from_form = form(&[
            ("chat_id", "5"),
            ("text", "12"),
            ("silent", "true"),
            ("list", "[1,2]"),
        ]);
        assert_eq!(from_json.read::<Example>().unwrap(), wanted);
        assert_eq!(from_form.read::<Example>().unwrap(), wanted);
        assert_eq!(from_form.chat(), Some(ChatId(5)));
        assert_eq!(from_form.as_json()["list"], "[1,2]");
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        let why = |params: Params| params.read::<Example>().unwrap_err().description;
        insta::assert_snapshot!(
            why(json(json!({"chat_id": 5, "text": "a", "loud": true}))),
            @"Bad Request: unknown field `loud`, expected one of `chat_id`, `text`, `silent`, `list`"
        );
        insta::assert_snapshot!(why(json(json!({"chat_id": 5}))), @"Bad Request: missing field `text`");
        insta::assert_snapshot!(
            why(json(json!({"chat_id": 5, "text": 7}))),
            @"Bad Request: invalid type: integer `7`, expected a string"
        );
        insta::assert_snapshot!(
            why(form(&[("chat_id", "5"), ("text", "a"), ("silent", "maybe")])),
            @r#"Bad Request: invalid type: string "maybe", expected a boolean"#
        );
        insta::assert_snapshot!(
            why(form(&[("chat_id", "5"), ("chat_id", "6"), ("text", "a")])),
            @"Bad Request: duplicate field `chat_id`"
        );
    }
}
