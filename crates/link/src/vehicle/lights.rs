use kapok_show::{Rgb, math};

use crate::light_signal::{LightEffect, LightSignal};
use crate::show_packet::{Authorization, ShowStage};

/// Period of breathing and of signalled blinking, milliseconds.
const BREATH_MS: i64 = 5000;
/// A second has eight slots.
const SLOT_MS: i64 = 125;
/// Flash of a signal: five times on and off, milliseconds.
const FLASH_ON_MS: i64 = 100;
const FLASH_PERIOD_MS: i64 = 300;
const FLASHES: i64 = 5;

const RED: Rgb = Rgb::new(255, 0, 0);
const GREEN: Rgb = Rgb::new(0, 255, 0);
const BLUE: Rgb = Rgb::new(0, 0, 255);
const YELLOW: Rgb = Rgb::new(255, 255, 0);
const ORANGE: Rgb = Rgb::new(255, 128, 0);

/// On and off in the eight slots of a second, first slot in the highest bit.
const BLINK: u8 = 0b1111_0000;
const TWICE: u8 = 0b1100_1100;
const FLASH: u8 = 0b1000_0000;
const FOUR_TIMES: u8 = 0b1010_1010;

/// What the light depends on.
#[allow(clippy::struct_excessive_bools, reason = "one flag a row of the light code")]
#[derive(Clone, Copy, Debug)]
pub(super) struct LightSituation {
    /// GPS time in milliseconds, or the vehicle's own where that is not known.
    pub clock_ms: i64,
    pub show_mode: bool,
    pub stage: ShowStage,
    pub on_ground: bool,
    pub armed: bool,
    pub failsafe: bool,
    /// Failsafes are shown by the light in flight (SHOW_OPTIONS).
    pub failsafe_lights: bool,
    pub bubble_flash: bool,
    pub prearm_failed: bool,
    pub preflight_failed: bool,
    pub authorization: Authorization,
    pub start_set: bool,
    /// Since the start and since the take-off time, milliseconds.
    pub elapsed_ms: Option<i64>,
    pub to_takeoff_ms: Option<i64>,
    pub show_colour: Rgb,
    /// SHOW_PRE_LIGHTS.
    pub pre_lights: u8,
}

/// The signal from the ground that is being shown.
#[derive(Clone, Copy, Debug)]
struct Shown {
    signal: LightSignal,
    /// To this vehicle alone.
    alone: bool,
    from_ms: u64,
    until_ms: u64,
}

/// A vehicle's light: what the ground signals, else what the light code says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lights {
    shown: Option<Shown>,
}

impl Lights {
    /// Takes a signal. One to all does not interrupt one to this vehicle alone; one to another group restarts the clock of the one
    /// that is shown, as the firmware does.
    pub(super) fn signal(&mut self, now_ms: u64, signal: LightSignal, alone: bool, own_group: u8) {
        let (group, duration_ms) = match signal {
            LightSignal::Flash(group) => (group, (FLASHES * FLASH_PERIOD_MS) as u64),
            LightSignal::Show { group, duration_ms, .. } => (group, u64::from(duration_ms)),
        };
        let running = self.shown.filter(|shown| now_ms < shown.until_ms);
        if !group.has(own_group) {
            self.shown = running.map(|s| Shown { from_ms: now_ms, until_ms: now_ms + (s.until_ms - s.from_ms), ..s });
        } else if alone || running.is_none_or(|shown| !shown.alone) {
            self.shown =
                (duration_ms > 0).then_some(Shown { signal, alone, from_ms: now_ms, until_ms: now_ms + duration_ms });
        }
    }

    /// The colour now.
    ///
    /// # Source
    /// show-protocol, sections 11 and 13, "Light code"; highest first. Compass calibration is not modelled.
    pub(super) fn colour(&self, now_ms: u64, at: &LightSituation) -> Rgb {
        if let Some(shown) = self.shown.filter(|shown| now_ms < shown.until_ms) {
            return signalled(&shown, now_ms, at.clock_ms);
        }
        let colour = coded(at);
        if at.on_ground { colour.scaled(pre_light(at.pre_lights)) } else { colour }
    }
}

fn signalled(shown: &Shown, now_ms: u64, clock_ms: i64) -> Rgb {
    let since_ms = (now_ms - shown.from_ms) as i64;
    match shown.signal {
        LightSignal::Flash(_) if since_ms % FLASH_PERIOD_MS < FLASH_ON_MS => Rgb::WHITE,
        LightSignal::Flash(_) => Rgb::BLACK,
        LightSignal::Show { colour, effect, .. } => {
            // Those to all run in step by GPS time.
            let phase_ms = if shown.alone { since_ms } else { clock_ms };
            match effect {
                LightEffect::Solid => colour,
                LightEffect::Blink if phase_ms.rem_euclid(BREATH_MS) < BREATH_MS / 2 => colour,
                LightEffect::Off | LightEffect::Blink => Rgb::BLACK,
                LightEffect::Breathe => breathing(colour, phase_ms),
            }
        }
    }
}

fn pre_light(setting: u8) -> f64 {
    match setting {
        0 => 0.0,
        1 => 0.25,
        2 => 0.5,
        3 => 1.0,
        percent => f64::from(percent.min(100)) / 100.0,
    }
}

fn breathing(colour: Rgb, phase_ms: i64) -> Rgb {
    let turn = phase_ms.rem_euclid(BREATH_MS) as f64 / BREATH_MS as f64;
    colour.scaled(0.5 - 0.5 * math::cos(turn * std::f64::consts::TAU))
}

fn pattern(colour: Rgb, slots: u8, clock_ms: i64) -> Rgb {
    let slot = clock_ms.rem_euclid(8 * SLOT_MS) / SLOT_MS;
    if slots << slot & 0x80 != 0 { colour } else { Rgb::BLACK }
}

fn coded(at: &LightSituation) -> Rgb {
    let blink = |colour, slots| pattern(colour, slots, at.clock_ms);
    let breathe = |colour| breathing(colour, at.clock_ms);
    if at.failsafe && (at.on_ground || at.failsafe_lights) {
        return blink(RED, BLINK);
    }
    if at.bubble_flash {
        return blink(RED, FOUR_TIMES);
    }
    let stage = if at.show_mode { at.stage } else { ShowStage::Off };
    let started = at.elapsed_ms.is_some_and(|ms| ms >= 0);
    if !at.on_ground {
        return match stage {
            ShowStage::ReturnToHome => blink(ORANGE, BLINK),
            ShowStage::Landing => ORANGE,
            ShowStage::Error => blink(RED, BLINK),
            ShowStage::Takeoff | ShowStage::Performing => at.show_colour,
            _ => Rgb::WHITE,
        };
    }
    if at.armed {
        return match stage {
            ShowStage::Landing => blink(ORANGE, FOUR_TIMES),
            _ if started => at.show_colour,
            _ => blink(GREEN, TWICE),
        };
    }
    if at.prearm_failed {
        return blink(YELLOW, FLASH);
    }
    match (stage, at.authorization) {
        (ShowStage::Off, _) => Rgb::WHITE,
        (ShowStage::Error, _) => blink(RED, BLINK),
        (ShowStage::WaitForStart, _) if at.preflight_failed => breathe(YELLOW),
        (ShowStage::WaitForStart | ShowStage::Landed, Authorization::LightsOnly) if started => at.show_colour,
        (ShowStage::Landed, _) => GREEN.scaled(0.25),
        (_, Authorization::Revoked) => breathe(if at.start_set { BLUE } else { BLUE.scaled(0.5) }),
        _ if at.to_takeoff_ms.is_some_and(|ms| (-10_000..0).contains(&ms)) => blink(GREEN, TWICE),
        _ => breathe(GREEN),
    }
}
