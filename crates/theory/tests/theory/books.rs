use crate::{names, near};
use pitfloor_theory::cont_de_larrard;
use pitfloor_theory::cont_stoikov_talreja::Book;
use pitfloor_theory::queue_reactive;
use proptest::prelude::*;

/// The book of the paper's stock.
fn paper(spread: u32) -> Book {
    Book {
        spread,
        market: 0.94,
        limit: vec![1.85, 1.51, 1.09, 0.88, 0.77],
        cancel: vec![0.71, 0.81, 0.68, 0.56, 0.47],
        tail: 1.92,
        tail_power: 0.52,
    }
}

const UP: [[f64; 5]; 5] = [
    [0.5000, 0.3352, 0.2590, 0.2158, 0.1878],
    [0.6648, 0.5000, 0.4069, 0.3479, 0.3072],
    [0.7410, 0.5931, 0.5000, 0.4366, 0.3906],
    [0.7842, 0.6521, 0.5634, 0.5000, 0.4523],
    [0.8122, 0.6928, 0.6094, 0.5477, 0.5000],
];
const FILL: [[f64; 5]; 5] = [
    [0.5025, 0.6980, 0.7939, 0.8483, 0.8824],
    [0.3589, 0.5508, 0.6643, 0.7372, 0.7869],
    [0.2915, 0.4654, 0.5784, 0.6564, 0.7128],
    [0.2514, 0.4093, 0.5174, 0.5956, 0.6543],
    [0.2243, 0.3691, 0.4716, 0.5480, 0.6071],
];

#[test]
fn the_tables_of_the_paper_are_met() {
    for (found, wanted) in [(paper(1).mid_up(5), UP), (paper(1).fill(5), FILL)] {
        for (found, wanted) in found.unwrap().iter().flatten().zip(wanted.as_flattened()) {
            near(*found, *wanted, 6e-5);
        }
    }
    for (spread, up, fill) in [(2, 0.4040, 0.1548), (3, 0.4297, 0.1031)] {
        near(paper(spread).mid_up(2).unwrap()[0][1], up, 6e-5);
        near(paper(spread).fill(1).unwrap()[0][0], fill, 6e-5);
    }
}

#[test]
fn making_the_spread_succeeds_as_often_as_published() {
    let table = [(1, 1, 0.269), (1, 2, 0.308), (2, 2, 0.385), (3, 3, 0.442), (5, 5, 0.493)];
    for (b, a, wanted) in table {
        let (p, se) = paper(1).make_spread((b, a), 11, 60_000).unwrap();
        near(p, wanted, 0.008);
        assert!(se < 0.003, "{se}");
    }
    // Whoever wants both sides filled wants more than one side.
    let (both, _) = paper(1).make_spread((2, 3), 11, 20_000).unwrap();
    assert!(both < paper(1).fill(3).unwrap()[1][2]);
}

#[test]
fn deep_queues_have_their_means() {
    let wanted = [2.605634, 1.864198, 1.602941, 1.571429, 1.638298];
    for (i, wanted) in (1..).zip(wanted) {
        near(paper(1).queue_mean(i).unwrap(), wanted, 1e-6);
    }
    near(paper(1).queue_mean(6).unwrap(), 1.92 / 6_f64.powf(0.52) / 0.47, 1e-12);
}

#[test]
fn books_outside_their_domain_are_refused() {
    let with = |change: fn(&mut Book)| {
        let mut book = paper(1);
        change(&mut book);
        book
    };
    names(with(|book| book.spread = 0).mid_up(5), "S");
    names(with(|book| book.market = -1.0).fill(5), "mu");
    names(with(|book| book.limit[2] = f64::NAN).mid_up(5), "lam");
    names(with(|book| book.cancel[0] = -0.1).mid_up(5), "theta");
    names(with(|book| book.cancel.clear()).mid_up(5), "theta");
    names(with(|book| book.tail = -1.0).mid_up(5), "tail_k");
    names(with(|book| book.tail_power = -1.0).mid_up(5), "tail_alpha");
    let endless = with(|book| (book.market, book.cancel) = (0.0, vec![0.0]));
    names(endless.mid_up(5), "mu");
    names(endless.queue_mean(1), "theta");
    names(paper(1).mid_up(0), "size");
    names(paper(1).fill(61), "size");
    names(paper(1).make_spread((0, 1), 1, 100), "b");
    names(paper(1).make_spread((1, 61), 1, 100), "a");
    names(paper(1).make_spread((1, 1), 1, 1), "paths");
    names(paper(1).queue_mean(0), "i");
}

#[test]
fn cont_and_de_larrards_figures_are_met() {
    let table = [
        (1, 2, 0.302347),
        (1, 3, 0.209389),
        (2, 1, 0.697653),
        (3, 1, 0.790611),
        (5, 2, 0.756022),
        (4, 4, 0.5),
    ];
    for (n, p, wanted) in table {
        near(cont_de_larrard::up(n, p).unwrap(), wanted, 1e-6);
    }
    assert_eq!(cont_de_larrard::up(3, 0).unwrap(), 1.0);
    assert_eq!(cont_de_larrard::up(0, 3).unwrap(), 0.0);
    names(cont_de_larrard::up(0, 0), "p");
    names(cont_de_larrard::up(1_001, 1), "n");
    names(cont_de_larrard::up(1, 1_001), "p");
}

/// The walk of the two queues is as likely to step either way on either side: so is its answer.
#[test]
fn the_probability_is_the_mean_of_its_neighbours() {
    let up = |n, p| cont_de_larrard::up(n, p).unwrap();
    for (n, p) in [(1, 1), (2, 5), (7, 3), (20, 21), (60, 2)] {
        let around = up(n + 1, p) + up(n - 1, p) + up(n, p + 1) + up(n, p - 1);
        near(around / 4.0, up(n, p), 1e-9);
    }
    near(up(300, 300), 0.5, 1e-9);
}

#[test]
fn the_invariant_law_is_met_and_balances() {
    let law = queue_reactive::invariant(1.85, 0.94, 0.71).unwrap();
    for (found, wanted) in law.iter().zip([0.25315906, 0.28384501, 0.22250562, 0.13408319]) {
        near(*found, wanted, 1e-8);
    }
    near(queue_reactive::mean(&law), 1.61685847, 1e-8);
    near(law.iter().sum(), 1.0, 1e-12);
    for (n, pair) in law.windows(2).take(40).enumerate() {
        near(pair[0] * 1.85, pair[1] * (0.94 + 0.71 * (n + 1) as f64), 1e-15);
    }
}

#[test]
fn laws_at_their_limits_are_values() {
    let empty = queue_reactive::invariant(0.0, 0.0, 0.0).unwrap();
    assert_eq!((empty[0], empty[1]), (1.0, 0.0), "nothing comes");
    // One server: geometric.
    let served = queue_reactive::invariant(0.5, 1.0, 0.0).unwrap();
    near(served[3], 0.0625, 1e-12);
    // More comes than goes: all the weight lies at the longest queue.
    let full = queue_reactive::invariant(1e6, 1.0, 0.0).unwrap();
    near(full[queue_reactive::QUEUE_MOST], 1.0, 1e-5);
    names(queue_reactive::invariant(1.0, 0.0, 0.0), "mu");
    names(queue_reactive::invariant(-1.0, 1.0, 1.0), "lam");
    names(queue_reactive::invariant(1.0, -1.0, 1.0), "mu");
    names(queue_reactive::invariant(1.0, 1.0, f64::NAN), "theta");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// What is up from one side is down from the other; longer bids hold the price up.
    #[test]
    fn bids_and_asks_mirror_each_other(
        spread in 1..4_u32, market in 0.1..3.0_f64,
        limit in prop::collection::vec(0.1..2.0_f64, 3),
        cancel in prop::collection::vec(0.1..1.0_f64, 3),
    ) {
        let book = Book { spread, market, limit, cancel, tail: 1.0, tail_power: 0.5 };
        let up = book.mid_up(6).unwrap();
        let fill = book.fill(6).unwrap();
        for b in 0..6 {
            for a in 0..6 {
                prop_assert!((up[b][a] + up[a][b] - 1.0).abs() < 1e-10);
                prop_assert!(b == 0 || up[b][a] >= up[b - 1][a] - 1e-12);
                prop_assert!((0.0..=1.0).contains(&fill[b][a]));
                prop_assert!(b == 0 || fill[b][a] <= fill[b - 1][a] + 1e-12);
                prop_assert!(a == 0 || fill[b][a] >= fill[b][a - 1] - 1e-12);
            }
        }
    }
}
