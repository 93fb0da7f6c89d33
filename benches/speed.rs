//! How long an upgrade takes from its catalog to written pages: as a whole at three sizes, so that growth shows, and
//! stage by stage at the size in the middle. And how long the program takes to check the shipped catalog.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops")]

#[path = "../tests/harness/fleet.rs"]
mod fleet;

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Result;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fleet::Fleet;
use upshift::lock::{self, Lock};
use upshift::model::changes::Levels;
use upshift::model::facts::{Known, VersionFacts};
use upshift::model::id::TaskId;
use upshift::model::page::Page;
use upshift::model::pins::Scans;
use upshift::render::output::Output;
use upshift::render::{self, Material};
use upshift::write::{Mode, Writer};
use upshift::{catalog, diff, planner, review, runbook};

/// A folder that holds a fleet.
fn to_folder(fleet: Fleet) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fleet.write(folder.path());
    folder
}

/// Where pages of earlier rounds are taken away before the next.
fn clear(output: &Path) {
    if output.exists() {
        fs::remove_dir_all(output).expect("removes");
    }
}

fn from_catalog_to_pages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for tasks in [3_000, 30_000, 300_000] {
        let folder = to_folder(Fleet::of(tasks));
        group.throughput(Throughput::Elements(tasks as u64));
        group.bench_function(BenchmarkId::from_parameter(tasks), |bencher| {
            bencher.iter_batched(
                || clear(&folder.path().join("site")),
                |()| fleet::build(folder.path()),
                BatchSize::PerIteration,
            );
        });
    }
}

/// Planning alone: choosing, ordering and dating the tasks of one upgrade.
fn from_catalog_to_plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);
    for tasks in [3_000, 30_000, 300_000] {
        let folder = to_folder(Fleet::of(tasks));
        let catalog = catalog::load(folder.path()).catalog;
        let upgrade = &catalog.upgrades[fleet::UPGRADE];
        let (facts, scans) = (VersionFacts::default(), Scans::new());
        let known = Known { versions: &facts, scans: &scans };
        group.throughput(Throughput::Elements(tasks as u64));
        group.bench_function(BenchmarkId::from_parameter(tasks), |bencher| {
            bencher.iter_with_large_drop(|| planner::plan(&catalog, upgrade, known, None).expect("plans"));
        });
    }
}

fn stages(criterion: &mut Criterion) {
    let fleet = Fleet::of(30_000);
    let folder = to_folder(fleet);
    let root = folder.path();
    let mut group = criterion.benchmark_group("stage");
    group.sample_size(10).throughput(Throughput::Elements(fleet.tasks() as u64));

    stage(&mut group, "load", || catalog::load(root));
    let catalog = catalog::load(root).catalog;
    stage(&mut group, "rehearse", || planner::rehearse(&catalog));

    let upgrade = &catalog.upgrades[fleet::UPGRADE];
    let runtime = &catalog.runtimes[&upgrade.runtime];
    let lock = Lock::parse(&fs::read_to_string(root.join(lock::FILE)).expect("reads")).expect("is a lock");
    let as_of = lock.as_of();
    let facts = {
        let trust = lock::Trust { releases: &runtime.releases, advisories: &runtime.advisories };
        lock::reconcile(&lock.runtimes["go"], trust, runtime.scheme)
    };
    let known = Known { versions: &facts, scans: &lock.scans };
    let plan = || planner::plan(&catalog, upgrade, known, as_of).expect("plans");
    stage(&mut group, "plan", plan);
    let plan = plan();
    let write = || runbook::write(&catalog, upgrade, &plan, known).expect("writes");
    stage(&mut group, "runbook", write);
    let runbooks = BTreeMap::from([(upgrade.id.clone(), write())]);
    let facts = BTreeMap::from([(upgrade.runtime.clone(), facts)]);
    stage(&mut group, "review", || review::review(&catalog, &runbooks, &facts, as_of));

    let templates = render::load_templates(root).expect("loads");
    let (catalog, scans) = (&catalog, &lock.scans);
    let (revisions, changes) = (&BTreeMap::new(), &BTreeMap::new());
    let material =
        Material { catalog, facts: &facts, scans, runbooks: &runbooks, revisions, changes, schemas: &[], as_of };
    let render = |output: &mut dyn Output| render::pages(&material, &templates, output).expect("renders");
    stage(&mut group, "render", || render(&mut Lost));

    let mut kept = Kept(Vec::new());
    render(&mut kept);
    let Kept(pages) = kept;
    let output = root.join("site");
    group.bench_function("write", |bencher| {
        bencher.iter_batched(
            || clear(&output),
            |()| {
                let mut writer = Writer::begin(&output, Mode::Write).expect("begins");
                pages.iter().for_each(|page| writer.page(page, None).expect("takes the page"));
                writer.finish().expect("finishes")
            },
            BatchSize::PerIteration,
        );
    });
}

fn stage<T>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut run: impl FnMut() -> T) {
    group.bench_function(name, |bencher| bencher.iter_with_large_drop(&mut run));
}

fn check_as_a_process(criterion: &mut Criterion) {
    let mut check = Command::new(env!("CARGO_BIN_EXE_upshift"));
    check.args(["-C", env!("CARGO_MANIFEST_DIR"), "check"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut group = criterion.benchmark_group("check");
    group.measurement_time(Duration::from_secs(3));
    group.bench_function("shipped", |bencher| {
        bencher.iter(|| assert!(check.status().expect("runs").success()));
    });
}

/// Comparing two runbooks of one upgrade, in the newer of which every tenth task is done otherwise, and one in a hundred
/// is renamed.
fn from_runbooks_to_changes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("diff");
    group.sample_size(10);
    for tasks in [1_020, 10_020, 100_020] {
        let folder = to_folder(Fleet::of(tasks));
        let catalog = catalog::load(folder.path()).catalog;
        let upgrade = &catalog.upgrades[fleet::UPGRADE];
        let (facts, scans) = (VersionFacts::default(), Scans::new());
        let known = Known { versions: &facts, scans: &scans };
        let plan = planner::plan(&catalog, upgrade, known, None).expect("plans");
        let old = runbook::write(&catalog, upgrade, &plan, known).expect("writes");
        let mut new = old.clone();
        for (at, task) in new.tasks.iter_mut().enumerate() {
            if at % 10 == 0 {
                task.instructions = task.instructions.as_ref().map(|text| text.replace("review", "second opinion"));
            }
            if at % 100 == 0 {
                task.id = TaskId::new(&format!("renamed-{at}"));
            }
        }
        group.throughput(Throughput::Elements(tasks as u64));
        group.bench_function(BenchmarkId::from_parameter(tasks), |bencher| {
            bencher.iter_with_large_drop(|| diff::compare(&old, &new, &Levels::default()));
        });
    }
}

/// Keeps no page.
struct Lost;

impl Output for Lost {
    fn take(&mut self, page: Page, _made_of: Option<String>) -> Result<()> {
        drop(black_box(page));
        Ok(())
    }
}

/// Keeps all pages.
struct Kept(Vec<Page>);

impl Output for Kept {
    fn take(&mut self, page: Page, _made_of: Option<String>) -> Result<()> {
        self.0.push(page);
        Ok(())
    }
}

criterion_group!(
    benches,
    check_as_a_process,
    stages,
    from_catalog_to_plan,
    from_catalog_to_pages,
    from_runbooks_to_changes
);
criterion_main!(benches);
