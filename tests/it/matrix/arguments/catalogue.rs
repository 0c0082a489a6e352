//! What the catalogue's fields are asked with.

use crate::matrix::world::World;
use entity::ids::CategoryId;

/// A new category.
async fn category(world: &World) -> String {
    let document = format!(
        "mutation {{ categoryCreate(input: {}) {{ category {{ id }} }} }}",
        new_category()
    );
    let reply = world.ask("admin", &document).await;
    let category = &reply.data()["categoryCreate"]["category"];
    category["id"].as_str().unwrap().to_owned()
}

fn new_category() -> String {
    let name = CategoryId::generate().0.simple();
    format!("{{ name: \"Category {name}\" }}")
}

pub async fn of(world: &World, field: &str) -> Option<String> {
    let of = |thing: &str| format!("(id: \"{}\")", world.id(thing));
    Some(match field {
        "Query.node" | "Query.product" | "node.Product" => of("Product"),
        "Query.nodes" => format!("(ids: [\"{}\"])", world.id("Product")),
        "Subscription.productChanged" => format!("(productIds: [\"{}\"])", world.id("Product")),
        "Subscription.stockChanged" => format!("(variantIds: [\"{}\"])", world.id("Variant")),
        "Query.search" => "(query: \"jacket\")".to_owned(),
        "Query.category" | "node.Category" => of("Category"),
        "Query.seller" | "node.Seller" => of("Seller"),
        "node.Author" => of("Author"),
        "node.Image" => of("Image"),
        "node.Review" => of("Review"),
        "node.Tag" => of("Tag"),
        "node.Variant" => of("Variant"),
        "Mutation.categoryCreate" => format!("(input: {})", new_category()),
        "Mutation.categoryUpdate" | "Mutation.categoryDelete" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1 }})",
            category(world).await
        ),
        "Mutation.categoryMove" => format!(
            "(input: {{ id: \"{}\", expectedVersion: 1, parentId: null }})",
            category(world).await
        ),
        _ => return None,
    })
}
