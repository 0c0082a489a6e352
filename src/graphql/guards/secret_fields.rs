//! The fields by which one could guess, or have mail sent to others: a document with many would try many at once.
//!
//! What each costs is limited where it is done, too. Here nobody even begins.

/// Mutations that check a password, a code or a token, or send mail to an address that one only names.
pub const SECRET_FIELDS: [&str; 13] = [
    "accountChangePassword",
    "accountClose",
    "accountRequestEmailChange",
    "accountRequestPasswordReset",
    "accountResetPassword",
    "accountSignUp",
    "accountVerifyEmail",
    "sellerMemberAccept",
    "sessionConfirm",
    "sessionCreate",
    "sessionPasskeyFinish",
    "sessionStepUp",
    "totpConfirm",
];

pub(super) fn is_secret(field: &str) -> bool {
    SECRET_FIELDS.contains(&field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::builder;

    #[test]
    fn each_is_a_mutation_of_the_schema() {
        let sdl = builder().finish().sdl();
        let (_, mutations) = sdl.split_once("\ntype Mutation {").unwrap();
        let (mutations, _) = mutations.split_once("\n}").unwrap();
        for name in SECRET_FIELDS {
            let declared = |line: &str| line.trim_start().starts_with(&format!("{name}("));
            assert!(mutations.lines().any(declared), "{name}");
        }
        assert!(SECRET_FIELDS.is_sorted());
    }
}
