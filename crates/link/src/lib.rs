//! MAVLink as the field protocol of drone shows, both ends, sans I/O: bytes and time in, bytes and timers out.
//!
//! Row of the architecture: **knows** frames, signatures, files, parameters, fences, commands and the show's own packets, what a
//! vehicle with the open show firmware does with them second by second, and what a ground station asks; **imports** `show`. No
//! sockets, no clock, no threads, no physics, no file formats: a [`Body`] flies, a [`ShowReader`] reads show files.
//!
//! Sections named here are those of Kapok's reference pages, "show-protocol" and "simulation-and-control".
//!
//! # Frames
//! MAVLink 2, dialect ardupilotmega. `FD`, length of the payload, incompatibility flags, compatibility flags, sequence, system,
//! component, message id (24 bits), payload without its trailing zeros, checksum (CRC-16/MCRF4XX over all but the first byte, and
//! a byte that the message's definition gives), signature. The header has 10 bytes; flag `02` gives the source's system id 4
//! bytes (13), flag `04` adds the target's system id in 4 bytes behind the message id (14; with both 17); flag `01` announces
//! 13 bytes of signature. Frames with any other flag are counted and dropped. Payloads are the codec's ([`dialect`]), but for
//! commands: one that the codec does not know must be answered too ([`Message`]).
//!
//! # Ids
//! A system id of one byte numbers the vehicles of one network, 1 to 250 ([`NETWORK_SIZE`]); a fleet is many networks, and a vehicle
//! is ([network, system](VehicleId)), with 32 bits for the system. The autopilot is component 1; the ground is 254/190. Target 0 is all.
//!
//! # Signatures
//! The first 48 bits of SHA-256(key, frame up to the checksum, link id, timestamp); the timestamp counts 10 µs since 2015, must
//! increase within a stream (link, system, component), and may be a minute behind in the first frame of one ([`Signing`]).
//!
//! # What vehicles send unasked
//! HEARTBEAT, SYS_STATUS, GPS_RAW_INT each second, GLOBAL_POSITION_INT and the show's status (DATA16, type `5B`) twice: seven
//! messages. TIMESYNC every 10 s.
//!
//! # What is asked, and again
//!
//! | what | first wait | tries | ends with |
//! | --- | --- | --- | --- |
//! | command ([`CommandClient`]) | 2 s | 11 | COMMAND_ACK of its number |
//! | parameter ([`ParamClient`]) | 0.7 s | 11 each of read and set | PARAM_VALUE |
//! | file ([`FtpUpload`], [`FtpDownload`]) | 0.1 s, growing to 3 s | 600 a request, one at a time | the vehicle's checksum |
//! | fence ([`FenceUpload`]) | 1.5 s, then 5 s an item | 6, begun anew 3 times | MISSION_ACK |
//! | to all ([`Broadcaster`]) | – | commands 10 times at 0.1 s; START_CONFIG each second until the start | the status |
//!
//! Section 2; each constant stands in the `Timing` of its machine. A machine is polled when its deadline comes, takes the messages of
//! one vehicle, and ends with an outcome: a value or a reason.
//!
//! # Life of a vehicle
//! [`Vehicle`]: boots, enters show mode (127), waits for its start, arms 8 s before its take-off time, climbs, performs, lands;
//! gives up 5 s after the take-off time. [`Strictness`] says where it is stricter than the public firmware, on by default: a fresh upload
//! clears the sticky error, revoked authorization in flight means the prepared way home, a heading other than the show's is no start.
//! [`VehicleUpload`] reads back what a vehicle holds (show, site, fence) and compares it, on by default too.
//!
//! # Limits
//! Everything from outside is bounded: frames (287 bytes), files (4 MiB, 64 of them), parameters (those that there are), fences
//! ([`MAX_FENCE_ITEMS`]), corrections ([`MAX_RTCM_LEN`]), streams of signatures, vehicles of a roster. No bytes make it panic.
#![allow(
    deprecated,
    reason = "shows speak messages that MAVLink has replaced since: MISSION_REQUEST, REQUEST_DATA_STREAM"
)]

mod command;
mod endpoint;
mod fence;
mod frame;
mod frame_stream;
mod ftp;
mod gps_time;
mod identity;
mod light_signal;
mod message;
mod params;
mod rtcm;
mod show_packet;
mod signing;
mod station;
mod vehicle;

pub use command::*;
pub use endpoint::{Endpoint, EndpointCounts, Outbox, Received};
pub use fence::*;
pub use frame::{Frame, FrameFault, Header, MAX_FRAME_LEN, parse_frame};
pub use frame_stream::{FrameStream, StreamCounts};
pub use ftp::*;
pub use gps_time::{GpsTime, WEEK_S};
pub use identity::{Identity, NETWORK_SIZE, VehicleId};
pub use light_signal::{LightEffect, LightGroup, LightSignal};
pub use message::{Message, MessageFault};
pub use params::*;
pub use rtcm::{MAX_RTCM_LEN, RtcmAssembler, RtcmFragmenter};
pub use show_packet::*;
pub use signing::{SignatureFault, Signing, SigningKey, SigningTime};
pub use station::*;
pub use vehicle::*;

/// The messages of the dialect, as the codec has them.
pub use mavlink::dialects::ardupilotmega as dialect;
