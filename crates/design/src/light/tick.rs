/// Times of light keys are multiples of this: 50 ticks a second, as show files store them.
pub const LIGHT_TICK_MS: i64 = 20;

/// Which tick an instant goes to.
#[derive(Clone, Copy)]
pub(super) enum Round {
    Before,
    Nearest,
    After,
}

/// The tick of an instant, milliseconds.
pub(super) fn tick_ms(t_s: f64, round: Round) -> i64 {
    let ticks = t_s * 1000.0 / LIGHT_TICK_MS as f64;
    let whole = match round {
        Round::Before => ticks.floor(),
        Round::Nearest => ticks.round(),
        Round::After => ticks.ceil(),
    };
    whole as i64 * LIGHT_TICK_MS
}
