//! Every process of one price by name: what it takes, what it keeps, one step of any of them.
//!
//! Files and scenarios name a process and set its parameters; this table says which there are, in
//! which units, with which defaults and ranges. Rates and volatilities are per unit of time, which is
//! a year unless whoever asks says otherwise: a step is then told in that unit.

use super::garch::GarchProcess;
use super::gbm::GeometricBrownian;
use super::heston::HestonProcess;
use super::jumps::JumpDiffusion;
use super::ou::OrnsteinUhlenbeck;
use super::regime::Regimes;
use super::settings::{Parameter, of, values};
use crate::Outside;
use crate::option::heston::Heston;
use crate::option::jumps::Jumps;
use rand_core::Rng;

/// The most events that one step may expect: jumps, or changes of mood.
pub const EVENTS_MOST: f64 = 1e6;

/// A process by name.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether its step is exact, and whose scheme it is otherwise.
    pub scheme: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    make: fn(&[f64]) -> Result<Process, Outside>,
}

/// A process of one price, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Process {
    /// Geometric Brownian motion.
    Gbm(GeometricBrownian),
    /// Merton's jump diffusion.
    Merton(JumpDiffusion),
    /// Heston's wandering variance.
    Heston(HestonProcess),
    /// GARCH(1,1), a period a step.
    Garch(GarchProcess),
    /// Two moods.
    Regimes(Regimes),
    /// A level that is pulled back.
    Ou(OrnsteinUhlenbeck),
}

/// Where a path is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State {
    /// The price or level.
    pub value: f64,
    /// What else the process remembers.
    pub hidden: Hidden,
}

/// What a process remembers beside its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hidden {
    /// Nothing.
    None,
    /// The variance of the next step, per unit of time.
    Variance(f64),
    /// Whether the mood is wild.
    Wild(bool),
}

const DRIFT: Parameter = drift("drift");

const fn drift(name: &'static str) -> Parameter {
    let about = "growth of the mean price, per unit of time";
    of(name, 0.0, (-100.0, 100.0), "a rate from -100 to 100", about)
}

const fn volatility(name: &'static str, default: f64) -> Parameter {
    let about = "volatility, per square root of the unit of time";
    of(name, default, (0.0, 10.0), "a volatility from 0 to 10", about)
}

const fn variance(name: &'static str, default: f64, about: &'static str) -> Parameter {
    of(name, default, (0.0, 100.0), "a variance from 0 to 100", about)
}

const fn share(name: &'static str, default: f64, about: &'static str) -> Parameter {
    of(name, default, (0.0, 1.0), "a share from 0 to 1", about)
}

const fn stay(name: &'static str, default: f64) -> Parameter {
    let about = "how long such a mood lasts on average, in units of time";
    of(name, default, (1e-9, 1e6), "a time from 1e-9 to 1e6", about)
}

/// All of them.
pub static ALL: &[Kind] = &[
    Kind {
        name: "gbm",
        about: "geometric Brownian motion: returns are normal and know nothing of each other",
        scheme: "exact",
        source: "Black & Scholes 1973",
        parameters: &[DRIFT, volatility("v", 0.2)],
        make: |p| checked(Process::Gbm(GeometricBrownian { drift: p[0], volatility: p[1] })),
    },
    Kind {
        name: "merton",
        about: "the same with log-normal jumps, which the drift gives back",
        scheme: "exact",
        source: "Merton 1976",
        parameters: &[
            DRIFT,
            volatility("v", 0.15),
            of("lam", 5.0, (0.0, 1e6), "a rate from 0 to 1e6", "jumps per unit of time"),
            of("muJ", -0.05, (-1.0, 1.0), "from -1 to 1", "mean of a jump's logarithm"),
            of("dJ", 0.05, (0.0, 1.0), "from 0 to 1", "standard deviation of that"),
        ],
        make: |p| {
            let diffusion = GeometricBrownian { drift: p[0], volatility: p[1] };
            let jumps = Jumps { rate: p[2], mean: p[3], deviation: p[4] };
            checked(Process::Merton(JumpDiffusion { diffusion, jumps }))
        },
    },
    Kind {
        name: "heston",
        about: "the variance wanders, is pulled back and moves with the price",
        scheme: "Andersen's QE-M, not exact in the step",
        source: "Heston 1993; Andersen 2008",
        parameters: &[
            DRIFT,
            variance("v0", 0.04, "the variance at first, per unit of time"),
            of("kappa", 2.0, (0.0, 1e6), "a rate from 0 to 1e6", "how fast it returns"),
            variance("theta", 0.04, "where it returns to"),
            of("sigma", 0.4, (0.0, 1e3), "from 0 to 1000", "the volatility of the variance"),
            of("rho", -0.7, (-1.0, 1.0), "a correlation from -1 to 1", "of price and variance"),
        ],
        make: |p| {
            let [variance, reversion, level] = [p[1], p[2], p[3]];
            let (vol_of_vol, correlation) = (p[4], p[5]);
            let model = Heston { variance, reversion, level, vol_of_vol, correlation };
            checked(Process::Heston(HestonProcess { drift: p[0], model }))
        },
    },
    Kind {
        name: "garch",
        about: "volatility in clusters: what moved far moves far again; a period is one step",
        scheme: "exact: the model is one in steps",
        source: "Bollerslev 1986; Duan 1995",
        parameters: &[
            DRIFT,
            volatility("v", 0.2),
            share("alpha", 0.06, "weight of the last squared shock"),
            share("beta", 0.9, "weight of the last variance; with alpha below 1"),
        ],
        make: |p| Ok(Process::Garch(GarchProcess::new(p[0], p[1], p[2], p[3])?)),
    },
    Kind {
        name: "regimes",
        about: "two moods, calm and wild, that come and go",
        scheme: "exact",
        source: "Hamilton 1989; Guo 2001",
        parameters: &[
            drift("drift_calm"),
            drift("drift_wild"),
            volatility("v_calm", 0.12),
            volatility("v_wild", 0.4),
            stay("calm", 0.5),
            stay("wild", 0.1),
        ],
        make: |p| {
            let (drift, volatility) = ([p[0], p[1]], [p[2], p[3]]);
            checked(Process::Regimes(Regimes { drift, volatility, stay: [p[4], p[5]] }))
        },
    },
    Kind {
        name: "ou",
        about: "a level that is pulled back to its mean; it may fall below 0",
        scheme: "exact",
        source: "Uhlenbeck & Ornstein 1930; Gillespie 1996",
        parameters: &[
            of("theta", 5.0, (1e-9, 1e9), "a rate from 1e-9 to 1e9", "the pull"),
            of("mu", 100.0, (-1e12, 1e12), "a level from -1e12 to 1e12", "the mean"),
            of("sigma", 10.0, (0.0, 1e12), "from 0 to 1e12", "noise, in the level's unit"),
        ],
        make: |p| {
            let process = OrnsteinUhlenbeck { reversion: p[0], mean: p[1], noise: p[2] };
            checked(Process::Ou(process))
        },
    },
];

/// What was made, when its parameters go together.
fn checked(process: Process) -> Result<Process, Outside> {
    match &process {
        Process::Gbm(part) => part.check()?,
        Process::Merton(part) => part.check()?,
        Process::Heston(part) => part.check()?,
        Process::Regimes(part) => part.check()?,
        Process::Ou(part) => part.check()?,
        Process::Garch(_) => {}
    }
    Ok(process)
}

/// The process of this name, if there is one.
#[must_use]
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.name == name)
}

impl Kind {
    /// With what `said` says of each parameter, and the default of each of which it says nothing.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming a parameter that is not in its range, or that does not go with the rest.
    pub fn make(&self, said: impl Fn(&str) -> Option<f64>) -> Result<Process, Outside> {
        let values = values(self.parameters, said)?;
        (self.make)(&values)
    }
}

impl Process {
    /// A path that begins at `value`; what is hidden begins where its model says, or as it is in the
    /// long run.
    pub fn start(&self, value: f64, dice: &mut impl Rng) -> State {
        let hidden = match self {
            Self::Gbm(_) | Self::Merton(_) | Self::Ou(_) => Hidden::None,
            Self::Heston(process) => Hidden::Variance(process.model.variance),
            Self::Garch(process) => Hidden::Variance(process.long_run()),
            Self::Regimes(process) => Hidden::Wild(process.start(dice)),
        };
        State { value, hidden }
    }

    /// Where a path is `step` units of time later.
    ///
    /// # Panics
    ///
    /// When `at` is a state of another process.
    pub fn step(&self, at: State, step: f64, dice: &mut impl Rng) -> State {
        let State { value, hidden } = at;
        let alone = |value| State { value, hidden: Hidden::None };
        let varied = |(value, variance)| State { value, hidden: Hidden::Variance(variance) };
        match (self, hidden) {
            (Self::Gbm(process), Hidden::None) => alone(process.step(value, step, dice)),
            (Self::Merton(process), Hidden::None) => alone(process.step(value, step, dice)),
            (Self::Ou(process), Hidden::None) => alone(process.step(value, step, dice)),
            (Self::Heston(process), Hidden::Variance(variance)) => {
                varied(process.step((value, variance), step, dice))
            }
            (Self::Garch(process), Hidden::Variance(variance)) => {
                varied(process.step((value, variance), step, dice))
            }
            (Self::Regimes(process), Hidden::Wild(wild)) => {
                let (value, wild) = process.step((value, wild), step, dice);
                State { value, hidden: Hidden::Wild(wild) }
            }
            (_, hidden) => panic!("{hidden:?} is what another process remembers"),
        }
    }

    /// Whether a step so long is one that can be drawn: the work of some grows with its events.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming the parameter by which there would be too many.
    pub fn check_step(&self, step: f64) -> Result<(), Outside> {
        const FEW: &str = "at most 1e6 of them in a step";
        let few = |field, count: f64| {
            let found = || format!("{count:.0} expected in a step");
            if count <= EVENTS_MOST { Ok(()) } else { Err(Outside::new(field, found(), FEW)) }
        };
        match self {
            Self::Merton(process) => few("lam", process.jumps.rate * step),
            Self::Regimes(process) => {
                few("calm", step / process.stay[0])?;
                few("wild", step / process.stay[1])
            }
            Self::Gbm(_) | Self::Heston(_) | Self::Garch(_) | Self::Ou(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;

    /// The first values of each process, at its defaults, a day a step: a seed never means another
    /// series.
    #[test]
    fn the_first_values_are_frozen() {
        let first = |kind: &Kind| {
            let process = kind.make(|_| None).unwrap();
            let mut dice = seeded(7);
            let mut at = process.start(100.0, &mut dice);
            [(); 3].map(|()| {
                at = process.step(at, 1.0 / 365.0, &mut dice);
                at.value.to_bits()
            })
        };
        let found: Vec<(&str, [u64; 3])> =
            ALL.iter().map(|kind| (kind.name, first(kind))).collect();
        assert_eq!(found, FIRST);
    }

    const FIRST: [(&str, [u64; 3]); 6] = [
        ("gbm", [4_636_861_304_372_177_961, 4_636_901_346_312_449_222, 4_636_992_581_863_326_987]),
        (
            "merton",
            [4_636_834_819_595_036_430, 4_636_824_164_692_741_787, 4_636_846_989_263_868_051],
        ),
        (
            "heston",
            [4_636_677_970_219_282_320, 4_636_629_159_709_838_995, 4_636_606_313_697_978_859],
        ),
        (
            "garch",
            [4_636_861_304_372_177_961, 4_636_903_440_195_993_030, 4_636_997_253_024_525_294],
        ),
        (
            "regimes",
            [4_636_986_704_368_533_246, 4_636_944_127_104_603_512, 4_636_992_496_767_582_016],
        ),
        ("ou", [4_636_798_530_687_190_189, 4_636_817_374_816_385_518, 4_636_860_473_499_910_844]),
    ];

    #[test]
    fn what_is_out_of_its_range_is_refused_by_name() {
        for kind in ALL {
            assert_eq!(find(kind.name).map(|found| found.name), Some(kind.name));
            assert!(kind.make(|_| None).is_ok(), "{}", kind.name);
            for parameter in kind.parameters {
                let (least, most) = parameter.range;
                assert!((least..=most).contains(&parameter.default), "{}", parameter.name);
                for bad in [least - 1.0 - least.abs(), most + 1.0 + most, f64::NAN, f64::INFINITY] {
                    let said = |name: &str| (name == parameter.name).then_some(bad);
                    let why = kind.make(said).unwrap_err();
                    assert_eq!((why.field, why.expected), (parameter.name, parameter.expected));
                    assert_eq!(why.found, bad.to_string());
                }
            }
        }
        assert!(find("brown").is_none());
        let all = |name: &str| (name == "alpha").then_some(0.2);
        let why = find("garch").unwrap().make(all).unwrap_err();
        assert_eq!(why.expected, "alpha + beta below 1");
    }

    #[test]
    fn a_step_of_too_many_events_is_refused() {
        let said = |name: &str| (name == "lam").then_some(1e6);
        let jumpy = find("merton").unwrap().make(said).unwrap();
        jumpy.check_step(1.0).unwrap();
        let why = jumpy.check_step(2.0).unwrap_err().to_string();
        let expected =
            "lam: found 2000000 expected in a step, expected at most 1e6 of them in a step";
        assert_eq!(why, expected);
        let said = |name: &str| (name == "wild").then_some(1e-9);
        let moody = find("regimes").unwrap().make(said).unwrap();
        assert_eq!(moody.check_step(1.0).unwrap_err().field, "wild");
        find("gbm").unwrap().make(|_| None).unwrap().check_step(1e9).unwrap();
    }

    #[test]
    #[should_panic(expected = "another process")]
    fn a_state_belongs_to_its_process() {
        let gbm = find("gbm").unwrap().make(|_| None).unwrap();
        gbm.step(State { value: 1.0, hidden: Hidden::Variance(0.1) }, 1.0, &mut seeded(1));
    }
}
