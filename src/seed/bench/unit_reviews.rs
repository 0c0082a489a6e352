//! A unit's reviews, and the ratings they add up to.

use super::{
    texts,
    times::time,
    unit::{Maker, PEOPLE, Unit},
};
use entity::ids::ReviewId;
use entity::reviews::review;
use std::collections::HashMap;

/// How many reviews a product has: five on average, unevenly.
const COUNTS: [usize; 16] = [0, 12, 3, 5, 5, 7, 2, 8, 4, 6, 5, 1, 9, 3, 5, 5];
/// A product's reviews come within so many moments after it, a fifth of the slice.
const SPAN: u32 = 4_000;

impl Maker<'_> {
    /// Makes the reviews of the products, which came at `moments`.
    pub(super) fn reviews(&mut self, moments: &[i64]) {
        let mut counts: Vec<usize> = COUNTS.into_iter().cycle().take(moments.len()).collect();
        self.random.shuffle(&mut counts);
        let mut planned = Vec::new();
        for (product, (moment, count)) in moments.iter().zip(counts).enumerate() {
            // What people think of the product as such, which their single opinions scatter around.
            let quality = self.random.below(40);
            for author in self.authors(count) {
                let written = moment + 1 + i64::from(self.random.below(SPAN));
                planned.push((written, product, author, self.rating(quality)));
            }
        }
        // Made in the order of their times, so that their ids are in order too.
        planned.sort_unstable();
        for (moment, product, author, rating) in planned {
            self.review(self.at(moment), product, author, rating);
        }
        self.sum_up();
    }

    /// Derives the averages of the products and the sums of the sellers.
    fn sum_up(&mut self) {
        let Unit {
            products, sellers, ..
        } = &mut self.unit;
        let mut by_id: HashMap<_, _> = sellers.iter_mut().map(|row| (row.id, row)).collect();
        for product in products {
            let (sum, count) = (product.rating_sum, product.rating_count);
            product.rating_average = average(sum, count);
            if let Some(seller) = by_id.get_mut(&product.seller_id) {
                seller.rating_sum += sum;
                seller.rating_count += count;
            }
        }
    }

    fn authors(&mut self, count: usize) -> Vec<usize> {
        let mut authors = Vec::with_capacity(count);
        while authors.len() < count {
            let author = self.random.below(PEOPLE) as usize;
            if !authors.contains(&author) {
                authors.push(author);
            }
        }
        authors
    }

    fn rating(&mut self, quality: u32) -> i16 {
        match self.random.below(60) + quality {
            0..12 => 1,
            12..24 => 2,
            24..36 => 3,
            36..56 => 4,
            _ => 5,
        }
    }

    fn review(&mut self, at: i64, product: usize, author: usize, rating: i16) {
        let (title, body) = texts::review(&self.plan.words, &mut self.random, rating);
        let product = &mut self.unit.products[product];
        product.rating_sum += i64::from(rating);
        product.rating_count += 1;
        self.unit.reviews.push(review::Model {
            id: ReviewId(self.ids.at(at)),
            product_id: product.id,
            seller_id: product.seller_id,
            author_id: self.unit.accounts[author].id,
            rating,
            title,
            body,
            version: 1,
            created_at: time(at),
            updated_at: time(at),
            deleted_at: None,
        });
    }
}

/// The mean in hundredths of a star, rounded; 0 where there is none.
fn average(sum: i64, count: i64) -> i32 {
    match count {
        0 => 0,
        // It fits: no rating is above five.
        count => i32::try_from((sum * 100 + count / 2) / count).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_have_five_reviews_on_average() {
        assert_eq!(COUNTS.iter().sum::<usize>(), 5 * COUNTS.len());
    }

    #[test]
    fn averages_are_rounded_hundredths() {
        assert_eq!(average(0, 0), 0);
        assert_eq!(average(14, 3), 467);
        assert_eq!(average(13, 3), 433);
        assert_eq!(average(5, 1), 500);
    }
}
