//! Files that mean harm, or were mangled on their way: each case is a repository, and `tests/hostile/<case>.txt` holds
//! all that `check` and `build` say about it and which files are there afterwards. `SNAPSHOTS=overwrite` writes those
//! texts anew.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops, and writes where it likes"
)]

#[path = "harness/harness.rs"]
mod harness;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use harness::root;

/// The most lines and columns that a person sees at once; a message that is longer is read by nobody.
const SCREEN: (usize, usize) = (40, 600);

const CATALOG: &str = r#"teams: { core: { name: Core } }
components: { api: { owner: core, uses: { go: { phase: work } } } }
runtimes: { go: { name: Go, scheme: go, process: go } }
processes:
  go:
    phases: [{ id: work }]
    steps: { build: { title: Build, each: component } }
upgrades:
  go-1.27.0: { runtime: go, from: "1.26.7", to: "1.27.0" }
"#;

/// What a case puts beside the sound catalog.
enum Given {
    /// A file of its own, `data/x.yaml`.
    File(Vec<u8>),
    /// The sound catalog with other bytes.
    Catalog(Vec<u8>),
    /// A lock.
    Lock(String),
    /// A page template of the user's.
    Template(&'static str),
    /// Whatever a function does to the folder.
    Deed(fn(&Path)),
}

fn file(text: &str) -> Given {
    Given::File(text.as_bytes().to_vec())
}

fn catalog(old: &str, new: &str) -> Given {
    assert!(CATALOG.contains(old), "{old}");
    Given::Catalog(CATALOG.replace(old, new).into_bytes())
}

fn team(id: &str) -> Given {
    file(&format!("teams: {{ {id}: {{ name: X }} }}\n"))
}

fn lock(text: &str) -> Given {
    Given::Lock(text.to_owned())
}

fn catalogs() -> Vec<(&'static str, Given)> {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\nteams: *d\n";
    let windows: String = CATALOG.lines().map(|line| format!("{line}\r\n")).collect();
    let mut cut = CATALOG.as_bytes().to_vec();
    cut.truncate(60);
    let binary = |inner: &[u8]| Given::File([b"teams: { a: { name: \"", inner, b"\" } }\n"].concat());
    vec![
        ("five_megabytes", Given::File(b"# padding\n".repeat(524_288))),
        ("alias_bomb", file(bomb)),
        ("thousand_levels_of_lists", file(&format!("teams: {}{}\n", "[".repeat(1000), "]".repeat(1000)))),
        ("thousand_levels_of_maps", file(&format!("teams: {}x{}\n", "{a: ".repeat(1000), "}".repeat(1000)))),
        ("million_brackets", file(&"[".repeat(1_000_000))),
        ("million_dashes", file(&"- ".repeat(1_000_000))),
        ("byte_order_mark", Given::Catalog([b"\xef\xbb\xbf", CATALOG.as_bytes()].concat())),
        ("byte_order_mark_alone", Given::File(b"\xef\xbb\xbf".to_vec())),
        ("utf_16", Given::File(CATALOG.encode_utf16().flat_map(u16::to_le_bytes).collect())),
        ("carriage_returns", Given::Catalog(windows.into_bytes())),
        ("tabs", file("teams:\n\ta: { name: X }\n")),
        ("empty", file("")),
        ("comments_only", file("# nothing yet\n---\n")),
        ("cut_short", Given::Catalog(cut)),
        ("two_documents", file("teams: { a: { name: X } }\n---\nteams: { b: { name: X } }\n")),
        ("no_as_id", team("no")),
        ("on_as_id", team("on")),
        ("null_as_id", team("null")),
        ("tilde_as_id", team("~")),
        ("number_as_id", team("1.20")),
        ("no_as_name", file("teams: { a: { name: no } }\n")),
        ("on_as_name", file("teams: { a: { name: on } }\n")),
        ("null_as_name", file("teams: { a: { name: null } }\n")),
        ("true_as_name", file("teams: { a: { name: true } }\n")),
        ("duplicate_keys", file("teams:\n  a: { name: X }\n  a: { name: Y }\n")),
        ("merge_keys", file("teams:\n  a: { name: X }\n  b: { <<: { name: Y } }\n")),
        ("tags", file("teams: { a: { name: !!python/object/apply:os.system [\"reboot\"] } }\n")),
        ("binary_tag", file("teams: { a: { name: !!binary aGk= } }\n")),
        ("complex_key", file("teams: { ? [a, b] : { name: X } }\n")),
        ("invalid_utf_8", binary(b"\xff\xfe")),
        ("nul", binary(b"a\0b")),
        ("control_characters", binary(b"\x1b]0;title\x07\x1b[31m")),
        ("escaped_control_characters", catalog("name: Core", "name: \"\\e[31mCore\\a\\0\"")),
        ("control_characters_in_an_id", team("\"a\\e[31m\\0\"")),
        ("bidi_in_a_name", catalog("name: Core", "name: \"Core\u{202e}eroC\"")),
        ("bidi_in_an_id", team("\"a\u{202e}b\"")),
        ("bidi_in_an_unknown_key", file("teams: { a: { \"na\u{202e}me\u{7}\": X } }\n")),
        ("id_that_climbs", team("\"../../etc/passwd\"")),
        ("upgrade_that_climbs", catalog("go-1.27.0:", "\"go-../../x\":")),
        ("id_of_a_device", team("nul")),
        ("id_of_a_device_with_ending", team("com1.txt")),
        ("case_fold_twins", file("teams: { Api: { name: X }, api: { name: Y } }\n")),
        ("id_of_10_000_characters", team(&format!("\"{}\"", "x".repeat(10_000)))),
        ("unknown_key_of_10_000_characters", file(&format!("{}: 1\n", "x".repeat(10_000)))),
        ("version_of_10_000_characters", catalog("\"1.27.0\"", &format!("\"{}\"", "1.".repeat(5_000)))),
        (
            "reference_of_10_000_characters",
            catalog("owner: core", &format!("owner: \"{}\"", "x\u{202e}".repeat(5_000))),
        ),
        ("duplicate_of_10_000_characters", file(&format!("teams:\n  {0}: {{}}\n  {0}: {{}}\n", "x".repeat(900)))),
        ("markup_in_a_name", catalog("name: Core", "name: \"<script>alert(1)</script> ](javascript:x) | `\"")),
        (
            "endless_loop_in_a_step",
            catalog("title: Build,", "title: Build, do: \"{% for a in range(end=99999999) %}x{% endfor %}\","),
        ),
        (
            "thousand_levels_in_a_step",
            catalog(
                "title: Build,",
                &format!("title: Build, do: \"{{{{ {}1{} }}}}\",", "(".repeat(1000), ")".repeat(1000)),
            ),
        ),
        (
            "thousand_ifs_in_a_step",
            catalog(
                "title: Build,",
                &format!("title: Build, do: \"{}x{}\",", "{% if to %}".repeat(1000), "{% endif %}".repeat(1000)),
            ),
        ),
        (
            "long_sum_in_a_step",
            catalog("title: Build,", &format!("title: Build, do: \"{{{{ 1{} }}}}\",", "+1".repeat(10_000))),
        ),
        ("include_in_a_step", catalog("title: Build,", "title: Build, do: \"{% include 'build.do' %}\",")),
        (
            "template_of_a_file_in_a_step",
            catalog("title: Build,", "title: Build, do: \"{% include '/etc/passwd' %}\","),
        ),
    ]
}

fn locks() -> Vec<(&'static str, Given)> {
    let found = "day = 2026-08-22\nfound = [{ column = 1, runtime = \"go\", value = \"1\", kind = \"exact\", file = ";
    let pins = format!("format = 1\n[pins.api]\n{found}");
    let source = "[runtimes.go.sources]\ngo = { url = \"u\", time = 2026-08-22, sha256 = \"";
    vec![
        ("lock_empty", lock("")),
        ("lock_of_another_kind", lock("{\"lockfileVersion\": 3}")),
        ("lock_of_the_future", lock("format = 99\nwhat = { is = 1 }\n")),
        ("lock_with_a_huge_format", lock("format = 99999999999999999999\n")),
        ("lock_with_thousand_levels", lock(&format!("format = 1\nx = {}{}\n", "[".repeat(1000), "]".repeat(1000)))),
        ("lock_with_million_brackets", lock(&format!("format = 1\nx = {}", "[".repeat(1_000_000)))),
        ("lock_with_thousand_dots", lock(&format!("format = 1\n{}x = 1\n", "a.".repeat(100_000)))),
        ("lock_with_unknown_key", lock("format = 1\nsurprise = true\n")),
        ("lock_with_control_characters", lock("format = 1\n\"\\u001b[31m\" = 1\n")),
        ("lock_with_an_id_that_climbs", lock("format = 1\n[runtimes.\"../x\".sources]\n")),
        ("lock_with_an_impossible_day", lock("format = 1\n[days]\nversions = 2026-02-30\n")),
        ("lock_with_a_false_digest", lock(&format!("format = 1\n{source}zz\" }}\n"))),
        (
            "lock_with_a_false_commit",
            lock(&format!("format = 1\n[pins.api]\ncommit = \"HEAD\"\n{found}\"x\", line = 1 }}]\n")),
        ),
        ("lock_with_a_pin_outside_its_repository", lock(&format!("{pins}\"../../etc/passwd\", line = 1 }}]\n"))),
        ("lock_with_a_pin_above_the_first_line", lock(&format!("{pins}\"x\", line = 0 }}]\n"))),
        ("lock_with_pins_of_a_stranger", lock("format = 1\n[pins.\"a b\"]\nday = 2026-08-22\n")),
        ("lock_with_conflict_markers", lock("format = 1\n<<<<<<< HEAD\n[days]\n=======\n>>>>>>> b\n")),
        ("lock_with_carriage_returns", lock("format = 1\r\n\r\n[days]\r\nversions = 2026-08-22\r\n")),
        ("lock_with_byte_order_mark", lock("\u{feff}format = 1\n")),
        ("lock_with_a_key_of_10_000_characters", lock(&format!("format = 1\n{} = 1\n", "x".repeat(10_000)))),
        ("lock_not_utf_8", Given::Deed(|folder| put(folder, "upshift.lock", b"format = 1 # \xff\n"))),
        ("lock_that_is_a_folder", Given::Deed(|folder| fs::create_dir(folder.join("upshift.lock")).expect("makes"))),
    ]
}

fn templates() -> Vec<(&'static str, Given)> {
    vec![
        ("template_without_end", Given::Template("{% for a in range(end=99999999) %}0123456789{% endfor %}")),
        ("template_that_includes_itself", Given::Template("{% include \"runbook.md\" %}")),
        ("template_of_another_file", Given::Template("{% include \"/etc/passwd\" %}")),
        ("template_with_unknown_name", Given::Template("{{ nothing }}")),
        ("template_that_is_no_template", Given::Template("{% if")),
    ]
}

fn folders() -> Vec<(&'static str, Given)> {
    vec![
        (
            "link_loop",
            Given::Deed(|folder| {
                symlink("b.yaml", folder.join("data/a.yaml")).expect("links");
                symlink("a.yaml", folder.join("data/b.yaml")).expect("links");
            }),
        ),
        ("link_to_its_own_folder", Given::Deed(|folder| symlink(".", folder.join("data/again")).expect("links"))),
        ("link_to_nowhere", Given::Deed(|folder| symlink("nowhere", folder.join("data/x.yaml")).expect("links"))),
        (
            "folder_named_like_a_file",
            Given::Deed(|folder| put(folder, "data/x.yaml/y.yaml", b"teams: { other: { name: X } }\n")),
        ),
        (
            "device_named_like_a_file",
            Given::Deed(|folder| symlink("/dev/zero", folder.join("data/x.yaml")).expect("links")),
        ),
        (
            "control_characters_in_a_file_name",
            Given::Deed(|folder| put(folder, "data/\u{1b}[31m\u{202e}.yaml", b"teams: 1\n")),
        ),
        (
            "file_name_that_is_not_utf_8",
            Given::Deed(|folder| {
                let name = std::ffi::OsStr::from_bytes(b"x\xff\x1b.yaml");
                fs::write(folder.join("data").join(name), "teams: 1\n").expect("writes");
            }),
        ),
        (
            "data_is_a_file",
            Given::Deed(|folder| {
                fs::remove_dir_all(folder.join("data")).expect("removes");
                put(folder, "data", b"teams: {}\n");
            }),
        ),
        (
            "too_many_folders",
            Given::Deed(|folder| put(folder, &format!("data/{}x.yaml", "d/".repeat(40)), b"teams: 1\n")),
        ),
    ]
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
    fs::write(path, bytes).expect("writes");
}

/// Runs a verb; what it says, and how it ended. A signal, such as that of an overflow of the stack, fails the test.
fn say(folder: &Path, verb: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_upshift"))
        .arg(verb)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .output()
        .expect("runs");
    let code = output.status.code().unwrap_or(-1);
    let mut said = format!("$ upshift {verb}\n");
    for bytes in [output.stdout, output.stderr] {
        said.push_str(&String::from_utf8(bytes).expect("prints text"));
    }
    let _ = writeln!(said, "exit code {code}\n");
    said
}

/// The paths below a folder, without those of the catalog, and without following links.
fn list(folder: &Path, base: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("is a folder").flatten() {
        let path = entry.path();
        let name = path.strip_prefix(base).expect("is below").to_string_lossy().into_owned();
        match entry.file_type().expect("has a type").is_dir() {
            true if name != "data" => list(&path, base, found),
            true => {}
            false => drop(found.insert(name)),
        }
    }
}

fn try_case(name: &str, given: &Given) -> String {
    let outer = tempfile::tempdir().expect("a folder");
    let folder = outer.path().join("repository");
    put(&folder, "data/catalog.yaml", CATALOG.as_bytes());
    match given {
        Given::File(bytes) => put(&folder, "data/x.yaml", bytes),
        Given::Catalog(bytes) => put(&folder, "data/catalog.yaml", bytes),
        Given::Lock(text) => put(&folder, "upshift.lock", text.as_bytes()),
        Given::Template(text) => put(&folder, "templates/runbook.md", text.as_bytes()),
        Given::Deed(deed) => deed(&folder),
    }
    let mut said = say(&folder, "check") + &say(&folder, "build");
    let mut found = BTreeSet::new();
    list(outer.path(), outer.path(), &mut found);
    // The site has many files, and has tests of its own.
    found.retain(|path| !path.starts_with("home/public/") && !path.contains("/public/"));
    said.push_str("afterwards\n");
    for path in &found {
        let _ = writeln!(said, "  {}", path.escape_debug());
    }
    let is_raw = |c: char| c != '\n' && c != '\t' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(!said.contains(is_raw), "{name}: a control character reaches the terminal: {said:?}");
    let longest = said.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    // The pages that a sound catalog gives are told twice, by `build` and in the list of files; they are no message.
    let told = said.lines().filter(|line| !line.contains("site/")).count();
    assert!(told <= SCREEN.0 && longest <= SCREEN.1, "{name}: more than a screen: {said}");
    assert!(!said.contains("exit code -1") && !said.contains("exit code 101"), "{name}: {said}");
    said
}

#[test]
fn hostile_files_are_named_and_change_nothing_else() {
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite");
    let folder = root().join("tests/hostile");
    let mut names = BTreeSet::new();
    let mut faults = Vec::new();
    for (name, given) in [catalogs(), locks(), templates(), folders()].into_iter().flatten() {
        assert!(names.insert(format!("{name}.txt")), "two cases are named {name}");
        let path = folder.join(format!("{name}.txt"));
        let Ok(said) = std::panic::catch_unwind(|| try_case(name, &given)) else {
            faults.push(name.to_owned());
            continue;
        };
        if overwrite {
            fs::write(&path, &said).expect("writes");
        }
        if fs::read_to_string(&path).ok().as_deref() != Some(&said) {
            faults.push(format!("{name}\n{said}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let recorded = fs::read_dir(&folder).expect("is a folder").flatten();
    let recorded: BTreeSet<String> = recorded.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(recorded, names, "tests/hostile holds a text for each case, and nothing else");
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "data/catalog.yaml", CATALOG.as_bytes());
    let path = folder.path().join("data/x.yaml");
    put(folder.path(), "data/x.yaml", b"");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("sets rights");
    // No rights bind the superuser, in whose hands many containers run: for them the file is just empty.
    let expected = match fs::read(&path) {
        Ok(_) => {
            "$ upshift check\nthe catalog is sound: 1 runtime, 1 component, 1 team, 1 process, 1 upgrade\nexit code 0\n\n"
        }
        Err(_) => {
            "$ upshift check\nerror[unreadable-file]: this cannot be read: Permission denied (os error 13)\n--> data/x.yaml\n\n1 error, 0 warnings\nexit code 2\n\n"
        }
    };
    assert_eq!(say(folder.path(), "check"), expected);
}
