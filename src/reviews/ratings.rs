//! The ratings of products and shops: projections of the reviews, kept where lists sort by them.

use crate::catalogue::product_hold;
use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Sums the ratings of `products`, and of the shops they belong to, anew, and says whether any is another now.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(tx: &Tx, products: &[ProductId]) -> Result<bool> {
    if products.is_empty() {
        return Ok(false);
    }
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let run = async |sql: String| {
        let ids = lists::of_ids(backend, products);
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
            .await
    };
    let shops = format!("(SELECT seller_id FROM product WHERE id {among})");
    product_hold(tx, products).await?;
    let of_products = run(format!(
        "UPDATE product SET rating_sum = s.total, rating_count = s.number, rating_average = \
             CASE WHEN s.number = 0 THEN 0 ELSE (s.total * 100 + s.number / 2) / s.number END \
         FROM (SELECT product.id, coalesce(sum(r.rating), 0) AS total, count(r.id) AS number \
               FROM product LEFT JOIN review r ON r.product_id = product.id AND r.deleted_at IS NULL \
               WHERE product.id {among} GROUP BY product.id) AS s \
         WHERE product.id = s.id AND (product.rating_sum <> s.total OR product.rating_count <> s.number)"
    ))
    .await?;
    if backend == DbBackend::Postgres {
        // Held before they are summed: a sum that waited for another transaction's would miss its reviews.
        run(format!(
            "SELECT id FROM seller WHERE id IN {shops} ORDER BY id FOR NO KEY UPDATE"
        ))
        .await?;
    }
    // From the products' sums, which are right by now, rather than from all reviews of the shop.
    let of_shops = run(format!(
        "UPDATE seller SET rating_sum = s.total, rating_count = s.number \
         FROM (SELECT seller_id, CAST(sum(rating_sum) AS bigint) AS total, CAST(sum(rating_count) AS bigint) AS number \
               FROM product WHERE seller_id IN {shops} GROUP BY seller_id) AS s \
         WHERE seller.id = s.seller_id AND (seller.rating_sum <> s.total OR seller.rating_count <> s.number)"
    ))
    .await?;
    Ok(of_products.rows_affected() + of_shops.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::App,
        platform::{config::Settings, migrations},
    };
    use clap::Parser;
    use entity::ids::{AccountId, ReviewId, SellerId};
    use sea_orm::Value;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        settings: Settings,
    }

    async fn execute(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<()> {
        let backend = tx.get_database_backend();
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
        Ok(())
    }

    /// A shop with two products, the first of which has these ratings, and the second one of five stars.
    async fn rated(tx: &Tx, now: Value, ratings: &[i16]) -> Result<[ProductId; 2]> {
        let seller: Value = SellerId::generate().into();
        execute(
            tx,
            "INSERT INTO seller (id, handle, name, name_key, status, currency, created_at, updated_at) \
             VALUES ($1, 's', 'S', 's', 'ACTIVE', 'EUR', $2, $2)",
            vec![seller.clone(), now.clone()],
        )
        .await?;
        let products = [ProductId::generate(), ProductId::generate()];
        for (product, ratings) in products.iter().zip([ratings, &[5]]) {
            let word = product.0.to_string();
            execute(
                tx,
                "INSERT INTO product (id, seller_id, handle, slug, name, name_key, status, currency, created_at, updated_at) \
                 VALUES ($1, $2, $3, $3, $3, $3, 'ACTIVE', 'EUR', $4, $4)",
                vec![(*product).into(), seller.clone(), word.into(), now.clone()],
            )
            .await?;
            for rating in ratings {
                let author: Value = AccountId::generate().into();
                execute(
                    tx,
                    "INSERT INTO account (id, display_name, created_at, updated_at) VALUES ($1, 'A', $2, $2)",
                    vec![author.clone(), now.clone()],
                )
                .await?;
                execute(
                    tx,
                    "INSERT INTO review (id, product_id, seller_id, author_id, rating, created_at, updated_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $6)",
                    vec![
                        ReviewId::generate().into(),
                        (*product).into(),
                        seller.clone(),
                        author,
                        (*rating).into(),
                        now.clone(),
                    ],
                )
                .await?;
            }
        }
        Ok(products)
    }

    async fn numbers(tx: &Tx, sql: &str) -> Result<Vec<i64>> {
        let statement = Statement::from_string(tx.get_database_backend(), sql);
        let row = tx.query_one_raw(statement).await?.expect("a row");
        let columns = row.column_names().into_iter();
        Ok(columns
            .map(|column| row.try_get("", &column).expect("a number"))
            .collect())
    }

    #[tokio::test]
    async fn ratings_are_summed_for_products_and_shops() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let flags = ["test", "--database-url", &url];
        let settings = Flags::try_parse_from(flags).unwrap_or_else(|error| panic!("{error}"));
        migrations::up(&settings.settings, None).await.unwrap();
        let app = App::from_settings(settings.settings).await.unwrap();
        let now: Value = app.clock.now().into();
        app.transaction(async |tx| {
            let [first, second] = rated(tx, now.clone(), &[5, 4, 4]).await?;
            refresh(tx, &[first, second]).await?;
            let product = "SELECT rating_sum, rating_count, rating_average FROM product ORDER BY rating_sum DESC";
            assert_eq!(numbers(tx, product).await?, [13, 3, 433]);
            let shop = "SELECT rating_sum, rating_count FROM seller";
            assert_eq!(numbers(tx, shop).await?, [18, 4]);

            execute(tx, "UPDATE review SET deleted_at = created_at WHERE rating = 4", vec![]).await?;
            refresh(tx, &[first]).await?;
            assert_eq!(numbers(tx, shop).await?, [10, 2]);
            execute(tx, "UPDATE review SET deleted_at = created_at", vec![]).await?;
            refresh(tx, &[first, second]).await?;
            assert_eq!(numbers(tx, product).await?, [0, 0, 0]);
            assert_eq!(numbers(tx, shop).await?, [0, 0]);
            Ok(())
        })
        .await
        .unwrap();
    }
}
