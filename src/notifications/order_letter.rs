//! What is written about an order, and how it is set: the same words as text and as HTML.
//!
//! Names of products and of shops are the shops'; nothing in a letter comes from whoever bought it, so that nobody has it carry words to others.

use super::send_order_mail::Reader;
use crate::{
    error::{Error, Result},
    orders::{self, Fulfilment, Lettered, Order, OrderLine, OrderStep},
    platform::currency,
    ports::mailer::Mail,
};
use askama::Template;
use entity::ids::{FulfilmentId, SellerId};
use entity::money::Money;
use url::Url;

/// A line of a letter, with what it comes to.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    what: String,
    amount: Option<String>,
}

/// Where a letter leads.
struct Link {
    label: &'static str,
    url: String,
}

/// What a letter says.
struct Words {
    title: String,
    paragraphs: Vec<String>,
    rows: Vec<Row>,
    totals: Vec<Row>,
    link: Link,
}

#[derive(Template)]
#[template(path = "order_letter.txt")]
struct Text<'a> {
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "order_letter.html")]
struct Html<'a> {
    words: &'a Words,
}

/// The letter to the address `to`; nothing where there is nothing to be said to this reader.
///
/// # Errors
/// Internal when it cannot be set.
pub(super) fn letter(
    step: OrderStep,
    reader: Reader,
    bought: &Lettered,
    to: String,
    shop: &Url,
) -> Result<Option<Mail>> {
    let Some(words) = words(step, reader, bought, shop) else {
        return Ok(None);
    };
    Ok(Some(Mail {
        to,
        text: Text { words: &words }.render().map_err(Error::internal)?,
        html: Html { words: &words }.render().map_err(Error::internal)?,
        subject: words.title,
    }))
}

fn words(step: OrderStep, reader: Reader, bought: &Lettered, shop: &Url) -> Option<Words> {
    match (step, reader) {
        (OrderStep::Confirmed, Reader::Member { seller, .. }) => sold(bought, seller, shop),
        (OrderStep::Confirmed, Reader::Shopper) => Some(confirmed(bought, shop)),
        (OrderStep::Withdrawn, Reader::Shopper) => Some(withdrawn(bought, shop)),
        (OrderStep::Cancelled { amount, is_whole }, Reader::Shopper) => {
            Some(cancelled(bought, amount, is_whole, shop))
        }
        (OrderStep::Shipped { fulfilment }, Reader::Shopper) => shipped(bought, fulfilment, shop),
        (_, Reader::Member { .. })
        | (OrderStep::Delivered | OrderStep::Refunded | OrderStep::Erased, Reader::Shopper) => None,
    }
}

fn confirmed(bought: &Lettered, shop: &Url) -> Words {
    let order = &bought.order;
    let mut totals = vec![total("Goods", order.subtotal, order)];
    if order.discount > 0 {
        totals.push(total("Vouchers", -order.discount, order));
    }
    totals.push(total("Shipping", order.shipping, order));
    if order.tax > 0 {
        let label = if order.tax_included {
            "Tax in it"
        } else {
            "Tax"
        };
        totals.push(total(label, order.tax, order));
    }
    totals.push(total("Total", order.total, order));
    let thanks = if order.from_wallet {
        "Thank you. Your wallet has paid the order, and the shops get it ready."
    } else if order.total > 0 {
        "Thank you. Your order is paid, and the shops get it ready."
    } else {
        "Thank you. The shops get your order ready."
    };
    Words {
        title: format!("Your order {}", number(order)),
        paragraphs: vec![thanks.to_owned()],
        rows: bought
            .lines
            .iter()
            .map(|line| priced(line, order))
            .collect(),
        totals,
        link: link_to_order(order, shop),
    }
}

fn withdrawn(bought: &Lettered, shop: &Url) -> Words {
    let order = &bought.order;
    let why = order.cancel_reason.map(orders::sentence);
    let mut paragraphs: Vec<String> = why.map(str::to_owned).into_iter().collect();
    paragraphs.push("What was in it is in your cart again.".to_owned());
    Words {
        title: "Your order came to nothing".to_owned(),
        paragraphs,
        rows: bought
            .lines
            .iter()
            .map(|line| priced(line, order))
            .collect(),
        totals: vec![total("Total", order.total, order)],
        link: link("Look at your cart", "cart", shop),
    }
}

fn cancelled(bought: &Lettered, amount: i64, is_whole: bool, shop: &Url) -> Words {
    let order = &bought.order;
    let number = number(order);
    let (title, why) = if is_whole {
        let why = order.cancel_reason.map(orders::sentence);
        (format!("Your order {number} was cancelled"), why)
    } else {
        let why = "What is named below is not sent to you.";
        (
            format!("A part of your order {number} was cancelled"),
            Some(why),
        )
    };
    let mut paragraphs: Vec<String> = why.map(str::to_owned).into_iter().collect();
    if amount > 0 {
        let to = if order.from_wallet {
            "goes back into your wallet."
        } else {
            "goes back to what you paid with. That may take some days."
        };
        paragraphs.push(format!("{} {to}", money(amount, order)));
    }
    let gone = bought.lines.iter().filter(|line| line.cancelled > 0);
    let rows = gone.map(|line| Row {
        what: named(line, line.cancelled),
        amount: None,
    });
    Words {
        title,
        paragraphs,
        rows: rows.collect(),
        totals: vec![
            total("Goes back", amount, order),
            total("Cancelled in all", order.cancelled, order),
            total("Total of the order", order.total, order),
        ],
        link: link_to_order(order, shop),
    }
}

fn shipped(bought: &Lettered, fulfilment: FulfilmentId, shop: &Url) -> Option<Words> {
    let order = &bought.order;
    let part = bought.parts.iter().find(|part| part.id == fulfilment)?;
    let number = number(order);
    let title = if bought.parts.len() == 1 {
        format!("Your order {number} is on its way")
    } else {
        format!("A part of your order {number} is on its way")
    };
    let mut paragraphs = vec![format!("{} has sent it.", part.seller_name)];
    match (&part.carrier, &part.tracking_number) {
        (Some(carrier), Some(known)) => {
            paragraphs.push(format!("{carrier} carries it, and knows it by {known}."));
        }
        (Some(carrier), None) => paragraphs.push(format!("{carrier} carries it.")),
        (None, Some(known)) => paragraphs.push(format!("The carrier knows it by {known}.")),
        (None, None) => {}
    }
    Some(Words {
        title,
        paragraphs,
        rows: of_part(bought, part),
        totals: vec![total("Total", part.total - part.cancelled, order)],
        link: link_to_order(order, shop),
    })
}

/// What those read who are to send it.
fn sold(bought: &Lettered, seller: SellerId, shop: &Url) -> Option<Words> {
    let order = &bought.order;
    let part = bought.parts.iter().find(|part| part.seller_id == seller)?;
    let path = format!("shop/orders/{}", number(order));
    Some(Words {
        title: format!("New order {}", number(order)),
        paragraphs: vec![format!(
            "{} has sold something, which waits to be sent.",
            part.seller_name
        )],
        rows: of_part(bought, part),
        totals: vec![total("Total", part.total - part.cancelled, order)],
        link: link("Look at the order", &path, shop),
    })
}

/// What is sent of a part.
fn of_part(bought: &Lettered, part: &Fulfilment) -> Vec<Row> {
    let lines = bought.lines.iter();
    let of_part = lines.filter(|line| line.fulfilment_id == part.id);
    let sent = of_part.filter(|line| line.quantity > line.cancelled);
    let rows = sent.map(|line| Row {
        what: named(line, line.quantity - line.cancelled),
        amount: None,
    });
    rows.collect()
}

fn priced(line: &OrderLine, order: &Order) -> Row {
    Row {
        what: named(line, line.quantity),
        amount: Some(money(line.total, order)),
    }
}

fn named(line: &OrderLine, quantity: i64) -> String {
    if line.variant_name.is_empty() {
        format!("{quantity} × {}", line.product_name)
    } else {
        format!("{quantity} × {} ({})", line.product_name, line.variant_name)
    }
}

fn total(label: &str, minor: i64, order: &Order) -> Row {
    Row {
        what: label.to_owned(),
        amount: Some(money(minor, order)),
    }
}

fn money(minor: i64, order: &Order) -> String {
    let currency = order.currency;
    let amount = currency::to_decimal(Money { minor, currency });
    format!("{amount} {currency}")
}

/// What people call it by: it has a number once it is paid.
fn number(order: &Order) -> i64 {
    order.number.unwrap_or_default()
}

fn link_to_order(order: &Order, shop: &Url) -> Link {
    let path = format!("orders/{}", number(order));
    link("Look at the order", &path, shop)
}

fn link(label: &'static str, path: &str, shop: &Url) -> Link {
    let base = shop.as_str().trim_end_matches('/');
    Link {
        label,
        url: format!("{base}/{path}"),
    }
}
