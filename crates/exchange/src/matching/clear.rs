//! What the clearing house is asked, as far as orders are concerned.

use super::Engine;
use super::house::House;
use pitfloor_model::clearing::Act;
use pitfloor_model::event::Reject;

impl Engine {
    /// Asks the clearing house whether it may, then has it done.
    pub(super) fn clear(&mut self, act: &Act, house: &mut dyn House) -> Result<(), Reject> {
        house.may(self.now, act)?;
        house.act(self.now, act);
        Ok(())
    }
}
