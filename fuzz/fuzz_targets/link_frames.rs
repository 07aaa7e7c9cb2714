#![no_main]

use kapok_link::{Endpoint, FrameStream, Identity, Message, Outbox, SigningTime};
use libfuzzer_sys::fuzz_target;

// Whatever is read can be sent, and then reads the same.
fuzz_target!(|input: &[u8]| {
    let Some((&piece, bytes)) = input.split_first() else { return };
    let mut stream = FrameStream::default();
    let mut messages = Vec::new();
    for piece in bytes.chunks(usize::from(piece) + 1) {
        stream.push(piece, |frame| {
            if let Ok(message) = Message::decode(frame.header.message_id, frame.payload) {
                let from = Identity { system: frame.header.system, component: frame.header.component };
                messages.push((from, message));
            }
        });
    }
    let now = SigningTime::default();
    for (from, message) in messages {
        let mut out = Outbox::default();
        let (system, component) = message.addressee().unwrap_or((0, 0));
        let to = Identity { system: u32::from(system), component };
        Endpoint::new(from, None).send(message.clone(), to, now, &mut out);
        let mut again = None;
        Endpoint::new(to, None).receive(out.bytes(), now, |received| again = Some(received));
        let again = again.expect("what was sent is read");
        assert_eq!(again.from, from);
        // Bit patterns that are not numbers are not equal to themselves.
        assert_eq!(format!("{:?}", again.message), format!("{message:?}"));
    }
});
