//! What must come out of the standard workloads: figures, digests and hashes, from the definition.
//!
//! Those of the five public scenarios, and the hashes of their report streams above all, belong to
//! the *matching-engine-benchmark* of flash1-dev (MIT licence, arXiv 2606.01183).

/// What a workload must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// How many records it has.
    pub records: usize,
    /// What the book's history comes to, by the names of [`Figures`](crate::figures::Figures).
    pub figures: &'static [(&'static str, &'static str)],
    /// The SHA-256 of its file.
    pub file_sha256: &'static str,
    /// The SHA-256 of its report stream.
    pub report_sha256: &'static str,
}

/// Shallow: a thousand orders a side.
pub const W1: Expected = Expected {
    records: 5_000_000,
    figures: &[
        ("trades", "1108870"),
        ("lots", "44626990"),
        ("price_times_lots", "4465045611872"),
        ("cancels_accepted", "1704040"),
        ("cancels_rejected", "49968"),
        ("modifies_accepted", "399957"),
        ("modifies_rejected", "0"),
        ("ioc_remainders", "26216"),
        ("trade_digest", "06b21244a45d7818"),
        ("state_digest", "ca8c1ce239ac6aee"),
        ("live", "1908"),
        ("bid_levels", "97"),
        ("ask_levels", "86"),
        ("best_bid", "100212"),
        ("best_ask", "100213"),
        ("bid_lots", "59777"),
        ("ask_lots", "38632"),
    ],
    file_sha256: "2b1682c895a330392dc4e943d67914f174a7eadc6ecab920953de964e00183bb",
    report_sha256: "4634fad2b163929edfbc60baf3ed049f9e8b12048215e63cc49a9798dcffaba6",
};

/// Deep: half a million orders a side.
pub const W2: Expected = Expected {
    records: 5_000_000,
    figures: &[
        ("trades", "641285"),
        ("lots", "26395202"),
        ("price_times_lots", "2639928636486"),
        ("cancels_accepted", "1488710"),
        ("cancels_rejected", "39786"),
        ("modifies_accepted", "320964"),
        ("modifies_rejected", "0"),
        ("ioc_remainders", "67898"),
        ("trade_digest", "d6dd01ee50125b89"),
        ("state_digest", "b4840a263db236d7"),
        ("live", "950005"),
        ("bid_levels", "5645"),
        ("ask_levels", "5668"),
        ("best_bid", "100006"),
        ("best_ask", "100017"),
        ("bid_lots", "26181397"),
        ("ask_lots", "22356287"),
    ],
    file_sha256: "0a2fa57b62734ad51d8c2f7c36986d81e19060b20da2dc759948a83617bc7428",
    report_sha256: "dff7662a3f7a2efda9bc228115ac707e6c1d2d8434ef11d6de72a4eb407a2803",
};

/// Wide: prices far from zero, a book over a billion ticks.
pub const W3: Expected = Expected {
    records: 2_000_000,
    figures: &[
        ("trades", "367240"),
        ("lots", "15074641"),
        ("price_times_lots", "16574743064602805108"),
        ("cancels_accepted", "694502"),
        ("cancels_rejected", "19509"),
        ("modifies_accepted", "159819"),
        ("modifies_rejected", "0"),
        ("ioc_remainders", "24810"),
        ("trade_digest", "18f3cdf92227055f"),
        ("state_digest", "3f3d89636c302808"),
        ("live", "38005"),
        ("bid_levels", "834"),
        ("ask_levels", "735"),
        ("best_bid", "1099511627840"),
        ("best_ask", "1099511627844"),
        ("bid_lots", "1175617"),
        ("ask_lots", "787354"),
    ],
    file_sha256: "2b262dcc5af8ccf90c4be55a851f0c13f551e56e9031571fe45caef507f97b6c",
    report_sha256: "2292bdff39e790fa0029a0fca5b477511742dd74e0eee9273c30eaf1935b831f",
};

/// PUB-5, an ordinary day.
pub const NORMAL: Expected = Expected {
    records: 1_996_097,
    figures: &[
        ("new_orders", "1000000"),
        ("trades", "62474"),
        ("lots", "1793858"),
        ("cancels_rejected", "38131"),
        ("modifies_rejected", "7818"),
        ("trade_digest", "26ce3653334215f4"),
        ("state_digest", "c5f6928013a933b4"),
    ],
    file_sha256: "d925e1a4fc03cfcf7f0db8f9ad4c6c8674991250b702e9dc3f1b2b7c9f4bfbc1",
    report_sha256: "e9b2e3926854410b01a035aeb25dd05f1e597c233be8263de9eb49b6713d367e",
};

/// PUB-5, the price never moves.
pub const STATIC: Expected = Expected {
    records: 1_996_097,
    figures: &[
        ("new_orders", "1000000"),
        ("trades", "827"),
        ("lots", "24200"),
        ("cancels_rejected", "16279"),
        ("modifies_rejected", "3098"),
        ("trade_digest", "84de4bf609cb1508"),
        ("state_digest", "4dbef16341d884ff"),
    ],
    file_sha256: "22f782cf6865a53ed150424b87f51a35dc80be87e2427c78c3b5a12d6ccc0ae5",
    report_sha256: "9803843ee404fc29c9a0aa5614f8f0d5a58b5c44fcac9ef89067886fcaaa30d1",
};

/// PUB-5, a swing of a quarter.
pub const SWING_25: Expected = Expected {
    records: 1_996_097,
    figures: &[
        ("new_orders", "1000000"),
        ("trades", "66908"),
        ("lots", "1933983"),
        ("cancels_rejected", "39462"),
        ("modifies_rejected", "8035"),
        ("trade_digest", "6cc2c25b2723c439"),
        ("state_digest", "0be47f198c7a5218"),
    ],
    file_sha256: "814c1cc319bd7a7e3c0b66d34e37d6a961efb2e8d86f16fff335740ba46b52d6",
    report_sha256: "61a84be9469661bd039e00dbc9a7c011e70b6ace37aadfe60045ea083b05f4df",
};

/// PUB-5, a swing of two fifths.
pub const SWING_40: Expected = Expected {
    records: 1_996_097,
    figures: &[
        ("new_orders", "1000000"),
        ("trades", "68803"),
        ("lots", "1991129"),
        ("cancels_rejected", "40113"),
        ("modifies_rejected", "8154"),
        ("trade_digest", "f6be56fbe8091740"),
        ("state_digest", "0f1b1e29ee7b3df7"),
    ],
    file_sha256: "d0941f009872a70b6d337ff71844188d964a0f7039ee669962ff7a398380d3d0",
    report_sha256: "3cb0175e7982ff09ea220d1feaee3844cf9116a5ce455757879dea1d880b9b9f",
};

/// PUB-5, a swing of three fifths.
pub const FLASH_CRASH: Expected = Expected {
    records: 1_996_097,
    figures: &[
        ("new_orders", "1000000"),
        ("trades", "70178"),
        ("lots", "2034869"),
        ("cancels_rejected", "40464"),
        ("modifies_rejected", "8234"),
        ("trade_digest", "cc7531750d6af81c"),
        ("state_digest", "f084e5149855ba3f"),
    ],
    file_sha256: "1cd9573c7703baa8f9ce655f4fceab25526dfb4e857eb0c563d1d2a51fd00285",
    report_sha256: "cff8d3f94b709fc64a8b2058a6ca4fb6920364904796e46906895e362d2bb16b",
};
