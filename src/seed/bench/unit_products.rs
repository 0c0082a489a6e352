//! A unit's products with all that belongs to them.

use super::{
    texts,
    times::time,
    unit::{FOUNDED, MOMENTS, Maker, PRODUCTS, SELLERS},
    words::Shelf,
};
use crate::platform::text;
use entity::catalogue::{
    image, option, option_value, product, product_tag, variant, variant_option,
};
use entity::ids::{CategoryId, ImageId, OptionId, OptionValueId, ProductId, SellerId, VariantId};
use entity::inventory::stock;
use std::collections::HashSet;

/// The last products come when this part of the slice has passed, so that there is time for their reviews.
const LAST: i64 = MOMENTS * 8 / 10;
const SIZES: [(i32, &str); 3] = [(1, "S"), (2, "M"), (3, "L")];
const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];

/// A product's name and where it stands.
struct Goods {
    name: String,
    material: &'static str,
    noun: &'static str,
    category: CategoryId,
}

/// What a product says of its variants.
#[derive(Default)]
struct Summary {
    count: i32,
    price_max: i64,
    in_stock: bool,
}

/// What the parts of a product share with it.
#[derive(Clone, Copy)]
struct Of {
    product: ProductId,
    seller: SellerId,
    /// When it was made, in milliseconds after the epoch.
    at: i64,
}

impl Maker<'_> {
    /// Makes the products and returns the moment of each.
    pub(super) fn products(&mut self) -> Vec<i64> {
        let mut names = HashSet::new();
        (0..PRODUCTS)
            .map(|number| {
                let moment = self.moment(FOUNDED, LAST, number, PRODUCTS);
                let seller = self.random.below(SELLERS) as usize;
                let goods = loop {
                    let goods = self.goods();
                    if names.insert((seller, goods.name.clone())) {
                        break goods;
                    }
                };
                let in_all = self.index * PRODUCTS + number + 1;
                self.product(in_all, seller, goods, self.at(moment));
                moment
            })
            .collect()
    }

    fn goods(&mut self) -> Goods {
        let words = &self.plan.words;
        let shelf = self.random.index(words.shelves.len());
        let category = self.plan.shared.leaves[shelf];
        let Shelf {
            materials, nouns, ..
        } = &words.shelves[shelf];
        let (material, noun) = (self.random.pick(materials), self.random.pick(nouns));
        Goods {
            name: format!("{} {material} {noun}", self.random.pick(&words.adjectives)),
            material,
            noun,
            category,
        }
    }

    fn product(&mut self, in_all: u32, seller: usize, goods: Goods, at: i64) {
        let of = Of {
            product: ProductId(self.ids.at(at)),
            seller: self.unit.sellers[seller].id,
            at,
        };
        self.unit.sellers[seller].active_products += 1;
        let handle = text::slug(&goods.name, 200);
        let slug = format!("{handle}-{in_all}");
        self.image(of, &slug, &goods.name);
        self.tags(of);
        let price_min = 495 + 100 * i64::from(self.random.below(195));
        let price_step = self.random.pick(&[0, 0, 200, 500]);
        let summary = self.variants(of, in_all, goods.noun, (price_min, price_step));
        let description = texts::description(
            &self.plan.words,
            &mut self.random,
            &goods.name,
            goods.material,
        );
        self.unit.products.push(product::Model {
            id: of.product,
            seller_id: of.seller,
            category_id: Some(goods.category),
            handle,
            slug,
            name_key: text::name_key(&goods.name),
            name: goods.name,
            description,
            status: product::Status::Active,
            metadata: serde_json::json!({ "season": self.random.pick(&SEASONS) }),
            currency: self.plan.currency,
            price_min,
            price_max: summary.price_max,
            variant_count: summary.count,
            in_stock: summary.in_stock,
            rating_sum: 0,
            rating_count: 0,
            rating_average: 0,
            version: 1,
            created_at: time(at),
            updated_at: time(at),
            deleted_at: None,
        });
    }

    fn image(&mut self, of: Of, slug: &str, name: &str) {
        self.unit.images.push(image::Model {
            id: ImageId(self.ids.at(of.at)),
            product_id: of.product,
            seller_id: of.seller,
            url: format!("https://images.tradewind.example/bench/{slug}.jpg"),
            alt: name.to_owned(),
            position: 1,
            created_at: time(of.at),
        });
    }

    /// One to three tags.
    fn tags(&mut self, of: Of) {
        let tags = &self.plan.shared.tags;
        let first = self.random.index(tags.len());
        let count = 1 + self.random.index(3);
        // Steps of 7 never meet within three of them, whatever the list's length beyond 14.
        let mut chosen: Vec<_> = (0..count)
            .map(|step| tags[(first + 7 * step) % tags.len()].id)
            .collect();
        chosen.sort_unstable();
        self.unit
            .product_tags
            .extend(chosen.into_iter().map(|tag_id| product_tag::Model {
                product_id: of.product,
                tag_id,
                seller_id: of.seller,
            }));
    }

    /// The sizes, each with its stock and its price: the lowest of all, and so much more for each size.
    fn variants(&mut self, of: Of, in_all: u32, noun: &str, price: (i64, i64)) -> Summary {
        let option_id = OptionId(self.ids.at(of.at));
        self.unit.options.push(option::Model {
            id: option_id,
            product_id: of.product,
            seller_id: of.seller,
            name: "Size".to_owned(),
            position: 1,
        });
        let sold_out = self.random.chance(5);
        let reduced = self.random.chance(20);
        let weight = 100 + 50 * i64::from(self.random.below(40));
        let mut summary = Summary::default();
        for (position, size) in SIZES {
            let step = i64::from(position) - 1;
            let price = price.0 + price.1 * step;
            let variant_id = VariantId(self.ids.at(of.at));
            self.unit.variants.push(variant::Model {
                id: variant_id,
                product_id: of.product,
                seller_id: of.seller,
                sku: Some(format!("{}-{in_all}-{size}", texts::code(noun))),
                name: size.to_owned(),
                price,
                compare_at_price: reduced.then_some(price * 5 / 4),
                currency: self.plan.currency,
                barcode: None,
                weight_grams: Some(weight + 50 * step),
                weight_unit: variant::WeightUnit::Grams,
                image_id: None,
                position,
                version: 1,
                created_at: time(of.at),
                updated_at: time(of.at),
                deleted_at: None,
            });
            self.option_value(of, option_id, variant_id, size, position);
            summary.count += 1;
            summary.price_max = price;
            summary.in_stock |= self.stock(of, variant_id, sold_out);
        }
        summary
    }

    fn option_value(
        &mut self,
        of: Of,
        option_id: OptionId,
        variant_id: VariantId,
        value: &str,
        position: i32,
    ) {
        let value_id = OptionValueId(self.ids.at(of.at));
        self.unit.option_values.push(option_value::Model {
            id: value_id,
            option_id,
            product_id: of.product,
            seller_id: of.seller,
            value: value.to_owned(),
            position,
        });
        self.unit.variant_options.push(variant_option::Model {
            variant_id,
            option_id,
            value_id,
            product_id: of.product,
            seller_id: of.seller,
        });
    }

    /// Some units on the shelf, or none; tells whether there are any.
    fn stock(&mut self, of: Of, variant_id: VariantId, sold_out: bool) -> bool {
        let on_hand = if sold_out || self.random.chance(10) {
            0
        } else {
            1 + i64::from(self.random.below(120))
        };
        self.unit.stock.push(stock::Model {
            variant_id,
            product_id: of.product,
            seller_id: of.seller,
            on_hand,
            reserved: 0,
            tracked: true,
            updated_at: time(of.at),
            low_threshold: None,
            is_low: false,
        });
        on_hand > 0
    }
}
