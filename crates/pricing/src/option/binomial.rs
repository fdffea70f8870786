//! Options on a binomial tree: the textbook's way to early exercise.
//!
//! Source: Cox, Ross & Rubinstein (1979), Journal of Financial Economics 7. For accuracy use
//! [`super::american`]; this is the tree as published, so that its figures can be had.

use super::{Vanilla, volatility};
use crate::Outside;
use libm::{exp, pow, sqrt};

/// The most steps of a tree; the work grows with their square.
pub const STEPS_MAX: u32 = 20_000;

/// When the holder may exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// At expiry only.
    European,
    /// Whenever he likes.
    American,
}

/// The price of `option` on a tree of `steps` (`n`) equal steps, up by `e^(v√dt)` and down by its
/// inverse.
///
/// `T` = 0 gives the pay-off. As the tree must keep the forward between its branches, `v√dt` must be
/// larger than `|r - q| dt`: with `v` = 0 there is no tree.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T` or `n`; `v` also when the tree would need a
/// probability outside 0 to 1.
pub fn binomial_crr(option: &Vanilla, v: f64, steps: u32, style: Style) -> Result<f64, Outside> {
    option.check()?;
    volatility("v", v)?;
    if !(1..=STEPS_MAX).contains(&steps) {
        return Err(Outside::new("n", steps, "from 1 to 20000 steps"));
    }
    if option.time == 0.0 {
        return Ok(option.intrinsic());
    }
    let step = option.time / f64::from(steps);
    let up = exp(v * sqrt(step));
    let rise = (exp((option.rate - option.dividend) * step) - 1.0 / up) / (up - 1.0 / up);
    if !(0.0..=1.0).contains(&rise) {
        let expected = "a volatility whose step is larger than the drift's; or more steps";
        return Err(Outside::new("v", v, expected));
    }
    Ok(rolled_back(option, up, rise, exp(-option.rate * step), (steps, style)))
}

fn rolled_back(
    option: &Vanilla,
    up: f64,
    rise: f64,
    discount: f64,
    (steps, style): (u32, Style),
) -> f64 {
    let n = steps as usize;
    // The spots that a node can have: S up^j for j from -n to n.
    let spots: Vec<f64> = (0..=2 * n).map(|j| option.spot * pow(up, j as f64 - n as f64)).collect();
    let pays: Vec<f64> =
        spots.iter().map(|spot| option.right.pay_off(*spot, option.strike)).collect();
    let mut worth: Vec<f64> = (0..=n).map(|ups| pays[2 * ups]).collect();
    for at in (0..n).rev() {
        for ups in 0..=at {
            let held = discount * (rise * worth[ups + 1] + (1.0 - rise) * worth[ups]);
            worth[ups] = match style {
                Style::European => held,
                Style::American => held.max(pays[n - at + 2 * ups]),
            };
        }
    }
    worth[0]
}
