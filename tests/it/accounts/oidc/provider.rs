//! A provider of identities on the loopback, that says what a test wants.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use url::Url;

pub const CLIENT: &str = "shop";
pub const SECRET: &str = "client-secret-canary";

/// How a provider is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// It answers with 500.
    Down,
    /// It never answers.
    Hanging,
}

/// How the provider behaves.
#[derive(Clone)]
pub struct Script {
    /// What it says of the person who signs in, laid over what is usual; null takes a claim away.
    pub claims: Value,
    /// What it says at the other place; nothing where it has none.
    pub userinfo: Option<Value>,
    /// How it signs.
    pub algorithm: &'static str,
    /// The name of its key.
    pub key: &'static str,
    /// With a key that it does not show.
    pub is_forged: bool,
    /// Laid over what it says of itself.
    pub metadata: Value,
    /// How it is.
    pub mood: Mood,
    /// Whether it leaves the identity token out.
    pub is_silent: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            claims: json!({}),
            userinfo: None,
            algorithm: "ES256",
            key: "one",
            is_forged: false,
            metadata: json!({}),
            mood: Mood::Well,
            is_silent: false,
        }
    }
}

#[derive(Default)]
struct Kept {
    script: Script,
    /// Who asked for each code: its nonce and its PKCE challenge.
    codes: HashMap<String, (String, String)>,
    asked: u32,
}

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    kept: Arc<Mutex<Kept>>,
    pair: Arc<EcdsaKeyPair>,
}

fn pair() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Lays `over` upon `under`; null takes away.
fn laid(mut under: Value, over: &Value) -> Value {
    let fields = under.as_object_mut().unwrap();
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    under
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            kept: Arc::default(),
            pair: Arc::new(pair()),
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }

    pub fn script(&self, change: impl FnOnce(&mut Script)) {
        let mut script = Script::default();
        change(&mut script);
        self.kept().script = script;
    }

    /// How often it was asked for anything.
    pub fn asked(&self) -> u32 {
        self.kept().asked
    }

    /// What a person does on the provider's page: signs in and agrees. Returns the code.
    pub fn agree(&self, page: &Url) -> String {
        let asked: HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!(page.path(), "/authorize");
        assert_eq!(
            (&*asked["response_type"], &*asked["client_id"]),
            ("code", CLIENT)
        );
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["scope"], "openid email profile");
        assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43);
        let mut kept = self.kept();
        let code = format!("code-{}", uuid::Uuid::now_v7());
        let wanted = (asked["nonce"].clone(), asked["code_challenge"].clone());
        kept.codes.insert(code.clone(), wanted);
        code
    }

    async fn entered(&self) -> Result<Script, Response> {
        let script = {
            let mut kept = self.kept();
            kept.asked += 1;
            kept.script.clone()
        };
        if script.mood == Mood::Hanging {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        if script.mood == Mood::Down {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        }
        Ok(script)
    }

    fn identity_token(&self, script: &Script, nonce: &str) -> String {
        let now = chrono::Utc::now().timestamp();
        let usual = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "nonce": nonce, "iat": now, "exp": now + 300,
            "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        });
        let claims = laid(usual, &script.claims);
        let head = json!({ "alg": script.algorithm, "kid": script.key, "typ": "JWT" });
        let text = format!(
            "{}.{}",
            encoded(head.to_string()),
            encoded(claims.to_string())
        );
        let signature = match script.algorithm {
            "none" => String::new(),
            "HS256" => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                encoded(hmac::sign(&key, text.as_bytes()))
            }
            _ => {
                let pair = if script.is_forged {
                    &pair()
                } else {
                    &*self.pair
                };
                let signed = pair.sign(&SystemRandom::new(), text.as_bytes());
                encoded(signed.unwrap())
            }
        };
        format!("{text}.{signature}")
    }
}

async fn metadata(State(provider): State<Provider>) -> Result<Response, Response> {
    let script = provider.entered().await?;
    let issuer = &provider.issuer;
    let usual = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    });
    Ok(Json(laid(usual, &script.metadata)).into_response())
}

async fn keys(State(provider): State<Provider>) -> Result<Response, Response> {
    let script = provider.entered().await?;
    let point = provider.pair.public_key().as_ref();
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "kid": script.key, "alg": "ES256",
        "x": encoded(&point[1..33]), "y": encoded(&point[33..65]),
    });
    Ok(Json(json!({ "keys": [key] })).into_response())
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, Response> {
    let script = provider.entered().await?;
    let refused =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let known = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    if headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::as_bytes)
        != Some(known.as_bytes())
    {
        return Err(refused("invalid_client"));
    }
    // A code is good once.
    let wanted = provider.kept().codes.remove(&form["code"]);
    let Some((nonce, challenge)) = wanted else {
        return Err(refused("invalid_grant"));
    };
    if encoded(Sha256::digest(&form["code_verifier"])) != challenge {
        return Err(refused("invalid_grant"));
    }
    let mut answer = json!({
        "access_token": "access-canary", "token_type": "Bearer", "expires_in": 300,
        "id_token": provider.identity_token(&script, &nonce),
    });
    if script.is_silent {
        answer = laid(answer, &json!({ "id_token": null }));
    }
    Ok(Json(answer).into_response())
}

async fn userinfo(State(provider): State<Provider>) -> Result<Response, Response> {
    let script = provider.entered().await?;
    let told = script
        .userinfo
        .ok_or(StatusCode::NOT_FOUND.into_response())?;
    Ok(Json(told).into_response())
}
