//! The full-text index of products, kept in the transaction that changes them.

use super::product_hold::product_hold;
use crate::{
    error::Result,
    platform::{
        database::{Tx, lists},
        text,
    },
};
use entity::ids::{ProductId, SellerId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// How many products' words are held in memory at once.
const CHUNK: usize = 1_000;
/// How many products one statement writes, for the reason that `platform::database::bulk` gives.
const WRITTEN_AT_ONCE: usize = 32;

/// Indexes `products` anew: their names, labels (tags, category, shop, SKUs, option values) and descriptions.
/// Deleted ones leave the index.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(tx: &Tx, products: &[ProductId]) -> Result<()> {
    for chunk in products.chunks(CHUNK) {
        product_hold(tx, chunk).await?;
        let mut documents = read(tx, chunk).await?;
        while !documents.is_empty() {
            let rest = documents.split_off(documents.len().min(WRITTEN_AT_ONCE));
            write(tx, std::mem::replace(&mut documents, rest)).await?;
        }
        remove_deleted(tx, chunk).await?;
    }
    Ok(())
}

/// A product's words.
struct Document {
    product: ProductId,
    seller: SellerId,
    name: String,
    labels: String,
    description: String,
}

#[derive(FromQueryResult)]
struct ProductRow {
    id: ProductId,
    seller_id: SellerId,
    name: String,
    description: String,
    seller_name: String,
    category_name: Option<String>,
}

#[derive(FromQueryResult)]
struct LabelRow {
    product_id: ProductId,
    label: String,
}

async fn read(tx: &Tx, products: &[ProductId]) -> Result<Vec<Document>> {
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let statement = |sql: String| {
        Statement::from_sql_and_values(backend, sql, [lists::of_ids(backend, products)])
    };
    let rows = ProductRow::find_by_statement(statement(format!(
        "SELECT product.id, product.seller_id, product.name, product.description, \
           seller.name AS seller_name, category.name AS category_name \
         FROM product JOIN seller ON seller.id = product.seller_id \
         LEFT JOIN category ON category.id = product.category_id \
         WHERE product.deleted_at IS NULL AND product.id {among}"
    )))
    .all(tx)
    .await?;
    let labels = LabelRow::find_by_statement(statement(format!(
        "SELECT product_tag.product_id, tag.name AS label FROM product_tag \
           JOIN tag ON tag.id = product_tag.tag_id WHERE product_tag.product_id {among} \
         UNION ALL SELECT product_id, sku FROM variant \
           WHERE deleted_at IS NULL AND sku IS NOT NULL AND product_id {among} \
         UNION ALL SELECT product_id, value FROM option_value WHERE product_id {among}"
    )))
    .all(tx)
    .await?;
    let mut labels_of: HashMap<ProductId, Vec<String>> = HashMap::new();
    for row in labels {
        labels_of.entry(row.product_id).or_default().push(row.label);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut labels = labels_of.remove(&row.id).unwrap_or_default();
            // The database returns them in any order; sorted, the same labels are the same document.
            labels.sort_unstable();
            labels.extend(row.category_name);
            labels.push(row.seller_name);
            Document {
                product: row.id,
                seller: row.seller_id,
                name: words(&row.name),
                labels: words(&labels.join(" ")),
                description: words(&text_of_html(&row.description)),
            }
        })
        .collect())
}

async fn write(tx: &Tx, documents: Vec<Document>) -> Result<()> {
    let backend = tx.get_database_backend();
    let (sql, values) = match backend {
        DbBackend::Postgres => (WRITE_POSTGRES, arrays(documents)),
        _ => (WRITE_SQLITE, vec![json_rows(documents)]),
    };
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

const WRITE_POSTGRES: &str = "\
    INSERT INTO product_search (product_id, seller_id, document) \
    SELECT product_id, seller_id, setweight(to_tsvector('english', name), 'A') \
      || setweight(to_tsvector('english', labels), 'B') || setweight(to_tsvector('english', description), 'C') \
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) \
      AS words (product_id, seller_id, name, labels, description) \
    ON CONFLICT (product_id) DO UPDATE SET seller_id = excluded.seller_id, document = excluded.document \
    WHERE product_search.document <> excluded.document";

// Triggers carry each change of the table into the full-text index.
const WRITE_SQLITE: &str = "\
    INSERT INTO product_search (product_id, seller_id, name, labels, description) \
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4 \
    FROM json_each($1) WHERE true \
    ON CONFLICT (product_id) DO UPDATE SET seller_id = excluded.seller_id, name = excluded.name, \
      labels = excluded.labels, description = excluded.description \
    WHERE (product_search.name, product_search.labels, product_search.description) \
      <> (excluded.name, excluded.labels, excluded.description)";

fn arrays(documents: Vec<Document>) -> Vec<Value> {
    let mut products: Vec<Uuid> = Vec::with_capacity(documents.len());
    let mut sellers: Vec<Uuid> = Vec::with_capacity(documents.len());
    let mut texts: [Vec<String>; 3] = Default::default();
    for document in documents {
        products.push(document.product.into());
        sellers.push(document.seller.into());
        let words = [document.name, document.labels, document.description];
        for (column, text) in texts.iter_mut().zip(words) {
            column.push(text);
        }
    }
    let mut values = vec![products.into(), sellers.into()];
    values.extend(texts.map(Value::from));
    values
}

fn json_rows(documents: Vec<Document>) -> Value {
    let rows: Vec<[String; 5]> = documents
        .into_iter()
        .map(|document| {
            [
                document.product.0.simple().to_string(),
                document.seller.0.simple().to_string(),
                document.name,
                document.labels,
                document.description,
            ]
        })
        .collect();
    serde_json::json!(rows).to_string().into()
}

async fn remove_deleted(tx: &Tx, products: &[ProductId]) -> Result<()> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "DELETE FROM product_search WHERE product_id {among} \
         AND product_id IN (SELECT id FROM product WHERE deleted_at IS NOT NULL AND id {among})",
        among = lists::among_ids(backend)
    );
    let ids = lists::of_ids(backend, products);
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
        .await?;
    Ok(())
}

/// The words of sanitised HTML: tags become spaces, the entities that the sanitiser writes become characters.
fn text_of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside_tag = false;
    for c in html.chars() {
        match c {
            '<' => {
                inside_tag = true;
                text.push(' ');
            }
            '>' => inside_tag = false,
            c if !inside_tag => text.push(c),
            _ => {}
        }
    }
    // Last the ampersand, so that what was written as "&amp;lt;" stays a written-out "&lt;".
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

/// The words alone, since the databases would each read a hyphen or a dot in their own way.
fn words(text: &str) -> String {
    text::words(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_read_as_its_words() {
        assert_eq!(
            text_of_html("<p>Fish &amp; chips</p><ul><li>warm</li><li>a&nbsp;lot</li></ul>")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["Fish", "&", "chips", "warm", "a", "lot"]
        );
        assert_eq!(text_of_html("2 &lt; 3 &amp;lt; 4"), "2 < 3 &lt; 4");
    }
}
