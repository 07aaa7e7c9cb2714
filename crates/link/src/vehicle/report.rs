use kapok_show::Wgs84;
use mavlink::dialects::ardupilotmega::{
    AUTOPILOT_VERSION_DATA, GLOBAL_POSITION_INT_DATA, GPS_RAW_INT_DATA, GpsFixType, HEARTBEAT_DATA, HOME_POSITION_DATA,
    MavAutopilot, MavMessage, MavModeFlag, MavProtocolCapability, MavState, MavSysStatusSensor,
    MavSysStatusSensorExtended, MavType, SYS_STATUS_DATA, TIMESYNC_DATA,
};

use super::machine::{FailsafeLevel, Power, Vehicle};
use super::mode::FlightMode;
use crate::message::Message;
use crate::show_packet::{GnssFix, ShowStage, VehicleStatus};

/// What the firmware says that it can, the bit of shows included (show-protocol, section 3).
const CAPABILITIES: u64 = 0x0400_F9EF;
/// Firmware 4.6.2, official (show-protocol, section 16).
const FIRMWARE_VERSION: u32 = 0x0406_02FF;
/// Sensors that there are, as the firmware states them in flight (show-protocol, section 16).
const SENSORS: u32 = 0x5330_FC2F;
/// MAV_SYS_STATUS_PREARM_CHECK.
const PREARM: u32 = 0x1000_0000;
/// MAV_SYS_STATUS_GEOFENCE.
const GEOFENCE: u32 = 0x0010_0000;
/// A heading, course or speed that is not known.
const UNKNOWN: u16 = u16::MAX;

fn e7(deg: f64) -> i32 {
    (deg * 1e7).round() as i32
}

fn mm(m: f64) -> i32 {
    (m * 1000.0).round() as i32
}

fn centi(value: f64) -> i16 {
    (value * 100.0).round() as i16
}

impl Vehicle {
    /// A message by its number; `None` if it is not one that this vehicle sends.
    pub(super) fn report(&self, message_id: u32, now_ms: u64) -> Option<Message> {
        Some(match message_id {
            0 => self.heartbeat().into(),
            1 => self.system_status().into(),
            24 => self.gnss(now_ms).into(),
            33 => self.position(now_ms).into(),
            111 => {
                let ts1 = now_ms.saturating_sub(self.booted_ms) as i64 * 1_000_000;
                MavMessage::TIMESYNC(TIMESYNC_DATA { ts1, ..TIMESYNC_DATA::DEFAULT }).into()
            }
            148 => Self::version().into(),
            169 => return self.status(now_ms).packet().message(),
            242 => self.home_position()?.into(),
            _ => return None,
        })
    }

    /// What the show's status says.
    pub fn status(&self, now_ms: u64) -> VehicleStatus {
        let elapsed_s = self.elapsed_ms(now_ms).map(|ms| ms.div_euclid(1000).clamp(-32_767, 32_767) as i16);
        let rtcm = self.rtcm_ever.then_some(self.rtcm_ms.len().min(254) as u8);
        VehicleStatus {
            start: self.start.time_of_week_s().map(|s| (s, 0)),
            light: self.light(now_ms),
            show_loaded: self.held.as_ref().is_some_and(|held| held.times.is_some()),
            start_set: self.start.time_of_week_s().is_some(),
            origin_set: self.origin().is_some(),
            orientation_set: self.orientation_deg().is_some(),
            fence_enabled: self.params.value("FENCE_ENABLE") != 0.0,
            time_bad: self.clock.now(now_ms).is_none(),
            fence_breached: self.flight.fence_breached || self.flight.bubble_breached,
            stage: self.stage,
            not_at_takeoff: self.preflight.not_at_takeoff && self.stage == ShowStage::WaitForStart,
            fix: self.seen.gnss.fix,
            satellites: self.seen.gnss.satellites,
            boot_count: self.boots & 3,
            authorization: self.authorization,
            esc_errors: false,
            drifted: self.flight.drifted && self.stage == ShowStage::Performing,
            elapsed_s,
            rtcm: [rtcm, None],
            extended: None,
        }
    }

    fn heartbeat(&self) -> MavMessage {
        let mut base_mode = MavModeFlag::MAV_MODE_FLAG_CUSTOM_MODE_ENABLED
            | MavModeFlag::MAV_MODE_FLAG_MANUAL_INPUT_ENABLED
            | MavModeFlag::MAV_MODE_FLAG_STABILIZE_ENABLED;
        if !matches!(self.mode, FlightMode::AltHold) {
            base_mode |= MavModeFlag::MAV_MODE_FLAG_GUIDED_ENABLED;
        }
        if self.armed {
            base_mode |= MavModeFlag::MAV_MODE_FLAG_SAFETY_ARMED;
        }
        let system_status = if self.power != Power::Running {
            MavState::MAV_STATE_BOOT
        } else if self.flight.failsafe != FailsafeLevel::None {
            MavState::MAV_STATE_CRITICAL
        } else if self.seen.on_ground {
            MavState::MAV_STATE_STANDBY
        } else {
            MavState::MAV_STATE_ACTIVE
        };
        MavMessage::HEARTBEAT(HEARTBEAT_DATA {
            custom_mode: self.mode.number(),
            mavtype: MavType::MAV_TYPE_QUADROTOR,
            autopilot: MavAutopilot::MAV_AUTOPILOT_ARDUPILOTMEGA,
            base_mode,
            system_status,
            mavlink_version: 3,
        })
    }

    fn system_status(&self) -> MavMessage {
        let battery = self.seen.battery;
        let failing = |failing: bool, bit: u32| if failing { bit } else { 0 };
        let unhealthy = self.seen.unhealthy
            | failing(!self.armed && self.preflight.prearm.is_some(), PREARM)
            | failing(self.flight.fence_breached, GEOFENCE);
        let sensors = MavSysStatusSensor::from_bits_retain;
        MavMessage::SYS_STATUS(SYS_STATUS_DATA {
            onboard_control_sensors_present: sensors(SENSORS),
            onboard_control_sensors_enabled: sensors(SENSORS),
            onboard_control_sensors_health: sensors(SENSORS & !unhealthy),
            onboard_control_sensors_present_extended: MavSysStatusSensorExtended::empty(),
            onboard_control_sensors_enabled_extended: MavSysStatusSensorExtended::empty(),
            onboard_control_sensors_health_extended: MavSysStatusSensorExtended::empty(),
            voltage_battery: (battery.voltage_v * 1000.0).round() as u16,
            current_battery: centi(battery.current_a),
            battery_remaining: battery.remaining_percent.clamp(0.0, 100.0) as i8,
            ..SYS_STATUS_DATA::DEFAULT
        })
    }

    fn gnss(&self, now_ms: u64) -> MavMessage {
        let gnss = self.seen.gnss;
        let fix_type = match gnss.fix {
            GnssFix::None => GpsFixType::GPS_FIX_TYPE_NO_GPS,
            GnssFix::NoFix | GnssFix::Other => GpsFixType::GPS_FIX_TYPE_NO_FIX,
            GnssFix::TwoD => GpsFixType::GPS_FIX_TYPE_2D_FIX,
            GnssFix::ThreeD => GpsFixType::GPS_FIX_TYPE_3D_FIX,
            GnssFix::Differential => GpsFixType::GPS_FIX_TYPE_DGPS,
            GnssFix::RtkFloat => GpsFixType::GPS_FIX_TYPE_RTK_FLOAT,
            GnssFix::RtkFixed => GpsFixType::GPS_FIX_TYPE_RTK_FIXED,
        };
        let at = self.seen.position.unwrap_or_default();
        let speed_m_s = self.seen.velocity_enu_m_s.truncate().length();
        MavMessage::GPS_RAW_INT(GPS_RAW_INT_DATA {
            time_usec: now_ms.saturating_sub(self.booted_ms) * 1000,
            lat: e7(at.latitude_deg),
            lon: e7(at.longitude_deg),
            alt: mm(at.amsl_m),
            eph: (gnss.horizontal_m * 100.0).round() as u16,
            epv: (gnss.vertical_m * 100.0).round() as u16,
            vel: (speed_m_s * 100.0).round() as u16,
            cog: UNKNOWN,
            fix_type,
            satellites_visible: gnss.satellites,
            h_acc: mm(gnss.horizontal_m).max(0) as u32,
            v_acc: mm(gnss.vertical_m).max(0) as u32,
            ..GPS_RAW_INT_DATA::DEFAULT
        })
    }

    fn position(&self, now_ms: u64) -> MavMessage {
        let at = self.seen.position.unwrap_or_default();
        let v = self.seen.velocity_enu_m_s;
        MavMessage::GLOBAL_POSITION_INT(GLOBAL_POSITION_INT_DATA {
            time_boot_ms: now_ms.saturating_sub(self.booted_ms) as u32,
            lat: e7(at.latitude_deg),
            lon: e7(at.longitude_deg),
            alt: mm(at.amsl_m),
            relative_alt: mm(self.height_m(self.seen.position)),
            vx: centi(v.y),
            vy: centi(v.x),
            vz: centi(-v.z),
            hdg: (self.seen.heading_deg.rem_euclid(360.0) * 100.0).round() as u16 % 36_000,
        })
    }

    fn home_position(&self) -> Option<MavMessage> {
        let Wgs84 { latitude_deg, longitude_deg, amsl_m } = self.flight.home?;
        Some(MavMessage::HOME_POSITION(HOME_POSITION_DATA {
            latitude: e7(latitude_deg),
            longitude: e7(longitude_deg),
            altitude: mm(amsl_m),
            ..HOME_POSITION_DATA::DEFAULT
        }))
    }

    fn version() -> MavMessage {
        MavMessage::AUTOPILOT_VERSION(AUTOPILOT_VERSION_DATA {
            capabilities: MavProtocolCapability::from_bits_retain(CAPABILITIES),
            flight_sw_version: FIRMWARE_VERSION,
            flight_custom_version: *b"kapok-01",
            ..AUTOPILOT_VERSION_DATA::DEFAULT
        })
    }
}
