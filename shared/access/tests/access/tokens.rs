//! JSON web tokens.

use crate::stage::{AUDIENCE, ISSUER, JWT_SECRET, Keys, NOW, Stage, after, is_invalid};
use access::jwks::{Fetch, HttpFetch};
use access::{AccessError, Caller, Role};
use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use serde_json::{Value, json};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn claims() -> Value {
    let now = NOW.as_seconds();
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "tenant": "acme", "role": "user", "exp": now + 600, "nbf": now})
}

/// The claims with some of them changed, or where null, left out.
fn with(changes: &Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// A token whose signature is made by `sign`.
fn token(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn hmac(key: &[u8]) -> impl FnOnce(&[u8]) -> Vec<u8> {
    use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
    let key = Key::new(HMAC_SHA256, key);
    move |message| sign(&key, message).as_ref().to_vec()
}

fn hs256(claims: &Value) -> String {
    token(&json!({"alg": "HS256"}), claims, hmac(JWT_SECRET.as_bytes()))
}

async fn bear(stage: &Stage, token: &str, now: Timestamp) -> Result<Caller, AccessError> {
    stage.call_from("192.0.2.1", &[("authorization", &format!("Bearer {token}"))], now).await
}

#[tokio::test]
async fn a_token_says_who_calls_for_which_tenant_in_which_role() {
    let stage = Stage::new().await;
    let user = bear(&stage, &hs256(&claims()), NOW).await.unwrap();
    assert_eq!((user.tenant.as_str(), user.role, user.user.unwrap().as_str()), ("acme", Role::User, "ann"));
    assert_eq!((user.hour_offset.minutes(), user.currency.code(), user.project), (30, "INR", None));
    let admin = bear(&stage, &hs256(&with(&json!({"role": "admin", "sub": null, "aud": ["else", AUDIENCE]}))), NOW).await.unwrap();
    assert_eq!((admin.role, admin.user), (Role::Admin, None));
}

#[tokio::test]
async fn a_person_is_called_by_the_id_under_which_its_data_is_kept() {
    let stage = Stage::new().await;
    let user = async |sub: &str, now| bear(&stage, &hs256(&with(&json!({"sub": sub}))), now).await.unwrap().user.unwrap().to_string();
    let ada = user("ada@mail.example", NOW).await;
    assert!(ada.starts_with("p_"), "{ada}");
    assert_eq!((user("Ada@Mail.example", NOW).await, user(&ada, NOW).await), (ada.clone(), ada));
    assert_eq!(user("ann", NOW).await, "ann");
    records::tenant::pseudonymise(&*stage.table, &crate::stage::tenant("acme")).await.unwrap();
    let ann = user("ann", after(60)).await;
    assert!(ann.starts_with("p_"), "{ann}: the tenant's wish holds once the function has forgotten what it knew");
}

#[tokio::test]
async fn a_token_holds_for_its_issuer_audience_and_times_with_a_minute_of_leeway() {
    let now = NOW.as_seconds();
    let check = async |changes: Value, holds: bool| {
        let result = bear(&Stage::new().await, &hs256(&with(&changes)), NOW).await;
        assert_eq!((result.is_ok(), is_invalid(&result)), (holds, !holds), "{changes}: {result:?}");
    };
    check(json!({"iss": "https://id.example.org"}), false).await;
    check(json!({"iss": null}), false).await;
    check(json!({"aud": "other"}), false).await;
    check(json!({"aud": null}), false).await;
    check(json!({"exp": null}), false).await;
    check(json!({"exp": "tomorrow"}), false).await;
    check(json!({"exp": now - 59}), true).await;
    check(json!({"exp": now - 60}), false).await;
    check(json!({"nbf": now + 60}), true).await;
    check(json!({"nbf": now + 61}), false).await;
    check(json!({"nbf": null}), true).await;
    check(json!({"nbf": "soon"}), false).await;
    check(json!({"tenant": null}), false).await;
    check(json!({"tenant": "nobody"}), false).await;
    check(json!({"tenant": "a#b"}), false).await;
    check(json!({"role": "owner"}), false).await;
    check(json!({"role": null}), false).await;
    check(json!({"sub": null}), false).await;
    check(json!({"sub": ""}), false).await;
}

#[tokio::test]
async fn a_forged_token_does_not_hold() {
    let check = async |what: &str, token: String| {
        let result = bear(&Stage::new().await, &token, NOW).await;
        assert!(is_invalid(&result), "{what}: {result:?}");
    };
    let good = hs256(&claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let raised = URL_SAFE_NO_PAD.encode(with(&json!({"role": "admin"})).to_string());
    check("no algorithm", token(&json!({"alg": "none"}), &claims(), |_| Vec::new())).await;
    check("no algorithm, in capitals", token(&json!({"alg": "None"}), &claims(), |_| Vec::new())).await;
    check("no signature", format!("{message}.")).await;
    check("claims changed", format!("{header}.{raised}.{signature}")).await;
    check("another secret", token(&json!({"alg": "HS256"}), &claims(), hmac(b"guess"))).await;
    check("an algorithm that is not allowed", token(&json!({"alg": "HS512"}), &claims(), hmac(JWT_SECRET.as_bytes()))).await;
    check("a published key where there is none", token(&json!({"alg": "RS256"}), &claims(), hmac(JWT_SECRET.as_bytes()))).await;
    check("not a token", "abc".to_owned()).await;
    check("two dots", "..".to_owned()).await;
}

/// An issuer's keys, and how often they were asked for.
struct Issuer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    published: Mutex<Result<Value, &'static str>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Fetch for Issuer {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        assert_eq!(url, "https://id.example.com/keys");
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.published.lock().unwrap().clone()?.to_string().into_bytes())
    }
}

impl Issuer {
    fn new() -> Arc<Self> {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let issuer = Self { rsa, ec, published: Mutex::new(Err("nothing yet")), asked: AtomicUsize::new(0) };
        *issuer.published.lock().unwrap() = Ok(issuer.keys());
        Arc::new(issuer)
    }

    /// Two keys that can be used, and two that cannot.
    fn keys(&self) -> Value {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let public = self.rsa.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kty": "oct", "kid": "shared", "alg": "HS256", "k": part(b"published by mistake, so known to all")},
            {"kty": "NEW", "kid": "future", "alg": "ML-DSA-65"},
            {"kty": "RSA", "kid": "r1", "use": "sig", "alg": "RS256",
             "n": part(n.big_endian_without_leading_zero()), "e": part(e.big_endian_without_leading_zero())},
            {"kty": "EC", "kid": "e1", "crv": "P-256", "x": part(&point[1..33]), "y": part(&point[33..])},
        ]})
    }

    fn rs256(&self, id: &str, claims: &Value) -> String {
        token(&json!({"alg": "RS256", "kid": id}), claims, |message| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        })
    }

    fn es256(&self, id: &str, claims: &Value) -> String {
        let sign = |message: &[u8]| self.ec.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
        token(&json!({"alg": "ES256", "kid": id}), claims, sign)
    }

    async fn stage(self: &Arc<Self>, with_secret: bool) -> Stage {
        Stage::with_keys(Keys { secret: with_secret, jwks: Some(self.clone()) }).await
    }
}

#[tokio::test]
async fn a_token_by_a_published_key_holds_and_the_keys_are_read_once() {
    let issuer = Issuer::new();
    let stage = issuer.stage(false).await;
    for token in [issuer.rs256("r1", &claims()), issuer.es256("e1", &claims()), issuer.rs256("r1", &claims())] {
        assert_eq!(bear(&stage, &token, NOW).await.unwrap().user.unwrap().as_str(), "ann");
    }
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1);
    let expired = issuer.rs256("r1", &with(&json!({"exp": NOW.as_seconds() - 60})));
    assert!(is_invalid(&bear(&stage, &expired, NOW).await));
    let unnamed = token(&json!({"alg": "ES256"}), &claims(), |m| issuer.ec.sign(&SystemRandom::new(), m).unwrap().as_ref().to_vec());
    assert!(bear(&stage, &unnamed, NOW).await.is_ok(), "there is but one key it can be");
}

#[tokio::test]
async fn a_secret_and_published_keys_can_be_used_side_by_side() {
    let issuer = Issuer::new();
    let stage = issuer.stage(true).await;
    for token in [hs256(&claims()), issuer.rs256("r1", &claims())] {
        assert!(bear(&stage, &token, NOW).await.is_ok());
    }
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_a_secret() {
    let issuer = Issuer::new();
    let modulus = issuer.rsa.public_key().modulus().big_endian_without_leading_zero().to_vec();
    let der = issuer.rsa.public_key().as_ref().to_vec();
    for (with_secret, id) in [(false, "r1"), (true, "r1"), (false, "shared"), (true, "shared")] {
        for key in [&modulus[..], &der, b"published by mistake, so known to all"] {
            let forged = token(&json!({"alg": "HS256", "kid": id}), &claims(), hmac(key));
            let result = bear(&issuer.stage(with_secret).await, &forged, NOW).await;
            assert!(is_invalid(&result), "{id}: {result:?}");
        }
    }
    let crossed =
        token(&json!({"alg": "RS256", "kid": "e1"}), &claims(), |m| issuer.ec.sign(&SystemRandom::new(), m).unwrap().as_ref().to_vec());
    assert!(is_invalid(&bear(&issuer.stage(true).await, &crossed, NOW).await));
}

#[tokio::test]
async fn a_new_key_of_the_issuer_is_found_and_unknown_ones_do_not_make_us_ask_for_ever() {
    let issuer = Issuer::new();
    let stage = issuer.stage(false).await;
    bear(&stage, &issuer.rs256("r1", &claims()), NOW).await.unwrap();
    let mut rotated = issuer.keys();
    rotated["keys"][2]["kid"] = "r2".into();
    *issuer.published.lock().unwrap() = Ok(rotated);

    let new = issuer.rs256("r2", &claims());
    assert!(is_invalid(&bear(&stage, &new, after(29)).await), "the issuer was asked just now");
    assert!(bear(&stage, &new, after(30)).await.is_ok());
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 2);
    assert!(is_invalid(&bear(&stage, &issuer.rs256("r9", &claims()), after(31)).await));
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 2);
    assert!(is_invalid(&bear(&stage, &issuer.rs256("r1", &claims()), after(32)).await), "the old key is withdrawn");
}

#[tokio::test]
async fn a_silent_issuer_is_no_fault_of_the_caller_and_known_keys_still_work() {
    let issuer = Issuer::new();
    *issuer.published.lock().unwrap() = Err("no answer");
    let stage = issuer.stage(false).await;
    let token = issuer.rs256("r1", &claims());
    for second in [0, 1] {
        let result = bear(&stage, &token, after(second)).await;
        assert!(matches!(result, Err(AccessError::Unavailable(_))), "{result:?}");
    }
    *issuer.published.lock().unwrap() = Ok(issuer.keys());
    assert!(bear(&stage, &token, after(30)).await.is_ok());
    *issuer.published.lock().unwrap() = Err("no answer");
    let lasting = issuer.rs256("r1", &with(&json!({"exp": NOW.as_seconds() + 100_000})));
    assert!(bear(&stage, &lasting, after(4000)).await.is_ok(), "an hour-old key is believed while the issuer is silent");
}

#[tokio::test]
async fn published_keys_are_read_over_http() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        for answer in ["HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}", "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"] {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = connection.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"GET /keys.json HTTP/1.1\r\n"));
            connection.write_all(answer.as_bytes()).await.unwrap();
            connection.shutdown().await.unwrap();
        }
    });
    let url = format!("http://{address}/keys.json");
    assert_eq!(HttpFetch::default().fetch(&url).await.unwrap(), b"{\"keys\":[]}");
    assert_eq!(HttpFetch::default().fetch(&url).await.unwrap_err().to_string(), "the issuer answered 500");
    server.await.unwrap();
}
