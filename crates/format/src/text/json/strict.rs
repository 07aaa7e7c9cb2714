//! A deserialiser around another: a struct is an object and nothing else, and members that no type reads are remembered.
//!
//! Derived types read a struct from a list of its values too, by position. No other program does, so `"validation": [150, 10]`
//! would set limits that nothing else sees. The rule is put here, once, and not into every type.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

/// What the name of an enum with its tag inside begins with where its derived visitor says what it expects. Such an enum
/// asks for anything, and would take a list as well.
const TAGGED: &str = "internally tagged enum";

/// Where the reader is, and what it passed by.
#[derive(Default)]
pub(super) struct Seen {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Keys of the open objects, joined by points.
    path: String,
    /// The last key.
    key: String,
    skipped: BTreeSet<String>,
}

impl Seen {
    /// The paths of members that nothing read, below `at`, whose indices are left away.
    pub fn into_paths(self, at: &str) -> BTreeSet<String> {
        let mut depth = 0;
        let mut parent: String = at
            .chars()
            .filter(|c| {
                depth += i32::from(*c == '[');
                let outside = depth == 0;
                depth -= i32::from(*c == ']');
                outside
            })
            .collect();
        if !parent.is_empty() {
            parent.push('.');
        }
        let parent = parent.trim_start_matches('.');
        self.state.into_inner().skipped.into_iter().map(|path| format!("{parent}{path}")).collect()
    }

    fn skip(&self) {
        let mut state = self.state.borrow_mut();
        if !state.skipped.contains(&state.path) {
            let path = state.path.clone();
            state.skipped.insert(path);
        }
    }

    /// Goes into the member of the last key; returns how to come back.
    fn enter(&self) -> usize {
        let mut state = self.state.borrow_mut();
        let back = state.path.len();
        if back > 0 {
            state.path.push('.');
        }
        let State { path, key, .. } = &mut *state;
        path.push_str(key);
        back
    }

    fn leave(&self, back: usize) {
        self.state.borrow_mut().path.truncate(back);
    }
}

/// The wrapper: of deserialisers, visitors, seeds and accesses alike.
pub(super) struct Strict<'s, T> {
    inner: T,
    seen: &'s Seen,
}

impl<'s, T> Strict<'s, T> {
    pub fn new(inner: T, seen: &'s Seen) -> Self {
        Self { inner, seen }
    }
}

/// What a visitor expects, in words.
struct Expects<'a, V>(&'a V);

impl<'de, V: Visitor<'de>> fmt::Display for Expects<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

macro_rules! forward {
    ($($name:ident($($arg:ident: $kind:ty),*)),* $(,)?) => {
        $(fn $name<V: Visitor<'de>>(self, $($arg: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$name($($arg,)* Strict::new(visitor, self.seen))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let tagged = Expects(&visitor).to_string().starts_with(TAGGED);
        let visitor = Strict::new(visitor, self.seen);
        if tagged { self.inner.deserialize_map(visitor) } else { self.inner.deserialize_any(visitor) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Strict::new(visitor, self.seen))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.seen.skip();
        self.inner.deserialize_ignored_any(visitor)
    }

    forward! {
        deserialize_bool(), deserialize_i8(), deserialize_i16(), deserialize_i32(), deserialize_i64(), deserialize_i128(),
        deserialize_u8(), deserialize_u16(), deserialize_u32(), deserialize_u64(), deserialize_u128(), deserialize_f32(),
        deserialize_f64(), deserialize_char(), deserialize_str(), deserialize_string(), deserialize_bytes(),
        deserialize_byte_buf(), deserialize_option(), deserialize_unit(), deserialize_seq(), deserialize_map(),
        deserialize_identifier(), deserialize_unit_struct(name: &'static str),
        deserialize_newtype_struct(name: &'static str), deserialize_tuple(len: usize),
        deserialize_tuple_struct(name: &'static str, len: usize),
        deserialize_enum(name: &'static str, variants: &'static [&'static str]),
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! forward_values {
    ($($name:ident($kind:ty)),* $(,)?) => {
        $(fn $name<E: serde::de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$name(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<'_, V> {
    type Value = V::Value;

    /// In the words of JSON, not by the names of types.
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Expects(&self.inner).to_string();
        if words.starts_with("struct ") || words.starts_with(TAGGED) {
            return f.write_str("an object");
        }
        f.write_str(&words)
    }

    forward_values! {
        visit_bool(bool), visit_i8(i8), visit_i16(i16), visit_i32(i32), visit_i64(i64), visit_i128(i128), visit_u8(u8),
        visit_u16(u16), visit_u32(u32), visit_u64(u64), visit_u128(u128), visit_f32(f32), visit_f64(f64), visit_char(char),
        visit_str(&str), visit_borrowed_str(&'de str), visit_string(String), visit_bytes(&[u8]),
        visit_borrowed_bytes(&'de [u8]), visit_byte_buf(Vec<u8>),
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Strict::new(inner, self.seen))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Strict::new(inner, self.seen))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Strict::new(access, self.seen))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Strict::new(access, self.seen))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Strict::new(access, self.seen))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Strict::new(inner, self.seen))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Strict::new(seed, self.seen))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_key_seed(Key { inner: seed, seen: self.seen })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let back = self.seen.enter();
        let value = self.inner.next_value_seed(Strict::new(seed, self.seen));
        self.seen.leave(back);
        value
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 's, A: EnumAccess<'de>> EnumAccess<'de> for Strict<'s, A> {
    type Error = A::Error;
    type Variant = Strict<'s, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let seen = self.seen;
        self.inner.variant_seed(seed).map(|(value, variant)| (value, Strict::new(variant, seen)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Strict::new(seed, self.seen))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(len, Strict::new(visitor, self.seen))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.newtype_variant_seed(Object(Strict::new(visitor, self.seen)))
    }
}

/// Reads an object, and nothing else.
struct Object<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Object<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        inner.deserialize_map(self.0)
    }
}

/// Remembers a key that goes by: as a seed, a deserialiser and a visitor.
struct Key<'s, T> {
    inner: T,
    seen: &'s Seen,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Key { inner, seen: self.seen })
    }
}

macro_rules! forward_keys {
    ($($name:ident),* $(,)?) => {
        $(fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$name(Key { inner: visitor, seen: self.seen })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Key<'_, D> {
    type Error = D::Error;

    forward_keys! {
        deserialize_any, deserialize_str, deserialize_string, deserialize_identifier, deserialize_ignored_any,
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum
    }
}

impl<V> Key<'_, V> {
    fn remember(&self, key: &str) {
        let mut state = self.seen.state.borrow_mut();
        state.key.clear();
        state.key.push_str(key);
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Key<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<V::Value, E> {
        self.remember(key);
        self.inner.visit_str(key)
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<V::Value, E> {
        self.remember(key);
        self.inner.visit_borrowed_str(key)
    }

    fn visit_string<E: serde::de::Error>(self, key: String) -> Result<V::Value, E> {
        self.remember(&key);
        self.inner.visit_string(key)
    }
}
