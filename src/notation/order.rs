//! What comes before what, among things that are known by their place in a list. A picture shows only what does not
//! follow from the rest.

use std::collections::BTreeSet;

/// For each thing, all that come before it, given those that are known to.
pub fn to_all_before(before: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let mut all = Vec::with_capacity(before.len());
    for things in before {
        let mut met: BTreeSet<usize> = BTreeSet::new();
        let mut waiting: Vec<usize> = things.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            if met.insert(at) {
                waiting.extend(&before[at]);
            }
        }
        all.push(met);
    }
    all
}

/// For each thing, those that come right before it: what comes before another one of them goes without saying.
///
/// Steps may wait for each other, each for the other's earlier tasks; what such a circle would hide is kept.
pub fn to_right_before(all: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let of = |(thing, before): (usize, &BTreeSet<usize>)| {
        let goes_without_saying = |at: usize| {
            before
                .iter()
                .any(|&other| other != at && other != thing && all[other].contains(&at) && !all[at].contains(&other))
        };
        before.iter().copied().filter(|&at| at != thing && !goes_without_saying(at)).collect()
    };
    all.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right_before(before: &[&[usize]]) -> Vec<Vec<usize>> {
        let before: Vec<BTreeSet<usize>> = before.iter().map(|things| things.iter().copied().collect()).collect();
        to_right_before(&to_all_before(&before)).into_iter().map(|things| things.into_iter().collect()).collect()
    }

    #[test]
    fn leaves_out_what_follows_from_the_rest() {
        let none: Vec<usize> = vec![];
        assert_eq!(right_before(&[&[], &[0], &[0, 1], &[2]]), [none.clone(), vec![0], vec![1], vec![2]]);
        assert_eq!(right_before(&[&[], &[], &[0, 1]]), [none.clone(), none, vec![0, 1]]);
    }

    #[test]
    fn keeps_both_ways_of_a_circle() {
        assert_eq!(right_before(&[&[1], &[0], &[0, 1]]), [vec![1], vec![0], vec![0, 1]]);
    }
}
