//! What keys may ask for: each field of the API, and the scope that a key needs for it. What is not listed, and what is listed as
//! never, no key may ask for; a test holds the table against the schema, so a new field does not pass by unnoticed.
//!
//! Nothing more is allowed by this: what a field asks of its caller otherwise, it asks of a key's person too.

use super::documents::Document;
use crate::{
    error::{Error, Result},
    scopes::{ApiScope, Scopes},
};
use async_graphql::parser::types::{OperationType, Selection};

const CATALOGUE: Option<ApiScope> = Some(ApiScope::CatalogueRead);
const CATALOGUE_WRITE: Option<ApiScope> = Some(ApiScope::CatalogueWrite);
const ACCOUNT: Option<ApiScope> = Some(ApiScope::AccountRead);
const JOBS: Option<ApiScope> = Some(ApiScope::JobsRead);
const AUDIT: Option<ApiScope> = Some(ApiScope::AuditRead);
/// What people do themselves: how they sign in, who else may, and the running of the server.
const NEVER: Option<ApiScope> = None;

/// Every field where a document begins, and the scope that a key needs for it.
pub const KEY_SCOPES: &[(&str, Option<ApiScope>)] = &[
    // What is someone's own is not found by keys.
    ("Query.node", CATALOGUE),
    ("Query.nodes", CATALOGUE),
    ("Query.product", CATALOGUE),
    ("Query.products", CATALOGUE),
    ("Query.search", CATALOGUE),
    ("Query.category", CATALOGUE),
    ("Query.categories", CATALOGUE),
    ("Query.seller", CATALOGUE),
    ("Query.sellers", CATALOGUE),
    ("Query.reviews", CATALOGUE),
    // Sessions, keys and identities in it are refused by themselves.
    ("Query.viewer", ACCOUNT),
    ("Query.account", NEVER),
    ("Query.accounts", NEVER),
    ("Query.job", JOBS),
    ("Query.jobs", JOBS),
    ("Query.queues", JOBS),
    // What people pay is their own.
    ("Query.payment", NEVER),
    ("Query.saga", JOBS),
    ("Query.sagas", JOBS),
    ("Query.auditLog", AUDIT),
    ("Query.explainCost", CATALOGUE),
    ("Mutation.accountSignUp", NEVER),
    ("Mutation.accountVerifyEmail", NEVER),
    ("Mutation.accountRequestPasswordReset", NEVER),
    ("Mutation.accountResetPassword", NEVER),
    ("Mutation.accountChangePassword", NEVER),
    ("Mutation.accountRequestEmailChange", NEVER),
    ("Mutation.accountUpdate", NEVER),
    ("Mutation.accountClose", NEVER),
    ("Mutation.accountSuspend", NEVER),
    ("Mutation.accountReinstate", NEVER),
    ("Mutation.accountSetRole", NEVER),
    ("Mutation.addressCreate", NEVER),
    ("Mutation.addressUpdate", NEVER),
    ("Mutation.addressDelete", NEVER),
    ("Mutation.apiKeyCreate", NEVER),
    ("Mutation.apiKeyRevoke", NEVER),
    ("Mutation.identityUnlink", NEVER),
    ("Mutation.sessionCreate", NEVER),
    ("Mutation.sessionConfirm", NEVER),
    ("Mutation.sessionStepUp", NEVER),
    ("Mutation.sessionPasskeyStart", NEVER),
    ("Mutation.sessionPasskeyFinish", NEVER),
    ("Mutation.passkeyRegisterStart", NEVER),
    ("Mutation.passkeyRegisterFinish", NEVER),
    ("Mutation.passkeyRemove", NEVER),
    ("Mutation.totpEnrol", NEVER),
    ("Mutation.totpConfirm", NEVER),
    ("Mutation.totpRemove", NEVER),
    ("Mutation.recoveryCodesReplace", NEVER),
    ("Mutation.sessionRefresh", NEVER),
    ("Mutation.sessionEnd", NEVER),
    ("Mutation.sessionEndOther", NEVER),
    ("Mutation.sessionEndAll", NEVER),
    ("Mutation.sellerOpen", NEVER),
    ("Mutation.sellerUpdate", NEVER),
    ("Mutation.sellerSuspend", NEVER),
    ("Mutation.sellerReinstate", NEVER),
    ("Mutation.sellerMemberInvite", NEVER),
    ("Mutation.sellerMemberAccept", NEVER),
    ("Mutation.sellerMemberUpdate", NEVER),
    ("Mutation.sellerMemberRemove", NEVER),
    ("Query.productImport", CATALOGUE_WRITE),
    ("Mutation.productImportCreate", CATALOGUE_WRITE),
    ("Mutation.productCreate", CATALOGUE_WRITE),
    ("Mutation.productUpdate", CATALOGUE_WRITE),
    ("Mutation.productUpdateMany", CATALOGUE_WRITE),
    ("Mutation.productPublish", CATALOGUE_WRITE),
    ("Mutation.productUnpublish", CATALOGUE_WRITE),
    ("Mutation.productArchive", CATALOGUE_WRITE),
    ("Mutation.productDelete", CATALOGUE_WRITE),
    ("Mutation.productRestore", CATALOGUE_WRITE),
    ("Mutation.productDuplicate", CATALOGUE_WRITE),
    ("Mutation.variantCreate", CATALOGUE_WRITE),
    ("Mutation.variantUpdate", CATALOGUE_WRITE),
    ("Mutation.variantDelete", CATALOGUE_WRITE),
    ("Mutation.categoryCreate", NEVER),
    ("Mutation.categoryUpdate", NEVER),
    ("Mutation.categoryMove", NEVER),
    ("Mutation.categoryDelete", NEVER),
    ("Query.stockItems", CATALOGUE_WRITE),
    ("Query.stockMovements", CATALOGUE_WRITE),
    ("Mutation.stockAdjust", CATALOGUE_WRITE),
    ("Mutation.stockRecount", CATALOGUE_WRITE),
    ("Mutation.stockTransfer", CATALOGUE_WRITE),
    ("Mutation.stockThresholdSet", CATALOGUE_WRITE),
    ("Mutation.locationCreate", NEVER),
    ("Mutation.locationUpdate", NEVER),
    ("Mutation.locationDeactivate", NEVER),
    ("Mutation.locationReactivate", NEVER),
    ("Subscription.productChanged", CATALOGUE),
    ("Subscription.stockChanged", CATALOGUE),
    // What is someone's money is not for programs.
    ("Query.wallet", NEVER),
    ("Query.walletTopUp", NEVER),
    ("Query.ledgerAccount", NEVER),
    ("Query.ledgerAccounts", NEVER),
    ("Mutation.walletTransfer", NEVER),
    ("Mutation.walletTopUp", NEVER),
    ("Mutation.walletCredit", NEVER),
    ("Mutation.sellerCommissionSet", NEVER),
    ("Query.cart", NEVER),
    ("Query.vouchers", NEVER),
    ("Query.shippingMethods", NEVER),
    ("Query.taxRates", NEVER),
    ("Mutation.cartCreate", NEVER),
    ("Mutation.cartUpdate", NEVER),
    ("Mutation.cartMerge", NEVER),
    ("Mutation.voucherCreate", NEVER),
    ("Mutation.voucherUpdate", NEVER),
    ("Mutation.voucherDeactivate", NEVER),
    ("Mutation.shippingMethodCreate", NEVER),
    ("Mutation.shippingMethodUpdate", NEVER),
    ("Mutation.taxRateSet", NEVER),
    ("Mutation.taxRateRemove", NEVER),
    ("Query.order", NEVER),
    ("Query.orders", NEVER),
    ("Query.shopOrders", NEVER),
    ("Subscription.orderUpdated", NEVER),
    ("Subscription.sellerOrders", NEVER),
    ("Mutation.checkoutComplete", NEVER),
    ("Mutation.orderCancel", NEVER),
    ("Mutation.orderLineCancel", NEVER),
    ("Mutation.fulfilmentShip", NEVER),
    ("Mutation.fulfilmentDeliver", NEVER),
    ("Mutation.sagaRetry", NEVER),
    ("Mutation.sagaResolve", NEVER),
    ("Mutation.jobRetry", NEVER),
    ("Mutation.jobDiscard", NEVER),
    ("Mutation.queuePause", NEVER),
    ("Mutation.queueResume", NEVER),
];

/// Lets only those documents pass that a key with these scopes may ask for as a whole: one field that it may not keeps all of it
/// from being executed.
///
/// # Errors
/// `NotByKey`, naming the field.
pub(super) fn check(document: &Document, scopes: Scopes) -> Result<()> {
    let root = match document.kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    for field in root_fields(document) {
        // What the schema says of itself is no secret to whoever may ask for it at all.
        if !field.starts_with("__") {
            check_field(root, field, scopes)?;
        }
    }
    Ok(())
}

fn check_field(root: &str, field: &str, scopes: Scopes) -> Result<()> {
    let name = format!("{root}.{field}");
    let listed = KEY_SCOPES.iter().find(|(listed, _)| *listed == name);
    match listed.and_then(|(_, scope)| *scope) {
        Some(scope) if scopes.contains(scope) => Ok(()),
        Some(scope) => Err(Error::NotByKey(format!(
            "The field `{field}` needs a key with the scope {}, which this key has not.",
            scope.name()
        ))),
        None => Err(Error::NotByKey(format!(
            "The field `{field}` is not for keys. Sign in, and send an access token."
        ))),
    }
}

/// The names of the operation's own fields, fragments spread out. The guards have seen to it that they can be.
fn root_fields(document: &Document) -> Vec<&str> {
    let mut names = Vec::new();
    let mut sets = vec![&document.operation().selection_set.node];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => names.push(field.node.name.node.as_str()),
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let fragment = document.executable.fragments.get(name);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::builder;
    use async_graphql::parser::parse_query;
    use std::collections::BTreeSet;

    #[test]
    fn every_field_is_decided() {
        let registry = builder().finish();
        let sdl = registry.sdl();
        let fields: BTreeSet<String> = ["Query", "Mutation", "Subscription"]
            .into_iter()
            .flat_map(|root| fields_of(&sdl, root))
            .collect();
        let listed: BTreeSet<String> = KEY_SCOPES
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let undecided: Vec<_> = fields.difference(&listed).collect();
        let gone: Vec<_> = listed.difference(&fields).collect();
        assert!(
            undecided.is_empty() && gone.is_empty(),
            "decide in src/graphql/key_scopes.rs what keys need for {undecided:?}; the schema has no {gone:?}"
        );
        assert_eq!(listed.len(), KEY_SCOPES.len(), "none stands there twice");
    }

    fn fields_of(sdl: &str, root: &str) -> Vec<String> {
        use async_graphql::parser::{
            parse_schema,
            types::{TypeKind, TypeSystemDefinition},
        };
        let document = parse_schema(sdl).unwrap();
        let mut names = Vec::new();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition
                && definition.node.name.node == root
                && let TypeKind::Object(object) = definition.node.kind
            {
                let fields = object.fields.into_iter();
                names.extend(fields.map(|field| format!("{root}.{}", field.node.name.node)));
            }
        }
        assert!(!names.is_empty(), "{root} has fields");
        names
    }

    fn checked(document: &str, scopes: &[ApiScope]) -> Result<(), String> {
        let document =
            Document::select(parse_query(document).unwrap(), document.into(), None).unwrap();
        let scopes = scopes.iter().copied().collect();
        check(&document, scopes).map_err(|error| error.to_string())
    }

    #[test]
    fn one_field_keeps_the_whole_document_from_passing() {
        let read = [ApiScope::CatalogueRead];
        for document in [
            "{ __typename products { nodes { id } } x: product(slug: \"a\") { id } }",
            "{ ...F } fragment F on Query { ... { sellers { nodes { id } } } }",
        ] {
            assert_eq!(checked(document, &read), Ok(()), "{document}");
            assert!(checked(document, &[]).is_err(), "{document}");
        }
        for document in [
            "{ products { nodes { id } } jobs { nodes { id } } }",
            "{ products { nodes { id } } x: jobs @skip(if: true) { nodes { id } } }",
            "{ ...F } fragment F on Query { ...G } fragment G on Query { ... on Query { jobs { nodes { id } } } }",
        ] {
            let refused = checked(document, &read).unwrap_err();
            assert!(
                refused.contains("`jobs`") && refused.contains("JOBS_READ"),
                "{refused}"
            );
        }
        for document in [
            "mutation { sessionEnd { userErrors { code } } }",
            "{ whateverComesNext }",
            "subscription { products { id } }",
        ] {
            let refused = checked(document, &ApiScope::ALL).unwrap_err();
            assert!(refused.contains("not for keys"), "{refused}");
        }
    }
}
