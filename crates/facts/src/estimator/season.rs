//! The pattern of the day, taken out.

/// How many days it takes before the pattern of the day can be told from chance.
pub const DAYS_MIN: usize = 5;

/// `sizes`, day by day, each divided by the mean of the same stretch of all days: stretches of
/// `stretch` values from the first of a day on. Unchanged below [`DAYS_MIN`] days; where a stretch
/// is zero on all days it stays so.
#[must_use]
pub fn deseasonalised(days: &[Vec<f64>], stretch: usize) -> Vec<Vec<f64>> {
    if days.len() < DAYS_MIN || stretch == 0 {
        return days.to_vec();
    }
    let longest = days.iter().map(Vec::len).max().unwrap_or(0).div_ceil(stretch);
    let mut means = vec![(0.0, 0.0); longest];
    for day in days {
        for (place, size) in day.iter().enumerate() {
            let (sum, n) = &mut means[place / stretch];
            *sum += size;
            *n += 1.0;
        }
    }
    let usual = |place: usize| means[place / stretch].0 / means[place / stretch].1;
    let flat = |day: &Vec<f64>| {
        let flat = day.iter().enumerate().map(|(place, size)| {
            let usual = usual(place);
            if usual > 0.0 { size / usual } else { *size }
        });
        flat.collect()
    };
    days.iter().map(flat).collect()
}

#[cfg(test)]
mod tests {
    use super::deseasonalised;

    #[test]
    fn the_loud_hour_becomes_like_the_others() {
        let days = vec![vec![4.0, 4.0, 1.0, 3.0]; 5];
        let flat = deseasonalised(&days, 2);
        assert_eq!(flat[0], [1.0, 1.0, 0.5, 1.5]);
        assert_eq!(deseasonalised(&days[..4], 2), &days[..4], "four days tell no pattern");
        assert_eq!(deseasonalised(&vec![vec![0.0, 2.0]; 5], 1)[0], [0.0, 1.0]);
    }
}
