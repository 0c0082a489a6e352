//! That all agrees, whatever wrote it, and what is found where it does not.

use super::{Shop, product, reserve, run, seller, sound, wish};
use crate::support::TestApp;
use sea_orm::ConnectionTrait;
use tradewind::inventory;
use uuid::Uuid;

on_both_databases! {
    async fn movements_are_only_added(app: TestApp) {
        Shop::open(&app, "quay", &[3]).await;
        let db = app.app.database.write();
        let mut statements = vec![
            "UPDATE stock_movement SET delta = 4",
            "DELETE FROM stock_movement",
        ];
        statements.push(match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "TRUNCATE stock_movement",
            _ => "INSERT OR REPLACE INTO stock_movement SELECT * FROM stock_movement",
        });
        for sql in statements {
            let refused = db.execute_unprepared(sql).await.unwrap_err().to_string();
            assert!(refused.contains("only added to"), "{refused}");
        }
        sound(&app).await;
    }

    async fn the_database_refuses_what_never_may_be(app: TestApp) {
        Shop::open(&app, "quay", &[3]).await;
        let db = app.app.database.write();
        for sql in [
            "UPDATE stock SET reserved = 4",
            "UPDATE stock SET reserved = -1",
            "UPDATE stock SET on_hand = -1",
            "UPDATE stock SET low_threshold = 5",
            "UPDATE stock SET low_threshold = -1",
            "UPDATE stock SET is_low = true",
            "UPDATE stock_level SET on_hand = -1",
            "UPDATE stock_location SET deactivated_at = created_at",
        ] {
            assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
        }
    }

    async fn the_doctor_finds_what_does_not_agree(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3, 3]).await;
        let ids = shop.ids(&app).await;
        let order = Uuid::now_v7();
        reserve(&app, order, &[wish(ids[1], 1)]).await.unwrap();
        sound(&app).await;
        run(&app, "UPDATE stock_level SET on_hand = 2 WHERE variant_id = $1", &[ids[0].0]).await;
        run(&app, "UPDATE stock SET reserved = 2 WHERE variant_id = $1", &[ids[1].0]).await;
        app.execute("UPDATE stock_reservation SET expires_at = '2020-01-01T00:00:00+00:00'").await;
        let (output, text) = crate::doctor::doctor(&app.database);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for fault in [
            format!("{}: at one of its locations lie 2, and its movements come to 3", ids[0].0),
            format!("{}: there are 3, and at locations lie 2", ids[0].0),
            format!("{}: 2 units are promised, and reservations come to 1", ids[1].0),
            "its time was over half an hour ago".to_owned(),
        ] {
            assert!(text.contains(&fault), "{fault} is missing in\n{text}");
        }
    }

    /// As seeds do, which write rows of all rooms at once.
    async fn stock_that_was_written_by_itself_is_opened(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[0, 0, 4]).await;
        let ids = shop.ids(&app).await;
        let (seller, product) = (seller(&app).await, product(&app).await);
        let insert = "INSERT INTO stock (variant_id, product_id, seller_id, on_hand, updated_at) VALUES ($1, $2, $3, 5, '2026-01-01T00:00:00+00:00')";
        run(&app, insert, &[ids[0].0, product.0, seller.0]).await;
        let open = async || app.app.transaction(async |tx| inventory::stock_open(tx, &[seller]).await).await.unwrap();
        assert_eq!(open().await, 2);
        assert_eq!(open().await, 0);
        app.execute("UPDATE product SET in_stock = true").await;
        sound(&app).await;
    }
}
