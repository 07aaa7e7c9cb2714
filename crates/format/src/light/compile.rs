use kapok_show::{LightKey, LightProgram, Rgb};

use super::command::{Command, END, LOOP_BEGIN, LOOP_END, TICK_MS};
use crate::WriteError;

/// A light program as byte code, and what it lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledLights {
    /// The byte code.
    pub bytes: Vec<u8>,
    /// Farthest that a key was moved to the next tick, milliseconds; 0 if every key is on the 20 ms grid. Keys before
    /// time 0 are not counted: their effect at 0 is kept.
    pub worst_shift_ms: i64,
    /// Largest difference of a channel from the program, 0 to 255, at any instant but those between a switch (or a fade that
    /// shrank to one) and its tick: what the shift of keys does to fades.
    pub worst_error: u8,
}

/// Longest body of a loop that is looked for, in commands.
const MAX_LOOP_BODY: usize = 48;

/// Translates a light program to byte code, each key moved to the nearest 20 ms tick, repetitions written as loops. Behind a fade
/// that ends the program stands one tick of rest.
///
/// # Guarantees
/// Decoding gives the same keys in the same order if every key is at a tick from 0 on and no fade has length 0. Else
/// `worst_shift_ms` says how far keys were moved; fades that shrink to nothing become switches.
///
/// # Errors
/// [`WriteError::TooLarge`] if two keys are more than 2³² − 1 ticks (2.7 years) apart.
///
/// # Complexity
/// Linear in the number of keys, times 48 for the search of loops.
pub fn compile_lights(program: &LightProgram) -> Result<CompiledLights, WriteError> {
    let mut commands: Vec<Command> = Vec::with_capacity(program.keys().len() + 1);
    let mut worst_shift_ms = 0;
    let mut ticks = Vec::with_capacity(program.keys().len());
    let mut at_tick: i64 = 0;
    let keys = program.keys();
    let first = keys.partition_point(|k| k.t_ms < 0);
    let keys = &keys[first..];
    // What earlier keys leave at time 0.
    let mut colour = if first > 0 { program.sample(0.0) } else { Rgb::BLACK };
    if colour != Rgb::BLACK {
        commands.push(Command::Set { colour, ticks: 0 });
    }
    for (i, key) in keys.iter().enumerate() {
        let tick = key.t_ms / TICK_MS + i64::from(key.t_ms % TICK_MS >= TICK_MS / 2);
        worst_shift_ms = worst_shift_ms.max((tick * TICK_MS - key.t_ms).abs());
        ticks.push(tick);
        let gap = tick - at_tick;
        at_tick = tick;
        let gap = u32::try_from(gap).map_err(|_| WriteError::TooLarge {
            what: "a pause between two light keys, in ticks of 20 ms,".into(),
            value: gap as f64,
            limit: f64::from(u32::MAX),
            format: "light byte code",
            remedy: "check the unit of the times",
        })?;
        if key.fade && gap > 0 {
            commands.push(Command::Fade { colour: key.colour, ticks: gap });
            colour = key.colour;
            continue;
        }
        // A key that only says where a fade begins needs no command: the fade begins where the wait before it ends.
        let begins_fade = keys.get(i + 1).is_some_and(|next| next.fade && next.t_ms - key.t_ms >= TICK_MS);
        let only_marks = begins_fade && gap > 0 && key.colour == colour && i > 0;
        colour = key.colour;
        match commands.last_mut() {
            // Only the last command waits, and a switch waits without a command of its own.
            Some(Command::Set { ticks, .. }) => *ticks = gap,
            _ if gap > 0 => commands.push(Command::Sleep { ticks: gap }),
            _ => {}
        }
        if !only_marks {
            commands.push(Command::Set { colour: key.colour, ticks: 0 });
        }
    }
    // One player goes on with a fade that ends the program: one more tick of the last colour ends the fade.
    if let Some(Command::Fade { .. }) = commands.last() {
        commands.push(Command::Sleep { ticks: 1 });
    }
    let worst_error = if worst_shift_ms == 0 { 0 } else { worst_error(program, first, &ticks) };
    Ok(CompiledLights { bytes: encode(&commands), worst_shift_ms, worst_error })
}

/// Largest difference between a program and itself with its keys from `first` on at `ticks`, outside switches.
fn worst_error(program: &LightProgram, first: usize, ticks: &[i64]) -> u8 {
    let keys = &program.keys()[first..];
    let mut moved = Vec::with_capacity(keys.len() + 1);
    if first > 0 {
        moved.push(LightKey { t_ms: 0, colour: program.sample(0.0), fade: false });
    }
    // Between these times a switch has happened in one of the two; they come in order.
    let mut windows: Vec<(i64, i64)> = Vec::new();
    let mut breaks: Vec<i64> = vec![0];
    let (mut last_tick, mut last_ms) = (0, 0);
    for (key, &tick) in keys.iter().zip(ticks) {
        let t_ms = tick * TICK_MS;
        let fade = key.fade && tick > last_tick;
        if !fade {
            let from_ms = if key.fade { last_ms } else { key.t_ms.min(t_ms) };
            windows.push((from_ms, key.t_ms.max(t_ms)));
        }
        moved.push(LightKey { t_ms, colour: key.colour, fade });
        breaks.extend([key.t_ms, t_ms]);
        (last_tick, last_ms) = (tick, key.t_ms.min(t_ms));
    }
    let Some(moved) = LightProgram::from_keys(moved) else { return u8::MAX };
    breaks.sort_unstable();
    breaks.dedup();
    let mut windows = windows.into_iter().peekable();
    let mut worst = 0;
    for pair in breaks.windows(2) {
        let (from_ms, to_ms) = (pair[0], pair[1]);
        while windows.next_if(|w| w.1 <= from_ms).is_some() {}
        if windows.peek().is_some_and(|w| w.0 <= from_ms) {
            continue;
        }
        // Both are linear between breaks, so the difference is largest at one end.
        for t_ms in [from_ms as f64, to_ms as f64 - 1e-6] {
            let (a, b) = (program.sample(t_ms), moved.sample(t_ms));
            worst = worst.max(a.r.abs_diff(b.r)).max(a.g.abs_diff(b.g)).max(a.b.abs_diff(b.b));
        }
    }
    worst
}

/// Byte code of the commands, the repetition that saves most from each place on written as a loop.
fn encode(commands: &[Command]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(5 * commands.len() + 1);
    let mut i = 0;
    while i < commands.len() {
        if let Some((body, times)) = best_loop(&commands[i..]) {
            bytes.extend_from_slice(&[LOOP_BEGIN, times]);
            for command in &commands[i..i + body] {
                command.encode(&mut bytes);
            }
            bytes.push(LOOP_END);
            i += body * usize::from(times);
        } else {
            commands[i].encode(&mut bytes);
            i += 1;
        }
    }
    bytes.push(END);
    bytes
}

/// Length of the body and number of rounds of the loop at the start that saves most bytes, if one does.
fn best_loop(commands: &[Command]) -> Option<(usize, u8)> {
    let mut best = None;
    let mut best_saving = 0;
    let mut body_bytes = Vec::new();
    for body in 1..=MAX_LOOP_BODY.min(commands.len() / 2) {
        // Most places do not repeat: one look tells.
        if commands[body] != commands[0] {
            continue;
        }
        let pattern = &commands[..body];
        let times = commands.chunks_exact(body).take(255).take_while(|&chunk| chunk == pattern).count();
        // Players end a loop whose round takes no time.
        if times < 2 || pattern.iter().all(|c| c.ticks() == 0) {
            continue;
        }
        body_bytes.clear();
        for command in pattern {
            command.encode(&mut body_bytes);
        }
        let saving = ((times - 1) * body_bytes.len()).saturating_sub(3);
        if saving > best_saving {
            best_saving = saving;
            best = Some((body, times as u8));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(t_ms: i64, colour: Rgb, fade: bool) -> LightKey {
        LightKey { t_ms, colour, fade }
    }

    #[test]
    fn a_fade_after_a_wait_needs_no_command_in_between() {
        let red = Rgb::new(255, 0, 0);
        let blue = Rgb::new(0, 0, 255);
        let mut keys = vec![key(0, red, false), key(1000, red, false), key(2000, blue, true)];
        keys.push(key(2000, Rgb::BLACK, false));
        for t in [2500, 2700] {
            keys.push(key(t, Rgb::WHITE, false));
            keys.push(key(t + 100, Rgb::BLACK, false));
        }
        let compiled = compile_lights(&LightProgram::from_keys(keys).unwrap()).unwrap();
        // Red 50 ticks; fade to blue; black 25; white 5, black 5, white 5, black. END.
        let expected: &[u8] = &[4, 255, 0, 0, 50, 8, 0, 0, 255, 50, 6, 25, 7, 5, 6, 5, 7, 5, 6, 0, 0];
        assert_eq!(compiled.bytes, expected);
        assert_eq!(compiled.worst_shift_ms, 0);
    }

    #[test]
    fn a_strobe_becomes_a_loop() {
        let keys =
            (0..400).map(|i| key(40 * i, if i % 2 == 0 { Rgb::WHITE } else { Rgb::new(255, 0, 0) }, false)).collect();
        let compiled = compile_lights(&LightProgram::from_keys(keys).unwrap()).unwrap();
        assert!(compiled.bytes.len() < 20, "{:?}", compiled.bytes);
        assert_eq!(compiled.bytes[..2], [LOOP_BEGIN, 199]);
    }

    #[test]
    fn off_grid_keys_say_how_far_they_moved() {
        let program = LightProgram::from_keys(vec![key(-50, Rgb::WHITE, false), key(31, Rgb::BLACK, false)]).unwrap();
        let compiled = compile_lights(&program).unwrap();
        assert_eq!(compiled.worst_shift_ms, 9);
        assert_eq!(compiled.bytes, [7, 2, 6, 0, 0]);
    }

    #[test]
    fn the_error_of_fades_is_measured_and_switches_are_not_errors() {
        let of =
            |keys: &[LightKey]| compile_lights(&LightProgram::from_keys(keys.to_vec()).unwrap()).unwrap().worst_error;
        let red = Rgb::new(250, 0, 0);
        assert_eq!(of(&[key(0, red, false), key(1000, Rgb::BLACK, true)]), 0);
        assert_eq!(of(&[key(7, red, false), key(1009, Rgb::BLACK, false)]), 0);
        // A fade over 200 ms that arrives 9 ms early is off by 9/200 of 250.
        let found = of(&[key(0, red, false), key(209, Rgb::BLACK, true)]);
        assert!((10..=12).contains(&found), "{found}");
        // One that begins and ends 8 ms late, over 100 ms: 20.
        let found = of(&[key(0, red, false), key(992, red, false), key(1092, Rgb::BLACK, true)]);
        assert!((19..=21).contains(&found), "{found}");
    }

    #[test]
    fn a_pause_of_centuries_is_refused() {
        let program = LightProgram::from_keys(vec![key(i64::MAX / 2, Rgb::WHITE, false)]).unwrap();
        assert!(matches!(compile_lights(&program), Err(WriteError::TooLarge { .. })));
    }
}
