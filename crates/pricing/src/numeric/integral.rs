//! The area under a smooth curve.

use libm::fabs;

/// The nodes above 0 of the fifteen-point Kronrod rule on (-1, 1), outermost first, and 0.
const NODES: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
/// The weights of that rule.
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_55,
    0.104_790_010_322_250_18,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_82,
];
/// The weights of Gauss's seven-point rule, whose nodes are every second of those.
const GAUSS: [f64; 4] = [
    0.129_484_966_168_869_7,
    0.279_705_391_489_276_64,
    0.381_830_050_505_118_9,
    0.417_959_183_673_469_4,
];
/// How often an interval is halved before its estimate is taken as it is.
const HALVINGS_MAX: u32 = 40;

/// An integrator that counts what it asks of the curve.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How many more points of the curve may be asked for.
    pub left: u64,
}

impl Budget {
    /// The integral of `curve` from `low` to `high`, to about `tolerance`: intervals are halved
    /// until the rules of Gauss (7 points) and Kronrod (15) agree. Nothing when the budget is spent.
    ///
    /// Source: Piessens and others, QUADPACK (1983); nodes and weights of its routine QK15.
    pub fn integrate(
        &mut self,
        curve: &impl Fn(f64) -> f64,
        (low, high): (f64, f64),
        tolerance: f64,
    ) -> Option<f64> {
        self.halved(curve, (low, high), tolerance, HALVINGS_MAX)
    }

    fn halved(
        &mut self,
        curve: &impl Fn(f64) -> f64,
        (low, high): (f64, f64),
        tolerance: f64,
        halvings_left: u32,
    ) -> Option<f64> {
        self.left = self.left.checked_sub(15)?;
        let (area, off) = kronrod(curve, low, high);
        // Below this part of the area the two rules differ by rounding alone.
        if off <= tolerance || off <= 1e-15 * fabs(area) || halvings_left == 0 {
            return Some(area);
        }
        let middle = 0.5 * (low + high);
        let left = self.halved(curve, (low, middle), 0.5 * tolerance, halvings_left - 1)?;
        let right = self.halved(curve, (middle, high), 0.5 * tolerance, halvings_left - 1)?;
        Some(left + right)
    }
}

/// Kronrod's estimate, and how far Gauss's is from it.
fn kronrod(curve: &impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    let centre = curve(middle);
    let (mut fine, mut coarse) = (KRONROD[7] * centre, GAUSS[3] * centre);
    for at in 0..7 {
        let both = curve(middle - half * NODES[at]) + curve(middle + half * NODES[at]);
        fine += KRONROD[at] * both;
        if at % 2 == 1 {
            coarse += GAUSS[at / 2] * both;
        }
    }
    (fine * half, fabs((fine - coarse) * half))
}

#[cfg(test)]
mod tests {
    use super::{Budget, kronrod};
    use libm::{cos, exp, fabs, pow, sqrt};

    fn area(curve: impl Fn(f64) -> f64, ends: (f64, f64)) -> f64 {
        Budget { left: 1_000_000 }.integrate(&curve, ends, 1e-13).unwrap()
    }

    /// The rule of 15 points is exact to degree 22, that of 7 to degree 13.
    #[test]
    fn polynomials_are_exact() {
        for degree in 0..=22 {
            let (found, off) = kronrod(&|x| pow(x, f64::from(degree)), 0.0, 1.0);
            assert!(fabs(found - 1.0 / f64::from(degree + 1)) < 1e-15, "{degree}");
            assert!(degree > 13 || off < 1e-15, "{degree}");
        }
    }

    #[test]
    fn known_areas() {
        assert!(fabs(area(|x| exp(-x * x), (-9.0, 9.0)) - sqrt(std::f64::consts::PI)) < 1e-12);
        assert!(fabs(area(|x| cos(200.0 * x), (0.0, 10.0)) - libm::sin(2_000.0) / 200.0) < 1e-12);
        assert!(fabs(area(sqrt, (0.0, 1.0)) - 2.0 / 3.0) < 1e-12);
        assert!(fabs(area(fabs, (-1.0, 2.0)) - 2.5) < 1e-12);
    }

    #[test]
    fn a_spent_budget_gives_nothing() {
        let mut budget = Budget { left: 60 };
        assert_eq!(budget.integrate(&|x| cos(1e4 * x), (0.0, 1.0), 1e-13), None);
        assert!(budget.left < 15);
    }
}
