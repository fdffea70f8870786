//! Decisions: why an agent acted, in its own words and figures.
//!
//! An agent says so with [`Context::because`](crate::agent::Context::because) right before it acts. Nothing
//! is worked out or kept unless somebody traces that agent, and nothing that is kept can be seen by any
//! agent: a run with traces is the same run. A decision names the orders that it led to by their numbers,
//! so that it can be joined with the table of orders.

use pitfloor_model::units::{AccountId, OrderId, Time};
use smallvec::SmallVec;

/// Why an agent acted, once.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When.
    pub at: Time,
    /// Whose it was.
    pub account: AccountId,
    /// The rule that spoke: one of the few fixed ones of its kind, such as `"sell into strength"`.
    pub rule: &'static str,
    /// What it went by, each figure with its name and, in the name, its unit where it has one.
    pub figures: SmallVec<[(&'static str, f64); 4]>,
    /// The first and the last order that it placed; none when it placed nothing (it may have
    /// cancelled or waited).
    pub orders: Option<(OrderId, OrderId)>,
}

/// The decisions of one agent that nobody has collected yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    made: Vec<Decision>,
    /// How many orders there were when the last of them was made.
    orders_before: u64,
}

impl Trace {
    /// A decision begins: what was begun before has led to all orders up to number `orders`.
    pub(crate) fn begin(
        &mut self,
        at: Time,
        account: AccountId,
        rule: &'static str,
        figures: &[(&'static str, f64)],
        orders: u64,
    ) {
        self.close(orders);
        self.orders_before = orders;
        self.made.push(Decision { at, account, rule, figures: figures.into(), orders: None });
    }

    /// The call is over, with `orders` placed so far: gives away what was decided.
    pub(crate) fn take(&mut self, orders: u64) -> std::vec::Drain<'_, Decision> {
        self.close(orders);
        self.made.drain(..)
    }

    fn close(&mut self, orders: u64) {
        let Some(last) = self.made.last_mut() else { return };
        if orders > self.orders_before {
            last.orders = Some((OrderId(self.orders_before + 1), OrderId(orders)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_answerable_for_the_orders_up_to_the_next_one() {
        let mut trace = Trace::default();
        let me = AccountId(3);
        trace.begin(Time(5), me, "buy", &[("edge", 0.5)], 2);
        trace.begin(Time(5), me, "wait", &[], 4);
        let made: Vec<_> = trace.take(4).collect();
        assert_eq!(made[0].orders, Some((OrderId(3), OrderId(4))));
        assert_eq!((made[0].rule, made[0].figures.as_slice()), ("buy", &[("edge", 0.5)][..]));
        assert_eq!((made[1].rule, made[1].orders), ("wait", None));
        assert_eq!(trace.take(9).count(), 0, "given away once, whatever is placed later");
    }
}
