//! Kyle's equilibrium: how an insider trades over several auctions, and what prices make of it.
//!
//! Value *v* ~ N(*p*₀, Σ₀), noise *u*ₙ ~ N(0, σ²Δ*t*), *N* auctions, Δ*t* = 1/*N*. The insider
//! orders *x*ₙ = βₙ(*v* − *p*ₙ₋₁)Δ*t*, the price is *p*ₙ = *p*ₙ₋₁ + λₙ(*x*ₙ + *u*ₙ). In units where
//! Σ₀ = σ² = 1, going back from the last auction with α_N = 0 and a trial Σ_N:
//!
//! (1 − λₙ²Δ*t*/Σₙ)(1 − αₙλₙ) = ½,  βₙ = λₙ/Σₙ,  Σₙ₋₁ = Σₙ/(1 − βₙλₙΔ*t*),  αₙ₋₁ = 1/(4λₙ(1 −
//! αₙλₙ)),
//!
//! and the trial is right when it leads to Σ₀ = 1.
//!
//! Source: Kyle (1985), *Continuous auctions and insider trading*, Econometrica 53(6), theorem 2.

/// The most auctions.
pub const AUCTIONS_MAX: u64 = 1 << 10;

const HALVINGS: u32 = 100;

/// What holds in each auction, first auction first, where Σ₀ and σ² are one.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// λₙ: by how much a lot moves the price.
    pub impact: Vec<f64>,
    /// βₙΔ*t*: what share of the mispricing the insider orders.
    pub intensity: Vec<f64>,
    /// Σₙ: what is still unknown after each auction.
    pub unknown: Vec<f64>,
}

/// The equilibrium of `auctions` auctions.
///
/// # Panics
///
/// Without an auction.
#[must_use]
pub fn equilibrium(auctions: usize) -> Equilibrium {
    assert!(auctions > 0, "there is an auction");
    // What is known at first grows with what is left at last.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if backwards(auctions, middle).1 > 1.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    backwards(auctions, (low + high) / 2.0).0
}

/// From Σ_N to Σ₀, which is the second result.
fn backwards(auctions: usize, last: f64) -> (Equilibrium, f64) {
    let step = 1.0 / auctions as f64;
    let (mut alpha, mut unknown) = (0.0, last);
    let mut found = Equilibrium { impact: vec![], intensity: vec![], unknown: vec![] };
    for _ in 0..auctions {
        let impact = impact(alpha, unknown, step);
        let intensity = impact / unknown * step;
        found.impact.push(impact);
        found.intensity.push(intensity);
        found.unknown.push(unknown);
        unknown /= 1.0 - intensity * impact;
        alpha = 1.0 / (4.0 * impact * (1.0 - alpha * impact));
    }
    for list in [&mut found.impact, &mut found.intensity, &mut found.unknown] {
        list.reverse();
    }
    (found, unknown)
}

/// λ between nothing and where either bracket vanishes: there the product falls from 1 to 0.
fn impact(alpha: f64, unknown: f64, step: f64) -> f64 {
    let most = libm::sqrt(unknown / step);
    let (mut low, mut high) = (0.0, if alpha > 0.0 { most.min(1.0 / alpha) } else { most });
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        let product = (1.0 - middle * middle * step / unknown) * (1.0 - alpha * middle);
        if product > 0.5 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 2e-6, "{found} for {expected}");
        }
    }

    /// The values of the paper's equations for one, two and four auctions.
    #[test]
    fn the_published_values() {
        let one = equilibrium(1);
        near(&[one.impact[0], one.intensity[0], one.unknown[0]], &[0.5, 1.0, 0.5]);
        let two = equilibrium(2);
        near(&two.impact, &[0.652_882, 0.588_227]);
        near(&two.intensity, &[0.471_721, 0.850_012]);
        near(&two.unknown[1..], &[0.346_011]);
        let four = equilibrium(4);
        near(&four.impact, &[0.764_797, 0.756_758, 0.737_208, 0.664_201]);
        near(&four.unknown[3..], &[0.220_582]);
    }

    #[test]
    fn with_many_auctions_impact_is_nearly_one_throughout() {
        let many = equilibrium(200);
        assert!(many.impact[..100].iter().all(|impact| (0.9..1.0).contains(impact)), "{many:?}");
        assert!(many.unknown.windows(2).all(|pair| pair[1] < pair[0]), "more and more is known");
    }
}
