//! Which box stands in which rank: circles are opened, then every way leads to a later rank,
//! but for those that close a circle.

use std::collections::BTreeMap;

use super::Sheet;

/// The rank of each box, from 0 on the left.
///
/// Boxes are walked from their beginnings, each one's ways in their order or from the last one to
/// the first; what closes a circle leads back. Of the two the one whose lines cross fewer ranks.
pub(super) fn of(sheet: &Sheet) -> Vec<usize> {
    let outs = outs(sheet);
    let in_order = ranked(sheet, &outs, &walked(sheet, &outs, false));
    let from_last = ranked(sheet, &outs, &walked(sheet, &outs, true));
    if crossed(sheet, &from_last) < crossed(sheet, &in_order) { from_last } else { in_order }
}

fn ranked(sheet: &Sheet, outs: &[Vec<usize>], forward: &[bool]) -> Vec<usize> {
    let order = topological(sheet, outs, forward);
    let mut ranks = vec![0_usize; sheet.shapes.len()];
    for from in &order {
        for way in &outs[*from] {
            if forward[*way] {
                let to = sheet.ways[*way].to;
                ranks[to] = ranks[to].max(ranks[*from] + 1);
            }
        }
    }
    draw_together(sheet, outs, forward, &order, &mut ranks);
    ranks
}

/// How many ranks the nets cross; back counts double, since it is harder to follow.
fn crossed(sheet: &Sheet, ranks: &[usize]) -> usize {
    let mut spans: BTreeMap<(usize, u8), (usize, usize)> = BTreeMap::new();
    for way in &sheet.ways {
        let (from, to) = (ranks[way.from], ranks[way.to]);
        let span = spans.entry((way.to, way.style)).or_default();
        if from < to {
            span.0 = span.0.max(to - from - 1);
        } else {
            span.1 = span.1.max(from - to + 1);
        }
    }
    spans.values().map(|(forward, backward)| forward + 2 * backward).sum()
}

fn outs(sheet: &Sheet) -> Vec<Vec<usize>> {
    let mut outs = vec![Vec::new(); sheet.shapes.len()];
    for (place, way) in sheet.ways.iter().enumerate() {
        outs[way.from].push(place);
    }
    outs
}

/// Which ways lead forward: all but those that lead to where the walk has come from.
fn walked(sheet: &Sheet, outs: &[Vec<usize>], from_last: bool) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnTheWay,
        Done,
    }
    let mut forward = vec![true; sheet.ways.len()];
    let mut seen = vec![Seen::No; sheet.shapes.len()];
    for root in roots(sheet) {
        if seen[root] != Seen::No {
            continue;
        }
        seen[root] = Seen::OnTheWay;
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((at, tried)) = path.last_mut() {
            let ways = &outs[*at];
            let next = if from_last { ways.len().checked_sub(*tried + 1) } else { Some(*tried) };
            *tried += 1;
            let Some(way) = next.and_then(|next| ways.get(next)).copied() else {
                seen[*at] = Seen::Done;
                path.pop();
                continue;
            };
            let to = sheet.ways[way].to;
            match seen[to] {
                Seen::No => {
                    seen[to] = Seen::OnTheWay;
                    path.push((to, 0));
                }
                Seen::OnTheWay => forward[way] = false,
                Seen::Done => {}
            }
        }
    }
    forward
}

/// Where walks begin: boxes of low precedence number first, then such as nothing leads to.
fn roots(sheet: &Sheet) -> Vec<usize> {
    let mut entered = vec![false; sheet.shapes.len()];
    sheet.ways.iter().filter(|way| way.from != way.to).for_each(|way| entered[way.to] = true);
    let mut roots: Vec<usize> = (0..sheet.shapes.len()).collect();
    roots.sort_by_key(|place| (sheet.shapes[*place].precedence, entered[*place], *place));
    roots
}

/// The boxes such that every forward way leads to a later one.
fn topological(sheet: &Sheet, outs: &[Vec<usize>], forward: &[bool]) -> Vec<usize> {
    let mut waits = vec![0_usize; sheet.shapes.len()];
    for (way, _) in sheet.ways.iter().zip(forward).filter(|(_, forward)| **forward) {
        waits[way.to] += 1;
    }
    let mut order: Vec<usize> = (0..waits.len()).filter(|place| waits[*place] == 0).collect();
    let mut at = 0;
    while let Some(from) = order.get(at).copied() {
        at += 1;
        for way in outs[from].iter().filter(|way| forward[**way]) {
            let to = sheet.ways[*way].to;
            waits[to] -= 1;
            if waits[to] == 0 {
                order.push(to);
            }
        }
    }
    order
}

/// Shortens ways: a box that more lines leave than arrive at moves right as far as it may.
fn draw_together(sheet: &Sheet, outs: &[Vec<usize>], forward: &[bool], order: &[usize], ranks: &mut [usize]) {
    let mut ins = vec![0_usize; sheet.shapes.len()];
    for (way, _) in sheet.ways.iter().zip(forward).filter(|(_, forward)| **forward) {
        ins[way.to] += 1;
    }
    for place in order.iter().rev().copied() {
        let nexts = outs[place].iter().filter(|way| forward[**way]).map(|way| ranks[sheet.ways[*way].to]);
        let (count, nearest) = nexts.fold((0, usize::MAX), |(count, nearest), rank| (count + 1, nearest.min(rank)));
        if count > ins[place] && nearest > ranks[place] + 1 {
            ranks[place] = nearest - 1;
        }
    }
}
