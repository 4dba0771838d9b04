//! Sending: to web hooks (one attempt, no redirects, only to addresses within reach), and to the
//! second reader that an operator configured.

use api::Parcel;
use std::fmt::Debug;
use std::net::IpAddr;
use std::time::Duration;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use work::{Reach, WebhookUrl};

/// An attempt ends after this long.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Resolves as the system does, and refuses what web hooks may not reach, so that the connection
/// goes to an address that was checked.
#[derive(Debug)]
struct Checked {
    inner: DefaultResolver,
    reach: Reach,
}

impl Resolver for Checked {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let addresses: Vec<IpAddr> = found.iter().map(|address| address.ip()).collect();
        let allowed = WebhookUrl::parse(&uri.to_string())
            .and_then(|url| url.check_addresses(&addresses, self.reach));
        match allowed {
            Ok(()) => Ok(found),
            Err(_) => Err(ureq::Error::HostNotFound),
        }
    }
}

/// A sender that reaches this far.
pub(crate) fn sender(reach: Reach) -> api::Deliver {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false)
        .build();
    let resolver = Checked { inner: DefaultResolver::default(), reach };
    let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), resolver);
    std::sync::Arc::new(move |parcel: &Parcel<'_>| {
        let sent = agent
            .post(parcel.url)
            .header("Content-Type", "application/json")
            .header("User-Agent", concat!("xiudai/", env!("CARGO_PKG_VERSION")))
            .header("X-Xiudai-Delivery", parcel.id)
            .send(parcel.body);
        // The address may hold a secret, so only the kind of failure is told.
        match sent {
            Ok(response) => Ok(response.status().as_u16()),
            Err(ureq::Error::HostNotFound) => {
                Err("the host cannot be reached from here".to_string())
            }
            Err(ureq::Error::Timeout(_)) => Err("no answer in time".to_string()),
            Err(_) => Err("the connection failed".to_string()),
        }
    })
}

/// A second reader answers within this long.
const READING_TIMEOUT: Duration = Duration::from_secs(120);
/// Longest answer of a second reader, in bytes.
const READING_BYTES_MAX: u64 = 4 << 20;

/// Asks a chat endpoint: a JSON body in, the text of the response out. The operator chose the
/// address, so it may be anywhere; the key is never logged.
pub(crate) fn asker(url: String, key: Option<String>) -> api::AskReader {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(READING_TIMEOUT))
        .max_redirects(0)
        .build();
    let agent: ureq::Agent = config.into();
    std::sync::Arc::new(move |body: &str| {
        let mut request = agent.post(&url).header("Content-Type", "application/json");
        if let Some(key) = &key {
            request = request.header("Authorization", &format!("Bearer {key}"));
        }
        let answer = request.send(body).map_err(|error| match error {
            ureq::Error::Timeout(_) => "no answer in time".to_string(),
            ureq::Error::StatusCode(status) => format!("it answered {status}"),
            _ => "the connection failed".to_string(),
        });
        let mut answer = answer?;
        let body = answer.body_mut().with_config().limit(READING_BYTES_MAX);
        body.read_to_string().map_err(|_| "its answer is too long or no text".to_string())
    })
}
