//! A body that is one of several, as one of its members says. It is read in two steps, each straight from what was sent: an
//! enum that serde reads in one goes through a copy that knows no paths, and its refusals name the whole body.

use std::fmt;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, IgnoredAny, IntoDeserializer, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use crate::{
    Problem,
    extract::{body_bytes, parse, unreadable},
};

/// A JSON body whose members depend on one of them; what does not read is named by its path.
#[derive(Debug, Clone)]
pub struct InSteps(Bytes);

impl InSteps {
    /// The first step: what the member says on which the others depend. `T` holds that member and lets others be.
    ///
    /// # Errors
    /// 422 that names the member.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(&self.0)
    }

    /// The second step: the members beside the one of that name.
    ///
    /// # Errors
    /// 422 that names what does not read by its path.
    pub fn beside<T: DeserializeOwned>(&self, name: &str) -> Result<T, Problem> {
        let mut whole = serde_json::Deserializer::from_slice(&self.0);
        serde_path_to_error::deserialize(Beside { whole: &mut whole, name })
            .map_err(|error| unreadable(&error.path().to_string(), &error.inner().to_string()))
    }
}

impl<S: Send + Sync> FromRequest<S> for InSteps {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let sent = body_bytes(request, state).await?;
        let sent = if sent.is_empty() { Bytes::from_static(b"{}") } else { sent };
        // What is no JSON to its end, or holds what no body may, is refused before any step.
        parse::<IgnoredAny>(&sent)?;
        Ok(Self(sent))
    }
}

/// An object without the member of a name.
struct Beside<'a, D> {
    whole: D,
    name: &'a str,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Beside<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.whole.deserialize_map(BesideVisitor { visitor, name: self.name })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct BesideVisitor<'a, V> {
    visitor: V,
    name: &'a str,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for BesideVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(formatter)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(BesideMembers { members, name: self.name })
    }
}

struct BesideMembers<'a, A> {
    members: A,
    name: &'a str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for BesideMembers<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.members.next_key::<String>()? {
            if name != self.name {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            self.members.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::Lang;

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Circle,
        Square,
    }

    #[derive(Debug, Deserialize)]
    struct Kind {
        shape: Shape,
    }

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    struct Dot {
        at: u32,
    }

    #[derive(Debug, Deserialize, PartialEq, Eq)]
    #[serde(deny_unknown_fields)]
    struct Circle {
        radius: u32,
        #[serde(default)]
        dots: Vec<Dot>,
    }

    async fn circle(body: &'static str) -> Result<Circle, Problem> {
        let request = Request::post("/x").body(axum::body::Body::from(body)).unwrap();
        let body = InSteps::from_request(request, &()).await?;
        let kind: Kind = body.read()?;
        assert_eq!(kind.shape, Shape::Circle);
        body.beside("shape")
    }

    #[tokio::test]
    async fn each_step_names_what_does_not_read_by_its_path_wherever_the_deciding_member_stands() {
        let read = circle(r#"{"radius": 2, "dots": [{"at": 1}], "shape": "circle"}"#).await.unwrap();
        assert_eq!(read, Circle { radius: 2, dots: vec![Dot { at: 1 }] });
        assert_eq!(circle(r#"{"shape": "circle", "radius": 2}"#).await.unwrap().radius, 2);
        for (body, field) in [
            ("", "shape"),
            ("[]", "body"),
            ("{", "body"),
            (r#"{"shape": "circle", "radius": 2} 3"#, "body"),
            (r#"{"shape": "cube", "radius": 2}"#, "shape"),
            (r#"{"shape": "circle", "shape": "circle", "radius": 2}"#, "shape"),
            (r#"{"shape": "circle"}"#, "radius"),
            (r#"{"radius": "x", "shape": "circle"}"#, "radius"),
            (r#"{"radius": 1, "radius": 2, "shape": "circle"}"#, "radius"),
            (r#"{"radius": 1, "size": 2, "shape": "circle"}"#, "size"),
            (r#"{"dots": [{"at": 1}, {"at": -1}], "shape": "circle", "radius": 1}"#, "dots[1].at"),
            (r#"{"dots": [{"at": 1, "shape": "circle"}], "shape": "circle", "radius": 1}"#, "dots[0].shape"),
            (r#"{"shape": "circle", "radius": 1, "dots": [{"currency": "USD"}]}"#, "dots[0].currency"),
        ] {
            let refused = circle(body).await.unwrap_err().render(Lang::En);
            assert_eq!(refused["errors"][0]["field"], field, "{body}: {refused}");
        }
    }
}
