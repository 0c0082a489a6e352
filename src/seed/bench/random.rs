//! Chance that comes out the same every time, everywhere: a generator of ours, since those of the crates may change
//! their streams between versions, and ids made from it.

use uuid::Uuid;

/// `SplitMix64`: a 64-bit counter, scrambled. Fast, tiny, and good enough to shuffle a shop's goods.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit` − 1; 0 when `limit` is 0.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        // The high half of the product is below the limit; the bias is one in 2⁶⁴ ÷ limit.
        let product = u128::from(self.next()) * u128::from(limit);
        u32::try_from(product >> 64).unwrap_or_default()
    }

    /// An index into something of length `limit`.
    pub(super) fn index(&mut self, limit: usize) -> usize {
        self.below(u32::try_from(limit).unwrap_or(u32::MAX)) as usize
    }

    /// One of `choices`.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Puts `items` in another order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

/// Makes UUIDs version 7 (RFC 9562 §5.7) from given times: a counter makes them unique and keeps those of one
/// millisecond in the order they were made in; the rest is chance.
pub(super) struct Ids {
    counter: u64,
    random: Random,
}

impl Ids {
    /// Ids whose counter starts at `first`.
    pub(super) fn new(first: u64, seed: u64) -> Self {
        Self {
            counter: first,
            random: Random::new(seed),
        }
    }

    /// An id of the time `milliseconds` after the epoch.
    pub(super) fn at(&mut self, milliseconds: i64) -> Uuid {
        self.counter += 1;
        let time = u128::from(milliseconds.unsigned_abs()) & 0xffff_ffff_ffff;
        let counter = u128::from(self.counter);
        let high = (counter >> 30) & 0xfff;
        let low = ((counter & 0x3fff_ffff) << 32) | u128::from(self.random.next() >> 32);
        Uuid::from_u128((time << 80) | (7 << 76) | (high << 64) | (0b10 << 62) | low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // The generator's published test vector for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_stay_below_their_limit_and_reach_it() {
        let mut random = Random::new(1);
        let drawn: Vec<u32> = (0..1_000).map(|_| random.below(7)).collect();
        assert!((0..7).all(|number| drawn.contains(&number)));
        assert!(drawn.iter().all(|number| *number < 7));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn ids_are_version_7_and_in_order() {
        let mut ids = Ids::new((1 << 30) - 2, 1);
        let made: Vec<Uuid> = [5, 5, 5, 6].map(|time| ids.at(time)).to_vec();
        assert!(made.is_sorted_by(|a, b| a < b));
        for id in made {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        }
    }
}
