use std::fmt;

use kapok_show::{LightKey, LightProgram, Rgb, seconds};

use super::command::{
    END, FADE_TO_BLACK, FADE_TO_COLOR, FADE_TO_GRAY, FADE_TO_WHITE, JUMP, LOOP_BEGIN, LOOP_END, MAX_LOOP_DEPTH, NOP,
    RESET_CLOCK, SET_BLACK, SET_COLOR, SET_GRAY, SET_PYRO, SET_PYRO_ALL, SET_WHITE, SLEEP, TICK_MS, TRIGGERED_JUMP,
    WAIT_UNTIL,
};
use crate::{Place, ReadBounds, ReadError};

/// A light program read from byte code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedLights {
    /// The program.
    pub program: LightProgram,
    /// What it does not hold.
    pub notes: Vec<LightNote>,
}

impl DecodedLights {
    /// What the program does not hold, apart from its being without end.
    pub(crate) fn other_notes(&self) -> impl Iterator<Item = &LightNote> {
        self.notes.iter().filter(|note| !matches!(note, LightNote::Unending { .. }))
    }

    /// Does the program never end?
    pub(crate) fn is_unending(&self) -> bool {
        self.notes.iter().any(|note| matches!(note, LightNote::Unending { .. }))
    }
}

/// Something a decoded light program does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightNote {
    /// The program never ends; it was unrolled up to this time.
    Unending {
        /// End of the unrolled part, milliseconds.
        until_ms: i64,
    },
    /// A command that portable players do not know: they stop there and hold the colour, and so does the program.
    StoppedAtCommand {
        /// Its code.
        code: u8,
        /// Its byte address.
        address: usize,
    },
    /// Pyrotechnic commands, left out.
    PyroLeftOut,
    /// Jumps triggered by a remote control, taken as never triggered.
    TriggerLeftOut,
}

impl fmt::Display for LightNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unending { until_ms } => {
                write!(f, "the light program never ends; it was unrolled up to {}", seconds(*until_ms))
            }
            Self::StoppedAtCommand { code, address } => write!(
                f,
                "the light program has command 0x{code:02x} at byte {address}, which portable players do not know: they \
                 stop there and hold the colour, and so does the program as read"
            ),
            Self::PyroLeftOut => f.write_str("pyrotechnic commands inside the light program are left out"),
            Self::TriggerLeftOut => {
                f.write_str("jumps triggered from outside inside the light program are taken as never triggered")
            }
        }
    }
}

/// Reads light byte code; a program without end is unrolled up to [`ReadBounds::light_horizon_ms`].
///
/// # Errors
/// As [`decode_lights_until`].
///
/// # Complexity
/// Linear in the number of commands carried out, which [`ReadBounds::max_light_commands`] bounds.
pub fn decode_lights(bytes: &[u8], bounds: &ReadBounds) -> Result<LightProgram, ReadError> {
    decode_lights_until(bytes, bounds.light_horizon_ms, bounds).map(|decoded| decoded.program)
}

/// Reads light byte code; a program without end is unrolled up to `horizon_ms`. Says what the program does not hold.
///
/// # Errors
/// [`ReadError::Damaged`] for a command cut off by the end of the data; [`ReadError::BadValue`] for a number above 32
/// bits, a loop end without a loop, loops more than four deep, a jump out of the data; [`ReadError::OverLimit`] for
/// more commands carried out than [`ReadBounds::max_light_commands`]. The place is the byte address.
pub fn decode_lights_until(bytes: &[u8], horizon_ms: i64, bounds: &ReadBounds) -> Result<DecodedLights, ReadError> {
    let mut player = Player {
        bytes,
        pc: 0,
        tick: 0,
        clock_origin_tick: 0,
        colour: Rgb::BLACK,
        keys: Vec::new(),
        loops: Vec::new(),
        jumped_back: false,
        notes: Vec::new(),
    };
    let mut carried_out = 0;
    loop {
        let unending = player.jumped_back || player.loops.iter().any(|l| l.left.is_none());
        if unending && player.tick.saturating_mul(TICK_MS) >= horizon_ms {
            player.note(LightNote::Unending { until_ms: horizon_ms });
            break;
        }
        if carried_out == bounds.max_light_commands {
            return Err(ReadError::OverLimit {
                place: player.place(player.pc),
                what: "the number of light commands carried out",
                value: carried_out as u64 + 1,
                limit: bounds.max_light_commands as u64,
                field: "max_light_commands",
            });
        }
        carried_out += 1;
        if !player.step()? {
            break;
        }
    }
    let place = player.place(0);
    let program = LightProgram::from_keys(player.keys).ok_or(ReadError::BadValue {
        place,
        value: "the light program".into(),
        why: "runs backwards in time".into(),
        remedy: "export the file again",
    })?;
    Ok(DecodedLights { program, notes: player.notes })
}

struct Loop {
    start: usize,
    /// Rounds left after the present one; `None` for ever.
    left: Option<u8>,
    round_began_tick: i64,
}

struct Player<'a> {
    bytes: &'a [u8],
    pc: usize,
    tick: i64,
    clock_origin_tick: i64,
    colour: Rgb,
    keys: Vec<LightKey>,
    loops: Vec<Loop>,
    jumped_back: bool,
    notes: Vec<LightNote>,
}

impl Player<'_> {
    fn place(&self, address: usize) -> Place {
        Place::in_member("light program", format!("byte {address} of {}", self.bytes.len()))
    }

    fn bad(&self, address: usize, value: impl Into<String>, why: &str) -> ReadError {
        ReadError::BadValue {
            place: self.place(address),
            value: value.into(),
            why: why.into(),
            remedy: "export the lights of this drone again",
        }
    }

    fn note(&mut self, note: LightNote) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        let byte = self.bytes.get(self.pc).copied().ok_or_else(|| ReadError::Damaged {
            place: self.place(self.pc),
            fault: "the last light command is cut off".into(),
        })?;
        self.pc += 1;
        Ok(byte)
    }

    fn varuint(&mut self) -> Result<u32, ReadError> {
        let start = self.pc;
        let mut value: u64 = 0;
        for group in 0..5 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << (7 * group);
            if byte & 0x80 == 0 {
                return u32::try_from(value)
                    .map_err(|_| self.bad(start, value.to_string(), "is no duration: it needs more than 32 bits"));
            }
        }
        Err(self.bad(start, "a number of more than 5 bytes", "is no duration: it needs more than 32 bits"))
    }

    fn set(&mut self, colour: Rgb) -> Result<(), ReadError> {
        let ticks = self.varuint()?;
        self.keys.push(LightKey { t_ms: self.tick * TICK_MS, colour, fade: false });
        self.colour = colour;
        self.tick += i64::from(ticks);
        Ok(())
    }

    fn fade(&mut self, colour: Rgb) -> Result<(), ReadError> {
        let ticks = self.varuint()?;
        let start_ms = self.tick * TICK_MS;
        // A key fades from the key before it, so the fade's start needs one of its own if nothing happens there.
        if ticks > 0 && self.keys.last().map_or(0, |k| k.t_ms) != start_ms {
            self.keys.push(LightKey { t_ms: start_ms, colour: self.colour, fade: false });
        }
        self.tick += i64::from(ticks);
        self.keys.push(LightKey { t_ms: self.tick * TICK_MS, colour, fade: ticks > 0 });
        self.colour = colour;
        Ok(())
    }

    fn rgb(&mut self) -> Result<Rgb, ReadError> {
        Ok(Rgb::new(self.byte()?, self.byte()?, self.byte()?))
    }

    fn gray(&mut self) -> Result<Rgb, ReadError> {
        let v = self.byte()?;
        Ok(Rgb::new(v, v, v))
    }

    /// Carries out one command; false when the program has ended.
    fn step(&mut self) -> Result<bool, ReadError> {
        let address = self.pc;
        let Some(&code) = self.bytes.get(address) else { return Ok(false) };
        self.pc += 1;
        match code {
            END => return Ok(false),
            NOP => {}
            SLEEP => self.tick += i64::from(self.varuint()?),
            WAIT_UNTIL => {
                let until = self.clock_origin_tick + i64::from(self.varuint()?);
                self.tick = self.tick.max(until);
            }
            SET_COLOR => {
                let colour = self.rgb()?;
                self.set(colour)?;
            }
            SET_GRAY => {
                let colour = self.gray()?;
                self.set(colour)?;
            }
            SET_BLACK => self.set(Rgb::BLACK)?,
            SET_WHITE => self.set(Rgb::WHITE)?,
            FADE_TO_COLOR => {
                let colour = self.rgb()?;
                self.fade(colour)?;
            }
            FADE_TO_GRAY => {
                let colour = self.gray()?;
                self.fade(colour)?;
            }
            FADE_TO_BLACK => self.fade(Rgb::BLACK)?,
            FADE_TO_WHITE => self.fade(Rgb::WHITE)?,
            LOOP_BEGIN => {
                let rounds = self.byte()?;
                if self.loops.len() == MAX_LOOP_DEPTH {
                    return Err(self.bad(address, "a fifth loop inside four", "is deeper than vehicles follow"));
                }
                let left = rounds.checked_sub(1);
                self.loops.push(Loop { start: self.pc, left, round_began_tick: self.tick });
            }
            LOOP_END => return self.loop_end(address),
            RESET_CLOCK => self.clock_origin_tick = self.tick,
            JUMP => {
                let target = self.varuint()? as usize;
                if target >= self.bytes.len() {
                    return Err(self.bad(address, format!("a jump to byte {target}"), "leads out of the program"));
                }
                self.jumped_back |= target <= address;
                self.pc = target;
            }
            TRIGGERED_JUMP => {
                // Bits 4 and 5 say on which edge to jump; without either it only cancels, and has no address.
                if self.byte()? & 0x30 != 0 {
                    self.varuint()?;
                }
                self.note(LightNote::TriggerLeftOut);
            }
            SET_PYRO | SET_PYRO_ALL => {
                self.byte()?;
                self.note(LightNote::PyroLeftOut);
            }
            _ => {
                self.note(LightNote::StoppedAtCommand { code, address });
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn loop_end(&mut self, address: usize) -> Result<bool, ReadError> {
        let Some(innermost) = self.loops.last_mut() else {
            return Err(self.bad(address, "a loop end", "has no loop"));
        };
        let idle = innermost.round_began_tick == self.tick;
        match innermost.left {
            // A round without time, repeated for ever: the players end the program.
            None if idle => return Ok(false),
            None => {}
            Some(0) => {
                self.loops.pop();
                return Ok(true);
            }
            Some(_) if idle => {
                self.loops.pop();
                return Ok(true);
            }
            Some(left) => innermost.left = Some(left - 1),
        }
        innermost.round_began_tick = self.tick;
        self.pc = innermost.start;
        Ok(true)
    }
}
