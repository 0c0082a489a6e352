//! What nobody came for in time.

use super::{Shop, claim, events, expire, in_stock, reserve, sound, totals, wish};
use crate::support::TestApp;
use chrono::TimeDelta;
use tradewind::inventory::{self, Shortage};
use uuid::Uuid;

on_both_databases! {
    async fn what_is_not_paid_for_in_time_is_given_back(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3]).await;
        let ids = shop.ids(&app).await;
        let (forgotten, paying) = (Uuid::now_v7(), Uuid::now_v7());
        reserve(&app, forgotten, &[wish(ids[0], 2)]).await.unwrap();
        reserve(&app, paying, &[wish(ids[0], 1)]).await.unwrap();
        assert!(!in_stock(&app).await);
        app.app.clock.advance(TimeDelta::minutes(14));
        expire(&app).await;
        assert_eq!(totals(&app).await, ["3/3"]);

        let (now, until) = (app.app.clock.now(), app.app.clock.now() + TimeDelta::minutes(30));
        let extend = async |holder| {
            let extended = app.app.transaction(async |tx| inventory::stock_extend(tx, holder, until, now).await);
            extended.await.unwrap()
        };
        assert!(extend(paying).await);
        app.app.clock.advance(TimeDelta::minutes(2));
        let told = events(&app, "stock_changed").await;
        expire(&app).await;
        expire(&app).await;
        assert_eq!(totals(&app).await, ["3/1"]);
        assert!(in_stock(&app).await);
        assert_eq!(events(&app, "stock_changed").await, told + 1);
        assert!(!extend(forgotten).await);
        assert!(extend(paying).await);

        // Who pays late has it if it is still there.
        claim(&app, forgotten).await.unwrap();
        assert_eq!(totals(&app).await, ["1/1"]);
        claim(&app, paying).await.unwrap();
        assert_eq!(totals(&app).await, ["0/0"]);
        sound(&app).await;
    }

    async fn who_pays_too_late_is_told(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[2]).await;
        let ids = shop.ids(&app).await;
        let (late, quick) = (Uuid::now_v7(), Uuid::now_v7());
        reserve(&app, late, &[wish(ids[0], 2)]).await.unwrap();
        app.app.clock.advance(TimeDelta::minutes(15));
        expire(&app).await;
        reserve(&app, quick, &[wish(ids[0], 1)]).await.unwrap();
        let gone = claim(&app, late).await.unwrap_err();
        assert_eq!(gone, [Shortage { variant: ids[0], wanted: 2, available: 1 }]);
        assert_eq!(totals(&app).await, ["2/1"]);
        sound(&app).await;
    }

    async fn many_expire_in_parts(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[500, 500]).await;
        let ids = shop.ids(&app).await;
        for _ in 0..130 {
            reserve(&app, Uuid::now_v7(), &[wish(ids[0], 1), wish(ids[1], 2)]).await.unwrap();
        }
        assert_eq!(totals(&app).await, ["500/130", "500/260"]);
        app.app.clock.advance(TimeDelta::hours(1));
        expire(&app).await;
        assert_eq!(totals(&app).await, ["500/0", "500/0"]);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM stock_reservation WHERE state = 'EXPIRED'").await, 260);
        sound(&app).await;
    }
}
