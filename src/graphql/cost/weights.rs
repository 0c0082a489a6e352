//! What things cost, in points: the one place where weights are declared.
//!
//! An object is one point, for it is read, resolved and sent; a scalar or an enum is nothing, for it comes with its
//! object. What costs the server more than its objects do stands in [`FIELDS`], and so do lists that are no pages. A
//! test holds the table against the schema. `docs/cost.md` tells clients the same.

/// Points, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fee {
    /// How many.
    pub(super) points: u32,
    /// For what, as in "1 point for an object".
    pub(super) of: &'static str,
}

const fn fee(points: u32, of: &'static str) -> Fee {
    Fee { points, of }
}

/// What is part of something that is paid for: an edge, where a page lies, a payload, what kept a mutation from being done.
pub(super) const INCLUDED: Fee = fee(0, "a part of something else");
/// Any other object.
pub(super) const OBJECT: Fee = fee(1, "an object");
/// A page of a list, beside its items: a statement, and a cursor at each end.
pub(super) const CONNECTION: Fee = fee(2, "a page");
/// `totalCount`: it reads up to 10,000 rows.
pub(super) const TOTAL_COUNT: Fee = fee(5, "counting a list");
/// A mutation, with its payload: a transaction, what others hear of it, and the audit log.
pub(super) const MUTATION: Fee = fee(10, "a mutation");

/// The least that an operation costs: it is read, and answered.
pub(super) const LEAST: u32 = 1;

/// What is peculiar about a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// It costs so much, beside what is selected below it.
    Beside(Fee),
    /// It costs so much, with all that is selected below it.
    Whole(Fee),
    /// A list of objects that never has more items than so many.
    AtMost(u32),
    /// It is done once for each entry of the list at this place in its arguments.
    PerEntry(&'static [&'static str]),
    /// A list that has an item for each entry of the list by which the field above it is done.
    Entry,
}

/// The fields about which there is something peculiar.
pub(super) const FIELDS: &[(&str, Rule)] = &[
    ("Query.search", Rule::Beside(fee(10, "a search"))),
    (
        "ProductSearchConnection.facets",
        Rule::Whole(fee(50, "the facets of a search")),
    ),
    ("Query.nodes", Rule::PerEntry(&["ids"])),
    ("Query.queues", Rule::Whole(fee(10, "the queues"))),
    ("Query.explainCost", Rule::Whole(fee(20, "an explanation"))),
    ("Query.__schema", Rule::Whole(fee(100, "the schema"))),
    ("Query.__type", Rule::Whole(fee(10, "a type of the schema"))),
    ("Category.ancestors", Rule::AtMost(32)),
    ("Product.options", Rule::AtMost(5)),
    ("Variant.selectedOptions", Rule::AtMost(5)),
    ("CheckoutPayload.problems", Rule::AtMost(100)),
    ("Order.lines", Rule::AtMost(100)),
    ("Order.fulfilments", Rule::AtMost(20)),
    ("Fulfilment.lines", Rule::AtMost(100)),
    ("Payment.attempts", Rule::AtMost(50)),
    ("Payment.refunds", Rule::AtMost(50)),
    ("Saga.steps", Rule::AtMost(32)),
    ("StockChange.variants", Rule::AtMost(100)),
    ("Cart.lines", Rule::AtMost(100)),
    ("Cart.sellers", Rule::AtMost(20)),
    ("Cart.vouchers", Rule::AtMost(5)),
    ("Cart.problems", Rule::AtMost(100)),
    ("Cart.missing", Rule::AtMost(100)),
    ("CartSeller.shippingMethods", Rule::AtMost(20)),
    (
        "Mutation.productUpdateMany",
        Rule::PerEntry(&["input", "items"]),
    ),
    ("ProductUpdateManyPayload.items", Rule::Entry),
    ("Variant.stockLevels", Rule::AtMost(20)),
    ("StockItem.levels", Rule::AtMost(20)),
    ("Mutation.stockAdjust", Rule::PerEntry(&["input", "items"])),
    ("Mutation.stockRecount", Rule::PerEntry(&["input", "items"])),
    (
        "Mutation.stockTransfer",
        Rule::PerEntry(&["input", "items"]),
    ),
    ("StockPayload.items", Rule::Entry),
];
