//! Splitting an amount by weights.

/// Splits `amount` by weights that are not negative and at least as much together. Each part is at most its weight, and together they are the
/// amount: what does not divide goes to the largest first, and of equals to the least key.
pub(super) fn split<Key: Ord + Copy>(amount: i64, weights: &[(Key, i64)]) -> Vec<i64> {
    let whole: i128 = weights.iter().map(|(_, weight)| i128::from(*weight)).sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let share = |weight: i64| i128::from(amount) * i128::from(weight) / whole;
    let mut parts: Vec<i64> = weights
        .iter()
        // No larger than the weight, so it fits.
        .map(|(_, weight)| i64::try_from(share(*weight)).unwrap_or(*weight))
        .collect();
    let rest = amount - parts.iter().sum::<i64>();
    let mut largest: Vec<usize> = (0..weights.len()).collect();
    largest.sort_by_key(|index| (std::cmp::Reverse(weights[*index].1), weights[*index].0));
    // Fewer than there are weights that are not nothing.
    for index in largest.into_iter().take(usize::try_from(rest).unwrap_or(0)) {
        parts[index] += 1;
    }
    parts
}
