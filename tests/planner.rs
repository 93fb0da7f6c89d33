//! Properties of plans, on random recipes, against slow and obvious reckonings of the same.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::{BTreeMap, BTreeSet};

use harness::repository;
use proptest::prelude::*;
use upshift::catalog;
use upshift::model::catalog::Catalog;
use upshift::model::facts::{Known, VersionFacts};
use upshift::model::pins::Scans;
use upshift::model::plan::{Plan, Subject, Task};
use upshift::model::upgrade::TaskState;
use upshift::planner;

/// A random recipe: what each phase and step says, by number.
#[derive(Clone, Debug)]
struct Recipe {
    phases: Vec<PhaseRecipe>,
    steps: Vec<StepRecipe>,
    /// The phase of each component, and whether it is tagged.
    components: Vec<(usize, bool)>,
    /// Whether components 0, 1 and 2 go one after the other in their phases.
    in_order: bool,
    risk: &'static str,
}

#[derive(Clone, Debug)]
struct PhaseRecipe {
    blocks: bool,
    after_first_only: bool,
}

#[derive(Clone, Debug)]
struct StepRecipe {
    each: &'static str,
    /// None: the component's own.
    phase: Option<usize>,
    only_tagged: bool,
    only_high_risk: bool,
    /// Earlier steps, so that there are no circles; and whether all of their tasks are meant.
    needs: Vec<(usize, bool)>,
}

impl Recipe {
    fn to_yaml(&self) -> String {
        let phase = |at: usize| at % self.phases.len();
        let mut yaml = String::from("teams: { t0: {}, t1: {} }\ncomponents:\n");
        for (at, (own, tagged)) in self.components.iter().enumerate() {
            let tags = if *tagged { "tags: [x], " } else { "" };
            let owner = at % 2;
            yaml += &format!("  c{at}: {{ owner: t{owner}, {tags}uses: {{ go: {{ phase: p{} }} }} }}\n", phase(*own));
        }
        yaml += "runtimes: { go: { scheme: go, process: go } }\nprocesses:\n  go:\n    phases:\n";
        for (at, recipe) in self.phases.iter().enumerate() {
            let after = if recipe.after_first_only && at > 0 { ", after: [p0]" } else { "" };
            let in_order = if self.in_order { ", in_order: [c2, c0, c1]" } else { "" };
            yaml += &format!("      - {{ id: p{at}, blocks: {}{after}{in_order} }}\n", recipe.blocks);
        }
        yaml += "    steps:\n";
        for (at, step) in self.steps.iter().enumerate() {
            let mut keys = vec![format!("title: S, each: {}", step.each)];
            match (step.each, step.phase) {
                ("component", None) => {}
                (_, own) => keys.push(format!("phase: p{}", phase(own.unwrap_or(at)))),
            }
            if step.each == "upgrade" {
                keys.push("owner: t0".to_owned());
            } else if step.only_tagged {
                keys.push("where: { tags: [x] }".to_owned());
            }
            if step.only_high_risk {
                keys.push("when: { risk: [high] }".to_owned());
            }
            let needs = step.needs.iter().filter(|_| at > 0).map(|(need, all)| {
                let need = need % at;
                if *all { format!("{{ all: s{need} }}") } else { format!("s{need}") }
            });
            keys.push(format!("needs: [{}]", needs.collect::<Vec<_>>().join(", ")));
            yaml += &format!("      s{at}: {{ {} }}\n", keys.join(", "));
        }
        yaml + &format!(
            "upgrades:\n  go-1.27.0: {{ runtime: go, from: \"1.26.7\", to: \"1.27.0\", risk: {} }}\n",
            self.risk
        )
    }

    /// The catalog and the plan; none when phases and needs contradict each other, which is reported as a circle.
    fn plan(&self) -> (Catalog, Option<Plan>) {
        let folder = repository(&[("data/a.yaml", &self.to_yaml())]);
        let loaded = catalog::load(folder.path());
        assert_eq!(loaded.problems, [], "{}", self.to_yaml());
        let upgrade = loaded.catalog.upgrades.get("go-1.27.0").expect("is there");
        let plan = match planner::plan(
            &loaded.catalog,
            upgrade,
            Known { versions: &VersionFacts::default(), scans: &Scans::new() },
            None,
        ) {
            Ok(plan) => Some(plan),
            Err(problem) => {
                assert_eq!(problem.code, "step-cycle", "{problem:?}");
                None
            }
        };
        (loaded.catalog, plan)
    }
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let phase =
        (any::<bool>(), any::<bool>()).prop_map(|(blocks, after_first_only)| PhaseRecipe { blocks, after_first_only });
    let step = (
        prop_oneof![Just("upgrade"), Just("component"), Just("component"), Just("team")],
        prop::option::of(0usize..4),
        any::<bool>(),
        prop::bool::weighted(0.3),
        prop::collection::vec((0usize..8, any::<bool>()), 0..3),
    )
        .prop_map(|(each, phase, only_tagged, only_high_risk, needs)| StepRecipe {
            each,
            phase,
            only_tagged,
            only_high_risk,
            needs,
        });
    (
        prop::collection::vec(phase, 1..4),
        prop::collection::vec(step, 1..7),
        prop::collection::vec((0usize..4, any::<bool>()), 3..6),
        any::<bool>(),
        prop_oneof![Just("normal"), Just("high")],
    )
        .prop_map(|(phases, steps, components, in_order, risk)| Recipe {
            phases,
            steps,
            components,
            in_order,
            risk,
        })
}

/// The phases that must be over before one may begin, found by asking again and again.
fn phases_before(catalog: &Catalog, phase: usize) -> BTreeSet<usize> {
    let process = catalog.processes.get("go").expect("is there");
    let mut before: BTreeSet<usize> = process.phases_before(phase).into_iter().collect();
    loop {
        let more: BTreeSet<usize> = before.iter().flat_map(|&earlier| process.phases_before(earlier)).collect();
        let known = before.len();
        before.extend(more);
        if before.len() == known {
            return before;
        }
    }
}

/// All tasks that each task waits for, directly or not, by brute force.
fn waits_for(catalog: &Catalog, plan: &Plan) -> Vec<BTreeSet<usize>> {
    let direct = |task: &Task| {
        let before = phases_before(catalog, task.phase);
        let barrier = (0..plan.tasks.len()).filter(|&other| before.contains(&plan.tasks[other].phase));
        barrier.chain(task.needs.iter().map(|need| need.task)).collect::<BTreeSet<usize>>()
    };
    let mut waits: Vec<BTreeSet<usize>> = plan.tasks.iter().map(direct).collect();
    for _ in 0..plan.tasks.len() {
        for at in 0..waits.len() {
            let more: BTreeSet<usize> = waits[at].iter().flat_map(|&other| waits[other].clone()).collect();
            waits[at].extend(more);
        }
    }
    waits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn every_component_is_in_the_plan_with_tasks_or_with_a_reason(recipe in recipes()) {
        let (catalog, plan) = recipe.plan();
        let Some(plan) = plan else { return Ok(()) };
        for component in catalog.components.keys() {
            let has_task = plan.tasks.iter().any(|task| task.subject.component() == Some(component));
            let has_reason = plan.not_planned.iter().any(|entry| &entry.component == component && !entry.because.is_empty());
            prop_assert!(has_task != has_reason, "{component}: {has_task} {has_reason}\n{}", recipe.to_yaml());
        }
        prop_assert!(plan.tasks.iter().all(|task| !task.because.is_empty()));
    }

    #[test]
    fn no_task_comes_before_what_it_waits_for(recipe in recipes()) {
        let (catalog, plan) = recipe.plan();
        let Some(plan) = plan else { return Ok(()) };
        let waits = waits_for(&catalog, &plan);
        for (at, task) in plan.tasks.iter().enumerate() {
            let latest = waits[at].iter().map(|&other| plan.tasks[other].wave).max().unwrap_or(0);
            prop_assert_eq!(task.wave, latest + 1, "{}: the first wave that is possible\n{}", task.id, recipe.to_yaml());
        }
    }

    #[test]
    fn unblocks_counts_everything_that_waits(recipe in recipes()) {
        let (catalog, plan) = recipe.plan();
        let Some(plan) = plan else { return Ok(()) };
        let waits = waits_for(&catalog, &plan);
        for (at, task) in plan.tasks.iter().enumerate() {
            let counted = waits.iter().filter(|waits| waits.contains(&at)).count();
            prop_assert_eq!(task.unblocks, counted, "{}\n{}", task.id, recipe.to_yaml());
        }
    }

    #[test]
    fn only_tasks_that_wait_for_nothing_are_ready(recipe in recipes()) {
        let (catalog, plan) = recipe.plan();
        let Some(plan) = plan else { return Ok(()) };
        let waits = waits_for(&catalog, &plan);
        for (at, task) in plan.tasks.iter().enumerate() {
            let expected = if waits[at].is_empty() { TaskState::Ready } else { TaskState::Blocked };
            prop_assert_eq!(task.state, expected, "{}", task.id);
        }
    }

    #[test]
    fn components_in_order_follow_each_other_in_a_phase(recipe in recipes()) {
        let (_, plan) = recipe.plan();
        let Some(plan) = plan.filter(|_| recipe.in_order) else { return Ok(()) };
        let mut waves: BTreeMap<(usize, &str), (u32, u32)> = BTreeMap::new();
        for task in &plan.tasks {
            if let Subject::Component(component) = &task.subject {
                let known = waves.entry((task.phase, component.as_str())).or_insert((task.wave, task.wave));
                *known = (known.0.min(task.wave), known.1.max(task.wave));
            }
        }
        for phase in 0..recipe.phases.len() {
            let present: Vec<(u32, u32)> = ["c2", "c0", "c1"].iter().filter_map(|id| waves.get(&(phase, *id)).copied()).collect();
            for pair in present.windows(2) {
                prop_assert!(pair[0].1 < pair[1].0, "{pair:?}\n{}", recipe.to_yaml());
            }
        }
    }

    #[test]
    fn a_need_on_a_step_without_tasks_is_replaced_by_its_needs(chain in 2usize..6, dropped in prop::collection::vec(any::<bool>(), 6)) {
        let steps = (0..chain).map(|at| StepRecipe {
            each: "component",
            phase: None,
            only_tagged: false,
            only_high_risk: at > 0 && at + 1 < chain && dropped[at],
            needs: if at > 0 { vec![(at - 1, false)] } else { Vec::new() },
        });
        let recipe = Recipe {
            phases: vec![PhaseRecipe { blocks: true, after_first_only: false }],
            steps: steps.collect(),
            components: vec![(0, false); 3],
            in_order: false,
            risk: "normal",
        };
        let (_, plan) = recipe.plan();
        let plan = plan.expect("a chain is no circle");
        let kept = (0..chain).filter(|&at| !(at > 0 && at + 1 < chain && dropped[at])).count();
        prop_assert_eq!(plan.waves() as usize, kept, "{}", recipe.to_yaml());
        for task in plan.tasks.iter().filter(|task| task.wave > 1) {
            prop_assert_eq!(task.needs.len(), 1, "{}", task.id);
            prop_assert_eq!(&plan.tasks[task.needs[0].task].subject, &task.subject);
        }
    }
}
