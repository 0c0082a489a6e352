//! Settings of payments. See docs/payments.md.

use crate::error::{Error, Result};
use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use url::Url;

/// Who takes payments for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PaymentProviderKind {
    /// A provider of our own, with which nobody pays.
    Sandbox,
    /// Stripe.
    Stripe,
}

/// Who takes payments, and how it is asked.
#[derive(Args, Clone, Debug)]
pub struct PaymentSettings {
    /// Who takes payments: `sandbox`, with which nobody pays, or `stripe`.
    #[arg(
        long,
        env = "PAYMENT_PROVIDER",
        value_enum,
        default_value = "sandbox",
        global = true
    )]
    pub payment_provider: PaymentProviderKind,

    /// Whether the sandbox may take payments in production, where nobody pays with it: for showing the server, not for selling. Without it a server with
    /// the sandbox refuses to start there.
    #[arg(long, env = "PAYMENTS_SANDBOX_IN_PRODUCTION", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub payments_sandbox_in_production: bool,

    /// How long one call to the provider may take, in milliseconds.
    #[arg(long, env = "PAYMENTS_TIMEOUT_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(50..=60_000), global = true)]
    pub payments_timeout_ms: u64,

    /// Where the sandbox answers that runs as a process of its own (`tradewind sandbox-payments`), for example
    /// `http://127.0.0.1:8002`; left out, it is a part of this server.
    #[arg(
        long,
        env = "PAYMENTS_SANDBOX_URL",
        hide_env_values = true,
        global = true
    )]
    pub payments_sandbox_url: Option<String>,

    /// The secret with which the sandbox signs its webhooks.
    #[arg(
        long,
        env = "PAYMENTS_SANDBOX_SECRET",
        default_value = "sandbox",
        hide_env_values = true,
        global = true
    )]
    pub payments_sandbox_secret: SecretString,

    /// Stripe's secret key, `sk_…`.
    #[arg(long, env = "STRIPE_SECRET_KEY", hide_env_values = true, global = true)]
    pub stripe_secret_key: Option<SecretString>,

    /// The secret of the webhook endpoint at Stripe, `whsec_…`; it sends to `/api/v1/webhooks/payments/stripe`.
    #[arg(
        long,
        env = "STRIPE_WEBHOOK_SECRET",
        hide_env_values = true,
        global = true
    )]
    pub stripe_webhook_secret: Option<SecretString>,

    /// Where Stripe answers.
    #[arg(
        long,
        env = "STRIPE_API_BASE",
        default_value = "https://api.stripe.com",
        global = true
    )]
    pub stripe_api_base: Url,
}

impl PaymentSettings {
    /// The same, where what was left blank was not given.
    pub(super) fn without_blanks(self) -> Self {
        let is_given = |secret: &SecretString| !secret.expose_secret().trim().is_empty();
        let url = self.payments_sandbox_url;
        Self {
            payments_sandbox_url: url.filter(|url| !url.trim().is_empty()),
            stripe_secret_key: self.stripe_secret_key.filter(is_given),
            stripe_webhook_secret: self.stripe_webhook_secret.filter(is_given),
            ..self
        }
    }

    /// Refuses to sell for nothing: in production the sandbox takes payments only where a setting says so.
    ///
    /// # Errors
    /// Invalid, naming the setting.
    pub(crate) fn check(&self, is_production: bool) -> Result<()> {
        let pretends = self.payment_provider == PaymentProviderKind::Sandbox;
        if is_production && pretends && !self.payments_sandbox_in_production {
            return Err(Error::invalid(
                "PAYMENT_PROVIDER",
                "With the sandbox nobody pays. Choose `stripe`, or set PAYMENTS_SANDBOX_IN_PRODUCTION=true where that is what you want.",
            ));
        }
        Ok(())
    }

    /// How long one call to the provider may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.payments_timeout_ms)
    }
}
