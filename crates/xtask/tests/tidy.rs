//! The house is in order, at every `cargo test`.

#[test]
fn the_house_is_in_order() {
    if let Err(found) = xtask::tidy::tidy(&xtask::root()) {
        panic!("{found}");
    }
}
