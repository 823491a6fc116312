//! The text of an environment file as a tree, JSON or YAML alike.

use super::locate;
use crate::value::{Code, Issue, Part, Pointer};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::{cell::RefCell, fmt, ops::Range};

/// The two languages an environment is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

impl Format {
    /// By the file's name: `.yml` and `.yaml` are YAML, everything else is JSON.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if ["yml", "yaml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml)) { Self::Yaml } else { Self::Json }
    }
}

/// A parsed text. Places are found on demand: only a document with issues pays for them.
#[derive(Debug)]
pub struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) format: Format,
    pub(crate) value: Value,
}

/// What is wrong with a text that could not be parsed, and where (bytes).
#[derive(Debug)]
pub struct Unreadable {
    pub code: Code,
    pub message: String,
    pub bytes: Range<usize>,
    pub help: String,
}

impl<'t> Document<'t> {
    /// Parses a text.
    ///
    /// # Errors
    /// [`Unreadable`] with its place when the text is not of the format; the first such place only.
    pub fn parse(text: &'t str, format: Format) -> Result<(Self, Vec<Issue>), Unreadable> {
        if text.starts_with('\u{feff}') {
            return Err(Unreadable {
                code: Code::Encoding,
                message: "the file begins with a byte order mark, which the deployer refuses".to_owned(),
                bytes: 0..'\u{feff}'.len_utf8(),
                help: "save it as UTF-8 without a BOM".to_owned(),
            });
        }
        if let Some(at) = text.find('\0') {
            let message = "the file holds a NUL byte: it is no text".to_owned();
            let help = "remove it, or restore the file from a copy: it may be damaged".to_owned();
            return Err(Unreadable { code: Code::Encoding, message, bytes: at..at + 1, help });
        }
        let repeated = RefCell::new(Vec::new());
        let root = Pointer::root();
        let seed = Tree { at: &root, repeated: &repeated };
        let value = match format {
            Format::Json => {
                let mut json = serde_json::Deserializer::from_str(text);
                seed.deserialize(&mut json)
                    .and_then(|value| json.end().map(|()| value))
                    .map_err(|error| locate::json::error(text, &error))
            }
            Format::Yaml => seed
                .deserialize(serde_yaml::Deserializer::from_str(text))
                .map_err(|error| locate::yaml::error(text, &error)),
        }?;
        Ok((Self { text, format, value }, repeated.into_inner()))
    }

    /// The bytes of the text that a pointer names. Falls back to the nearest parent that is there.
    #[must_use]
    pub fn locate(&self, pointer: &Pointer, part: Part) -> Range<usize> {
        let mut pointer = pointer.clone();
        let mut part = part;
        loop {
            if let Some(bytes) = locate::find(self, &pointer, part) {
                return bytes;
            }
            if pointer == Pointer::root() {
                return 0..0;
            }
            (pointer, part) = (pointer.parent(), Part::Value);
        }
    }
}

/// Builds the tree, and notes each member whose name was there before.
struct Tree<'a> {
    at: &'a Pointer,
    repeated: &'a RefCell<Vec<Issue>>,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let at = self.at.child(array.len());
            match items.next_element_seed(Tree { at: &at, repeated: self.repeated })? {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let at = self.at.child(&key);
            let value = members.next_value_seed(Tree { at: &at, repeated: self.repeated })?;
            if object.contains_key(&key) {
                let message = format!("`{key}` is given twice; the deployer refuses the file");
                let issue = Issue::new(Code::DuplicateKey, at, message).at_repeated_key();
                self.repeated.borrow_mut().push(issue.help("keep one of them"));
            } else {
                object.insert(key, value);
            }
        }
        Ok(Value::Object(object))
    }
}
