/// The checksum of CALC_CRC32 and of .skyb files: reflected polynomial 0xEDB88320, initial value 0, no final inversion.
///
/// ```
/// assert_eq!(kapok_link::file_crc32(b"123456789"), 0x2dfd_2d88);
/// assert_eq!(kapok_link::file_crc32(b""), 0);
/// ```
///
/// # Source
/// show-protocol, section 4.
pub fn file_crc32(bytes: &[u8]) -> u32 {
    // The usual checksum inverts before and after: undone here.
    let mut hasher = crc32fast::Hasher::new_with_initial(u32::MAX);
    hasher.update(bytes);
    !hasher.finalize()
}
