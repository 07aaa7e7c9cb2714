use mavlink::dialects::ardupilotmega::{MavMessage, MavType};

use super::body::Body;
use super::machine::{Now, Power, Vehicle};
use crate::command::{Command, CommandAck, CommandResult, command_number};
use crate::endpoint::{Outbox, Received};
use crate::fence::{Fence, FenceArea, FencePoint};
use crate::ftp::FtpPacket;
use crate::identity::Identity;
use crate::light_signal::LightSignal;
use crate::message::Message;
use crate::params::{ParamTable, param_value};
use crate::show_packet::{Authorization, ShowPacket, SimpleFence, StartConfig, StartTime};

impl Vehicle {
    /// Does what a message says.
    ///
    /// Files, missions and parameters are for one vehicle; those to all are passed over.
    pub(super) fn obey(&mut self, now: Now, received: &Received, body: &dyn Body, out: &mut Outbox) {
        let from = received.from;
        let alone = received.is_only_for(self.own);
        let message = match &received.message {
            Message::Command(command) => {
                self.obey_and_answer(now, from, command, body, out);
                return;
            }
            Message::CommandAck(_) => return,
            Message::Other(message) => message,
        };
        if let MavMessage::HEARTBEAT(heartbeat) = message {
            if heartbeat.mavtype == MavType::MAV_TYPE_GCS {
                self.ground_heard_ms = Some(now.ms);
            }
            return;
        }
        if self.power != Power::Running {
            return;
        }
        match message {
            MavMessage::FILE_TRANSFER_PROTOCOL(data) if alone => {
                let Some(request) = FtpPacket::decode(&data.payload) else { return };
                let reply = self.ftp.handle(now.ms, from, &request, &mut self.files, &mut self.params);
                self.params_changed(now.ms);
                if let Some(reply) = reply {
                    self.send(reply.message(), from, now, out);
                }
            }
            MavMessage::PARAM_REQUEST_READ(_) | MavMessage::PARAM_REQUEST_LIST(_) | MavMessage::PARAM_SET(_)
                if alone =>
            {
                self.answer_param(now, from, message, out);
            }
            MavMessage::MISSION_COUNT(_)
            | MavMessage::MISSION_ITEM_INT(_)
            | MavMessage::MISSION_CLEAR_ALL(_)
            | MavMessage::MISSION_REQUEST_LIST(_)
            | MavMessage::MISSION_REQUEST(_)
            | MavMessage::MISSION_REQUEST_INT(_)
                if alone =>
            {
                if let Some(answer) = self.fence.receive(now.ms, from, message) {
                    self.send(answer, from, now, out);
                }
            }
            MavMessage::REQUEST_DATA_STREAM(request) => {
                // The old way to ask: all streams on, or off.
                let interval_us = if request.start_stop == 0 { -1.0 } else { 0.0 };
                for message_id in [1, 24, 33] {
                    self.streams.set_interval(now.ms, message_id, interval_us);
                }
            }
            MavMessage::LED_CONTROL(_) => {
                if let Some(signal) = LightSignal::from_message(message) {
                    let group = self.params.value("SHOW_GROUP") as u8;
                    self.lights.signal(now.ms, signal, alone, group);
                }
            }
            MavMessage::GPS_RTCM_DATA(_) => {
                self.rtcm_ever = true;
                // The status counts to 254.
                if self.rtcm_ms.len() < 254 {
                    self.rtcm_ms.push_back(now.ms);
                }
            }
            _ => {
                if let Some(packet) = ShowPacket::from_message(message) {
                    self.obey_packet(now, from, &packet, out);
                }
            }
        }
    }

    fn obey_and_answer(&mut self, now: Now, from: Identity, command: &Command, body: &dyn Body, out: &mut Outbox) {
        let obeyed = self.obey_command(now, command, body);
        let ack = CommandAck::new(command.number, obeyed.result);
        self.send(ack.into(), from, now, out);
        if let Some(message) = obeyed.then {
            self.send(message, from, now, out);
        }
        if command.number == command_number::REBOOT_SHUTDOWN && obeyed.result == CommandResult::Accepted {
            match command.params[0] {
                1.0 => self.power_on(now),
                2.0 | 3.0 => self.power = Power::Off,
                _ => {}
            }
        }
    }

    fn answer_param(&mut self, now: Now, from: Identity, message: &MavMessage, out: &mut Outbox) {
        let name = |id: &mavlink::types::CharArray<16>| ParamTable::index(id.to_str().unwrap_or_default());
        let (index, by_index) = match message {
            MavMessage::PARAM_REQUEST_READ(request) => match usize::try_from(request.param_index) {
                Ok(index) => (Some(index), true),
                Err(_) => (name(&request.param_id), false),
            },
            MavMessage::PARAM_SET(set) => {
                let index = name(&set.param_id);
                if let Some((definition, _)) = index.and_then(|index| self.params.at(index)) {
                    // One that is not taken is answered with the value that holds.
                    let _ = self.params.set(definition.name, f64::from(set.param_value));
                    self.params_changed(now.ms);
                }
                (index, false)
            }
            _ => {
                self.listing = Some((from, 0));
                return;
            }
        };
        if let Some((definition, value)) = index.and_then(|index| self.params.at(index)) {
            self.send(param_value(definition, value, index.filter(|_| by_index)), from, now, out);
        }
    }

    fn obey_packet(&mut self, now: Now, from: Identity, packet: &ShowPacket, out: &mut Outbox) {
        if let Some(config) = StartConfig::from_packet(packet) {
            self.start.configure(now.ms, &config);
            self.start.resolve(self.clock.now(now.ms));
            self.authorize(now.ms, config.authorization);
            self.params_follow();
        } else if let Some(simple) = SimpleFence::from_packet(packet) {
            let result = self.take_simple_fence(&simple);
            if let Some(message) = SimpleFence::ack(simple.token, result.to_wire()).message() {
                self.send(message, from, now, out);
            }
        }
    }

    fn take_simple_fence(&mut self, simple: &SimpleFence) -> CommandResult {
        let metres = |dm: f64| dm / 10.0;
        let corner = |&[x_dm, y_dm]: &[i16; 2]| {
            let place = self.place(metres(x_dm.into()), metres(y_dm.into()))?;
            let e7 = |deg: f64| (deg * 1e7).round() as i32;
            Some(FencePoint { latitude_e7: e7(place.latitude_deg), longitude_e7: e7(place.longitude_deg) })
        };
        let Some(corners) = simple.corners_dm.iter().map(corner).collect::<Option<Vec<_>>>() else {
            return CommandResult::TemporarilyRejected;
        };
        let polygon = !corners.is_empty();
        let areas = if polygon { vec![FenceArea::Inclusion(corners)] } else { Vec::new() };
        let Ok(fence) = Fence::new(areas) else { return CommandResult::Denied };
        // 1 altitude, 2 circle, 4 polygon.
        let types = u8::from(simple.max_altitude_dm > 0) | u8::from(simple.radius_dm > 0) << 1 | u8::from(polygon) << 2;
        let mut changed = self.params.clone();
        let mut set = |name, value| changed.set(name, value).is_ok();
        let taken = (simple.max_altitude_dm == 0 || set("FENCE_ALT_MAX", metres(simple.max_altitude_dm.into())))
            && (simple.radius_dm == 0 || set("FENCE_RADIUS", metres(simple.radius_dm.into())))
            && set("FENCE_ACTION", simple.action.into())
            && set("FENCE_TYPE", types.into())
            && set("FENCE_ENABLE", u8::from(types != 0).into());
        if !taken {
            return CommandResult::Denied;
        }
        self.params = changed;
        self.fence.set_fence(fence);
        CommandResult::Accepted
    }

    /// Start and authorization are parameters too: set there, they are set here.
    fn params_changed(&mut self, now_ms: u64) {
        let start_s = self.params.value("SHOW_START_TIME") as i64;
        if start_s != self.start.time_of_week_s().map_or(-1, i64::from) {
            self.start.set(match u32::try_from(start_s) {
                Ok(time) if time < crate::gps_time::WEEK_S => StartTime::At(time),
                Ok(_) => StartTime::Leave,
                Err(_) => StartTime::Clear,
            });
            self.start.resolve(self.clock.now(now_ms));
        }
        self.authorize(now_ms, Authorization::from_wire(self.params.value("SHOW_START_AUTH") as u8));
        self.params_follow();
        self.time_show();
    }

    /// The parameters say what holds.
    fn params_follow(&mut self) {
        let start_s = self.start.time_of_week_s().map_or(-1.0, f64::from);
        // Both are in their ranges.
        let _ = self.params.set("SHOW_START_TIME", start_s);
        let _ = self.params.set("SHOW_START_AUTH", self.authorization.to_wire().into());
    }
}
