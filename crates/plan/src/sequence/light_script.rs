use kapok_show::{LightKey, LightProgram, Rgb, TransitionLights};

/// How long the light takes to go out, and to come on, around a dark transition, milliseconds.
const DIM_MS: i64 = 1000;

/// Builds one vehicle's light program forwards, without keys that change nothing.
#[derive(Clone, Debug, Default)]
pub struct LightScript {
    program: LightProgram,
    colour: Rgb,
}

impl LightScript {
    pub fn colour(&self) -> Rgb {
        self.colour
    }

    pub fn finish(self) -> LightProgram {
        self.program
    }

    fn switch(&mut self, t_ms: i64, colour: Rgb) {
        if colour != self.colour {
            self.program.push(LightKey { t_ms, colour, fade: false });
            self.colour = colour;
        }
    }

    /// Fades over a stretch of time; a stretch of no length is a switch.
    pub fn fade(&mut self, start_ms: i64, end_ms: i64, colour: Rgb) {
        if colour == self.colour {
            return;
        }
        if end_ms <= start_ms {
            self.switch(end_ms, colour);
            return;
        }
        let last_ms = self.program.keys().last().map(|k| k.t_ms);
        // A fade begins at the key before it; before the first key it begins at 0.
        if last_ms.unwrap_or(0) < start_ms {
            self.program.push(LightKey { t_ms: start_ms, colour: self.colour, fade: false });
        }
        self.program.push(LightKey { t_ms: end_ms, colour, fade: true });
        self.colour = colour;
    }

    /// The way from one picture to the next, whose first colour is `next`.
    pub fn transition(&mut self, start_ms: i64, end_ms: i64, next: Rgb, style: TransitionLights) {
        match style {
            TransitionLights::Fade => self.fade(start_ms, end_ms, next),
            TransitionLights::Dark => {
                let dim_ms = DIM_MS.min((end_ms - start_ms) / 2);
                self.fade(start_ms, start_ms + dim_ms, Rgb::BLACK);
                self.fade(end_ms - dim_ms, end_ms, next);
            }
        }
    }

    /// A picture's own program, its times counted from `start_ms`, cut off at `end_ms`.
    pub fn hold(&mut self, start_ms: i64, end_ms: i64, program: &LightProgram) {
        let length_ms = end_ms - start_ms;
        self.switch(start_ms, program.sample(0.0));
        let mut last_ms = 0;
        for (k, key) in program.keys().iter().enumerate() {
            if key.t_ms <= 0 {
                continue;
            }
            if key.t_ms > length_ms {
                if key.fade {
                    self.fade(start_ms + last_ms, end_ms, program.sample(length_ms as f64));
                }
                return;
            }
            // Of keys in one millisecond the last one counts, but a fade still runs up to the first.
            let replaced = program.keys().get(k + 1).is_some_and(|next| next.t_ms == key.t_ms && !key.fade);
            if key.fade {
                self.fade(start_ms + last_ms, start_ms + key.t_ms, key.colour);
            } else if !replaced {
                self.switch(start_ms + key.t_ms, key.colour);
            }
            last_ms = key.t_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RED: Rgb = Rgb::new(255, 0, 0);
    const BLUE: Rgb = Rgb::new(0, 0, 255);

    #[test]
    fn transitions_fade_or_go_dark() {
        let mut script = LightScript::default();
        script.transition(1000, 3000, RED, TransitionLights::Fade);
        script.hold(
            3000,
            8000,
            &LightProgram::from_keys(vec![LightKey { t_ms: 0, colour: RED, fade: false }]).unwrap(),
        );
        script.transition(8000, 14000, BLUE, TransitionLights::Dark);
        let program = script.finish();
        assert_eq!(program.sample(1000.0), Rgb::BLACK);
        assert_eq!(program.sample(2000.0), Rgb::new(127, 0, 0));
        assert_eq!(program.sample(8000.0), RED);
        assert_eq!(program.sample(8500.0), Rgb::new(127, 0, 0));
        assert_eq!(program.sample(11000.0), Rgb::BLACK);
        assert_eq!(program.sample(13500.0), Rgb::new(0, 0, 127));
        assert_eq!(program.sample(14000.0), BLUE);
    }

    proptest! {
        /// During the hold the light does what the picture's program says.
        #[test]
        fn a_hold_plays_the_program_shifted(
            raw in prop::collection::vec((-500i64..6000, 0u8..4, prop::bool::ANY), 0..8),
            before in 0u8..4,
        ) {
            let mut keys: Vec<LightKey> = raw
                .into_iter()
                .map(|(t_ms, c, fade)| LightKey { t_ms, colour: Rgb::new(60 * c, 255 - 60 * c, 30), fade })
                .collect();
            keys.sort_by_key(|k| k.t_ms);
            let program = LightProgram::from_keys(keys).unwrap();
            let mut script = LightScript::default();
            script.fade(100, 900, Rgb::new(before, 0, 9));
            script.hold(1000, 5000, &program);
            script.fade(5000, 6000, Rgb::BLACK);
            let built = script.finish();
            for k in 0..4000 {
                let t = f64::from(k) + 0.5;
                let (a, b) = (built.sample(1000.0 + t), program.sample(t));
                // A fade that began before the hold starts from a rounded colour.
                let near = |x: u8, y: u8| x.abs_diff(y) <= 2;
                prop_assert!(near(a.r, b.r) && near(a.g, b.g) && near(a.b, b.b), "{t}: {a:?} {b:?}");
            }
        }
    }
}
