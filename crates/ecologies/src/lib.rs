//! Ecologies of agents in their plain form: auctions of quotes and clearing models without a book.
//!
//! What a market with a book shows is hard to hold against a paper; these are what the papers hold
//! themselves against. Each ecology is a file: its source, its parameters with domains and defaults,
//! and pure functions from parameters and a seed to a result. Every agent and every process of the
//! world draws from a stream of its own ([`dice`]), so one agent more changes nobody else's draws.
//!
//! Start reading at [`run`]. What this crate must never know: an exchange, an order book, a clock.

pub mod auction;
pub mod chiarella;
pub mod dice;
pub mod glosten_milgrom;
pub mod kyle;
pub mod leverage_cycle;
pub mod lux_marchesi;
pub mod margin_spiral;
pub mod sample;

use pitfloor_published::model::{Input, Model};
use pitfloor_published::refusal::{Refusal, near};
use serde_json::{Map, Value, json};

/// An ecology: its number in the literature's list, and what it takes and gives.
pub struct Ecology {
    /// Its number, such as `E1`.
    pub code: &'static str,
    /// Its name, parameters, source and function.
    pub model: Model,
}

/// The seed that every ecology takes.
const SEED: Input = Input::whole("seed", "of all dice", 0, u64::MAX);

/// All of them, by number.
pub const ALL: [&Ecology; 10] = [
    &auction::gode_sunder::ECOLOGY,
    &auction::zip::ECOLOGY,
    &auction::adaptive::ECOLOGY,
    &auction::belief::ECOLOGY,
    &chiarella::ECOLOGY,
    &lux_marchesi::ECOLOGY,
    &kyle::ECOLOGY,
    &glosten_milgrom::ECOLOGY,
    &margin_spiral::ECOLOGY,
    &leverage_cycle::ECOLOGY,
];

impl Ecology {
    /// All of it as JSON, for lists.
    #[must_use]
    pub fn described(&self) -> Value {
        let mut described = json!({"code": self.code});
        let model = self.model.described();
        for (name, value) in model.as_object().expect("a model is described by an object") {
            described[name] = value.clone();
        }
        described
    }
}

/// The ecology of this name or number, in capitals or not.
///
/// # Errors
///
/// When there is none; the refusal holds the nearest names.
pub fn find(name: &str) -> Result<&'static Ecology, Refusal> {
    let is =
        |ecology: &&&Ecology| ecology.model.name == name || ecology.code.eq_ignore_ascii_case(name);
    let known = || ALL.iter().flat_map(|ecology| [ecology.model.name, ecology.code]);
    ALL.iter()
        .find(is)
        .copied()
        .ok_or_else(|| Refusal::Model { found: name.to_owned(), near: near(name, known()) })
}

/// Runs an ecology: one object with `ecology`, `code`, `inputs` (defaults filled in), their `hash`
/// (BLAKE3 of the name and the inputs as they are printed), and `value`.
///
/// # Errors
///
/// When there is no such ecology, or what it was given is not what it takes.
pub fn run(name: &str, inputs: &Map<String, Value>) -> Result<Value, Refusal> {
    let Ecology { code, model } = find(name)?;
    let said = model.said(inputs)?;
    let complete = &said["inputs"];
    let hash = blake3::hash(format!("{}{complete}", model.name).as_bytes()).to_hex();
    Ok(json!({
        "ecology": model.name, "code": code, "inputs": complete, "hash": hash.as_str(),
        "value": said["value"],
    }))
}
