use kapok_show::math;

/// Voltage of a cell at rest over its charge, percent and volts: ArduPilot's `SIM_Battery.cpp`.
const CELL_V: [(f64, f64); 16] = [
    (0.0, 2.8),
    (2.0, 2.977),
    (3.9, 3.091),
    (7.7, 3.165),
    (15.4, 3.296),
    (23.1, 3.462),
    (30.8, 3.543),
    (38.5, 3.636),
    (46.2, 3.715),
    (53.9, 3.783),
    (61.5, 3.833),
    (69.2, 3.887),
    (76.9, 3.943),
    (84.6, 4.039),
    (92.3, 4.085),
    (100.0, 4.173),
];

/// What a vehicle's pack and its consumers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pack {
    /// Cells in series.
    pub cells: f64,
    /// Capacity, ampere hours.
    pub capacity_ah: f64,
    /// Ohmic resistance at 20 °C, ohms.
    pub resistance_ohm: f64,
    /// Resistance of the slow branch at 20 °C, ohms.
    pub slow_resistance_ohm: f64,
    /// Time constant of the slow branch, seconds.
    pub slow_s: f64,
    /// Induced power of the rotors over the electric power that it takes, 0 to 1.
    pub efficiency: f64,
    /// Everything but the rotors: computer, radio, lights; watts.
    pub avionics_w: f64,
    /// Voltage of the first alarm, volts.
    pub low_v: f64,
    /// Voltage at which the flight ends, volts.
    pub critical_v: f64,
}

impl Pack {
    /// Voltage of the full pack at rest.
    pub fn full_v(&self) -> f64 {
        self.cells * CELL_V[CELL_V.len() - 1].1
    }

    /// Resistance at a temperature over that at 20 °C: `exp(3131 (1/(273 + T) − 1/293))`, measured on a lithium polymer pack
    /// between 0 and 30 °C; colder is extrapolated.
    pub fn cold_gain(temperature_c: f64) -> f64 {
        math::exp(3131.0 * (1.0 / (273.0 + temperature_c.clamp(-40.0, 60.0)) - 1.0 / 293.0))
    }
}

/// The state of one vehicle's pack: charge, slow polarisation, what flows.
///
/// `v = OCV(z) − v₁ − R₀ i`, `dv₁ = (R₁ i − v₁)/τ dt`, `dz = −i/Q dt`, with the current that gives the power asked for:
/// `v i = P`. A pack that cannot gives what it can: the voltage falls to half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    /// Charge left, 0 to 1.
    pub charge: f64,
    /// Voltage of the slow branch.
    slow_v: f64,
    /// At the terminals, volts.
    pub voltage_v: f64,
    /// Current, amperes.
    pub current_a: f64,
    /// Capacity over that of a new pack, 0 to 1; resistance is divided by it.
    pub health: f64,
    /// Resistance over that at 20 °C: [`Pack::cold_gain`].
    pub cold_gain: f64,
}

impl Battery {
    /// A pack at rest with that charge, health and temperature.
    pub fn new(pack: &Pack, charge: f64, health: f64, temperature_c: f64) -> Self {
        let (voltage_v, cold_gain) = (pack.cells * cell_v(charge), Pack::cold_gain(temperature_c));
        Self { charge, slow_v: 0.0, voltage_v, current_a: 0.0, health, cold_gain }
    }

    /// Advances by `dt_s` under a power in watts.
    pub fn draw(&mut self, pack: &Pack, power_w: f64, dt_s: f64) {
        let gain = self.cold_gain / self.health.max(0.05);
        let source_v = (pack.cells * cell_v(self.charge) - self.slow_v).max(0.0);
        let resistance = pack.resistance_ohm * gain;
        let root = source_v * source_v - 4.0 * resistance * power_w;
        self.current_a = (source_v - root.max(0.0).sqrt()) / (2.0 * resistance);
        self.voltage_v = source_v - resistance * self.current_a;
        let settled_v = pack.slow_resistance_ohm * gain * self.current_a;
        self.slow_v += (settled_v - self.slow_v) * (dt_s / pack.slow_s).min(1.0);
        let capacity_as = 3600.0 * pack.capacity_ah * self.health.max(0.05);
        self.charge = (self.charge - self.current_a * dt_s / capacity_as).max(0.0);
    }
}

/// Voltage of a cell at rest.
fn cell_v(charge: f64) -> f64 {
    let percent = (100.0 * charge).clamp(0.0, 100.0);
    let above = CELL_V.partition_point(|&(at, _)| at < percent).clamp(1, CELL_V.len() - 1);
    let ((p0, v0), (p1, v1)) = (CELL_V[above - 1], CELL_V[above]);
    v0 + (v1 - v0) * (percent - p0) / (p1 - p0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: Pack = Pack {
        cells: 2.0,
        capacity_ah: 5.0,
        resistance_ohm: 0.03,
        slow_resistance_ohm: 0.02,
        slow_s: 30.0,
        efficiency: 0.6,
        avionics_w: 8.0,
        low_v: 6.2,
        critical_v: 6.0,
    };

    #[test]
    fn what_flows_is_what_was_asked_for_and_is_taken_from_the_charge() {
        let mut battery = Battery::new(&PACK, 1.0, 1.0, 20.0);
        let mut taken_as = 0.0;
        for _ in 0..6000 {
            battery.draw(&PACK, 60.0, 0.05);
            assert!((battery.voltage_v * battery.current_a - 60.0).abs() < 1e-9);
            taken_as += battery.current_a * 0.05;
        }
        assert!((1.0 - battery.charge - taken_as / 18_000.0).abs() < 1e-9);
        assert!((1.0 - battery.charge - 60.0 * 300.0 / (7.6 * 18_000.0)).abs() < 0.01, "{}", battery.charge);
    }

    #[test]
    fn cold_and_age_lower_the_voltage() {
        let sag = |temperature_c: f64, health: f64| {
            let mut battery = Battery::new(&PACK, 0.5, health, temperature_c);
            for _ in 0..2400 {
                battery.draw(&PACK, 80.0, 0.05);
            }
            battery.voltage_v
        };
        assert!((Pack::cold_gain(0.0) - 2.2).abs() < 0.1, "the reference's factor");
        assert!((Pack::cold_gain(-10.0) - 3.4).abs() < 0.15, "{}", Pack::cold_gain(-10.0));
        assert!(sag(20.0, 1.0) > sag(0.0, 1.0) + 0.4, "{} {}", sag(20.0, 1.0), sag(0.0, 1.0));
        assert!(sag(20.0, 1.0) > sag(20.0, 0.7));
    }

    #[test]
    fn a_pack_that_cannot_gives_what_it_can() {
        let mut battery = Battery { cold_gain: 3.0, ..Battery::new(&PACK, 0.02, 0.3, 20.0) };
        battery.draw(&PACK, 5000.0, 0.05);
        assert!(battery.voltage_v > 0.0 && battery.current_a.is_finite() && battery.charge >= 0.0);
        for _ in 0..100_000 {
            battery.draw(&PACK, 5000.0, 0.05);
        }
        assert_eq!(battery.charge, 0.0);
        assert!(battery.voltage_v.is_finite());
    }
}
