use kapok_sim::{Fault, FaultScript};

use crate::link_quality::LinkQuality;

/// What the links of all vehicles are like at an instant.
#[derive(Clone, Debug)]
pub struct Links {
    base: LinkQuality,
    /// Of each vehicle, while a fault meets links.
    each: Vec<LinkQuality>,
}

impl Links {
    pub fn new(base: LinkQuality) -> Self {
        Self { base, each: Vec::new() }
    }

    pub fn of(&self, vehicle: usize) -> &LinkQuality {
        self.each.get(vehicle).unwrap_or(&self.base)
    }

    /// What they are like `show_s` seconds after the start, in a fleet of `count` vehicles.
    pub fn meet(&mut self, script: &FaultScript, show_s: f64, count: usize) {
        self.each.clear();
        for timed in script.faults.iter().filter(|timed| (timed.at_s..timed.until_s).contains(&show_s)) {
            let Fault::Link { loss, delay_s, duplicates } = timed.fault else { continue };
            self.each.resize(count, self.base);
            for i in timed.vehicles.indices(count) {
                let link = &mut self.each[i];
                link.loss = 1.0 - (1.0 - link.loss) * (1.0 - loss);
                link.delay_ms += 1000.0 * delay_s;
                link.duplicates = link.duplicates.max(duplicates);
            }
        }
    }
}
