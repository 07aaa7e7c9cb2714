use std::collections::BTreeMap;

/// Collects what vehicles have to report, so that ten thousand drones with the same peculiarity make one sentence.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    lines: Vec<String>,
    /// How many vehicles, and the first of them, in the order of first mention.
    per_vehicle: Vec<(usize, String)>,
    /// What is said of them, with the index into `per_vehicle`.
    known: BTreeMap<String, usize>,
}

impl Notes {
    /// A note about the whole file.
    pub fn add(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// A note about one vehicle. Equal texts are counted together.
    pub fn add_vehicle(&mut self, vehicle: &str, text: String) {
        if let Some(&index) = self.known.get(&text) {
            self.per_vehicle[index].0 += 1;
        } else {
            self.known.insert(text, self.per_vehicle.len());
            self.per_vehicle.push((1, crate::error::shortened(vehicle)));
        }
    }

    /// All notes, those about the file first.
    pub fn into_lines(mut self) -> Vec<String> {
        let mut texts: Vec<(usize, String)> = self.known.into_iter().map(|(text, index)| (index, text)).collect();
        texts.sort_unstable_by_key(|(index, _)| *index);
        for ((_, text), (count, first)) in texts.into_iter().zip(self.per_vehicle) {
            self.lines.push(if count == 1 {
                format!("drone \"{first}\": {text}")
            } else {
                format!("{count} drones (the first is \"{first}\"): {text}")
            });
        }
        self.lines
    }
}
