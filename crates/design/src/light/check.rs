use super::effect::Effect;
use super::lights::Lights;
use super::paint::Paint;
use super::program::MAX_KEYS_PER_S;

/// Why lights make no sense although every single value is legal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightsFault {
    /// The field it is about, as a path inside the lights: `paint`, or `effects`, its index and a field.
    pub field: (&'static str, Option<(usize, &'static str)>),
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl Lights {
    /// Everything that does not fit together. `has_colours`: the formation's picture has colours of its own.
    pub fn faults(&self, has_colours: bool) -> Vec<LightsFault> {
        let mut faults = Vec::new();
        let mut fault = |field, message: String, remedy: &str| {
            faults.push(LightsFault { field, message, remedy: remedy.to_owned() });
        };
        if self.colour.is_some() && self.paint.is_some() {
            fault(("paint", None), "`colour` and `paint` both say the colour".into(), "keep one of the two");
        }
        if matches!(self.paint, Some(Paint::Art { .. })) && !has_colours {
            fault(
                ("paint", None),
                "the paint is `art`, but this source has no colours of its own".into(),
                "give a `colour`, a `gradient` or a `palette`",
            );
        }
        for (index, effect) in self.effects.iter().enumerate() {
            let at = |name| ("effects", Some((index, name)));
            match effect {
                Effect::Bands(bands) => {
                    let widest = bands.width.min(1.0 - bands.width);
                    if bands.edge > widest {
                        fault(
                            at("edge"),
                            format!("an edge of {} does not fit into bands of width {}", bands.edge, bands.width),
                            &format!("at most {widest:.3} fits"),
                        );
                    }
                    if bands.edge * bands.period_s < 0.04 {
                        fault(
                            at("edge"),
                            format!(
                                "an edge of {} of {} s is shorter than two light ticks",
                                bands.edge, bands.period_s
                            ),
                            &format!("write at least {:.3}", 0.04 / bands.period_s),
                        );
                    }
                    if bands.u_cycles == 0.0 && bands.v_cycles == 0.0 {
                        fault(
                            at("kind"),
                            "the bands run nowhere: `u_cycles` and `v_cycles` are both 0".into(),
                            "give the number of bands in `u_cycles` or `v_cycles`; for a common rhythm use `pulse`",
                        );
                    }
                    if bands.colour.is_some() && bands.floor != 0.0 {
                        fault(
                            at("floor"),
                            "`floor` is for bands without a colour of their own".into(),
                            "leave out `floor` or `colour`",
                        );
                    }
                }
                Effect::Twinkle(twinkle) if twinkle.flash_s > twinkle.period_s => fault(
                    at("flash_s"),
                    format!("a sparkle of {} s does not fit into {} s", twinkle.flash_s, twinkle.period_s),
                    "make `flash_s` at most `period_s`",
                ),
                Effect::Twinkle(_) | Effect::Pulse(_) | Effect::Sweep(_) => {}
            }
        }
        let keys_per_s: f64 = self.effects.iter().map(Effect::keys_per_s).sum();
        if keys_per_s > MAX_KEYS_PER_S {
            fault(
                ("effects", None),
                format!("these effects need {keys_per_s:.1} light keys a second, more than {MAX_KEYS_PER_S}"),
                "make the periods longer or leave out an effect",
            );
        }
        faults
    }
}
