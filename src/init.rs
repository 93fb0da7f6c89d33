//! What a new repository begins with: a small catalog that is sound, and the pipelines of a forge. Pure; the files stand in
//! `init/starter`, and `write` brings them to disk.

/// Where pipelines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// GitLab CI, with GitLab Pages.
    Gitlab,
    /// GitHub Actions, with GitHub Pages.
    Github,
}

/// A file of a starter repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starter {
    /// From the root of the repository, with `/` between its parts.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The file that keeps what is built out of the repository.
pub const IGNORED: Starter = Starter { path: ".gitignore", text: include_str!("init/starter/gitignore") };

/// The example catalog; its files need each other.
pub const CATALOG: [Starter; 5] = [
    Starter { path: "data/settings.yaml", text: include_str!("init/starter/data/settings.yaml") },
    Starter { path: "data/teams.yaml", text: include_str!("init/starter/data/teams.yaml") },
    Starter { path: "data/components.yaml", text: include_str!("init/starter/data/components.yaml") },
    Starter { path: "data/go.yaml", text: include_str!("init/starter/data/go.yaml") },
    Starter { path: "data/upgrades.yaml", text: include_str!("init/starter/data/upgrades.yaml") },
];

const GITLAB: [Starter; 1] = [Starter { path: ".gitlab-ci.yml", text: include_str!("init/starter/gitlab-ci.yml") }];

const GITHUB: [Starter; 2] = [
    Starter { path: ".github/actions/upshift/action.yml", text: include_str!("init/starter/github/action.yml") },
    Starter { path: ".github/workflows/upshift.yml", text: include_str!("init/starter/github/upshift.yml") },
];

impl Forge {
    /// Its pipelines.
    #[must_use]
    pub fn files(self) -> &'static [Starter] {
        match self {
            Self::Gitlab => &GITLAB,
            Self::Github => &GITHUB,
        }
    }
}

/// Whether a catalog file is what the example has at that place, so that the example does not get in anybody's way.
#[must_use]
pub fn is_example(path: &str, text: &str) -> bool {
    CATALOG.iter().any(|file| file.path == path && file.text == text)
}

/// Whether a `.gitignore` already keeps the site out.
#[must_use]
pub fn ignores_site(text: &str) -> bool {
    text.lines().any(|line| line.trim().trim_matches('/') == "public")
}
