//! What mutations about accounts are given. None of it has `Debug`: much of it is secret.

use async_graphql::InputObject;

/// Who opens an account.
#[derive(InputObject)]
pub(crate) struct AccountSignUpInput {
    /// The address to sign in with. A letter is sent to it.
    pub(super) email: String,
    /// 8 to 256 characters, of any kind, and not what others would try first.
    pub(super) password: String,
    /// The name to be shown, of 1 to 100 characters.
    pub(super) display_name: String,
}

/// What a letter's link held.
#[derive(InputObject)]
pub(crate) struct AccountVerifyEmailInput {
    /// The token in the link.
    pub(super) token: String,
}

/// Whose password was forgotten.
#[derive(InputObject)]
pub(crate) struct AccountRequestPasswordResetInput {
    /// The address of the account.
    pub(super) email: String,
}

/// A new password for one that was forgotten.
#[derive(InputObject)]
pub(crate) struct AccountResetPasswordInput {
    /// The token in the letter's link.
    pub(super) token: String,
    /// 8 to 256 characters, of any kind, and not what others would try first.
    pub(super) new_password: String,
}

/// A new password for one that is known.
#[derive(InputObject)]
pub(crate) struct AccountChangePasswordInput {
    /// The present password.
    pub(super) current_password: String,
    /// 8 to 256 characters, of any kind, and not what others would try first.
    pub(super) new_password: String,
}

/// Another address.
#[derive(InputObject)]
pub(crate) struct AccountRequestEmailChangeInput {
    /// The address that shall take the present one's place. A letter is sent to it.
    pub(super) new_email: String,
    /// The account's password.
    pub(super) password: String,
}

/// What of the account is changed.
#[derive(InputObject)]
pub(crate) struct AccountUpdateInput {
    /// The name to be shown, of 1 to 100 characters.
    pub(super) display_name: String,
    /// The account's `version` as it was read.
    pub(super) expected_version: i64,
}

/// The account is closed.
#[derive(InputObject)]
pub(crate) struct AccountCloseInput {
    /// The account's password.
    pub(super) password: String,
}
