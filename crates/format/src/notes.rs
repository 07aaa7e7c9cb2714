/// Collects what vehicles have to report, so that ten thousand drones with the same peculiarity make one sentence.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    lines: Vec<String>,
    /// What, how many vehicles, the first of them.
    per_vehicle: Vec<(String, usize, String)>,
}

impl Notes {
    /// A note about the whole file.
    pub fn add(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// A note about one vehicle. Equal texts are counted together.
    pub fn add_vehicle(&mut self, vehicle: &str, text: String) {
        match self.per_vehicle.iter_mut().find(|(known, ..)| *known == text) {
            Some(entry) => entry.1 += 1,
            None => self.per_vehicle.push((text, 1, crate::error::shortened(vehicle))),
        }
    }

    /// All notes, those about the file first.
    pub fn into_lines(mut self) -> Vec<String> {
        for (text, count, first) in self.per_vehicle {
            self.lines.push(if count == 1 {
                format!("drone \"{first}\": {text}")
            } else {
                format!("{count} drones (the first is \"{first}\"): {text}")
            });
        }
        self.lines
    }
}
