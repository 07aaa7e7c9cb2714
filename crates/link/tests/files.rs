//! MAVFTP: an upload ends complete and verified, or with a reason, whatever the link does.

use kapok_link::dialect::MavMessage;
use kapok_link::{
    Command, Downloaded, FileStore, FtpDownload, FtpError, FtpFailure, FtpOp, FtpPacket, FtpServer, FtpTiming,
    FtpUpload, Identity, Message, ParamTable, SHOW_PATH, file_crc32, unpack,
};
use proptest::prelude::*;

use crate::common::{Field, LinkQuality, Random, config};

fn packet(message: &Message) -> Option<FtpPacket> {
    let Message::Other(MavMessage::FILE_TRANSFER_PROTOCOL(data)) = message else { return None };
    FtpPacket::decode(&data.payload)
}

fn file(len: usize, seed: u64) -> Vec<u8> {
    let mut random = Random(seed | 1);
    (0..len).map(|_| random.below(256) as u8).collect()
}

fn drive_upload(field: &mut Field, upload: &mut FtpUpload, limit_ms: u64) {
    let receive = |u: &mut FtpUpload, now_ms, message: &Message| {
        if let Some(packet) = packet(message) {
            u.receive(now_ms, &packet);
        }
    };
    field.drive(upload, limit_ms, FtpUpload::poll, receive, |u| u.outcome().is_some());
}

fn drive_download(field: &mut Field, download: &mut FtpDownload, limit_ms: u64) {
    let receive = |d: &mut FtpDownload, now_ms, message: &Message| {
        if let Some(packet) = packet(message) {
            d.receive(now_ms, &packet);
        }
    };
    field.drive(download, limit_ms, FtpDownload::poll, receive, |d| d.outcome().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn uploads_survive_loss(seed: u64, len in 0usize..6000, heavy: bool) {
        let quality = LinkQuality::losing(if heavy { 30 } else { 5 });
        let mut field = Field::new(config(1), quality, seed);
        let show = file(len, seed);
        let mut upload = FtpUpload::new(SHOW_PATH, show.clone(), FtpTiming::default(), seed as u16);
        drive_upload(&mut field, &mut upload, 600_000);
        let done = upload.outcome();
        prop_assert_eq!(done.map(|d| d.map(|d| d.crc32)), Some(Ok(file_crc32(&show))));
        prop_assert_eq!(field.vehicle.files().file(SHOW_PATH), Some(&show[..]));
        // And back again.
        let mut download = FtpDownload::new(SHOW_PATH, 10_000, true, FtpTiming::default(), !seed as u16);
        drive_download(&mut field, &mut download, 600_000);
        prop_assert_eq!(download.outcome(), Some(&Ok(Downloaded { bytes: show, verified: true })));
    }

    #[test]
    fn parameters_come_back_exactly_through_loss(seed: u64) {
        let mut field = Field::new(config(1), LinkQuality::losing(20), seed);
        let mut download = FtpDownload::new("@PARAM/param.pck", 1 << 20, false, FtpTiming::default(), seed as u16);
        drive_download(&mut field, &mut download, 600_000);
        let params = unpack(&download.outcome().unwrap().clone().unwrap().bytes).unwrap();
        prop_assert_eq!(params.len(), ParamTable::count());
        prop_assert!(params.iter().all(|p| field.vehicle.params().get(&p.name) == Some(p.value)));
    }

    /// Two clients and any packets: the server answers each request once or not at all, and its files stay bounded.
    #[test]
    fn any_requests_are_served(requests in prop::collection::vec((0u8..16, any::<u32>(), prop::collection::vec(any::<u8>(), 0..40), any::<bool>()), 0..60)) {
        let (mut server, mut store, mut params) = (FtpServer::default(), FileStore::with_folders(&["a"]), ParamTable::default());
        for (i, (op, offset, data, second)) in requests.into_iter().enumerate() {
            let mut payload = FtpPacket::request(i as u16, FtpOp::None, offset % 5_000_000, &data).encode();
            payload[3] = op;
            let Some(request) = FtpPacket::decode(&payload) else { continue };
            let from = Identity { system: if second { 253 } else { 254 }, component: 190 };
            if let Some(reply) = server.handle(i as u64, from, &request, &mut store, &mut params) {
                prop_assert_eq!(reply.sequence, request.sequence.wrapping_add(1));
            }
            let mut unasked = 0;
            while server.poll(i as u64 + 1_000_000, &store).is_some() {
                unasked += 1;
                prop_assert!(unasked <= 33, "bursts end");
            }
        }
    }
}

#[test]
fn a_dead_link_is_a_stated_reason() {
    let timing = FtpTiming { tries: 7, ..FtpTiming::default() };
    let mut field = Field::new(config(1), LinkQuality::losing(100), 1);
    let mut upload = FtpUpload::new(SHOW_PATH, file(500, 1), timing, 0);
    drive_upload(&mut field, &mut upload, 60_000);
    assert_eq!(upload.outcome(), Some(Err(FtpFailure::NoAnswer { op: FtpOp::Create, tries: 7 })));
}

#[test]
fn an_interrupted_upload_goes_on_where_it_was() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let show = file(40 * 239, 7);
    let timing = FtpTiming { tries: 4, ..FtpTiming::default() };
    let mut upload = FtpUpload::new(SHOW_PATH, show.clone(), timing, 0);
    drive_upload(&mut field, &mut upload, 800);
    field.quality = LinkQuality::losing(100);
    drive_upload(&mut field, &mut upload, 60_000);
    assert!(matches!(upload.outcome(), Some(Err(FtpFailure::NoAnswer { op: FtpOp::Write, .. }))));
    let before = upload.acknowledged();
    assert!(before > 5 * 239 && before < show.len(), "{before}");
    field.quality = LinkQuality::PERFECT;
    let (mut upload, frames) = (upload.resume(9000), field.frames);
    assert_eq!(upload.acknowledged(), before);
    drive_upload(&mut field, &mut upload, 60_000);
    assert_eq!(upload.outcome().unwrap().unwrap().crc32, file_crc32(&show));
    // Fewer requests than the whole file takes.
    let writes = (show.len() - before).div_ceil(239);
    let sent = field.frames - frames;
    assert!(sent < 2 * (writes + 10) + 60, "{sent} frames for {writes} writes");
}

#[test]
fn a_reboot_in_the_middle_begins_anew() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let show = file(60 * 239, 3);
    let mut upload = FtpUpload::new(SHOW_PATH, show.clone(), FtpTiming::default(), 0);
    drive_upload(&mut field, &mut upload, 800);
    field.send(Command::long(246, &[1.0]).into());
    drive_upload(&mut field, &mut upload, 120_000);
    let done = upload.outcome().unwrap().unwrap();
    assert_eq!((done.crc32, done.restarts), (file_crc32(&show), 1));
    assert_eq!(field.vehicle.files().file(SHOW_PATH), Some(&show[..]));
}

#[test]
fn a_file_that_is_changed_on_the_way_is_noticed() {
    let (mut server, mut store, mut params) =
        (FtpServer::default(), FileStore::with_folders(&["collmot"]), ParamTable::default());
    let timing = FtpTiming { restarts: 1, ..FtpTiming::default() };
    let mut upload = FtpUpload::new(SHOW_PATH, file(700, 1), timing, 0);
    for now_ms in 0..200 {
        let Some(message) = upload.poll(now_ms) else { continue };
        let mut payload = packet(&message).unwrap().encode();
        // A card that stores a bit wrongly.
        if payload[3] == FtpOp::Write as u8 {
            payload[50] ^= 1;
        }
        let request = FtpPacket::decode(&payload).unwrap();
        let reply = server.handle(now_ms, Identity::GROUND, &request, &mut store, &mut params).unwrap();
        upload.receive(now_ms, &reply);
    }
    let Some(Err(FtpFailure::Checksum { expected, found })) = upload.outcome() else {
        panic!("{:?}", upload.outcome())
    };
    assert_eq!((expected, found), (file_crc32(&file(700, 1)), file_crc32(store.file(SHOW_PATH).unwrap())));
}

/// A CREATE that was doubled and held up does not empty the file that was written after it.
#[test]
fn a_late_copy_changes_nothing() {
    let (mut server, mut store, mut params) =
        (FtpServer::default(), FileStore::with_folders(&["collmot"]), ParamTable::default());
    let mut ask =
        |now_ms, request: &FtpPacket| server.handle(now_ms, Identity::GROUND, request, &mut store, &mut params);
    let create = FtpPacket::request(1, FtpOp::Create, 0, SHOW_PATH.as_bytes());
    ask(0, &create);
    ask(1, &FtpPacket::request(3, FtpOp::Write, 0, b"show"));
    ask(2, &FtpPacket::request(5, FtpOp::Terminate, 0, b""));
    assert_eq!(ask(300, &create), None);
    // Seconds later a client that was started again may well use the number.
    assert_eq!(ask(4000, &FtpPacket::request(2, FtpOp::Crc32, 0, SHOW_PATH.as_bytes())).unwrap().op, FtpOp::Ack);
    assert_eq!(store.file(SHOW_PATH), Some(&b"show"[..]));
}

/// The client numbers its session; replies carry the number.
#[test]
fn a_session_has_its_clients_number() {
    let (mut server, mut store, mut params) =
        (FtpServer::default(), FileStore::with_folders(&["collmot"]), ParamTable::default());
    let mut ask = |sequence, session, op, data: &[u8]| {
        let mut request = FtpPacket::request(sequence, op, 0, data);
        request.session = session;
        let reply = server.handle(0, Identity::GROUND, &request, &mut store, &mut params).unwrap();
        (reply.session, reply.op)
    };
    assert_eq!(ask(1, 9, FtpOp::Create, b"collmot/a"), (9, FtpOp::Ack));
    assert_eq!(ask(3, 8, FtpOp::Write, b"hello"), (8, FtpOp::Nak));
    assert_eq!(ask(5, 9, FtpOp::Write, b"hello"), (9, FtpOp::Ack));
    assert_eq!(ask(7, 9, FtpOp::Terminate, b""), (9, FtpOp::Ack));
}

#[test]
fn one_client_at_a_time_and_each_request_once() {
    let (mut server, mut store, mut params) =
        (FtpServer::default(), FileStore::with_folders(&["collmot"]), ParamTable::default());
    let other = Identity { system: 253, component: 190 };
    let mut ask = |now_ms, from, request: &FtpPacket| server.handle(now_ms, from, request, &mut store, &mut params);
    let create = |sequence, name: &str| FtpPacket::request(sequence, FtpOp::Create, 0, name.as_bytes());
    let first = ask(0, Identity::GROUND, &create(1, "collmot/a")).unwrap();
    assert_eq!(ask(1, Identity::GROUND, &create(1, "collmot/a")), Some(first), "doubled on the way");
    let refused = ask(2, other, &create(1, "collmot/b")).unwrap();
    assert_eq!((refused.op, refused.data()), (FtpOp::Nak, &[5][..]), "no session free");
    let write = FtpPacket::request(3, FtpOp::Write, 0, b"hello");
    assert_eq!(ask(3, other, &write).unwrap().data(), [4], "not its session");
    assert_eq!(ask(3, Identity::GROUND, &write).unwrap().op, FtpOp::Ack);
    assert_eq!(ask(4000, other, &create(9, "collmot/b")).unwrap().op, FtpOp::Ack, "the first one is gone");
    let huge = FtpPacket::request(11, FtpOp::Write, u32::MAX, b"hello");
    assert_eq!(ask(4001, other, &huge).unwrap().op, FtpOp::Nak);
    assert_eq!(store.file("collmot/a"), Some(&b"hello"[..]));
}

#[test]
fn folders_are_listed_and_strange_downloads_bounded() {
    let mut field = Field::new(config(1), LinkQuality::PERFECT, 1);
    let mut upload = FtpUpload::new(SHOW_PATH, file(3000, 1), FtpTiming::default(), 0);
    drive_upload(&mut field, &mut upload, 60_000);
    field.send(FtpPacket::request(77, FtpOp::List, 0, b"/collmot").message());
    let heard = field.run(200);
    let listed = heard.iter().filter_map(|r| packet(&r.message)).find(|p| p.request_op == FtpOp::List).unwrap();
    assert_eq!(listed.data(), b"Fshow.skyb\t3000\0");
    let mut download = FtpDownload::new(SHOW_PATH, 2999, true, FtpTiming::default(), 0);
    drive_download(&mut field, &mut download, 60_000);
    assert_eq!(download.outcome(), Some(&Err(FtpFailure::TooLong { limit: 2999 })));
    let mut missing = FtpDownload::new("collmot/none", 2999, true, FtpTiming::default(), 0);
    drive_download(&mut field, &mut missing, 60_000);
    let refused = FtpFailure::Refused { op: FtpOp::OpenRead, error: FtpError::NotFound };
    assert_eq!(missing.outcome(), Some(&Err(refused)));
}
