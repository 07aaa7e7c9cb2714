#![no_main]

use kapok_link::{FileStore, FtpPacket, FtpServer, FtpOp, Identity, ParamTable};
use libfuzzer_sys::fuzz_target;

// The server answers each request at most once, its bursts end, its files stay bounded.
fuzz_target!(|input: &[u8]| {
    let (mut server, mut params) = (FtpServer::default(), ParamTable::default());
    let mut store = FileStore::with_folders(&["collmot"]);
    let (mut rest, mut sequence) = (input, 0_u16);
    while let [op, client, o0, o1, len, tail @ ..] = rest {
        let (data, tail) = tail.split_at(usize::from(*len).min(tail.len()));
        rest = tail;
        sequence = sequence.wrapping_add(1 + u16::from(client & 0x10 == 0));
        let offset = u32::from(u16::from_le_bytes([*o0, *o1])) * if client & 0x20 == 0 { 1 } else { 65_537 };
        let mut payload = FtpPacket::request(sequence, FtpOp::None, offset, data).encode();
        payload[3] = *op;
        payload[2] = client >> 6;
        let Some(request) = FtpPacket::decode(&payload) else { continue };
        let from = Identity { system: 250 + u32::from(client & 1), component: 190 };
        let now_ms = u64::from(sequence) * 50;
        if let Some(reply) = server.handle(now_ms, from, &request, &mut store, &mut params) {
            assert_eq!(reply.sequence, request.sequence.wrapping_add(1));
            assert_eq!(reply.request_op, request.op);
        }
        let mut unasked = 0;
        while server.poll(now_ms + 1000, &store).is_some() {
            unasked += 1;
            assert!(unasked <= 33);
        }
    }
});
