use super::table::{ParamTable, ParamType};

/// Where all parameters stand as one file.
pub const PACKED_PATH: &str = "@PARAM/param.pck";
/// First two bytes.
const MAGIC: u16 = 0x671B;
/// First two bytes of a file that states defaults too.
const MAGIC_WITH_DEFAULTS: u16 = 0x671C;
/// Flag of an entry whose default follows its value.
const DEFAULT_FOLLOWS: u8 = 0x10;
/// Entries that are read: no autopilot has more.
const MAX_ENTRIES: usize = 10_000;
/// Longest name.
const MAX_NAME_LEN: usize = 16;

/// One parameter of a bundle, in its own type: whole numbers are exact, unlike in PARAM_VALUE.
#[derive(Clone, Debug, PartialEq)]
pub struct PackedParam {
    /// Its name.
    pub name: String,
    /// How it is stored.
    pub param_type: ParamType,
    /// Its value.
    pub value: f64,
}

/// Why a bundle cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackedFault {
    /// It begins with something else.
    #[error("a parameter bundle begins with 0x671B or 0x671C, this one with {0:#06x}")]
    Magic(u16),
    /// It ends inside an entry.
    #[error("the bundle ends inside entry {0}")]
    Short(usize),
    /// A type that there is not, or a name that cannot be one.
    #[error("entry {0} of the bundle has an impossible type or name")]
    Entry(usize),
    /// A value that the vehicle does not take.
    #[error("{0} was not taken")]
    Value(String),
}

/// All parameters of a vehicle as it shows them: the third field of the header is their number.
pub fn pack(table: &ParamTable) -> Vec<u8> {
    let count = ParamTable::count() as u16;
    let entries = table.iter().map(|(definition, value)| (definition.name, definition.param_type, value, None));
    write(MAGIC, entries, count, |_| count)
}

/// The same with the default of each that is not at it.
pub fn pack_with_defaults(table: &ParamTable) -> Vec<u8> {
    let count = ParamTable::count() as u16;
    let entries = table.iter().map(|(definition, value)| {
        let default = (value != definition.default).then_some(definition.default);
        (definition.name, definition.param_type, value, default)
    });
    write(MAGIC_WITH_DEFAULTS, entries, count, |_| count)
}

/// Parameters as a ground station sends them, in the order of names: the third field is the length in bytes. `None` if a name is
/// longer than 16 bytes, or the bundle longer than 65,535.
pub fn pack_bundle(params: &[PackedParam]) -> Option<Vec<u8>> {
    let mut sorted: Vec<&PackedParam> = params.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let named = sorted.iter().all(|p| (1..=MAX_NAME_LEN).contains(&p.name.len()) && p.name.is_ascii());
    let distinct = sorted.windows(2).all(|pair| pair[0].name != pair[1].name);
    let count = u16::try_from(sorted.len()).ok().filter(|_| named && distinct)?;
    let entries = sorted.iter().map(|p| (p.name.as_str(), p.param_type, p.value, None));
    let bytes = write(MAGIC, entries, count, |len| len as u16);
    u16::try_from(bytes.len()).is_ok().then_some(bytes)
}

fn write<'a>(
    magic: u16,
    entries: impl Iterator<Item = (&'a str, ParamType, f64, Option<f64>)>,
    count: u16,
    third: impl FnOnce(usize) -> u16,
) -> Vec<u8> {
    let mut out = [magic.to_le_bytes(), count.to_le_bytes(), [0; 2]].concat();
    let mut last = "";
    for (name, param_type, value, default) in entries {
        // A name that begins with the whole previous one still states a byte of its own.
        let common = name.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count().min(name.len() - 1).min(15);
        let rest = &name.as_bytes()[common..];
        out.push(code(param_type) | if default.is_some() { DEFAULT_FOLLOWS } else { 0 });
        out.push(common as u8 | (rest.len() as u8 - 1) << 4);
        out.extend(rest);
        for value in std::iter::once(value).chain(default) {
            match param_type {
                ParamType::Int8 => out.extend((value as i8).to_le_bytes()),
                ParamType::Int16 => out.extend((value as i16).to_le_bytes()),
                ParamType::Int32 => out.extend((value as i32).to_le_bytes()),
                ParamType::Float => out.extend((value as f32).to_le_bytes()),
            }
        }
        last = name;
    }
    let third = third(out.len());
    out[4..6].copy_from_slice(&third.to_le_bytes());
    out
}

fn code(param_type: ParamType) -> u8 {
    match param_type {
        ParamType::Int8 => 1,
        ParamType::Int16 => 2,
        ParamType::Int32 => 3,
        ParamType::Float => 4,
    }
}

/// Reads a bundle of either kind; what follows its last entry is passed over.
///
/// # Errors
/// Any [`PackedFault`] but [`PackedFault::Value`].
///
/// # Source
/// show-protocol, section 4.
pub fn unpack(bytes: &[u8]) -> Result<Vec<PackedParam>, PackedFault> {
    let [m0, m1, c0, c1, _, _, rest @ ..] = bytes else { return Err(PackedFault::Short(0)) };
    let magic = u16::from_le_bytes([*m0, *m1]);
    if magic != MAGIC && magic != MAGIC_WITH_DEFAULTS {
        return Err(PackedFault::Magic(magic));
    }
    let count = usize::from(u16::from_le_bytes([*c0, *c1]));
    let mut rest = rest;
    let mut params: Vec<PackedParam> = Vec::new();
    let mut name: Vec<u8> = Vec::new();
    while params.len() < count.min(MAX_ENTRIES) {
        let entry = params.len();
        let take = |rest: &mut &[u8], n: usize| -> Result<Vec<u8>, PackedFault> {
            let (head, tail) = rest.split_at_checked(n).ok_or(PackedFault::Short(entry))?;
            *rest = tail;
            Ok(head.to_vec())
        };
        let head = take(&mut rest, 1)?[0];
        if head == 0 {
            continue;
        }
        let lengths = take(&mut rest, 1)?[0];
        let (common, more) = (usize::from(lengths & 15), usize::from(lengths >> 4) + 1);
        if common > name.len() || common + more > MAX_NAME_LEN {
            return Err(PackedFault::Entry(entry));
        }
        name.truncate(common);
        name.extend(take(&mut rest, more)?);
        let (param_type, len) = match head & 15 {
            1 => (ParamType::Int8, 1),
            2 => (ParamType::Int16, 2),
            3 => (ParamType::Int32, 4),
            4 => (ParamType::Float, 4),
            _ => return Err(PackedFault::Entry(entry)),
        };
        let value = take(&mut rest, len)?;
        let value = match (param_type, value[..].try_into()) {
            (ParamType::Int32, Ok(bytes)) => f64::from(i32::from_le_bytes(bytes)),
            (ParamType::Float, Ok(bytes)) => f64::from(f32::from_le_bytes(bytes)),
            (ParamType::Int16, _) => f64::from(i16::from_le_bytes([value[0], value[1]])),
            _ => f64::from(value[0] as i8),
        };
        if magic == MAGIC_WITH_DEFAULTS && head & DEFAULT_FOLLOWS != 0 {
            take(&mut rest, len)?;
        }
        let text = String::from_utf8(name.clone()).map_err(|_| PackedFault::Entry(entry))?;
        params.push(PackedParam { name: text, param_type, value });
    }
    Ok(params)
}

/// Sets all parameters of a bundle; how many they are.
///
/// # Errors
/// Any [`PackedFault`]; nothing has changed then.
pub fn apply_packed(table: &mut ParamTable, bytes: &[u8]) -> Result<usize, PackedFault> {
    let params = unpack(bytes)?;
    let mut changed = table.clone();
    for param in &params {
        changed.set(&param.name, param.value).map_err(|_| PackedFault::Value(param.name.clone()))?;
    }
    *table = changed;
    Ok(params.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_vehicle_is_read_exactly() {
        let mut table = ParamTable::default();
        table.set("SHOW_ORIGIN_LAT", -353_632_621.0).unwrap();
        let bytes = pack(&table);
        let read = unpack(&bytes).unwrap();
        assert_eq!(read.len(), ParamTable::count());
        assert_eq!(unpack(&pack_with_defaults(&table)).unwrap(), read);
        assert_eq!(pack_with_defaults(&table).len(), bytes.len() + 4, "one is not at its default");
        assert!(read.iter().zip(table.iter()).all(|(p, (definition, value))| {
            (p.name.as_str(), p.param_type, p.value) == (definition.name, definition.param_type, value)
        }));
        // SHOW_START_AUTH and SHOW_START_TIME share eleven bytes.
        assert!(bytes.windows(6).any(|w| w == [3, 0x3b, b'T', b'I', b'M', b'E']));
    }

    #[test]
    fn padding_and_defaults_are_read_over() {
        let mut bytes = vec![0x1c, 0x67, 2, 0, 9, 9];
        bytes.extend([0x11, 0x00, b'A', 5, 7, 0, 0]);
        bytes.extend([0x02, 0x01, b'B', 0xff, 0xff]);
        let read = unpack(&bytes).unwrap();
        assert_eq!(
            (read[0].name.as_str(), read[0].value, read[1].name.as_str(), read[1].value),
            ("A", 5.0, "AB", -1.0)
        );
        assert_eq!(unpack(&bytes[..bytes.len() - 1]), Err(PackedFault::Short(1)));
        assert_eq!(unpack(&[0, 0, 0, 0, 0, 0]), Err(PackedFault::Magic(0)));
    }

    #[test]
    fn one_bad_value_and_nothing_is_set() {
        let param = |name: &str, value| PackedParam { name: name.to_owned(), param_type: ParamType::Float, value };
        let mut table = ParamTable::default();
        let bundle = pack_bundle(&[param("SHOW_TAKEOFF_ALT", 4.0), param("SHOW_GROUP", 99.0)]).unwrap();
        assert_eq!(apply_packed(&mut table, &bundle), Err(PackedFault::Value("SHOW_GROUP".to_owned())));
        assert_eq!(table, ParamTable::default());
        assert_eq!(u16::from_le_bytes([bundle[4], bundle[5]]) as usize, bundle.len());
        assert_eq!(pack_bundle(&[param("SEVENTEEN_LETTERS", 0.0)]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), with_magic: bool) {
            let mut bytes = bytes;
            if with_magic && bytes.len() > 1 { bytes[..2].copy_from_slice(&[0x1b, 0x67]); }
            if let Ok(params) = unpack(&bytes) {
                prop_assert!(params.iter().all(|p| p.name.len() <= MAX_NAME_LEN));
            }
        }
    }
}
