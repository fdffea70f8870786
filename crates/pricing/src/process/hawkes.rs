//! Events that bring on others: a Hawkes process of one or more types, with exponential kernels.
//!
//! Type i comes at the intensity `mu_i + Σ_j Σ_k alpha_ij e^(-beta (t - t_jk))`, summed over all
//! earlier events k of all types j. All kernels fade equally fast, so what is left of the past is
//! one number a type, and the wait for the next event is drawn exactly, without thinning: it is the
//! lesser of a wait for what nothing brings on and a wait for what the past does.
//!
//! Sources: Hawkes (1971), Biometrika 58(1); Dassios & Zhao (2013), Electronic Communications in
//! Probability 18(62), for the draw.

use super::dice::{exponential, uniform};
use crate::numeric::radius::spectral_radius;
use crate::{Outside, within};
use libm::{exp, log};
use rand_core::Rng;

/// The most types.
pub const TYPES_MOST: usize = 64;

/// How events come.
#[derive(Clone, Debug, PartialEq)]
pub struct HawkesProcess {
    base: Vec<f64>,
    /// Row by row: the excited types, and in each row the exciting ones.
    jumps: Vec<f64>,
    decay: f64,
}

/// What is left of the past: how much it adds to the intensity of each type.
#[derive(Clone, Debug, PartialEq)]
pub struct Excited(Vec<f64>);

/// The next event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// How long after the last one, in the unit of time of the rates.
    pub wait: f64,
    /// Of which type, from 0.
    pub kind: usize,
}

impl HawkesProcess {
    /// Of the rates `mu` that nothing brings on, the jumps `alpha` (a row for each excited type) and
    /// the common decay `beta`, all per unit of time.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `mu`, `alpha` or `beta`; `alpha` also when the branching matrix
    /// `alpha/beta` has a spectral radius of 1 or more, so that the process explodes.
    pub fn new(base: &[f64], jumps: &[Vec<f64>], decay: f64) -> Result<Self, Outside> {
        let types = base.len();
        if !(1..=TYPES_MOST).contains(&types) {
            return Err(Outside::new("mu", format!("{types} rates"), "1 to 64 rates"));
        }
        if jumps.len() != types || jumps.iter().any(|row| row.len() != types) {
            let found = format!("{} rows for {types} rates", jumps.len());
            return Err(Outside::new("alpha", found, "a square matrix, one row for each rate"));
        }
        const RATE: &str = "a rate from 0 to 1e9";
        for (name, rate) in base
            .iter()
            .map(|rate| ("mu", rate))
            .chain(jumps.iter().flatten().map(|rate| ("alpha", rate)))
        {
            within(name, *rate, |rate| (0.0..=1e9).contains(&rate), RATE)?;
        }
        within("beta", decay, |beta| (1e-9..=1e9).contains(&beta), "a rate from 1e-9 to 1e9")?;
        let branching: Vec<f64> = jumps.iter().flatten().map(|alpha| alpha / decay).collect();
        let radius = spectral_radius(&branching, types);
        if radius >= 1.0 {
            let found = format!("a branching matrix of spectral radius {radius:.4}");
            return Err(Outside::new("alpha", found, "one below 1: otherwise it explodes"));
        }
        Ok(Self { base: base.to_vec(), jumps: jumps.concat(), decay })
    }

    /// Of one type.
    ///
    /// # Errors
    ///
    /// As [`HawkesProcess::new`].
    pub fn one(base: f64, jump: f64, decay: f64) -> Result<Self, Outside> {
        Self::new(&[base], &[vec![jump]], decay)
    }

    /// How many types there are.
    #[must_use]
    pub fn types(&self) -> usize {
        self.base.len()
    }

    /// No past.
    #[must_use]
    pub fn start(&self) -> Excited {
        Excited(vec![0.0; self.types()])
    }

    /// The next event after the last one (or after `excited` was aged); none when none comes.
    pub fn next(&self, excited: &mut Excited, dice: &mut impl Rng) -> Option<Next> {
        let (base, past) = (self.base.iter().sum::<f64>(), excited.0.iter().sum::<f64>());
        let alone = (base > 0.0).then(|| exponential(dice, 1.0 / base));
        // What the past brings on may run dry: that is its chance of bringing on nothing.
        let left =
            if past > 0.0 { 1.0 + self.decay / past * log(1.0 - uniform(dice)) } else { 0.0 };
        let brought = (left > 0.0).then(|| -log(left) / self.decay);
        let wait = match (alone, brought) {
            (Some(alone), Some(brought)) => alone.min(brought),
            (one, other) => one.or(other)?,
        };
        let by_past = brought == Some(wait);
        self.age(excited, wait);
        let shares = if by_past { &excited.0 } else { &self.base };
        let kind = drawn(shares, dice);
        for (i, left) in excited.0.iter_mut().enumerate() {
            *left += self.jumps[i * self.base.len() + kind];
        }
        Some(Next { wait, kind })
    }

    /// Lets `wait` go by without an event. (The wait for the next one has no memory of it.)
    pub fn age(&self, excited: &mut Excited, wait: f64) {
        let kept = exp(-self.decay * wait);
        excited.0.iter_mut().for_each(|left| *left *= kept);
    }

    /// Events of each type per unit of time, in the long run: `(I - alpha/beta)⁻¹ mu`.
    #[must_use]
    pub fn rates(&self) -> Vec<f64> {
        let types = self.types();
        let mut rows: Vec<Vec<f64>> = (0..types)
            .map(|i| {
                let row = (0..types)
                    .map(|j| f64::from(u8::from(i == j)) - self.jumps[i * types + j] / self.decay);
                row.chain([self.base[i]]).collect()
            })
            .collect();
        // A radius below 1 keeps every pivot above 0: no rows need changing places.
        for p in 0..types {
            let pivot = rows[p].clone();
            for row in rows.iter_mut().skip(p + 1) {
                let by = row[p] / pivot[p];
                row.iter_mut().zip(&pivot).for_each(|(cell, other)| *cell -= by * other);
            }
        }
        let mut rates = vec![0.0; types];
        for p in (0..types).rev() {
            let known: f64 = (p + 1..types).map(|j| rows[p][j] * rates[j]).sum();
            rates[p] = (rows[p][types] - known) / rows[p][p];
        }
        rates
    }

    /// After how long the past is as good as forgotten: where a path of the long run may begin. Each
    /// family of events has died out by then but for a share of 1e-9 or so.
    #[must_use]
    pub fn warm_up(&self) -> f64 {
        let branching: Vec<f64> = self.jumps.iter().map(|alpha| alpha / self.decay).collect();
        20.0 / (self.decay * (1.0 - spectral_radius(&branching, self.types())))
    }
}

/// A place drawn by its share.
fn drawn(shares: &[f64], dice: &mut impl Rng) -> usize {
    if shares.len() == 1 {
        return 0;
    }
    let mut left = uniform(dice) * shares.iter().sum::<f64>();
    for (place, share) in shares.iter().enumerate() {
        left -= share;
        if left < 0.0 {
            return place;
        }
    }
    // Rounding may leave a crumb: it belongs to the last that has a share.
    shares.iter().rposition(|share| *share > 0.0).expect("somebody has a share")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;

    #[test]
    fn rates_are_the_textbook_ones() {
        let one = HawkesProcess::one(0.5, 0.8, 1.0).unwrap();
        assert!((one.rates()[0] - 2.5).abs() < 1e-12);
        let jumps = [vec![0.3, 0.2], vec![0.4, 0.1]];
        let two = HawkesProcess::new(&[0.1, 0.3], &jumps, 1.0).unwrap();
        let [a, b] = two.rates()[..] else { panic!("two types") };
        assert!((a - (0.1 + 0.3 * a + 0.2 * b)).abs() < 1e-12, "{a} {b}");
        assert!((b - (0.3 + 0.4 * a + 0.1 * b)).abs() < 1e-12, "{a} {b}");
    }

    #[test]
    fn nothing_comes_of_nothing_and_each_type_calls_its_own() {
        let silent = HawkesProcess::one(0.0, 0.5, 1.0).unwrap();
        assert_eq!(silent.next(&mut silent.start(), &mut seeded(1)), None);
        // Only the first type comes by itself, and it brings on the second alone.
        let chain =
            HawkesProcess::new(&[1.0, 0.0], &[vec![0.0, 0.0], vec![0.5, 0.0]], 1.0).unwrap();
        let (mut excited, mut dice, mut seen) = (chain.start(), seeded(2), [0_u32; 2]);
        for _ in 0..30_000 {
            seen[chain.next(&mut excited, &mut dice).unwrap().kind] += 1;
        }
        let share = f64::from(seen[1]) / f64::from(seen[0]);
        assert!((share - 0.5).abs() < 0.02, "{seen:?}");
    }

    #[test]
    fn what_is_refused() {
        let says = |mu: &[f64], alpha: &[Vec<f64>], beta| {
            HawkesProcess::new(mu, alpha, beta).unwrap_err().to_string()
        };
        assert_eq!(
            says(&[0.5], &[vec![1.0]], 1.0),
            "alpha: found a branching matrix of spectral radius 1.0000, expected one below 1: \
             otherwise it explodes"
        );
        assert_eq!(
            says(&[-0.5], &[vec![0.1]], 1.0),
            "mu: found -0.5, expected a rate from 0 to 1e9"
        );
        assert_eq!(
            says(&[0.5], &[vec![0.1, 0.2]], 1.0),
            "alpha: found 1 rows for 1 rates, expected a square matrix, one row for each rate"
        );
        assert_eq!(says(&[], &[], 1.0), "mu: found 0 rates, expected 1 to 64 rates");
        assert!(says(&[0.5], &[vec![0.1]], 0.0).starts_with("beta: found 0"));
    }
}
