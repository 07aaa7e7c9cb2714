#![no_main]

use kapok_format::{ReadBounds, SITE_FILE_NAME, read_skyb_folder, write_site_file};
use libfuzzer_sys::fuzz_target;

/// 10.2 s along x, in white.
const VEHICLE: [u8; 33] = [
    0x73, 0x6b, 0x79, 0x62, 0x02, 0x01, 0xfa, 0xd7, 0xe6, 0x49, 0x01, 0x0e, 0x00, 0x02, 0x64, 0x9c, 0x00, 0x00, 0x10,
    0x27, 0x00, 0x00, 0x01, 0xd8, 0x27, 0x9c, 0x63, 0x02, 0x03, 0x00, 0x07, 0x00, 0x00,
];

fuzz_target!(|site: &[u8]| {
    let folder = |site: Vec<u8>| vec![("a.skyb".to_owned(), VEHICLE.to_vec()), (SITE_FILE_NAME.to_owned(), site)];
    let limits = ReadBounds::default();
    let Ok(decoded) = read_skyb_folder(&folder(site.to_vec()), None, &limits) else { return };
    assert_eq!(decoded.show.check(), Ok(()));
    let Ok(written) = write_site_file(&decoded.show, &["a.skyb".to_owned()], None) else { return };
    assert_eq!(read_skyb_folder(&folder(written), None, &limits).unwrap().show, decoded.show);
});
