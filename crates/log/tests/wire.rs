//! Our messages beside the descriptors that the log carries.

use prost::Message;
use prost_types::FileDescriptorSet;

/// Names, numbers and types of the fields of a message in a descriptor set.
fn fields(set: &[u8], message: &str) -> Vec<(String, i32, i32)> {
    let set = FileDescriptorSet::decode(set).expect("a descriptor set");
    let all = set.file.iter().flat_map(|file| &file.message_type);
    let found = all.into_iter().find(|m| m.name() == message).unwrap_or_else(|| panic!("{message} is not in the set"));
    found.field.iter().map(|f| (f.name().to_owned(), f.number(), f.r#type.unwrap_or_default())).collect()
}

/// Types of descriptors: double 1, fixed32 7, string 9, message 11, bytes 12, enum 14.
#[test]
fn the_schemas_are_the_well_known_ones() {
    let owned = |list: &[(&str, i32, i32)]| list.iter().map(|&(n, k, t)| (n.to_owned(), k, t)).collect::<Vec<_>>();
    let cloud = include_bytes!("../schemas/PointCloud.binpb");
    assert_eq!(
        fields(cloud, "PointCloud"),
        owned(&[
            ("timestamp", 1, 11),
            ("frame_id", 2, 9),
            ("pose", 3, 11),
            ("point_stride", 4, 7),
            ("fields", 5, 11),
            ("data", 6, 12)
        ])
    );
    assert_eq!(fields(cloud, "PackedElementField"), owned(&[("name", 1, 9), ("offset", 2, 7), ("type", 3, 14)]));
    assert_eq!(fields(cloud, "Pose"), owned(&[("position", 1, 11), ("orientation", 2, 11)]));
    assert_eq!(fields(cloud, "Quaternion"), owned(&[("x", 1, 1), ("y", 2, 1), ("z", 3, 1), ("w", 4, 1)]));
    assert_eq!(
        fields(include_bytes!("../schemas/Log.binpb"), "Log"),
        owned(&[
            ("timestamp", 1, 11),
            ("level", 2, 14),
            ("message", 3, 9),
            ("name", 4, 9),
            ("file", 5, 9),
            ("line", 6, 7)
        ])
    );
    assert_eq!(fields(include_bytes!("../schemas/GeoJSON.binpb"), "GeoJSON"), owned(&[("geojson", 1, 9)]));
}
