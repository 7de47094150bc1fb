//! The heights: each cell near what it is linked to, in the order of its rank, and lines straight.

use std::collections::BTreeSet;

use super::nets::{Layers, Link};

const SWEEPS: usize = 16;
/// How far a box moves at most so that a line to it is straight.
const MOST_MOVED: f64 = 40.0;
/// How far a cell moves so that its line lies beside another.
const PARTED: f64 = 6.0;

/// Which links draw at a cell.
#[derive(Clone, Copy)]
enum By {
    Left,
    Right,
    Both,
}

/// Gives every cell its height; the topmost is at 0.
pub(super) fn assign(layers: &mut Layers) {
    for rank in 0..layers.ranks.len() {
        let mut y = 0.0;
        let mut above = None;
        for cell in layers.ranks[rank].clone() {
            y += above.map_or(0.0, |above: usize| layers.between(above, cell));
            layers.cells[cell].y = y;
            y += layers.cells[cell].height;
            above = Some(cell);
        }
        for cell in layers.ranks[rank].clone() {
            layers.cells[cell].y -= y / 2.0;
        }
    }
    let count = layers.ranks.len();
    for sweep in 0..SWEEPS {
        let by = match sweep {
            sweep if sweep + 6 > SWEEPS => By::Both,
            sweep if sweep % 2 == 0 => By::Left,
            _ => By::Right,
        };
        for step in 0..count {
            let rank = if sweep % 2 == 0 { step } else { count - 1 - step };
            settle(layers, rank, by);
        }
    }
    let places = places_of(layers);
    for rank in 0..count {
        for cell in layers.ranks[rank].clone() {
            align(layers, &places, cell);
        }
    }
    for net in 0..layers.nets.len() {
        straighten(layers, &places, net);
    }
    let top = layers.cells.iter().map(|cell| cell.y).fold(f64::INFINITY, f64::min);
    layers.cells.iter_mut().for_each(|cell| cell.y = (cell.y - top).round());
}

/// The place of each cell in its rank.
fn places_of(layers: &Layers) -> Vec<usize> {
    let mut places = vec![0; layers.cells.len()];
    for rank in &layers.ranks {
        rank.iter().enumerate().for_each(|(place, cell)| places[*cell] = place);
    }
    places
}

/// Where a cell would like to be, and how much.
fn wish(layers: &Layers, cell: usize, by: By) -> (f64, f64) {
    let own = &layers.cells[cell];
    let (left, right): (&[Link], &[Link]) = match by {
        By::Left => (&own.left, &[]),
        By::Right => (&[], &own.right),
        By::Both => (&own.left, &own.right),
    };
    let links = left.iter().chain(right).chain(&own.beside);
    let (sum, weight) = links.fold((0.0, 0.0), |(sum, weight), link| {
        let y = layers.cells[link.cell].y + link.other - link.own;
        (sum + y * link.weight, weight + link.weight)
    });
    if weight > 0.0 { (sum / weight, weight) } else { (own.y, 0.05) }
}

/// Moves the cells of a rank to where they would like to be, as near as their order and
/// distances allow: isotonic regression, by pooling neighbours that stand in each other's way.
fn settle(layers: &mut Layers, rank: usize, by: By) {
    struct Pool {
        wish: f64,
        weight: f64,
        cells: usize,
    }
    let cells = layers.ranks[rank].clone();
    let mut offsets = Vec::with_capacity(cells.len());
    let mut pools: Vec<Pool> = Vec::new();
    let mut offset = 0.0;
    for (place, cell) in cells.iter().enumerate() {
        if let Some(above) = place.checked_sub(1) {
            offset += layers.cells[cells[above]].height + layers.between(cells[above], *cell);
        }
        offsets.push(offset);
        let (wish, weight) = wish(layers, *cell, by);
        let mut pool = Pool { wish: wish - offset, weight, cells: 1 };
        while let Some(above) = pools.pop_if(|above| above.wish > pool.wish) {
            let weight = above.weight + pool.weight;
            pool.wish = (above.wish * above.weight + pool.wish * pool.weight) / weight;
            pool.weight = weight;
            pool.cells += above.cells;
        }
        pools.push(pool);
    }
    let wishes = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.wish, pool.cells));
    for ((cell, offset), wish) in cells.iter().zip(offsets).zip(wishes) {
        layers.cells[*cell].y = wish + offset;
    }
}

/// Moves a box a little, where there is room, so that a line arrives at it without a bend.
fn align(layers: &mut Layers, places: &[usize], cell: usize) {
    let own = &layers.cells[cell];
    if own.is_line {
        return;
    }
    let (top, bottom) = room(layers, places, cell);
    let wishes = own.left.iter().map(|link| layers.cells[link.cell].y + link.other - link.own);
    let nearest = wishes.min_by(|one, other| (one - own.y).abs().total_cmp(&(other - own.y).abs()));
    if let Some(y) = nearest.filter(|y| (top..=bottom).contains(y) && (y - own.y).abs() < MOST_MOVED) {
        layers.cells[cell].y = y;
    }
}

/// Lets a net cross as many ranks as it can at one height, where nothing stands in its way.
fn straighten(layers: &mut Layers, places: &[usize], net: usize) {
    for lines in [
        layers.nets[net].forward.values().copied().collect::<Vec<_>>(),
        layers.nets[net].backward.values().copied().collect(),
    ] {
        let mut stretch: Vec<usize> = Vec::new();
        let mut free = (f64::NEG_INFINITY, f64::INFINITY);
        for line in lines {
            let (top, bottom) = room(layers, places, line);
            let both = (free.0.max(top), free.1.min(bottom));
            if both.0 > both.1 {
                level(layers, &stretch, free);
                stretch.clear();
                free = (top, bottom);
            } else {
                free = both;
            }
            stretch.push(line);
        }
        level(layers, &stretch, free);
    }
}

fn level(layers: &mut Layers, lines: &[usize], free: (f64, f64)) {
    if lines.is_empty() {
        return;
    }
    // A place at which it meets a box without a bend is best.
    let ends = lines.iter().flat_map(|line| {
        let own = &layers.cells[*line];
        let links = own.left.iter().chain(&own.right).filter(|link| !layers.cells[link.cell].is_line);
        links.map(|link| layers.cells[link.cell].y + link.other)
    });
    let mean = lines.iter().map(|line| layers.cells[*line].y).sum::<f64>() / lines.len() as f64;
    let fitting = ends
        .filter(|y| (free.0..=free.1).contains(y))
        .min_by(|one, other| (one - mean).abs().total_cmp(&(other - mean).abs()));
    let y = fitting.unwrap_or_else(|| mean.max(free.0).min(free.1));
    lines.iter().for_each(|line| layers.cells[*line].y = y);
}

/// Moves one of two cells whose lines lie on each other, where there is room: a line rather than
/// a box. The ranks in which something has moved.
pub(super) fn part(layers: &mut Layers, pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    let mut ranks = BTreeSet::new();
    let places = places_of(layers);
    for (left, right) in pairs {
        let mut cells = [*right, *left];
        cells.sort_by_key(|cell| !layers.cells[*cell].is_line);
        let moved = cells.into_iter().find_map(|cell| {
            let (top, bottom) = room(layers, &places, cell);
            let y = layers.cells[cell].y;
            let free = [y + PARTED, y - PARTED].into_iter().find(|y| (top.max(0.0)..=bottom).contains(y));
            free.map(|y| (cell, y))
        });
        match moved {
            Some((cell, y)) => layers.cells[cell].y = y,
            None => push_down(layers, &places, *right),
        }
        ranks.insert(layers.cells[moved.map_or(*right, |moved| moved.0)].rank);
    }
    ranks
}

/// Moves a cell down, and those below it as far as they are in its way.
fn push_down(layers: &mut Layers, places: &[usize], cell: usize) {
    layers.cells[cell].y += PARTED;
    let mut above = cell;
    for below in layers.ranks[layers.cells[cell].rank].iter().skip(places[cell] + 1).copied().collect::<Vec<_>>() {
        let least = layers.cells[above].y + layers.cells[above].height + layers.between(above, below);
        if layers.cells[below].y >= least {
            break;
        }
        layers.cells[below].y = least;
        above = below;
    }
}

/// Between which heights the top of a cell may lie while its neighbours stay.
fn room(layers: &Layers, places: &[usize], cell: usize) -> (f64, f64) {
    let own = &layers.cells[cell];
    let rank = &layers.ranks[own.rank];
    let place = places[cell];
    let top = place.checked_sub(1).map_or(f64::NEG_INFINITY, |above| {
        let above = rank[above];
        layers.cells[above].y + layers.cells[above].height + layers.between(above, cell)
    });
    let bottom = rank
        .get(place + 1)
        .map_or(f64::INFINITY, |below| layers.cells[*below].y - layers.between(cell, *below) - own.height);
    // Rounding errors aside its own height lies between.
    (top.min(own.y), bottom.max(own.y))
}
