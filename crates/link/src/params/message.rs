use mavlink::dialects::ardupilotmega::{
    MavMessage, MavParamType, PARAM_REQUEST_READ_DATA, PARAM_SET_DATA, PARAM_VALUE_DATA,
};
use mavlink::types::CharArray;

use super::table::{ParamDefinition, ParamTable, ParamType};
use crate::message::Message;

/// The name of 16 bytes at most, as it travels.
fn wire_name(name: &str) -> CharArray<16> {
    let mut bytes = [0; 16];
    for (slot, byte) in bytes.iter_mut().zip(name.bytes()) {
        *slot = byte;
    }
    CharArray::new(bytes)
}

fn wire_type(param_type: ParamType) -> MavParamType {
    match param_type {
        ParamType::Int8 => MavParamType::MAV_PARAM_TYPE_INT8,
        ParamType::Int16 => MavParamType::MAV_PARAM_TYPE_INT16,
        ParamType::Int32 => MavParamType::MAV_PARAM_TYPE_INT32,
        ParamType::Float => MavParamType::MAV_PARAM_TYPE_REAL32,
    }
}

/// The name in a message; empty if it is none.
pub(crate) fn name_of(name: &CharArray<16>) -> &str {
    name.to_str().unwrap_or_default()
}

/// PARAM_REQUEST_READ by name, to be addressed later.
pub fn param_request(name: &str) -> Message {
    MavMessage::PARAM_REQUEST_READ(PARAM_REQUEST_READ_DATA {
        param_index: -1,
        param_id: wire_name(name),
        ..PARAM_REQUEST_READ_DATA::DEFAULT
    })
    .into()
}

/// PARAM_SET, to be addressed later. All values travel as floats.
pub fn param_set(name: &str, value: f32, param_type: MavParamType) -> Message {
    MavMessage::PARAM_SET(PARAM_SET_DATA {
        param_value: value,
        param_id: wire_name(name),
        param_type,
        ..PARAM_SET_DATA::DEFAULT
    })
    .into()
}

/// PARAM_VALUE of a vehicle; by name the index is 65,535, as the firmware answers.
pub fn param_value(definition: &ParamDefinition, value: f64, index: Option<usize>) -> Message {
    MavMessage::PARAM_VALUE(PARAM_VALUE_DATA {
        param_value: value as f32,
        param_count: ParamTable::count() as u16,
        param_index: index.map_or(u16::MAX, |i| i as u16),
        param_id: wire_name(definition.name),
        param_type: wire_type(definition.param_type),
    })
    .into()
}
