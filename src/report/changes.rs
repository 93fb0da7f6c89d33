//! Puts changes in the order in which people read them: by team, then component, the weighty ones first; and cuts the
//! words of a changed text down to the lines that changed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::changes::{Change, Level, Part, Piece};
use crate::model::comparison::Comparison;

/// The name of something and, since two things may have one name, its id.
type Named<'a> = (&'a str, &'a str);

/// The changes that one team must know.
pub struct Group<'a> {
    /// The team's name; none for what everybody must know.
    pub team: Option<&'a str>,
    /// Its changes, by component.
    pub sections: Vec<Section<'a>>,
}

/// The changes of one component, or those of no component.
pub struct Section<'a> {
    /// The component's name.
    pub component: Option<&'a str>,
    /// The changes, the weighty ones first.
    pub changes: Vec<&'a Change>,
}

impl<'a> Group<'a> {
    /// What the group is called.
    pub fn title(&self) -> &'a str {
        self.team.unwrap_or("Everybody")
    }

    /// All its changes.
    pub fn changes(&self) -> impl Iterator<Item = &'a Change> {
        self.sections.iter().flat_map(|section| section.changes.iter().copied())
    }
}

/// Groups changes by team and component, by name; what concerns everybody comes first.
pub fn to_groups<'a>(comparison: &'a Comparison) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<Option<Named<'a>>, BTreeMap<Option<Named<'a>>, Vec<&'a Change>>> = BTreeMap::new();
    for change in &comparison.changes.changes {
        let team =
            change.team.as_ref().map(|id| (comparison.teams.get(id).map_or(id.as_str(), String::as_str), id.as_str()));
        let component = change.component.as_ref();
        let component =
            component.map(|id| (comparison.components.get(id).map_or(id.as_str(), String::as_str), id.as_str()));
        groups.entry(team).or_default().entry(component).or_default().push(change);
    }
    let to_group = |(team, sections): (Option<Named<'a>>, BTreeMap<Option<Named<'a>>, Vec<&'a Change>>)| Group {
        team: team.map(|(name, _)| name),
        sections: sections.into_iter().map(to_section).collect(),
    };
    groups.into_iter().map(to_group).collect()
}

fn to_section<'a>((component, mut changes): (Option<Named<'a>>, Vec<&'a Change>)) -> Section<'a> {
    changes.sort_by_key(|change| Reverse(change.level));
    Section { component: component.map(|(name, _)| name), changes }
}

/// The name of a level.
pub fn to_word(level: Level) -> &'static str {
    Level::ALL.iter().find(|(_, known)| *known == level).map_or("info", |(word, _)| word)
}

/// Counts changes by level: `2 breaking, 1 info`.
pub fn to_counts<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
    changes.for_each(|change| *counts.entry(change.level).or_default() += 1);
    let counts: Vec<String> =
        counts.into_iter().rev().map(|(level, count)| format!("{count} {}", to_word(level))).collect();
    if counts.is_empty() { "nothing differs".to_owned() } else { counts.join(", ") }
}

/// A line of a changed text.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its words, with what became of them.
    Words(Vec<(Part, &'a str)>),
    /// Lines without a change.
    Gap,
}

/// Cuts a changed text into lines, and leaves out those that did not change, but for the one before and after a change.
pub fn to_lines(words: &[Piece]) -> Vec<Line<'_>> {
    let mut lines: Vec<Vec<(Part, &str)>> = vec![Vec::new()];
    for piece in words {
        for (at, text) in piece.text.split('\n').enumerate() {
            if at > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
                line.push((piece.part, text));
            }
        }
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    let is_changed = |line: &Vec<(Part, &str)>| line.iter().any(|(part, _)| *part != Part::Same);
    let changed: Vec<bool> = lines.iter().map(is_changed).collect();
    let is_near = |at: usize| changed[at.saturating_sub(1)..changed.len().min(at + 2)].contains(&true);
    let mut shown = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        if is_near(at) {
            shown.push(Line::Words(line));
        } else if shown.last() != Some(&Line::Gap) {
            shown.push(Line::Gap);
        }
    }
    shown
}

/// Remembers which words changed where, so that the same change of many tasks is drawn once.
#[derive(Default)]
pub struct Drawn<'a>(BTreeMap<(&'a str, String), &'a str>);

impl<'a> Drawn<'a> {
    /// Where the same words changed in the same way, or nothing when this is the first time.
    pub fn find_same(&mut self, change: &'a Change) -> Option<&'a str> {
        let mark = |piece: &Piece| match piece.part {
            Part::Same => None,
            Part::Removed => Some(format!("-{}\0", piece.text)),
            Part::Added => Some(format!("+{}\0", piece.text)),
        };
        let key = (change.id.as_str(), change.words.iter().filter_map(mark).collect());
        if let Some(first) = self.0.get(&key) {
            return Some(first);
        }
        self.0.insert(key, &change.path);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(part: Part, text: &str) -> Piece {
        Piece { part, text: text.to_owned() }
    }

    #[test]
    fn shows_changed_lines_and_their_neighbours() {
        let words = [
            piece(Part::Same, "1\n2\n3 "),
            piece(Part::Removed, "old"),
            piece(Part::Added, "new\nline"),
            piece(Part::Same, " x\n4\n5\n6\n"),
        ];
        let expected = [
            Line::Gap,
            Line::Words(vec![(Part::Same, "2")]),
            Line::Words(vec![(Part::Same, "3 "), (Part::Removed, "old"), (Part::Added, "new")]),
            Line::Words(vec![(Part::Added, "line"), (Part::Same, " x")]),
            Line::Words(vec![(Part::Same, "4")]),
            Line::Gap,
        ];
        assert_eq!(to_lines(&words), expected);
        assert_eq!(to_lines(&[]), []);
    }
}
