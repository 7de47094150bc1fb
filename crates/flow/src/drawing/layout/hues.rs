//! Hues for nets that go far, such that lines that run near each other differ.

use super::Sheet;
use super::lanes::Gap;
use super::nets::Layers;

/// How many hues there are.
pub(in crate::drawing) const HUES: usize = 6;

/// Farther lines than this do not count as neighbours, in lines.
const NEAR: usize = 5;

/// A hue for each net that goes far and may have one: that which is least used near its lines so far.
pub(super) fn assign(sheet: &Sheet, layers: &Layers, gaps: &[Gap]) -> Vec<Option<usize>> {
    let is_hued = |net: usize| {
        let net = &layers.nets[net];
        net.is_far() && net.ways.iter().all(|way| sheet.ways[*way].has_hue)
    };
    let rows = rows(layers, gaps);
    let mut stands: Vec<Vec<(usize, usize)>> = vec![Vec::new(); layers.nets.len()];
    for (row, nets) in rows.iter().enumerate() {
        nets.iter().enumerate().for_each(|(place, net)| stands[*net].push((row, place)));
    }
    let mut hues: Vec<Option<usize>> = vec![None; layers.nets.len()];
    for net in (0..layers.nets.len()).filter(|net| is_hued(*net)) {
        // Among equals they take turns.
        let mut used = [1e-6; HUES];
        used[net % HUES] = 0.0;
        for (row, place) in &stands[net] {
            let row = &rows[*row];
            let neighbours = place.saturating_sub(NEAR)..(place + NEAR + 1).min(row.len());
            for other in neighbours {
                if let Some(hue) = hues[row[other]] {
                    used[hue] += 1.0 / (other.abs_diff(*place).max(1) as f64).powi(2);
                }
            }
        }
        hues[net] = (0..HUES).min_by(|one, other| used[*one].total_cmp(&used[*other]));
    }
    hues
}

/// Nets side by side: those with a lane in a gap, from left to right, and those that cross a
/// rank, from top to bottom.
fn rows(layers: &Layers, gaps: &[Gap]) -> Vec<Vec<usize>> {
    let mut crossing = vec![None; layers.cells.len()];
    for (place, net) in layers.nets.iter().enumerate() {
        net.forward.values().chain(net.backward.values()).for_each(|line| crossing[*line] = Some(place));
    }
    let upright = gaps.iter().map(|gap| {
        let mut lanes: Vec<(usize, usize)> = gap.lanes.iter().map(|(net, lane)| (*lane, *net)).collect();
        lanes.sort_unstable();
        lanes.into_iter().map(|(_, net)| net).collect()
    });
    let level = layers.ranks.iter().map(|rank| rank.iter().filter_map(|cell| crossing[*cell]).collect());
    upright.chain(level).collect()
}
