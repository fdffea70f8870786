//! Finding where a function of a few numbers is least, without its slopes.

/// How many times the function is asked at most.
const ASKED_MAX: u32 = 600;

/// The point near which `cost` is least, searched from `start` with first steps of `reach`.
///
/// Source: Nelder & Mead (1965), The Computer Journal 7(4), with their coefficients 1, 2, ½, ½. Equal
/// functions give equal points.
pub(super) fn least<const N: usize>(
    start: [f64; N],
    reach: f64,
    cost: impl Fn(&[f64; N]) -> f64,
) -> [f64; N] {
    let mut corners: Vec<([f64; N], f64)> = vec![(start, cost(&start))];
    for axis in 0..N {
        let mut corner = start;
        corner[axis] += reach;
        corners.push((corner, cost(&corner)));
    }
    let mut asked = 0;
    while asked < ASKED_MAX {
        corners.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (best, worst) = (corners[0].1, corners[N].1);
        if (worst - best).abs() <= 1e-10 * (best.abs() + 1e-10) {
            break;
        }
        let mut middle = [0.0; N];
        for (corner, _) in &corners[..N] {
            for axis in 0..N {
                middle[axis] += corner[axis] / N as f64;
            }
        }
        let along = |by: f64| {
            let mut point = middle;
            for axis in 0..N {
                point[axis] += by * (corners[N].0[axis] - middle[axis]);
            }
            (point, cost(&point))
        };
        let reflected = along(-1.0);
        asked += 2;
        let better = if reflected.1 < best {
            let expanded = along(-2.0);
            Some(if expanded.1 < reflected.1 { expanded } else { reflected })
        } else if reflected.1 < corners[N - 1].1 {
            Some(reflected)
        } else {
            let contracted = along(if reflected.1 < worst { -0.5 } else { 0.5 });
            (contracted.1 < worst.min(reflected.1)).then_some(contracted)
        };
        if let Some(better) = better {
            corners[N] = better;
            continue;
        }
        let nearest = corners[0].0;
        for corner in &mut corners[1..] {
            for (place, near) in corner.0.iter_mut().zip(nearest) {
                *place = (*place + near) / 2.0;
            }
            corner.1 = cost(&corner.0);
        }
        asked += N as u32;
    }
    corners.sort_by(|a, b| a.1.total_cmp(&b.1));
    corners[0].0
}

#[cfg(test)]
mod tests {
    use super::least;

    #[test]
    fn it_finds_the_bottom_of_a_bent_valley() {
        let rosenbrock = |p: &[f64; 2]| {
            let (a, b) = (1.0 - p[0], p[1] - p[0] * p[0]);
            a * a + 100.0 * b * b
        };
        let found = least([-1.2, 1.0], 0.5, rosenbrock);
        assert!((found[0] - 1.0).abs() < 1e-3 && (found[1] - 1.0).abs() < 1e-3, "{found:?}");
    }
}
