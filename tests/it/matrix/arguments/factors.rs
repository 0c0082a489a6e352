//! What fields about second factors are asked with. Nobody here has one, but buyer A a passkey.

use crate::matrix::world::World;

pub async fn of(world: &World, field: &str) -> Option<String> {
    if let "Mutation.passkeyRemove" = field {
        return Some(format!("(input: {{ id: \"{}\" }})", world.passkey().await));
    }
    if let "node.Passkey" = field {
        return Some(format!("(id: \"{}\")", world.passkey().await));
    }
    Some(
        match field {
            "Mutation.totpEnrol" | "Mutation.totpRemove" | "Mutation.passkeyRegisterStart" => {
                "(input: { password: \"not theirs\" })"
            }
            "Mutation.totpConfirm" => "(input: { code: \"123456\" })",
            "Mutation.recoveryCodesReplace" | "Mutation.sessionPasskeyStart" => "",
            "Mutation.sessionConfirm" => "(input: { challenge: \"none\", totp: \"123456\" })",
            "Mutation.passkeyRegisterFinish" => {
                "(input: { ceremony: \"none\", name: \"N\", credential: {} })"
            }
            "Mutation.sessionPasskeyFinish" => "(input: { ceremony: \"none\", credential: {} })",
            "Mutation.sessionStepUp" => "(input: { totp: \"123456\" })",
            _ => return None,
        }
        .to_owned(),
    )
}
