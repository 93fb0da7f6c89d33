//! Brings the newest commit of a remote repository into a cache: its lists of files, and of the files themselves only those
//! that are asked for. Nothing is checked out.
//!
//! Who asks is told to the remote by git's own credential helpers and keys, as with `git clone`; nothing is asked at the
//! terminal. A commit that is in the cache is not fetched again (<https://git-scm.com/docs/partial-clone>).

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use url::{Host, Url};

use super::{Entry, Snapshot, to_command};
use crate::model::digest::sha256;
use crate::model::quote::{clean, quote};

/// The longest that one call of git may take.
const LONGEST: Duration = Duration::from_secs(300);

/// How often a call that goes on is looked at.
const MOMENT: Duration = Duration::from_millis(10);

/// The name of the remote and of the commit in the cache.
const REMOTE: &str = "origin";
const REFERENCE: &str = "refs/upshift/head";

/// Which addresses may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Hosts: `https`, `ssh`, and `http` on this machine.
    Hosts,
    /// Folders of this machine, too.
    Folders,
}

/// What the environment can say of another repository than the one in the cache; git sets it for its hooks
/// (<https://git-scm.com/docs/git#_environment_variables>).
const ELSEWHERE: [&str; 11] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Finds the newest commit of a remote's main branch, and brings the lists of its files into a cache.
///
/// # Errors
///
/// An address that is not asked, and what git says when it fails or takes too long. Then the cache is as it was.
pub fn fetch(url: &str, cache: &Path, reach: Reach) -> Result<Snapshot> {
    check(url, reach)?;
    let folder = to_folder(cache, url);
    let newest = find_commit(url, cache)?;
    if find_known(&folder).is_some_and(|known| known == newest) {
        return Ok(Snapshot { folder, commit: newest, start: to_own_command });
    }
    if find_known(&folder).is_some()
        && let Ok(commit) = bring(&folder)
    {
        return Ok(Snapshot { folder, commit, start: to_own_command });
    }
    // There is none, or it is broken: a new one beside it takes its place once it is whole.
    let parent = cache.join("git");
    fs::create_dir_all(&parent).with_context(|| format!("making `{}`", parent.display()))?;
    let new = tempfile::tempdir_in(&parent).with_context(|| format!("making a folder in `{}`", parent.display()))?;
    begin(url, new.path())?;
    let commit = bring(new.path())?;
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing `{}`", folder.display()))?;
    }
    fs::rename(new.keep(), &folder).with_context(|| format!("making `{}`", folder.display()))?;
    Ok(Snapshot { folder, commit, start: to_own_command })
}

impl Snapshot {
    /// Brings files that are not in the cache yet, all at once.
    ///
    /// # Errors
    ///
    /// What git says when it fails or takes too long.
    pub fn bring(&self, entries: &[Entry]) -> Result<()> {
        let wanted: BTreeSet<&str> = entries.iter().map(|entry| entry.object.as_str()).collect();
        let asked: String = wanted.iter().map(|object| format!("{object}\n")).collect();
        let known = run(&self.folder, ["cat-file", "--batch-check=%(objectname)"], &asked)?;
        let known = String::from_utf8_lossy(&known);
        let missing: String = known
            .lines()
            .filter_map(|line| line.strip_suffix(" missing"))
            .filter(|object| wanted.contains(object))
            .map(|object| format!("{object}\n"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let fetch = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
        let what = ["--recurse-submodules=no", "--filter=blob:none", "--stdin", REMOTE];
        run(&self.folder, fetch.into_iter().chain(what), &missing).map(drop)
    }

    /// The commit, in lower-case hex.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }
}

/// Refuses what is no address of a repository, or one that would make git run something.
fn check(url: &str, reach: Reach) -> Result<()> {
    let refused = |why: &str| anyhow!("{} is not asked: {why}", quote(url));
    if url.starts_with('-') || url.contains("::") || url.chars().any(char::is_control) {
        return Err(refused("it is no address of a repository"));
    }
    let Ok(parsed) = Url::parse(url) else {
        // `git@host:path`
        let is_ssh = url.split_once('@').is_some_and(|(user, rest)| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            let (host, path) = rest.split_once(':').unwrap_or(("", ""));
            let is_name = |text: &str| !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain);
            is_name(user) && is_name(host) && !path.is_empty() && !path.starts_with('-')
        });
        let is_folder = reach == Reach::Folders && Path::new(url).is_absolute();
        return if is_ssh || is_folder { Ok(()) } else { Err(refused("it is no address of a repository")) };
    };
    // A token can stand where the name does.
    if parsed.password().is_some() || (!parsed.username().is_empty() && parsed.scheme() != "ssh") {
        bail!("an address with a name or password is not asked: let a credential helper of git give it");
    }
    let is_local = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match parsed.scheme() {
        "https" => Ok(()),
        "ssh" if parsed.host_str().is_some_and(|host| !host.starts_with('-')) => Ok(()),
        "http" if is_local => Ok(()),
        "http" => Err(refused("http sends everything in the open; use https")),
        "file" if reach == Reach::Folders => Ok(()),
        _ => Err(refused("only https and ssh are")),
    }
}

/// The newest commit of the remote's main branch.
fn find_commit(url: &str, cache: &Path) -> Result<String> {
    fs::create_dir_all(cache).with_context(|| format!("making `{}`", cache.display()))?;
    let listed = run(cache, ["ls-remote", "--quiet", "--", url, "HEAD"], "")?;
    let listed = String::from_utf8_lossy(&listed);
    let commit = listed.lines().find_map(|line| line.strip_suffix("\tHEAD"));
    let is_hex = |byte: u8| byte.is_ascii_hexdigit();
    let commit = commit.filter(|commit| matches!(commit.len(), 40 | 64) && commit.bytes().all(is_hex));
    commit.map(str::to_owned).ok_or_else(|| anyhow!("{} has no commit", quote(url)))
}

/// The commit that is in the cache.
fn find_known(folder: &Path) -> Option<String> {
    let commit = format!("{REFERENCE}^{{commit}}");
    let known = run(folder, ["rev-parse", "--verify", "--quiet", &commit], "").ok()?;
    Some(String::from_utf8_lossy(&known).trim().to_owned())
}

/// Makes an empty repository that knows its remote.
fn begin(url: &str, folder: &Path) -> Result<()> {
    run(folder, ["init", "--bare", "--quiet", "."], "")?;
    for (key, value) in [
        ("remote.origin.url", url),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:none"),
        ("core.repositoryformatversion", "1"),
        ("extensions.partialclone", REMOTE),
    ] {
        run(folder, ["config", key, value], "")?;
    }
    Ok(())
}

/// Brings the newest commit with its lists of files, and says which it is: what was pushed a moment ago counts.
fn bring(folder: &Path) -> Result<String> {
    let to = format!("+HEAD:{REFERENCE}");
    let fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none", "--no-write-fetch-head"];
    run(folder, fetch.into_iter().chain(["--recurse-submodules=no", REMOTE, &to]), "")?;
    find_known(folder).ok_or_else(|| anyhow!("git fetched no commit"))
}

/// Git in a folder of the cache, whatever the environment says of other repositories.
fn to_own_command(folder: &Path) -> Command {
    let mut command = to_command(folder);
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command
}

/// Runs git with something to read, for so long at most; an error is git's own words.
fn run(folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &str) -> Result<Vec<u8>> {
    let mut command = to_own_command(folder);
    for (key, value) in [
        ("core.hooksPath", "/dev/null"),
        ("protocol.ext.allow", "never"),
        ("credential.interactive", "never"),
        ("http.lowSpeedLimit", "1000"),
        ("http.lowSpeedTime", "30"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
    ] {
        command.arg("-c").arg(format!("{key}={value}"));
    }
    // Neither git nor ssh asks at the terminal; the user's own command for ssh stays.
    command.envs([("GIT_ASKPASS", "true"), ("SSH_ASKPASS", "true"), ("SSH_ASKPASS_REQUIRE", "force")]);
    command.env("GIT_ALLOW_PROTOCOL", "file:http:https:ssh");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("starting `git`")?;
    let read = |from: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What cannot be read any more is cut off; the exit code tells.
            let _ = from.map(|mut from| from.read_to_end(&mut bytes));
            bytes
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let asks = child.stdin.take();
    let text = input.to_owned();
    // Git may stop reading; then there is nothing to tell it.
    let writer = thread::spawn(move || asks.map(|mut asks| asks.write_all(text.as_bytes())));
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().context("waiting for `git`")? {
            break status;
        }
        if begin.elapsed() > LONGEST {
            let _ = child.kill();
            let _ = child.wait();
            bail!("git took more than {} seconds", LONGEST.as_secs());
        }
        thread::sleep(MOMENT);
    };
    let _ = writer.join();
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    if status.success() {
        return Ok(out);
    }
    let said = String::from_utf8_lossy(&err);
    let line = said.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("warning"));
    bail!("{}", line.map_or_else(|| format!("git failed: {status}"), clean))
}

/// Where a cache holds a repository.
fn to_folder(cache: &Path, url: &str) -> PathBuf {
    cache.join("git").join(&sha256(url.as_bytes())[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let fixed = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"];
        run(folder, fixed.iter().chain(args), "").expect("succeeds");
    }

    #[expect(clippy::disallowed_methods, reason = "what somebody else put there")]
    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("has a folder")).expect("makes a folder");
        fs::write(path, text).expect("writes");
    }

    /// A repository that others fetch from, and a checkout of it.
    fn remote() -> (tempfile::TempDir, String) {
        let root = tempfile::tempdir().expect("a folder");
        let work = root.path().join("work");
        put(&work.join("go.mod"), "go 1.26.0\n");
        put(&work.join("large.bin"), &"x".repeat(10_000));
        git(&work, &["init", "--quiet"]);
        git(&work, &["add", "."]);
        git(&work, &["commit", "--quiet", "--message", "first"]);
        let bare = root.path().join("bare");
        git(root.path(), &["clone", "--quiet", "--bare", "work", "bare"]);
        git(&bare, &["config", "uploadpack.allowFilter", "true"]);
        git(&bare, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let url = format!("file://{}", bare.display());
        (root, url)
    }

    fn read(snapshot: &Snapshot, path: &str) -> String {
        let entries: Vec<Entry> =
            snapshot.list(&[]).expect("lists").into_iter().filter(|entry| entry.path == path).collect();
        snapshot.bring(&entries).expect("brings");
        String::from_utf8(snapshot.read(&entries).expect("reads").remove(path).expect("is there")).expect("is text")
    }

    #[test]
    fn brings_the_files_that_are_asked_for_and_no_others() {
        let (root, url) = remote();
        let cache = root.path().join("cache");
        let snapshot = fetch(&url, &cache, Reach::Folders).expect("fetches");
        assert_eq!(read(&snapshot, "go.mod"), "go 1.26.0\n");
        let large = snapshot.list(&["large.bin"]).expect("lists");
        let there = run(&to_folder(&cache, &url), ["cat-file", "--batch-check"], &format!("{}\n", large[0].object));
        assert!(String::from_utf8_lossy(&there.expect("asks")).contains("missing"));
    }

    #[test]
    fn a_commit_that_is_known_is_not_fetched_again_and_a_new_one_is() {
        let (root, url) = remote();
        let cache = root.path().join("cache");
        let first = fetch(&url, &cache, Reach::Folders).expect("fetches");
        read(&first, "go.mod");
        // Nothing of the repository is left but the names of its commits.
        let objects = root.path().join("bare/objects");
        fs::rename(&objects, root.path().join("kept")).expect("moves");
        fs::create_dir_all(objects.join("info")).expect("makes");
        let second = fetch(&url, &cache, Reach::Folders);
        fs::remove_dir_all(&objects).expect("removes");
        fs::rename(root.path().join("kept"), &objects).expect("moves back");
        assert_eq!(second.expect("asks for names only").commit(), first.commit());
        let work = root.path().join("work");
        put(&work.join("go.mod"), "go 1.27.0\n");
        git(&work, &["commit", "--quiet", "--all", "--message", "second"]);
        git(&work, &["push", "--quiet", "../bare", "HEAD"]);
        let third = fetch(&url, &cache, Reach::Folders).expect("fetches");
        assert_ne!(third.commit(), first.commit());
        assert_eq!(read(&third, "go.mod"), "go 1.27.0\n");
    }

    #[test]
    fn a_broken_cache_is_made_anew() {
        let (root, url) = remote();
        let cache = root.path().join("cache");
        fetch(&url, &cache, Reach::Folders).expect("fetches");
        fs::remove_dir_all(to_folder(&cache, &url).join("objects")).expect("removes");
        let snapshot = fetch(&url, &cache, Reach::Folders).expect("fetches again");
        assert_eq!(read(&snapshot, "go.mod"), "go 1.26.0\n");
    }

    #[test]
    fn a_remote_that_is_gone_leaves_the_cache_as_it_was() {
        let (root, url) = remote();
        let cache = root.path().join("cache");
        let first = fetch(&url, &cache, Reach::Folders).expect("fetches");
        read(&first, "go.mod");
        fs::rename(root.path().join("bare"), root.path().join("gone")).expect("moves");
        fetch(&url, &cache, Reach::Folders).expect_err("is gone");
        assert_eq!(find_known(&to_folder(&cache, &url)).as_deref(), Some(first.commit()));
        assert_eq!(read(&first, "go.mod"), "go 1.26.0\n");
        let entries = fs::read_dir(cache.join("git")).expect("is a folder").count();
        assert_eq!(entries, 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_utf_8_hides_no_other_file() {
        use std::os::unix::ffi::OsStrExt as _;

        let (root, url) = remote();
        let work = root.path().join("work");
        put(&work.join(OsStr::from_bytes(b"odd-\xff")), "x");
        git(&work, &["add", "."]);
        git(&work, &["commit", "--quiet", "--message", "odd"]);
        git(&work, &["push", "--quiet", "../bare", "HEAD"]);
        let snapshot = fetch(&url, &root.path().join("cache"), Reach::Folders).expect("fetches");
        let (entries, odd) = snapshot.list_all(&[]).expect("lists");
        assert_eq!((entries.len(), odd), (2, 1));
        assert!(snapshot.list(&[]).is_err());
    }

    #[test]
    fn refuses_what_is_no_address_of_a_repository() {
        let refused = |url: &str, reach| check(url, reach).err().map(|error| error.to_string());
        for url in [
            "--upload-pack=x",
            "ext::sh -c x",
            "http://example.org/a",
            "file:///tmp/a",
            "/tmp/a",
            "-oProxy@x:y",
            "ftp://a/b",
            "https://me:secret@gitlab.com/a",
            "https://token@gitlab.com/a",
            "git@-x:y",
            "",
            "a\nb",
        ] {
            assert!(refused(url, Reach::Hosts).is_some(), "{url}");
        }
        for url in [
            "https://gitlab.com/a/b",
            "http://127.0.0.1:80/a",
            "http://localhost/a",
            "ssh://git@gitlab.com/a",
            "git@gitlab.com:a/b.git",
        ] {
            assert_eq!(refused(url, Reach::Hosts), None, "{url}");
        }
        let told = refused("https://me:secret@gitlab.com/a", Reach::Hosts).unwrap_or_default();
        assert!(told.contains("credential helper") && !told.contains("secret"), "{told}");
    }

    #[test]
    fn says_why_a_remote_cannot_be_read() {
        let root = tempfile::tempdir().expect("a folder");
        let url = format!("file://{}/none", root.path().display());
        let error = fetch(&url, &root.path().join("cache"), Reach::Folders).expect_err("is not there");
        assert!(error.to_string().contains("does not appear to be a git repository"), "{error}");
        let empty = root.path().join("empty");
        fs::create_dir_all(&empty).expect("makes");
        git(&empty, &["init", "--quiet", "--bare"]);
        let url = format!("file://{}", empty.display());
        let error = fetch(&url, &root.path().join("cache"), Reach::Folders).expect_err("is empty");
        assert!(error.to_string().ends_with("has no commit"), "{error}");
    }
}
