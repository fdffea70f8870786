//! A pool of mortgages that is paid back early by the market's standard model.
//!
//! Source: Fabozzi, *The Handbook of Mortgage-Backed Securities*, the exhibits of a pass-through's
//! cash flow; the standard of the Public Securities Association (PSA): the yearly rate of early
//! repayment rises by 0.2 % a month to 6 % in month 30 and stays there, times PSA / 100.

use crate::{Outside, within};
use libm::{expm1, log1p};

/// The most months of a pool.
pub const MONTHS_MOST: u32 = 1_200;

/// A pool as it stands. Rates per year, as fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// What is owed.
    pub bal: f64,
    /// What the borrowers pay (weighted average coupon).
    pub wac: f64,
    /// What investors get (pass-through rate).
    pub ptr: f64,
    /// Months left (weighted average maturity).
    pub wam: u32,
    /// How fast they pay early: percent of the standard.
    pub psa: f64,
    /// Months that have gone by.
    pub age: u32,
}

/// One month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Month {
    /// Which, from 1.
    pub month: u32,
    /// Owed at its beginning.
    pub balance: f64,
    /// Share that is paid early (single monthly mortality).
    pub smm: f64,
    /// What the borrowers have to pay, interest and principal.
    pub payment: f64,
    /// Interest to investors.
    pub net_interest: f64,
    /// Principal by schedule.
    pub scheduled: f64,
    /// Principal paid early.
    pub prepaid: f64,
    /// Principal together.
    pub principal: f64,
    /// What investors get.
    pub cash_flow: f64,
}

/// The share paid early per year in month `month` of a loan, at `psa` percent of the standard.
///
/// # Errors
///
/// When `psa` is below 0, or so high that more than everything is paid.
pub fn cpr(month: u32, psa: f64) -> Result<f64, Outside> {
    const ALLOWED: &str = "from 0 to 1666, where all of it is paid within a year";
    within("PSA", psa, |psa| (0.0..=1_666.0).contains(&psa), ALLOWED)?;
    Ok(0.002 * f64::from(month.min(30)) * psa / 100.0)
}

/// The share paid early per month that makes `cpr` a year.
#[must_use]
pub fn smm(cpr: f64) -> f64 {
    -expm1(log1p(-cpr) / 12.0)
}

impl Pool {
    /// Month by month, until nothing is owed.
    ///
    /// # Errors
    ///
    /// When a term is outside its domain.
    pub fn months(&self) -> Result<Vec<Month>, Outside> {
        self.check()?;
        let mut balance = self.bal;
        let mut months = Vec::with_capacity(self.wam as usize);
        for month in 1..=self.wam {
            let smm = smm(cpr(month + self.age, self.psa)?);
            let payment = level_payment(balance, self.wac / 12.0, self.wam - month + 1);
            let net_interest = balance * self.ptr / 12.0;
            let scheduled = payment - balance * self.wac / 12.0;
            let prepaid = smm * (balance - scheduled);
            let principal = scheduled + prepaid;
            let cash_flow = net_interest + principal;
            months.push(Month {
                month,
                balance,
                smm,
                payment,
                net_interest,
                scheduled,
                prepaid,
                principal,
                cash_flow,
            });
            balance = (balance - principal).max(0.0);
        }
        Ok(months)
    }

    fn check(&self) -> Result<(), Outside> {
        within("bal", self.bal, |bal| bal > 0.0, "above 0")?;
        within("WAC", self.wac, |wac| (0.0..=10.0).contains(&wac), "from 0 to 10")?;
        within("PTR", self.ptr, |ptr| (0.0..=self.wac).contains(&ptr), "from 0 to WAC")?;
        if !(1..=MONTHS_MOST).contains(&self.wam) {
            return Err(Outside::new("WAM", self.wam, "1 to 1200 months"));
        }
        if self.age > MONTHS_MOST {
            return Err(Outside::new("age", self.age, "0 to 1200 months"));
        }
        Ok(())
    }
}

/// The mean time until principal comes back: years.
#[must_use]
pub fn average_life(months: &[Month]) -> f64 {
    let all: f64 = months.iter().map(|month| month.principal).sum();
    let timed: f64 = months.iter().map(|m| f64::from(m.month) * m.principal).sum();
    timed / all / 12.0
}

/// The equal payment that pays `balance` back in `months` at `rate` a month.
fn level_payment(balance: f64, rate: f64, months: u32) -> f64 {
    let months = f64::from(months);
    if rate == 0.0 {
        return balance / months;
    }
    balance * rate / -expm1(-months * log1p(rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POOL: Pool = Pool { bal: 4e8, wac: 0.081_25, ptr: 0.075, wam: 357, psa: 165.0, age: 3 };

    #[test]
    fn the_standard_rises_for_thirty_months() {
        for (month, rate, monthly) in [
            (1, 0.002, 0.000_166_82),
            (5, 0.01, 0.000_837_18),
            (20, 0.04, 0.003_396_05),
            (30, 0.06, 0.005_143_01),
            (300, 0.06, 0.005_143_01),
        ] {
            let found = cpr(month, 100.0).unwrap();
            assert!((found - rate).abs() < 1e-15, "{month}");
            assert!((smm(found) - monthly).abs() < 5e-9, "{month}");
        }
    }

    #[test]
    fn without_interest_the_limit_is_a_value() {
        let free = Pool { wac: 0.0, ptr: 0.0, psa: 0.0, wam: 10, bal: 100.0, age: 0 };
        let months = free.months().unwrap();
        assert!(months.iter().all(|m| (m.cash_flow - 10.0).abs() < 1e-12));
        assert!((average_life(&months) - 5.5 / 12.0).abs() < 1e-14);
    }

    #[test]
    fn what_is_outside_is_named() {
        let says = |pool: Pool| pool.months().unwrap_err().to_string();
        assert_eq!(says(Pool { bal: 0.0, ..POOL }), "bal: found 0, expected above 0");
        assert_eq!(says(Pool { ptr: 0.09, ..POOL }), "PTR: found 0.09, expected from 0 to WAC");
        assert_eq!(says(Pool { wam: 0, ..POOL }), "WAM: found 0, expected 1 to 1200 months");
        assert!(says(Pool { psa: 1_700.0, ..POOL }).starts_with("PSA: found 1700"));
    }

    proptest! {
        /// All principal comes back, nobody pays what is not owed, and faster means sooner.
        #[test]
        fn principal_comes_back(
            wac in 0.0..0.2_f64, wam in 1..480_u32, psa in 0.0..1_000.0_f64, age in 0..60_u32,
        ) {
            let pool = Pool { bal: 1e6, wac, ptr: wac * 0.9, wam, psa, age };
            let months = pool.months().unwrap();
            let paid: f64 = months.iter().map(|month| month.principal).sum();
            prop_assert!((paid - 1e6).abs() < 1e-4, "{paid}");
            prop_assert!(months.iter().all(|m| m.principal >= -1e-9 && m.balance >= 0.0));
            let slower = Pool { psa: 0.0, ..pool }.months().unwrap();
            prop_assert!(average_life(&months) <= average_life(&slower) + 1e-9);
        }
    }
}
