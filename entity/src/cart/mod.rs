//! Tables of the room `cart`.

#[expect(
    clippy::module_inception,
    reason = "the table is called as its room is"
)]
pub mod cart;
pub mod cart_line;
pub mod redemption;
pub mod voucher;
