//! Nothing is posted twice.

use super::{account, assert_sound, customer, euro, euros, shop, total};
use crate::support::TestApp;
use entity::ids::{OrderId, PaymentId, RefundId};
use futures_util::future::join_all;
use tradewind::{
    error::Error,
    ledger::{Funding, Portion, Refund, RefundShare, Sale, SaleShare, TopUp, refund, sale, top_up},
};

const TWINS: usize = 20;

on_both_databases! {
    async fn twenty_twins_post_once(app: TestApp) {
        let ada = customer(&app, "ada").await;
        let paid = TopUp {
            payment: PaymentId::generate(),
            customer: account(ada),
            money: euros(500),
            at: app.app.clock.now(),
        };
        let twins = (0..TWINS).map(|_| app.app.transaction(async |tx| top_up(tx, &paid).await));
        let posted: Vec<_> = join_all(twins).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(posted.iter().filter(|posted| posted.is_new).count(), 1);
        assert!(posted.iter().all(|other| other.id == posted[0].id));
        assert_eq!(total(&app, "CUSTOMER_WALLET").await, 500);
        let events = "SELECT count(*) FROM outbox_event WHERE name = 'ledger.wallet_changed'";
        assert_eq!(app.value::<i64>(events).await, 1);
        let other = TopUp { money: euros(501), ..paid };
        let refused = app.app.transaction(async |tx| top_up(tx, &other).await).await;
        assert!(matches!(refused, Err(Error::Internal { .. })), "{refused:?}");
        assert_sound(&app);
    }

    async fn twenty_twins_of_a_sale_and_its_refund_post_once(app: TestApp) {
        let quay = shop(&app, "quay").await;
        let share = SaleShare {
            seller: quay, goods: 999, shipping: 10, tax: 1, voucher_by_seller: 9, voucher_by_platform: 0, commission_bps: 1_250,
        };
        let sold = Sale {
            order: OrderId::generate(), currency: euro(), funding: Funding::Provider, shares: vec![share],
            commission_tax_bps: 0, at: app.app.clock.now(),
        };
        let twins = (0..TWINS).map(|_| app.app.transaction(async |tx| sale(tx, &sold).await));
        let posted = join_all(twins).await.into_iter().map(|posted| posted.unwrap().unwrap());
        assert_eq!(posted.filter(|posted| posted.is_new).count(), 1);
        let back = Refund {
            refund: RefundId::generate(), order: sold.order, to: Funding::Provider,
            shares: vec![RefundShare { seller: quay, portion: Portion::Amount(700) }], at: app.app.clock.now(),
        };
        let twins = (0..TWINS).map(|_| app.app.transaction(async |tx| refund(tx, &back).await));
        let posted: Vec<_> = join_all(twins).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(posted.iter().filter(|refunded| refunded.posted.is_new).count(), 1);
        assert!(posted.iter().all(|refunded| refunded.amount == 700));
        assert_eq!(total(&app, "PROVIDER_CLEARING").await, 700 - 1_001);

        // Of twenty different refunds of a hundred each, three find that much left.
        let twins = (0..TWINS).map(|_| {
            let share = RefundShare { seller: quay, portion: Portion::Amount(100) };
            let back = Refund { refund: RefundId::generate(), shares: vec![share], ..back.clone() };
            let app = &app.app;
            async move { app.transaction(async |tx| refund(tx, &back).await).await }
        });
        let done = join_all(twins).await.into_iter().flatten().count();
        assert_eq!(done, 3, "301 were left");
        assert_eq!(total(&app, "PROVIDER_CLEARING").await, -1);
        assert_sound(&app);
    }
}
