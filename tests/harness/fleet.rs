//! A made-up company as large as one likes: every component has every step, so that the number of tasks is known.
//! The same size gives the same bytes.

#![allow(dead_code, reason = "each test and bench uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::Parser as _;
use jiff::civil::Date;
use upshift::cli::Cli;
use upshift::commands::{self, Exit, Surroundings, Tokens};
use upshift::report::Report;

/// How many components a team owns, and how many stand in one file.
const COMPONENTS_OF_A_TEAM: usize = 20;
const COMPONENTS_OF_A_FILE: usize = 1_000;

/// The one upgrade of a fleet.
pub const UPGRADE: &str = "go-1.27.0";

const PHASES: [(&str, &str); 5] = [
    ("prepare", "Preparation"),
    ("build", "Builds"),
    ("prove", "Proof"),
    ("ship", "Shipping"),
    ("settle", "Afterwards"),
];

/// What upstream said, as `upshift update` writes it.
const LOCK: &str = r#"format = 1

[days]
versions = 2026-08-22

[runtimes.go.sources]
go = { url = "https://go.dev/dl/?mode=json&include=all", time = 2026-08-22, sha256 = "5a618cfecb2fff45fa33b0935bd8efa5741c2b191e9e55f139b569ba757ec3a8" }

[runtimes.go.releases]
"1.26.7" = { go = {} }
"1.27.0" = { go = {} }
"#;

/// Days that move tasks.
const CALENDAR: &str = "settings:
  calendar:
    holidays: [2026-09-01]
    releases: [2026-09-17, 2026-10-15, 2026-11-19]
    freezes: [{ name: Audit, from: 2026-10-05, to: 2026-10-07 }]
";

/// A company with one runtime and one upgrade.
#[derive(Clone, Copy, Debug)]
pub struct Fleet {
    /// How many components there are.
    pub components: usize,
    /// How many steps each has.
    pub steps: usize,
}

impl Fleet {
    /// The fleet with thirty steps for each component that has this many tasks.
    pub fn of(tasks: usize) -> Self {
        assert_eq!(tasks % 30, 0, "thirty steps for each component");
        Self { components: tasks / 30, steps: 30 }
    }

    /// The number of tasks of its upgrade.
    pub fn tasks(self) -> usize {
        self.components * self.steps
    }

    /// Writes catalog and lock below a folder.
    pub fn write(self, root: &Path) {
        let components = (0..self.components).collect::<Vec<_>>();
        let files = components.chunks(COMPONENTS_OF_A_FILE).enumerate();
        let files = files.map(|(at, numbers)| (format!("data/components/{at:03}.yaml"), to_components(numbers)));
        let files = files.chain([
            ("data/teams.yaml".to_owned(), self.to_teams()),
            ("data/go.yaml".to_owned(), self.to_recipe()),
            ("upshift.lock".to_owned(), LOCK.to_owned()),
        ]);
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
            fs::write(path, text).expect("writes");
        }
    }

    fn to_teams(self) -> String {
        let mut text = String::from("teams:\n");
        for team in 0..self.components.div_ceil(COMPONENTS_OF_A_TEAM) {
            // Teams have days off on one of five days.
            let day = 7 + team % 5;
            let _ = writeln!(
                text,
                "  team-{team:04}: {{ name: Team {team}, handle: \"@company/team-{team:04}\", chat: \"#team-{team:04}\", holidays: [2026-09-{day:02}] }}"
            );
        }
        text
    }

    /// The runtime, its process and the upgrade.
    fn to_recipe(self) -> String {
        let mut text = String::from(CALENDAR);
        text += "runtimes:\n  go: { name: Go, scheme: go, releases: [{ go: {} }], process: go }\n";
        text += "processes:\n  go:\n    phases:\n";
        for (id, name) in &PHASES[..PHASES.len().min(self.steps)] {
            let _ = writeln!(text, "      - {{ id: {id}, name: {name} }}");
        }
        text += "    steps:\n";
        for step in 0..self.steps {
            text += &self.to_step(step);
        }
        let _ = writeln!(
            text,
            "upgrades:\n  {UPGRADE}: {{ runtime: go, from: \"1.26.7\", to: \"1.27.0\", state: active, start: 2026-08-24, due: 2026-12-01 }}"
        );
        text
    }

    /// A step; every third has a text of its own for each component, the others one for all.
    fn to_step(self, step: usize) -> String {
        let (phase, _) = PHASES[step * PHASES.len() / self.steps.max(PHASES.len())];
        let (subject, file) = match step % 3 {
            0 => ("{{ component.name }}", "services/{{ component.id }}/go.mod"),
            _ => ("the component", "go.mod"),
        };
        let mut text = format!(
            r#"      step-{step:02}:
        title: "Step {step} of {{{{ component.name }}}} with Go {{{{ to }}}}"
        each: component
        phase: {phase}
        takes: 4h
        source: https://example.com/steps/{step}
        do: |
          1. Read the [release notes](https://go.dev/doc/go{{{{ line }}}}) of Go {{{{ line }}}} for what concerns {subject}.
          2. Raise the version in `{file}` from {{{{ from }}}} to {{{{ to }}}}.
          {{%- if bump == "minor" %}}
          3. Look for functions that are deprecated since {{{{ from_line }}}}, and open an issue for each use.
          {{%- endif %}}
          4. Ask {{{{ owner.name }}}} for a review.
        run: |
          go get go@{{{{ to }}}} toolchain@go{{{{ to }}}}
          go mod tidy && go vet ./... && go test ./...
        verify: |
          The pipeline of {subject} is green, and `go version -m` of the binary prints `go{{{{ to }}}}`.
"#
        );
        if step > 0 {
            let wait = if step == 10 { ", wait: 7d" } else { "" };
            let _ = writeln!(text, "        needs: [{{ step: step-{:02}{wait} }}]", step - 1);
        }
        if step > 20 {
            text += "        gates: [{ not-frozen: {} }, { before-release: 7d }]\n";
        }
        // Conditions that hold for the one upgrade and every component, and that a rehearsal has to try out.
        text += match step {
            7 => "        where: { tags: [shipped] }\n",
            11 => "        when: { bump: [major, minor] }\n",
            19 => "        when: { any: [{ risk: high }, { bump: minor }] }\n",
            _ => "",
        };
        if step % 5 == 4 {
            text += "        rollback: |\n          Revert the merge request, and tell {{ owner.name }}.\n";
        }
        text
    }
}

fn to_components(numbers: &[usize]) -> String {
    let mut text = String::from("components:\n");
    for number in numbers {
        let team = number / COMPONENTS_OF_A_TEAM;
        let _ = writeln!(
            text,
            r#"  service-{number:05}:
    name: Service {number}
    repo: https://gitlab.com/company/service-{number:05}
    owner: team-{team:04}
    tags: [shipped]
    source: https://example.com/services/{number}
    uses: {{ go: {{ note: "Built by `make service-{number:05}`." }} }}
    pins: [{{ runtime: go, file: go.mod, name: go, kind: floor }}, {{ runtime: go, file: .tool-versions, name: golang }}]"#
        );
    }
    text
}

/// Runs `upshift build` in a folder, inside this process.
pub fn build(root: &Path) {
    let cli = Cli::parse_from(["upshift", "--quiet", "-C", root.to_str().expect("is text"), "build"]);
    let mut report = Report::new(&cli.global);
    let exit =
        commands::run(&cli, &Surroundings { today: Date::MIN, cache: None, tokens: Tokens::default() }, &mut report);
    assert_eq!(exit.expect("builds"), Exit::Done);
}
