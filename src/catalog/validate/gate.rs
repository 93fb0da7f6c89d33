//! Checks the gates of steps, and lengths of time that a security upgrade shortens.

use std::sync::Arc;

use super::Check;
use super::process::Surroundings;
use crate::catalog::raw;
use crate::catalog::yaml::{Spanned, to_located, to_place};
use crate::model::id::VariantId;
use crate::model::place::{Located, Place};
use crate::model::problem::Problem;
use crate::model::process::{Check as StepCheck, Condition, Delay, Gate, PinCheck, fill};

impl Check {
    /// Reads a gate; it asks for exactly one thing.
    pub(super) fn gate(
        &mut self,
        file: &Arc<str>,
        step: &Place,
        said: &raw::Gate,
        around: &Surroundings<'_>,
    ) -> Option<Gate> {
        let mut asked: Vec<(Place, Option<Condition>)> = Vec::new();
        if let Some(image) = &said.published {
            asked.push((to_place(image, file), self.image(file, image).map(Condition::Published)));
        }
        if let Some(variant) = &said.released {
            let known = self.variant(file, variant, around);
            asked.push((to_place(variant, file), known.map(|variant| Condition::Released(variant.value))));
        }
        if let Some(soak) = &said.soak {
            let (place, delay) = self.soak(file, soak);
            asked.push((place, delay.map(Condition::Soak)));
        }
        if let Some(day) = &said.not_before {
            asked.push((to_place(day, file), self.date(day, file).map(Condition::NotBefore)));
        }
        if said.not_frozen.is_some() {
            asked.push((step.clone(), Some(Condition::NotFrozen)));
        }
        if let Some(time) = &said.before_release {
            asked.push((to_place(time, file), self.calendar_time(file, time).map(Condition::BeforeRelease)));
        }
        if let Some(text) = &said.evidence {
            asked.push((to_place(text, file), Some(Condition::Evidence(text.value.trim().to_owned()))));
        }
        let count = asked.len();
        let Some((place, condition)) = asked.pop().filter(|_| count == 1) else {
            let message = "a gate asks for exactly one thing";
            let help = "write a list with one key each: `[{ soak: 3mo }, { not-frozen: {} }]`";
            self.problems.push(Problem::error("invalid-gate", step, message).help(help));
            return None;
        };
        Some(Gate { condition: condition?, place })
    }

    /// Reads the reference of an image, in which nothing but `to` and `line` may be left open.
    fn image(&mut self, file: &Arc<str>, said: &Spanned<String>) -> Option<Located<String>> {
        if ["{{", "{%", "{#"].iter().any(|brace| fill(&said.value, &[("to", ""), ("line", "")]).contains(brace)) {
            let message = "an image is named by `{{ to }}` and `{{ line }}` alone";
            self.problems.push(Problem::error("invalid-template", &to_place(said, file), message));
            return None;
        }
        Some(to_located(said, file))
    }

    /// Reads how the tool knows that a step is done; it looks at exactly one thing.
    pub(super) fn check(&mut self, file: &Arc<str>, step: &Place, said: &raw::StepCheck) -> Option<StepCheck> {
        match (&said.pin, &said.image) {
            (Some(pin), None) => self.word(pin, file, "check of pins", &PinCheck::ALL).map(StepCheck::Pin),
            (None, Some(image)) => self.image(file, image).map(StepCheck::Image),
            _ => {
                let message = "a check looks at exactly one thing: `pin` or `image`";
                let help = "name one of them; a second step can have the other";
                self.problems.push(Problem::error("invalid-check", step, message).help(help));
                None
            }
        }
    }

    fn soak(&mut self, file: &Arc<str>, said: &raw::Delay) -> (Place, Option<Delay>) {
        match said {
            raw::Delay::Bare(time) => (to_place(time, file), self.delay(file, time, None)),
            raw::Delay::Map(map) => (to_place(&map.time, file), self.delay(file, &map.time, map.security.as_ref())),
        }
    }

    /// Reads a time, and the one that counts in a security upgrade.
    pub(super) fn delay(
        &mut self,
        file: &Arc<str>,
        time: &Spanned<String>,
        security: Option<&Spanned<String>>,
    ) -> Option<Delay> {
        let shorter = security.and_then(|security| self.calendar_time(file, security));
        Some(Delay { time: self.calendar_time(file, time)?, security: shorter })
    }

    /// Reads a build flavour, which all runtimes of the process must have.
    pub(super) fn variant(
        &mut self,
        file: &Arc<str>,
        said: &Spanned<String>,
        around: &Surroundings<'_>,
    ) -> Option<Located<VariantId>> {
        if let Some(variants) = &around.variants
            && !variants.contains(said.value.as_str())
        {
            let message = format!("the runtime of this process has no flavour `{}`", said.value);
            let problem = Problem::error("unknown-variant", &to_place(said, file), message);
            self.problems.push(match variants.is_empty() {
                true => problem.help("give the runtime `variants`"),
                false => problem.suggest(&said.value, variants.iter().copied()),
            });
            return None;
        }
        Some(Located { value: VariantId::new(&said.value), place: to_place(said, file) })
    }
}
