//! The order in each rank, such that few lines cross: sweeps by the centre of what a cell is
//! linked to, then swaps of neighbours; the best order that was seen stays.

use super::nets::{Cell, Layers, Link};

const SWEEPS: usize = 24;
/// So many sweeps that bring nothing are the last.
const MOST_IN_VAIN: usize = 6;
/// With more links than this neighbours are not swapped: that looks at pairs of links.
const MAX_SWAPPED_LINKS: usize = 6_000;
/// Two cells with more pairs of links than this are not swapped.
const MAX_COMPARED_LINKS: usize = 4_096;

/// Orders the cells of each rank.
pub(super) fn improve(layers: &mut Layers) {
    let mut places = places_of(layers);
    let swaps = layers.cells.iter().map(|cell| cell.left.len()).sum::<usize>() <= MAX_SWAPPED_LINKS;
    let mut best = (cost(layers, &places), layers.ranks.clone());
    let mut in_vain = 0;
    for sweep in 0..SWEEPS {
        if in_vain == MOST_IN_VAIN {
            break;
        }
        let count = layers.ranks.len();
        for step in 0..count {
            let rank = if sweep % 2 == 0 { step } else { count - 1 - step };
            sort_rank(layers, &mut places, rank, sweep % 2 == 0);
        }
        if swaps {
            (0..count).for_each(|rank| swap_neighbours(layers, &mut places, rank));
        }
        let now = cost(layers, &places);
        in_vain += 1;
        if now < best.0 {
            best = (now, layers.ranks.clone());
            in_vain = 0;
        }
    }
    layers.ranks = best.1;
}

fn places_of(layers: &Layers) -> Vec<f64> {
    let mut places = vec![0.0; layers.cells.len()];
    for rank in &layers.ranks {
        rank.iter().enumerate().for_each(|(place, cell)| places[*cell] = place as f64);
    }
    places
}

/// Where the other end of a link is: the cell's place, and how far down its side.
fn end_of(layers: &Layers, places: &[f64], link: &Link) -> f64 {
    places[link.cell] + share(&layers.cells[link.cell], link.other)
}

/// Less than a whole place.
fn share(cell: &Cell, below: f64) -> f64 {
    if cell.is_line { 0.4 } else { 0.8 * (below / cell.height.max(1.0)).clamp(0.0, 1.0) }
}

fn sort_rank(layers: &mut Layers, places: &mut [f64], rank: usize, by_left: bool) {
    let mut keyed: Vec<(f64, usize)> = layers.ranks[rank]
        .iter()
        .map(|cell| {
            let own = &layers.cells[*cell];
            let links = if by_left { &own.left } else { &own.right };
            let beside = if own.is_line { own.beside.as_slice() } else { &[] };
            let ends = links.iter().map(|link| (end_of(layers, places, link) - share(own, link.own), link.weight));
            // Places of one rank and of the next are not the same scale; near enough.
            let ends = ends.chain(beside.iter().map(|link| (end_of(layers, places, link), 2.0)));
            let (sum, weight) = ends.fold((0.0, 0.0), |(sum, weight), (end, by)| (sum + end * by, weight + by));
            (if weight > 0.0 { sum / weight } else { places[*cell] }, *cell)
        })
        .collect();
    // Cells without a link keep their place among the others.
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (place, (_, cell)) in keyed.iter().enumerate() {
        places[*cell] = place as f64;
    }
    layers.ranks[rank] = keyed.into_iter().map(|(_, cell)| cell).collect();
}

fn swap_neighbours(layers: &mut Layers, places: &mut [f64], rank: usize) {
    for _ in 0..3 {
        let mut swapped = false;
        for upper in 1..layers.ranks[rank].len() {
            let (one, other) = (layers.ranks[rank][upper - 1], layers.ranks[rank][upper]);
            if links_of(&layers.cells[one]) * links_of(&layers.cells[other]) > MAX_COMPARED_LINKS {
                continue;
            }
            let now = pair_cost(layers, places, one, other) + turns(layers, places, one) + turns(layers, places, other);
            places.swap(one, other);
            let then =
                pair_cost(layers, places, other, one) + turns(layers, places, one) + turns(layers, places, other);
            if then + 1e-9 < now {
                layers.ranks[rank].swap(upper - 1, upper);
                swapped = true;
            } else {
                places.swap(one, other);
            }
        }
        if !swapped {
            break;
        }
    }
}

fn links_of(cell: &Cell) -> usize {
    cell.left.len().max(cell.right.len())
}

/// How often lines of two cells cross, the one being above the other.
fn pair_cost(layers: &Layers, places: &[f64], upper: usize, lower: usize) -> f64 {
    let (upper, lower) = (&layers.cells[upper], &layers.cells[lower]);
    let mut crossings = 0.0;
    for (uppers, lowers) in [(&upper.left, &lower.left), (&upper.right, &lower.right)] {
        for one in uppers {
            let end = end_of(layers, places, one);
            crossings += lowers.iter().filter(|other| end_of(layers, places, other) < end - 1e-9).count() as f64;
        }
    }
    crossings
}

/// What it costs that lines turn round: they cross what stands between their ends.
fn turns(layers: &Layers, places: &[f64], cell: usize) -> f64 {
    layers.cells[cell].beside.iter().map(|link| (end_of(layers, places, link) - places[cell]).abs()).sum()
}

/// How many lines cross, and how much turning costs.
fn cost(layers: &Layers, places: &[f64]) -> f64 {
    let mut cost = 0.0;
    for rank in &layers.ranks {
        let mut lines: Vec<(f64, f64)> = Vec::new();
        for cell in rank {
            let own = &layers.cells[*cell];
            let begin = |link: &Link| places[*cell] + share(own, link.own);
            lines.extend(own.right.iter().map(|link| (begin(link), end_of(layers, places, link))));
            cost += turns(layers, places, *cell) / 2.0;
        }
        lines.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let mut ends: Vec<f64> = lines.into_iter().map(|(_, end)| end).collect();
        cost += inversions(&mut ends) as f64;
    }
    cost
}

/// How many pairs stand in the wrong order, by merging.
fn inversions(ends: &mut Vec<f64>) -> usize {
    if ends.len() < 2 {
        return 0;
    }
    let mut right = ends.split_off(ends.len() / 2);
    let mut count = inversions(ends) + inversions(&mut right);
    let mut merged = Vec::with_capacity(ends.len() + right.len());
    let (mut one, mut other) = (ends.iter().peekable(), right.iter().peekable());
    while let (Some(left), Some(below)) = (one.peek(), other.peek()) {
        if **below < **left - 1e-9 {
            count += one.len();
            merged.extend(other.next());
        } else {
            merged.extend(one.next());
        }
    }
    merged.extend(one);
    merged.extend(other);
    *ends = merged;
    count
}
