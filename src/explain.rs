//! The long story behind each problem code: what it means, a wrong and a right example, and how it goes away.
//! The texts stand in `explain/codes.md`, one section for each code.

/// All explanations.
const CODES: &str = include_str!("explain/codes.md");

/// An explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// What it means, the examples, and how it goes away, as Markdown.
    pub text: &'static str,
}

impl Explanation {
    /// Its first sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let first = self.text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let end = first.find(". ").or_else(|| first.find(": ")).unwrap_or(first.len());
        first[..end].trim_end_matches('.').to_owned()
    }
}

/// All explanations, by code.
#[must_use]
pub fn explanations() -> Vec<Explanation> {
    let sections = CODES.split("## ").filter_map(|section| section.split_once('\n'));
    sections.map(|(code, text)| Explanation { code: code.trim(), text: text.trim() }).collect()
}

/// Finds the explanation of a code.
#[must_use]
pub fn find(code: &str) -> Option<Explanation> {
    explanations().into_iter().find(|explanation| explanation.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_is_whole_and_in_order() {
        let all = explanations();
        assert!(all.windows(2).all(|pair| pair[0].code < pair[1].code), "sorted by code");
        for explanation in all {
            let parts = ["\n\nWrong:\n\n    ", "\n\nRight:\n\n    ", "\n\nSilence: "];
            let places: Vec<Option<usize>> = parts.iter().map(|part| explanation.text.find(part)).collect();
            assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}", explanation.code);
            assert!(
                (10..130).contains(&explanation.summary().len()),
                "{}: {}",
                explanation.code,
                explanation.summary()
            );
        }
    }
}
