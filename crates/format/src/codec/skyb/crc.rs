/// Table of the reflected polynomial 0xEDB88320.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut value = i as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[i] = value;
        i += 1;
    }
    table
};

/// The checksum of .skyb files: reflected polynomial 0xEDB88320, initial value 0, no final inversion.
///
/// ```
/// assert_eq!(kapok_format::skyb::skyb_crc32(b"123456789"), 0x2dfd_2d88);
/// ```
pub fn skyb_crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, &b| (crc >> 8) ^ TABLE[usize::from((crc as u8) ^ b)])
}
