//! `[instrument.rules]`: the switches of an instrument's market, each by its name.

use super::{Reading, cash_of};
use crate::fields::{BadScenario, Fields};
use crate::params::{price_of, span};
use pitfloor_model::allocation::{Allocation, Rounding, Sharing, Weighing};
use pitfloor_model::instrument::{Currency, Instrument, Limits};
use pitfloor_model::trading::{
    AuctionReference, AuctionTie, BandAction, ReplacePriority, ReplaceQty, TradingRules,
};
use pitfloor_model::units::Qty;

impl Reading {
    /// Reads the switches into `instrument`. Gives back the name of its designated market maker, who
    /// has no account before all agents are counted.
    pub(super) fn rules(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &mut Instrument,
        currency: &Currency,
    ) -> Result<Option<String>, BadScenario> {
        let usual = TradingRules::default();
        let allocation = self.allocation(fields)?;
        let market_maker = self.text(fields, "market_maker", "none", |text| {
            Ok::<_, String>((text != "none").then(|| text.to_owned()))
        })?;
        let replace_priority = self.word(
            fields,
            "replace_priority",
            &[
                ("keep-on-decrease", ReplacePriority::KeepOnDecrease),
                ("always-back", ReplacePriority::AlwaysBack),
            ],
        )?;
        let replace_qty = self.word(
            fields,
            "replace_qty",
            &[("total", ReplaceQty::Total), ("open", ReplaceQty::Open)],
        )?;
        let beyond = [("reprice", BandAction::Reprice), ("reject", BandAction::Reject)];
        let band_action = self.word(fields, "band_action", &beyond)?;
        let short_action = self.word(fields, "short_action", &beyond)?;
        let trigger_at_once = self.yes(fields, "trigger_at_once")?;
        let peg_once = self.yes(fields, "peg_once")?;
        let age_max = self.text(fields, "age_max", "none", |text| match text {
            "none" => Ok(None),
            _ => span(text).map(Some),
        })?;
        let cascade = usual.cascade_max;
        let cascade_max =
            self.whole(fields, "cascade_max", cascade, 1, TradingRules::CASCADE_MOST)?;
        let velocity_max = self.text(fields, "velocity_max", "none", |text| match text {
            "none" => Ok(None),
            _ => {
                let distance = u64::try_from(price_of(instrument, text)?.0);
                distance
                    .map(Some)
                    .map_err(|_| "a distance that is not negative, or none".to_owned())
            }
        })?;
        let dormant = usual.dormant_max;
        let dormant_max =
            self.whole(fields, "dormant_max", dormant, 1, TradingRules::DORMANT_MOST)?;
        let tranches_max = self.whole(fields, "tranches_max", usual.tranches_max, 1, u32::MAX)?;
        let positive_prices = self.yes(fields, "positive_prices")?;
        let notional_min = self.text(fields, "notional_min", "0", |text| {
            let cash = cash_of(currency, text, Limits::NOTIONAL_MOST)?;
            (cash.0 >= 0).then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
        })?;
        let collar_bips = self.text(fields, "collar", "10%", |text| match text {
            "none" => Ok(None),
            _ => percent(text).map(Some),
        })?;
        let auction_tie = self.word(
            fields,
            "auction_tie",
            &[("lower", AuctionTie::Lower), ("higher", AuctionTie::Higher)],
        )?;
        let auction_reference = self.word(
            fields,
            "auction_reference",
            &[("by-call", AuctionReference::ByCall), ("mid", AuctionReference::Mid)],
        )?;
        let close_cutoff_at_call = self.yes(fields, "close_cutoff_at_call")?;
        instrument.rules = TradingRules {
            allocation,
            market_maker: None,
            replace_priority,
            replace_qty,
            band_action,
            trigger_at_once,
            peg_once,
            age_max,
            cascade_max,
            velocity_max,
            dormant_max,
            tranches_max,
            positive_prices,
            notional_min,
            collar_bips,
            auction_tie,
            auction_reference,
            close_cutoff_at_call,
            short_action,
        };
        Ok(market_maker)
    }

    fn allocation(&mut self, fields: &mut Fields<'_>) -> Result<Allocation, BadScenario> {
        let by_weight = |of: Allocation| match of.sharing {
            Sharing::Fifo => None,
            Sharing::ByWeight(weighing) => Some(weighing),
        };
        let start = self.word(
            fields,
            "allocation",
            &[
                ("fifo", Allocation::FIFO),
                ("pro-rata", Allocation::PRO_RATA),
                ("size-time", Allocation::SIZE_TIME),
            ],
        )?;
        let top = self.yes(fields, "top")?;
        let percent = |text: &str| {
            let percent = text.parse().ok().filter(|percent| *percent <= 100_u8);
            percent.ok_or_else(|| "a whole number from 0 to 100".to_owned())
        };
        let lmm_percent = self.text(fields, "lmm_percent", "0", percent)?;
        let split_percent = self.text(fields, "split_percent", "0", percent)?;
        let shared = Allocation { top, lmm_percent, split_percent, ..start };
        let Some(usual) = by_weight(start) else {
            for name in ["share_min", "threshold", "rounding"] {
                if let Some(field) = fields.take(name) {
                    return Err(field.bad("nothing with allocation = \"fifo\""));
                }
            }
            return Ok(shared);
        };
        let lots = |text: &str| {
            let lots = text.parse().ok().filter(|lots| *lots <= Qty::MOST.0);
            lots.map(Qty).ok_or_else(|| format!("a whole number of lots from 0 to {}", Qty::MOST.0))
        };
        let share_min = self.text(fields, "share_min", &usual.share_min.0.to_string(), lots)?;
        let threshold = self.text(fields, "threshold", "0", lots)?;
        let rounding = self.word(
            fields,
            "rounding",
            &[("down", Rounding::Down), ("up-by-size", Rounding::UpBySize)],
        )?;
        Ok(shared.by_weight(Weighing { weight: usual.weight, share_min, threshold, rounding }))
    }

    /// One of several words; the first is the default.
    pub(super) fn word<T: Clone>(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<T, BadScenario> {
        self.text(fields, name, words[0].0, |text| {
            let found = words.iter().find(|(word, _)| *word == text);
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            found
                .map(|(_, value)| value.clone())
                .ok_or_else(|| format!("one of {}", all.join(", ")))
        })
    }

    /// `true` or `false`; by default false.
    fn yes(&mut self, fields: &mut Fields<'_>, name: &'static str) -> Result<bool, BadScenario> {
        self.word(fields, name, &[("false", false), ("true", true)])
    }

    fn whole(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        usual: u32,
        least: u32,
        most: u32,
    ) -> Result<u32, BadScenario> {
        self.text(fields, name, &usual.to_string(), |text| {
            let number = text.parse().ok().filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| format!("a whole number from {least} to {most}"))
        })
    }
}

/// `"10%"`, `"2.5%"`: a share, in ten-thousandths.
fn percent(text: &str) -> Result<u32, String> {
    let expected =
        || "a share from \"0.01%\" to \"99.99%\", with at most two decimals, or none".to_owned();
    let number = text.strip_suffix('%').ok_or_else(expected)?.trim_end();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.is_empty() || part.len() > 2 {
        return Err(expected());
    }
    let bips = format!("{whole}{part:0<2}").parse().map_err(|_| expected())?;
    (1..=9_999).contains(&bips).then_some(bips).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact() {
        for (text, bips) in [("10%", 1_000), ("2.5%", 250), ("0.01%", 1), ("99.99%", 9_999)] {
            assert_eq!(percent(text), Ok(bips), "{text}");
        }
        for text in ["10", "0%", "100%", "1.234%", "-1%", "%", ".5%", "1e1%", "", "99999999999%"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
