//! Pages on their way out: some are made while those before them are written, and all arrive in their order.

use anyhow::{Context as _, Result};
use rayon::prelude::*;

use crate::model::page::Page;

/// How many pages are made side by side for each thread, and so how many are in memory at a time: twice as many, while
/// others are written.
const PAGES_OF_A_THREAD: usize = 4;

/// What takes the pages.
pub trait Output: Sync {
    /// Says whether a page is there already that was made of the same, by its path and the digest of what it is made of;
    /// nothing is where nothing lasts.
    fn has(&self, _path: &str, _made_of: &str) -> bool {
        false
    }

    /// Counts a page as taken that is there already.
    ///
    /// # Errors
    ///
    /// When the page cannot be there.
    fn keep(&mut self, _path: &str) -> Result<()> {
        Ok(())
    }

    /// Takes a page, with that digest where it has one.
    ///
    /// # Errors
    ///
    /// When the page cannot be taken.
    fn take(&mut self, page: Page, made_of: Option<String>) -> Result<()>;
}

/// Makes pages side by side, some at a time, and hands each on, in the order of the plans, which have a path each. `key`
/// tells the digest of all that a page is made of, where that is known without making it.
///
/// # Errors
///
/// What `render` reports of the first page that fails, or what the output reports.
pub fn make<T: Sync>(
    plans: &[(String, T)],
    key: impl Fn(&T) -> Option<String> + Sync,
    render: impl Fn(&str, &T) -> Result<String> + Sync,
    output: &mut dyn Output,
) -> Result<()> {
    type Made = Result<(Page, Option<String>)>;
    let render = |(path, plan, key): (&String, &T, Option<String>)| -> Made {
        let text = render(path, plan).with_context(|| format!("rendering `{path}`"))?;
        Ok((Page { path: path.clone(), text }, key))
    };
    let hand_on = |pages: Vec<Made>, output: &mut dyn Output| {
        pages.into_iter().try_for_each(|page| page.and_then(|(page, key)| output.take(page, key)))
    };
    let known = plans.par_iter().map(|(path, plan)| {
        let key = key(plan);
        let is_there = key.as_ref().is_some_and(|key| output.has(path, key));
        (key, is_there)
    });
    let known: Vec<(Option<String>, bool)> = known.collect();
    let mut wanted = Vec::new();
    for ((path, plan), (key, is_there)) in plans.iter().zip(known) {
        match is_there {
            true => output.keep(path)?,
            false => wanted.push((path, plan, key)),
        }
    }
    let at_a_time = PAGES_OF_A_THREAD * rayon::current_num_threads();
    let mut ready = Vec::new();
    let mut wanted = wanted.into_iter().peekable();
    while wanted.peek().is_some() {
        let some: Vec<(&String, &T, Option<String>)> = wanted.by_ref().take(at_a_time).collect();
        // The disk and the processors are busy at the same time.
        let mut next = Vec::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| next = some.into_par_iter().map(render).collect());
            hand_on(std::mem::take(&mut ready), output)
        })?;
        ready = next;
    }
    hand_on(ready, output)
}
