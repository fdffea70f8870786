//! What is exact: solutions of the markets that are played here, to the digits to which they are
//! published or were worked out. What they are worked out from stands with each.

/// Rates of Cont, Stoikov & Talreja (2010), table 1: limits λ(i) and cancellations θ(i) per second at
/// i ticks, market orders μ per second and side.
pub(crate) const LIMITS: [f64; 5] = [1.85, 1.51, 1.09, 0.88, 0.77];
pub(crate) const CANCELS: [f64; 5] = [0.71, 0.81, 0.68, 0.56, 0.47];
pub(crate) const MARKETS: f64 = 0.94;

/// The chance that the mid next moves up at a spread of one tick, with so many orders at the best bid
/// (rows 1 to 5) and ask (columns): the linear system of the two queues, cut off at 60 orders.
pub(crate) const MID_UP: [[f64; 5]; 5] = [
    [0.5000, 0.3352, 0.2590, 0.2158, 0.1878],
    [0.6648, 0.5000, 0.4069, 0.3479, 0.3072],
    [0.7410, 0.5931, 0.5000, 0.4366, 0.3906],
    [0.7842, 0.6521, 0.5634, 0.5000, 0.4523],
    [0.8122, 0.6928, 0.6094, 0.5477, 0.5000],
];

/// The chance that the last order of the best bid trades before the mid moves, if it is never
/// cancelled: the same.
pub(crate) const FILL: [[f64; 5]; 5] = [
    [0.5025, 0.6980, 0.7939, 0.8483, 0.8824],
    [0.3589, 0.5508, 0.6643, 0.7372, 0.7869],
    [0.2915, 0.4654, 0.5784, 0.6564, 0.7128],
    [0.2514, 0.4093, 0.5174, 0.5956, 0.6543],
    [0.2243, 0.3691, 0.4716, 0.5480, 0.6071],
];

/// At wider spreads: the spread, the chance that the mid moves up with 1 order at the bid and 2 at the
/// ask, and that an order alone at the bid trades first with 1 at the ask.
pub(crate) const WIDER: [(i64, f64, f64); 2] = [(2, 0.4040, 0.1548), (3, 0.4297, 0.1031)];

/// Half a unit of the last digit to which those are known.
pub(crate) const CST_DIGITS: f64 = 0.00005;

/// A best queue that market orders only meet when it is there: π(0) to π(3), and its mean.
pub(crate) const REFLECTED: [f64; 4] = [0.253_159_06, 0.283_845_01, 0.222_505_62, 0.134_083_19];
pub(crate) const REFLECTED_MEAN: f64 = 1.616_858_47;

/// A row of Avellaneda & Stoikov (2008), tables 1 to 3, solved: inventory is a Markov chain of its own.
pub(crate) struct Dealing {
    pub(crate) gamma: f64,
    pub(crate) symmetric: bool,
    pub(crate) profit: f64,
    pub(crate) profit_deviation: f64,
    pub(crate) inventory_deviation: f64,
}

const fn dealing(gamma: f64, symmetric: bool, exact: [f64; 3]) -> Dealing {
    let [profit, profit_deviation, inventory_deviation] = exact;
    Dealing { gamma, symmetric, profit, profit_deviation, inventory_deviation }
}

/// All six rows: S = 100, T = 1, σ = 2, dt = 0.005, k = 1.5, A = 140.
pub(crate) const DEALINGS: [Dealing; 6] = [
    dealing(0.1, false, [64.8925, 6.5432, 2.9268]),
    dealing(0.1, true, [68.2228, 13.4558, 8.3994]),
    dealing(0.01, false, [68.3996, 8.9606, 5.2125]),
    dealing(0.01, true, [68.6661, 13.6775, 8.7117]),
    dealing(1.0, false, [31.4545, 4.8379, 1.6414]),
    dealing(1.0, true, [43.6853, 10.7332, 5.1714]),
];

/// α, μ, δ of zero intelligence; the mean spread in ticks and its ratio to the mean-field law, as
/// simulations of others give them.
pub(crate) const ZERO: [([f64; 3], f64, f64); 6] = [
    ([0.5, 20.0, 0.5], 11.35, 0.71),
    ([0.5, 20.0, 0.2], 10.20, 0.75),
    ([1.0, 20.0, 0.05], 5.10, 0.85),
    ([0.2, 10.0, 0.5], 15.99, 0.67),
    ([0.05, 20.0, 0.5], 112.3, 0.71),
    ([0.05, 20.0, 1.5], 141.9, 0.65),
];

/// μ, α, β of one self-exciting flow.
pub(crate) const HAWKES: [[f64; 3]; 3] = [[0.5, 0.8, 1.0], [0.2, 1.2, 2.0], [0.1, 4.5, 5.0]];
