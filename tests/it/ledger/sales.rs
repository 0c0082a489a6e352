//! Sales and refunds: to each what is theirs, to the last cent.

use super::{account, assert_sound, customer, euro, fund, shop, total};
use crate::support::TestApp;
use entity::ids::{OrderId, RefundId, SellerId};
use tradewind::{
    error::{Error, Result},
    ledger::{
        Funding, Portion, Refund, RefundShare, Refunded, Sale, SaleShare, refund, refundable, sale,
    },
};

fn share(seller: SellerId, goods: i64) -> SaleShare {
    SaleShare {
        seller,
        goods,
        shipping: 0,
        tax: 0,
        voucher_by_seller: 0,
        voucher_by_platform: 0,
        commission_bps: 1_000,
    }
}

async fn sell(app: &TestApp, funding: Funding, shares: Vec<SaleShare>) -> Result<OrderId> {
    let order = OrderId::generate();
    let sold = Sale {
        order,
        currency: euro(),
        funding,
        shares,
        commission_tax_bps: 1_900,
        at: app.app.clock.now(),
    };
    let work = async |tx: &_| sale(tx, &sold).await;
    app.app.transaction(work).await?;
    Ok(order)
}

async fn give_back(
    app: &TestApp,
    order: OrderId,
    to: Funding,
    shares: &[(SellerId, Portion)],
) -> Result<Refunded> {
    let shares = shares
        .iter()
        .map(|(seller, portion)| RefundShare {
            seller: *seller,
            portion: *portion,
        })
        .collect();
    let back = Refund {
        refund: RefundId::generate(),
        order,
        to,
        shares,
        at: app.app.clock.now(),
    };
    app.app
        .transaction(async |tx| refund(tx, &back).await)
        .await
}

async fn balance_of(app: &TestApp, seller: SellerId) -> i64 {
    let id = match app.app.database.backend() {
        sea_orm::DbBackend::Postgres => format!("'{}'", seller.0),
        _ => format!("unhex('{}')", seller.0.simple()),
    };
    app.value(&format!(
        "SELECT balance FROM ledger_account WHERE seller_id = {id}"
    ))
    .await
}

on_both_databases! {
    async fn sales_are_divided_and_taken_back_to_the_last_cent(app: TestApp) {
        let (quay, mill) = (shop(&app, "quay").await, shop(&app, "mill").await);
        // The example of docs/ledger.md.
        let at_quay = SaleShare {
            shipping: 490, tax: 1_993, voucher_by_seller: 500, voucher_by_platform: 1_000, ..share(quay, 10_000)
        };
        let order = sell(&app, Funding::Provider, vec![at_quay, share(mill, 333)]).await.unwrap();
        assert_eq!(total(&app, "PROVIDER_CLEARING").await, -(10_983 + 333));
        // 10000 + 490 - 500, less a commission of 950 and a tax on it of 180.50.
        assert_eq!(balance_of(&app, quay).await, 9_990 - 950 - 181);
        assert_eq!(balance_of(&app, mill).await, 333 - 33 - 6);
        assert_eq!(total(&app, "PLATFORM_REVENUE").await, 950 + 33);
        assert_eq!(total(&app, "TAX").await, 1_993 + 181 + 6);
        assert_eq!(total(&app, "VOUCHER_COST").await, -1_000);
        let db = app.app.database.write();
        let left = refundable(db, order).await.unwrap();
        assert_eq!((left[&quay], left[&mill]), (10_983, 333));
        assert_sound(&app);

        let third = give_back(&app, order, Funding::Provider, &[(quay, Portion::Amount(3_661))]).await.unwrap();
        assert_eq!(third.amount, 3_661);
        assert_eq!(refundable(db, order).await.unwrap()[&quay], 10_983 - 3_661);
        assert_eq!(total(&app, "PLATFORM_REVENUE").await, 950 + 33 - 317, "316.67 of commission");
        let more = give_back(&app, order, Funding::Provider, &[(quay, Portion::Amount(7_323))]).await;
        assert!(matches!(more, Err(Error::Conflict(_))), "{more:?}");
        for bad in [0, -1, i64::MIN, i64::MAX] {
            let refused = give_back(&app, order, Funding::Provider, &[(mill, Portion::Amount(bad))]).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        }
        let rest = [(quay, Portion::Whole), (mill, Portion::Whole)];
        let rest = give_back(&app, order, Funding::Provider, &rest).await.unwrap();
        assert_eq!(rest.amount, 10_983 - 3_661 + 333);
        for kind in ["PROVIDER_CLEARING", "PLATFORM_REVENUE", "TAX", "VOUCHER_COST", "SELLER"] {
            assert_eq!(total(&app, kind).await, 0, "{kind}");
        }
        let again = give_back(&app, order, Funding::Provider, &[(quay, Portion::Whole)]).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let unknown = give_back(&app, OrderId::generate(), Funding::Provider, &[(quay, Portion::Whole)]).await;
        assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
        assert_sound(&app);
    }

    async fn what_a_voucher_paid_wholly_is_taken_back(app: TestApp) {
        let quay = shop(&app, "quay").await;
        let free = SaleShare { voucher_by_platform: 700, ..share(quay, 700) };
        let order = sell(&app, Funding::Provider, vec![free]).await.unwrap();
        assert_eq!((total(&app, "PROVIDER_CLEARING").await, total(&app, "VOUCHER_COST").await), (0, -700));
        let back = give_back(&app, order, Funding::Provider, &[(quay, Portion::Whole)]).await.unwrap();
        assert_eq!((back.amount, balance_of(&app, quay).await), (0, 0));
        assert_sound(&app);
    }

    async fn wallets_pay_and_are_paid_back(app: TestApp) {
        let (ada, quay) = (customer(&app, "ada").await, shop(&app, "quay").await);
        fund(&app, account(ada), 1_000).await;
        let wallet = Funding::Wallet(account(ada));
        let order = sell(&app, wallet, vec![share(quay, 800)]).await.unwrap();
        assert_eq!(total(&app, "CUSTOMER_WALLET").await, 200);
        let more = sell(&app, wallet, vec![share(quay, 201)]).await;
        assert!(matches!(more, Err(Error::Conflict(_))), "{more:?}");
        // A shop may owe what it was paid and had no more.
        give_back(&app, order, wallet, &[(quay, Portion::Amount(799))]).await.unwrap();
        assert_eq!(total(&app, "CUSTOMER_WALLET").await, 999);
        assert_sound(&app);
    }

    async fn what_is_too_large_is_refused(app: TestApp) {
        let quay = shop(&app, "quay").await;
        let most = tradewind::ledger::LARGEST_AMOUNT;
        sell(&app, Funding::Provider, vec![SaleShare { commission_bps: 0, ..share(quay, most) }]).await.unwrap();
        let over = sell(&app, Funding::Provider, vec![SaleShare { commission_bps: 0, ..share(quay, 1) }]).await;
        assert!(matches!(over, Err(Error::Conflict(_))), "{over:?}");
        let huge = sell(&app, Funding::Provider, vec![share(quay, i64::MAX)]).await;
        assert!(matches!(huge, Err(Error::Conflict(_))), "{huge:?}");
        assert_eq!(balance_of(&app, quay).await, most);
        assert_sound(&app);
    }
}
