//! The providers that the settings name.

use super::{provider::Provider, settings};
use crate::{error::Result, platform::config::Settings};

/// With whose accounts people may sign in.
#[derive(Default)]
pub(crate) struct Providers(Vec<Provider>);

impl Providers {
    /// Those of the settings. None of them is asked anything yet.
    ///
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self> {
        let providers = settings::read(settings)?.into_iter();
        let made = providers.map(|provider| Provider::new(provider, &settings.public_base()));
        made.collect::<Result<_>>().map(Self)
    }

    /// The provider of this name.
    pub(super) fn of(&self, name: &str) -> Option<&Provider> {
        self.0
            .iter()
            .find(|provider| provider.settings.name == name)
    }
}
