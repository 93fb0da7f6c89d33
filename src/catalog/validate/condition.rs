//! Checks the conditions of steps and needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::runtime::bump_words;
use super::{Check, Kind};
use crate::catalog::raw;
use crate::catalog::yaml::{OneOrMore, Spanned, to_place};
use crate::model::condition::{Range, When, Where};
use crate::model::id::{ComponentId, PhaseId, TeamId};
use crate::model::problem::Problem;
use crate::model::upgrade::Risk;
use crate::model::version::Scheme;

impl Check {
    /// Reads a condition on an upgrade; `scheme` is that of the runtimes whose process this is, if they agree.
    pub(super) fn when(&mut self, file: &Arc<str>, said: &raw::When, scheme: Option<Scheme>) -> When {
        let bumps = bump_words();
        When {
            bump: self.words(file, &said.bump, "bump", &bumps),
            risk: self.words(file, &said.risk, "risk", &Risk::ALL),
            security: said.security,
            from: said.from.as_ref().and_then(|range| self.range(file, range, scheme)),
            to: said.to.as_ref().and_then(|range| self.range(file, range, scheme)),
            any: said.any.iter().map(|part| self.when(file, part, scheme)).collect(),
            not: said.not.as_ref().map(|part| Box::new(self.when(file, part, scheme))),
        }
    }

    /// Reads a condition on a component.
    pub(super) fn which(&mut self, file: &Arc<str>, said: &raw::Where, phases: &[&str]) -> Where {
        for phase in &said.phase.0 {
            self.phase(file, phase, phases);
        }
        for component in &said.component.0 {
            self.known(component, file, Kind::Component);
        }
        for team in &said.owner.0 {
            self.known(team, file, Kind::Team);
        }
        let texts = |list: &OneOrMore| list.0.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
        Where {
            tags: texts(&said.tags).into_iter().collect(),
            component: texts(&said.component).iter().map(|id| ComponentId::new(id)).collect(),
            owner: texts(&said.owner).iter().map(|id| TeamId::new(id)).collect(),
            phase: texts(&said.phase).iter().map(|id| PhaseId::new(id)).collect(),
            bundled: said.bundled,
            any: said.any.iter().map(|part| self.which(file, part, phases)).collect(),
            not: said.not.as_ref().map(|part| Box::new(self.which(file, part, phases))),
        }
    }

    /// Reports a phase that the process does not have.
    pub(super) fn phase(&mut self, file: &Arc<str>, said: &Spanned<String>, phases: &[&str]) {
        if !phases.contains(&said.value.as_str()) {
            let message = format!("this process has no phase `{}`", said.value);
            let problem = Problem::error("unknown-phase", &to_place(said, file), message);
            self.problems.push(problem.suggest(&said.value, phases.iter().copied()));
        }
    }

    fn words<T: Copy + Ord>(
        &mut self,
        file: &Arc<str>,
        said: &OneOrMore,
        what: &str,
        all: &[(&str, T)],
    ) -> BTreeSet<T> {
        said.0.iter().filter_map(|word| self.word(word, file, what, all)).collect()
    }

    fn range(&mut self, file: &Arc<str>, said: &Spanned<String>, scheme: Option<Scheme>) -> Option<Range> {
        let Some(scheme) = scheme else {
            let message =
                "a range of versions needs a scheme, and this process belongs to no runtime, or to several schemes";
            self.problems.push(Problem::error("invalid-range", &to_place(said, file), message));
            return None;
        };
        match scheme.parse_range(&said.value) {
            Ok(range) => Some(Range { text: said.value.clone(), range }),
            Err(error) => {
                self.problems.push(Problem::error("invalid-range", &to_place(said, file), error.to_string()));
                None
            }
        }
    }
}
