//! All open upgrades side by side: the document `upshift/plans/1`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::id::{TeamId, UpgradeId};
use crate::model::plan::Plan;
use crate::model::schema::{self, Day, Side};
use crate::model::workload::Collision;

/// The format of plans.
const SCHEMA: &str = "upshift/plans/1";

/// Makes the JSON Schema of all plans.
#[must_use]
pub fn to_plans_schema() -> Value {
    schema::to_schema::<PlansDocument>(
        Side::Written,
        "plans",
        "Upshift plans",
        "What `upshift plan --all --format json` prints: when all open upgrades can be done, and where they ask the same team.",
    )
}

/// All open upgrades: `upshift/plans/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlansDocument {
    /// The name and version of the format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// The day as of which they are planned.
    #[schemars(with = "Option<Day>")]
    pub as_of: Option<Date>,
    /// The upgrades, by id.
    pub upgrades: Vec<PlanEntry>,
    /// The weeks in which several ask the same team, in order.
    pub collisions: Vec<CollisionEntry>,
}

/// When an upgrade can be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanEntry {
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// When work begins.
    #[schemars(with = "Option<Day>")]
    pub start: Option<Date>,
    /// The earliest day on which all can be done.
    #[schemars(with = "Option<Day>")]
    pub earliest_finish: Option<Date>,
    /// When it must be done.
    #[schemars(with = "Option<Day>")]
    pub due: Option<Date>,
    /// Days after the due date; 0 when it is kept.
    pub late_by_days: Option<u32>,
    /// How many tasks.
    pub tasks: usize,
    /// How many are done or waived.
    pub settled: usize,
}

/// A week in which several upgrades ask the same team.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CollisionEntry {
    /// The Monday of the week.
    #[schemars(with = "Day")]
    pub week: Date,
    /// The team.
    pub team: TeamId,
    /// What each upgrade asks of it, by the upgrade's id.
    pub asks: Vec<AskEntry>,
}

/// What an upgrade asks of a team in a week.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AskEntry {
    /// The upgrade.
    pub upgrade: UpgradeId,
    /// How many tasks are worked on.
    pub tasks: usize,
    /// The working days that they take in that week, to a tenth.
    pub days: f64,
}

impl PlansDocument {
    /// Makes the document.
    pub fn new<'a>(as_of: Option<Date>, plans: impl Iterator<Item = &'a Plan>, collisions: &[Collision]) -> Self {
        let plan = |plan: &Plan| PlanEntry {
            upgrade: plan.upgrade.clone(),
            start: plan.schedule.as_ref().map(|schedule| schedule.start.day),
            earliest_finish: plan.schedule.as_ref().and_then(|schedule| schedule.earliest_finish),
            due: plan.due.as_ref().map(|due| due.day),
            late_by_days: plan.schedule.as_ref().and_then(|schedule| schedule.late_by_days),
            tasks: plan.tasks.len(),
            settled: plan.tasks.iter().filter(|task| task.state.is_settled()).count(),
        };
        let collision = |collision: &Collision| CollisionEntry {
            week: collision.week,
            team: collision.team.clone(),
            asks: collision
                .asks
                .iter()
                .map(|(upgrade, ask)| AskEntry {
                    upgrade: upgrade.clone(),
                    tasks: ask.tasks,
                    days: (ask.days * 10.0).round() / 10.0,
                })
                .collect(),
        };
        Self {
            schema: SCHEMA,
            as_of,
            upgrades: plans.map(plan).collect(),
            collisions: collisions.iter().map(collision).collect(),
        }
    }
}
