//! Warrants: calls that a company writes on its own shares, so that exercise makes new shares.
//!
//! Sources: Galai & Schneller (1978), Journal of Finance 33; the announcement's view, Hull, Options,
//! Futures and Other Derivatives, section "Warrants, employee stock options, and convertibles".

use super::black_scholes::worth;
use super::{Right, Vanilla, volatility};
use crate::numeric::root::newton;
use crate::{Outside, within};

/// The most shares or warrants.
pub const COUNT_MAX: f64 = 1e18;

/// An issue of warrants; each buys one share at the strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Issue {
    /// `S`: one share's price; `K`, `r`, `q` (not negative) and `T` as for a call.
    pub terms: Vanilla,
    /// `v`: the volatility of the company's equity, shares and warrants together, per share.
    pub volatility: f64,
    /// `N`: shares outstanding before exercise; positive.
    pub shares: f64,
    /// `M`: warrants; at least 0.
    pub warrants: f64,
}

/// One issue, valued in the ways the literature has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarrantValues {
    /// A plain call with the same terms.
    pub call: f64,
    /// One warrant when the share price already knows of the issue, but not of what the warrants
    /// are worth: the call times `N/(N + M)`. Hull's announcement effect.
    pub diluted: f64,
    /// One warrant when equity is the shares and the warrants together, so that its own value is in
    /// what it is written on: the W with `W = N/(N + M) · call(S + (M/N) W)`.
    pub galai_schneller: f64,
    /// All warrants at `diluted`.
    pub total: f64,
    /// By how much each share falls when the issue is announced: `total/N`.
    pub drop: f64,
}

/// The values of the warrants in `issue`. Without any warrants, a warrant is a call.
///
/// # Errors
///
/// [`Outside`], naming `S`, `K`, `r`, `q`, `T`, `v`, `N` or `M`.
pub fn warrant(issue: &Issue) -> Result<WarrantValues, Outside> {
    let terms = issue.terms.with_right(Right::Call);
    let Issue { volatility: v, shares, warrants, .. } = *issue;
    terms.check()?;
    // A negative yield could make the warrants worth more than all there is.
    within("q", terms.dividend, |q| q >= 0.0, "a dividend yield that is not negative")?;
    volatility("v", v)?;
    within("N", shares, |n| (1e-9..=COUNT_MAX).contains(&n), "a positive number of shares")?;
    within(
        "M",
        warrants,
        |m| (0.0..=COUNT_MAX).contains(&m),
        "a number of warrants, not negative",
    )?;
    let call = worth(&terms, v);
    let diluted = shares / (shares + warrants) * call;
    let total = warrants * diluted;
    let galai_schneller = fixed_point(&terms, v, shares, warrants)?;
    Ok(WarrantValues { call, diluted, galai_schneller, total, drop: total / shares })
}

/// The one W at which both sides agree: the right side grows more slowly than the left.
fn fixed_point(terms: &Vanilla, v: f64, shares: f64, warrants: f64) -> Result<f64, Outside> {
    let part = shares / (shares + warrants);
    let beyond = |value: f64| {
        let equity = terms.spot + warrants / shares * value;
        let step = 1e-6 * equity;
        let at = |spot: f64| worth(&Vanilla { spot, ..*terms }, v);
        let delta = (at(equity + step) - at(equity - step)) / (2.0 * step);
        (value - part * at(equity), 1.0 - warrants / (shares + warrants) * delta)
    };
    newton(beyond, (0.0, terms.spot), part * worth(terms, v))
        .ok_or_else(|| Outside::new("M", warrants, "a number of warrants whose value is found"))
}
