//! Schedules of random plans against a slow reference that walks hour by hour and tries every moment.

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;
use crate::model::plan::Wait;
use crate::model::span::CalendarTime;

/// The first day of all random plans, a Monday.
const FIRST: Date = date(2026, 8, 31);

/// The hours after which no random plan goes on.
const HORIZON: i64 = 8 * 400;

/// A random job.
#[derive(Clone, Debug)]
struct Recipe {
    phase: usize,
    /// Earlier jobs, by a number that is taken modulo, and days to wait.
    needs: Vec<(usize, Option<u32>)>,
    hours: i64,
    floor: Option<i32>,
    done: Option<Option<i32>>,
    calendar: usize,
}

/// A random plan.
#[derive(Clone, Debug)]
struct Plan {
    /// The phases that each phase waits for directly, as bits.
    after: Vec<u8>,
    recipes: Vec<Recipe>,
    /// Two calendars: times of rest, from a day and so many days long.
    rests: [Vec<(i32, i32)>; 2],
    due: i32,
}

fn day(number: i32) -> Date {
    FIRST.checked_add(jiff::Span::new().days(number)).expect("is a day")
}

fn to_calendar(rests: &[(i32, i32)]) -> WorkDays {
    WorkDays::new(
        &[Weekday::Saturday, Weekday::Sunday],
        rests.iter().map(|(from, long)| (day(*from), day(from + long))),
    )
}

fn wait(days: u32) -> Wait {
    Wait { time: CalendarTime::parse(&format!("{days}d")).expect("is a time"), instead_of: None }
}

fn plans() -> impl Strategy<Value = Plan> {
    let recipe = (
        0usize..4,
        prop::collection::vec((any::<usize>(), prop::option::weighted(0.4, 0u32..12)), 0..3),
        prop_oneof![Just(0i64), Just(8), 1i64..30],
        prop::option::weighted(0.2, 0i32..30),
        prop::option::weighted(0.1, prop::option::of(0i32..20)),
        0usize..2,
    )
        .prop_map(|(phase, needs, hours, floor, done, calendar)| Recipe {
            phase,
            needs,
            hours,
            floor,
            done,
            calendar,
        });
    let rests = || prop::collection::vec((0i32..40, 0i32..9), 0..4);
    (prop::collection::vec(0u8..16, 4), prop::collection::vec(recipe, 1..10), [rests(), rests()], 0i32..60).prop_map(
        |(after, mut recipes, rests, due)| {
            // A job stands after all that it waits for: those of later phases come later, and so do needs.
            recipes.sort_by_key(|recipe| recipe.phase);
            recipes[0].needs.clear();
            for (at, recipe) in recipes.iter_mut().enumerate() {
                recipe.needs.iter_mut().for_each(|need| need.0 %= at.max(1));
            }
            Plan { after, recipes, rests, due }.by_wave()
        },
    )
}

impl Plan {
    /// The same with jobs in the order of waves, in which those of several phases alternate.
    fn by_wave(mut self) -> Self {
        let mut waves: Vec<usize> = Vec::new();
        for at in 0..self.recipes.len() {
            let needs = self.recipes[at].needs.iter().map(|(need, _)| *need);
            let wave = needs.chain(self.barrier(at)).map(|before| waves[before] + 1).max().unwrap_or(0);
            waves.push(wave);
        }
        let mut order: Vec<usize> = (0..self.recipes.len()).collect();
        order.sort_by_key(|&at| waves[at]);
        let position = |old: usize| order.iter().position(|&at| at == old).expect("is there");
        for recipe in &mut self.recipes {
            recipe.needs.iter_mut().for_each(|need| need.0 = position(need.0));
        }
        self.recipes = order.iter().map(|&at| self.recipes[at].clone()).collect();
        self
    }

    fn before(&self) -> Vec<Vec<usize>> {
        (0..4).map(|phase| (0..phase).filter(|&earlier| self.after[phase] & (1 << earlier) != 0).collect()).collect()
    }

    fn needs(&self) -> Vec<Vec<TaskNeed>> {
        let needs = |recipe: &Recipe| {
            recipe.needs.iter().map(|(task, days)| TaskNeed { task: *task, wait: days.map(wait) }).collect()
        };
        self.recipes.iter().map(needs).collect()
    }

    /// Says whether a job may be worked on in an hour, counted from the first day.
    fn works(&self, job: usize, hour: i64) -> bool {
        let number = i32::try_from(hour.div_euclid(8)).expect("is a day");
        let rests = &self.rests[self.recipes[job].calendar];
        number.rem_euclid(7) < 5 && !rests.iter().any(|(from, long)| (*from..=from + long).contains(&number))
    }

    /// Says whether a job may begin with an hour: with a day, or so that it is done on that day.
    fn may_begin(&self, job: usize, hour: i64) -> bool {
        let hours = self.recipes[job].hours;
        let of_day = hour.rem_euclid(8);
        self.works(job, hour) && (if hours < 8 { of_day + hours <= 8 } else { of_day == 0 })
    }

    /// The moment after which the wait of a need is over, from the moment at which the needed job is done.
    fn after(end: i64, wait: Option<u32>) -> i64 {
        wait.map_or(end, |days| end.max(((end - 1).div_euclid(8) + i64::from(days)) * 8))
    }

    /// The jobs of all phases that a job's phase waits for, directly or through others.
    fn barrier(&self, job: usize) -> impl Iterator<Item = usize> + '_ {
        let before = self.before();
        let mut awaited = [false; 4];
        let mut asked = vec![self.recipes[job].phase];
        while let Some(phase) = asked.pop() {
            for &earlier in &before[phase] {
                awaited[earlier] = true;
                asked.push(earlier);
            }
        }
        (0..self.recipes.len()).filter(move |&other| awaited[self.recipes[other].phase])
    }

    /// The beginning and end of each job, hour by hour. `only` keeps the jobs that count, `from` says when each may begin.
    fn walk(&self, only: &[bool], from: &dyn Fn(usize) -> i64) -> Vec<(i64, i64)> {
        let mut spans: Vec<(i64, i64)> = Vec::new();
        for (at, recipe) in self.recipes.iter().enumerate() {
            let mut begin = from(at);
            for (need, wait) in recipe.needs.iter().filter(|(need, _)| only[*need]) {
                begin = begin.max(Self::after(spans[*need].1, *wait));
            }
            for other in self.barrier(at).filter(|&other| only[other]) {
                begin = begin.max(spans[other].1);
            }
            let (mut end, mut left) = (begin, recipe.hours);
            match recipe.done {
                Some(Some(day)) => (begin, end) = (begin.min(i64::from(day) * 8), i64::from(day + 1) * 8),
                Some(None) => {}
                None => {
                    while left > 0 && !self.may_begin(at, begin) {
                        begin += 1;
                    }
                    end = end.max(begin);
                    while left > 0 && end < HORIZON * 2 {
                        left -= i64::from(self.works(at, end));
                        end += 1;
                    }
                }
            }
            spans.push((begin, end));
        }
        spans
    }

    /// The last moment at which a job may begin so that it and all that wait for it are done: tried, not reckoned.
    fn try_latest(&self, job: usize) -> i64 {
        let count = self.recipes.len();
        let mut behind = vec![false; count];
        behind[job] = true;
        for at in job + 1..count {
            let open = self.recipes[at].done.is_none();
            behind[at] = open
                && (self.recipes[at].needs.iter().any(|(need, _)| behind[*need])
                    || self.barrier(at).any(|other| behind[other]));
        }
        let by = i64::from(self.due + 1) * 8;
        let fits = |begin: i64| {
            let spans = self.walk(&behind, &|at| if at == job { begin } else { -HORIZON });
            (0..count).all(|at| !behind[at] || spans[at].1 <= by)
        };
        let (mut fitting, mut late) = (-HORIZON, HORIZON);
        while late - fitting > 1 {
            let middle = (fitting + late).div_euclid(2);
            if fits(middle) { fitting = middle } else { late = middle }
        }
        fitting
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_schedule_is_what_walking_hour_by_hour_gives(plan in plans()) {
        let calendars = plan.rests.each_ref().map(|rests| to_calendar(rests));
        let (before, needs) = (plan.before(), plan.needs());
        let jobs = plan.recipes.iter().zip(&needs).map(|(recipe, needs)| Job {
            needs,
            phase: recipe.phase,
            hours: recipe.hours,
            floor: recipe.floor.map(day),
            done: recipe.done.map(|on| on.map_or(Done::Sometime, |on| Done::On(day(on)))),
            days: &calendars[recipe.calendar],
        });
        let jobs = Jobs { jobs: jobs.collect(), before: &before };
        let origin = Moment::begin_of(FIRST);
        let count = |moment: Moment| moment.hours_since(origin);

        let earliest = jobs.earliest(FIRST, &[]);
        let reckoned: Vec<(i64, i64)> = earliest.spans.iter().map(|(begin, end)| (count(*begin), count(*end))).collect();
        let all = vec![true; plan.recipes.len()];
        let walked = plan.walk(&all, &|at| plan.recipes[at].floor.map_or(0, |floor| i64::from(floor) * 8));
        prop_assert_eq!(reckoned, walked);

        let latest = jobs.latest(day(plan.due));
        for (at, span) in latest.iter().enumerate() {
            let tried = plan.recipes[at].done.is_none().then(|| plan.try_latest(at));
            prop_assert_eq!(span.map(|(begin, _)| count(begin)), tried, "job {}", at);
        }

        // The longest chain begins where nothing holds, and each of its jobs is held by the one before.
        let chain = earliest.chain();
        prop_assert_eq!(chain.last().map(|&last| earliest.spans[last].1), earliest.end());
        for pair in chain.windows(2) {
            prop_assert!(earliest.spans[pair[0]].1 <= earliest.spans[pair[1]].1.max(earliest.from[pair[1]]));
        }
    }
}
