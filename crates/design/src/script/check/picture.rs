//! Pictures with a name, put in place of the formations that name them.

use std::collections::BTreeMap;

use super::super::document::Path;
use super::super::types::{FormationTable, PictureTable, SourceTable};
use super::super::walk::nearest;
use super::checker::{Checker, NumberedScene};
use crate::seed;

/// Which picture a formation shows: by scene and formation, as numbered in the script.
#[derive(Default)]
pub struct Shown {
    of: BTreeMap<(usize, usize), (usize, String)>,
}

impl Shown {
    /// Where the source of a formation stands in the script.
    pub fn source_path(&self, scene: usize, part: usize) -> Path {
        match self.of.get(&(scene, part)) {
            Some((index, _)) => Path::default().key("picture").index(*index).key("source"),
            None => Path::default().key("scene").index(scene).key("formation").index(part).key("source"),
        }
    }

    /// Seed of the dots of a picture; `None` for a formation with a source of its own.
    pub fn seed(&self, scene: usize, part: usize, seed: u64) -> Option<u64> {
        let (_, name) = self.of.get(&(scene, part))?;
        Some(seed::mix_text(seed::mix_text(seed, "picture"), name))
    }
}

impl Checker<'_> {
    /// Puts the pictures in place of their names. What is named twice, or does not exist, is reported; a picture that no
    /// formation shows is warned of.
    pub(super) fn show_pictures(&mut self, pictures: &[PictureTable], scenes: &mut [NumberedScene]) {
        let path = |index: usize| Path::default().key("picture").index(index);
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, picture) in pictures.iter().enumerate() {
            let first = *by_name.entry(&picture.name).or_insert(index);
            if first != index {
                let message = format!("two pictures have the name \"{}\"", picture.name);
                self.report(&path(index).key("name"), message, format!("picture {} has it already", first + 1));
            }
            if matches!(picture.source, SourceTable::Picture { .. }) {
                let help = "give it a source of its own".to_owned();
                self.report(&path(index).key("source"), "a picture cannot show another picture", help);
            }
        }
        let mut shown = vec![false; pictures.len()];
        for (number, scene) in scenes {
            for (part, formation) in scene.formation.iter_mut().enumerate() {
                let SourceTable::Picture { name } = &formation.source else { continue };
                let Some(&index) = by_name.get(name.as_str()) else {
                    let at = self.shown.source_path(*number, part).key("name");
                    let help = match nearest(name, by_name.keys().copied()) {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None if pictures.is_empty() => "name pictures with [[picture]]".to_owned(),
                        None => format!("the pictures are {}", by_name.keys().copied().collect::<Vec<_>>().join(", ")),
                    };
                    self.report(&at, format!("there is no picture \"{name}\""), help);
                    continue;
                };
                shown[index] = true;
                self.shown.of.insert((*number, part), (index, name.clone()));
                put(formation, &pictures[index]);
            }
        }
        for (index, picture) in pictures.iter().enumerate().filter(|(index, _)| !shown[*index]) {
            self.warn(&path(index), format!("no formation shows the picture \"{}\"", picture.name));
        }
    }
}

fn put(formation: &mut FormationTable, picture: &PictureTable) {
    formation.source = picture.source.clone();
    formation.count = formation.count.or(picture.count);
    formation.spacing_m = formation.spacing_m.or(picture.spacing_m);
}
