//! Where a web hook may point: http or https, and not into the house's own network.

use crate::error::{Error, Result};
use kernel::Refusal;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest address, in characters.
pub const URL_CHARS_MAX: usize = 2_000;
/// Longest host name. Source: RFC 1035, section 2.3.4.
const HOST_CHARS_MAX: usize = 253;
/// Longest label of a host name. Source: as above.
const LABEL_CHARS_MAX: usize = 63;

/// How far web hooks may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only: the default.
    Public,
    /// Loopback, private and link-local addresses too: only when the operator said so.
    Private,
}

/// The address of a web hook, found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    https: bool,
    host: String,
    port: u16,
}

impl WebhookUrl {
    /// Reads `http://` or `https://`, a host, an optional port, and whatever path and query.
    ///
    /// Fails with `E-HOOK-01` for anything else: another scheme, a user name or password, a
    /// fragment, characters that would have to be escaped, a host that is no host, a number that
    /// imitates an address (`0x7f.1`), or more than 2,000 characters.
    pub fn parse(text: &str) -> Result<WebhookUrl> {
        let text = text.trim();
        let refuse = |en: &str, zh: &str| Err(unsound(en, zh, text));
        if text.chars().nth(URL_CHARS_MAX).is_some() {
            return refuse("the address has more than 2,000 characters", "地址超过2000个字符");
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"<>^`{|}#".contains(&b)) {
            return refuse(
                "the address has characters that must be escaped, or a fragment",
                "地址含有须转义的字符或片段",
            );
        }
        let (https, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            _ => {
                return refuse(
                    "the address starts with https:// or http://",
                    "地址应以 https:// 或 http:// 开头",
                );
            }
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return refuse(
                "the address holds no user name or password",
                "地址不得含有用户名或密码",
            );
        }
        let Some((host, port)) = host_and_port(authority) else {
            return refuse("the host or port is not sound", "主机名或端口无效");
        };
        Ok(WebhookUrl {
            text: text.to_string(),
            https,
            host,
            port: port.unwrap_or(if https { 443 } else { 80 }),
        })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is encrypted.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// The host to resolve: a name in lower case, or an IP address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, given or usual.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Succeeds if a message may be sent to what the host resolved to.
    ///
    /// All of the addresses must be within reach, and the connection must go to one of exactly
    /// these: a name that resolves anew can answer differently. Redirects are not followed.
    /// Fails with `E-HOOK-02`, or `E-HOOK-03` if there is no address.
    pub fn check_addresses(&self, addresses: &[IpAddr], reach: Reach) -> Result<()> {
        if addresses.is_empty() {
            return Err(Refusal::new(
                "E-HOOK-03",
                "the host of a web hook has an address",
                "无法解析该主机名",
                "the host has no address",
            )
            .column("webhook")
            .value(&self.host)
            .into());
        }
        let reached = |address: &IpAddr| match reach {
            Reach::Public => is_public(*address),
            Reach::Private => is_one_machine(*address),
        };
        if addresses.iter().all(reached) {
            return Ok(());
        }
        Err(Refusal::new(
            "E-HOOK-02",
            "a web hook points to a public address unless the operator allows others",
            "该地址位于本机、内网或特殊网段,未获运营者允许",
            "the host is on this machine, in a private network or in a reserved range",
        )
        .column("webhook")
        .value(&self.host)
        .into())
    }
}

fn unsound(en: &str, zh: &str, text: &str) -> Error {
    // A password in the address is not repeated.
    let shown = if text.contains('@') { "…@…" } else { text };
    let rule = "a web hook is an http or https address of at most 2,000 characters";
    Refusal::new("E-HOOK-01", rule, zh, en).column("webhook").value(shown).into()
}

fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        let host: Ipv6Addr = host.parse().ok()?;
        return Some((host.to_string(), port_after(rest)?));
    }
    let end = authority.find(':').unwrap_or(authority.len());
    let (host, rest) = authority.split_at(end);
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.to_ascii_lowercase();
    is_host(&host).then_some(())?;
    Some((host, port_after(rest)?))
}

/// Nothing, or `:` and 1 to 65535.
fn port_after(rest: &str) -> Option<Option<u16>> {
    if rest.is_empty() {
        return Some(None);
    }
    let digits = rest.strip_prefix(':')?;
    let sound = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let port = digits.parse().ok().filter(|port| sound && *port > 0)?;
    Some(Some(port))
}

/// A host name or a dotted IPv4 address; nothing that merely looks like one.
fn is_host(host: &str) -> bool {
    let sound = |label: &str| {
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    host.len() <= HOST_CHARS_MAX
        && host.split('.').all(sound)
        && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

/// Whether an address is one that anyone on the Internet reaches.
/// Source: IANA special-purpose address registries for IPv4 and IPv6.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] => true,
        [100, b, ..] => (64..128).contains(&b),
        [169, 254, ..] | [192, 168, ..] | [198, 18 | 19, ..] => true,
        [172, b, ..] => (16..32).contains(&b),
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        [first, ..] if first >= 224 => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // NAT64 and 6to4 carry an IPv4 address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(joined(high, low)),
        [0x2002, high, low, ..] => is_public_v4(joined(high, low)),
        // Protocol assignments (with Teredo), documentation.
        [0x2001, b, ..] if b < 0x200 || b == 0xdb8 => false,
        [0x3fff, b, ..] if b < 0x1000 => false,
        // Only 2000::/3 is global; IPv4-mapped addresses are outside and judged as IPv4.
        [a, ..] if a & 0xe000 == 0x2000 => true,
        _ => address.to_ipv4_mapped().is_some_and(is_public_v4),
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Whether an address stands for one machine at all.
fn is_one_machine(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let first = address.octets()[0];
            first != 0 && first < 224
        }
        IpAddr::V6(address) => !address.is_unspecified() && !address.is_multicast(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |text: &str| {
            let url = WebhookUrl::parse(text).expect("sound");
            (url.is_https(), url.host().to_string(), url.port())
        };
        let host = "hooks.example.com".to_string();
        assert_eq!(read("https://Hooks.Example.COM"), (true, host.clone(), 443));
        assert_eq!(read(" http://hooks.example.com.:8080/a?b=c "), (false, host, 8080));
        assert_eq!(read("HTTPS://[2001:DB8::1]:1/"), (true, "2001:db8::1".to_string(), 1));
        assert_eq!(read("http://192.0.2.1?x"), (false, "192.0.2.1".to_string(), 80));
        assert_eq!(read("https://xn--fiq228c.cn/%E4%B8%AD").1, "xn--fiq228c.cn");
        let long = format!("https://a.cn/{}", "x".repeat(URL_CHARS_MAX - 13));
        assert!(WebhookUrl::parse(&long).is_ok());
        assert!(WebhookUrl::parse(&format!("{long}x")).is_err());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for wrong in [
            "",
            "example.com",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https:///path",
            "https://user@example.com",
            "https://user:secret@example.com/",
            "https://example.com\\@evil.example",
            "https://example.com/#part",
            "https://example.com/a b",
            "https://example.com/\r\nHost: evil",
            "https://例子.中国/",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:+80",
            "https://a..b",
            "https://-a.com",
            "https://[::1",
            "https://[::1%25eth0]/",
            "https://[127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://0177.0.0.1/",
            "http://1.2.3.4.5/",
        ] {
            let error = WebhookUrl::parse(wrong).expect_err(wrong);
            assert_eq!(error.code(), Some("E-HOOK-01"), "{wrong}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    fn code(addresses: &[&str], reach: Reach) -> Option<&'static str> {
        let url = WebhookUrl::parse("https://example.com").expect("sound");
        let addresses: Vec<IpAddr> =
            addresses.iter().map(|text| text.parse().expect("an address")).collect();
        url.check_addresses(&addresses, reach).err().and_then(|e| e.code())
    }

    #[test]
    fn the_own_network_is_out_of_reach() {
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2400:3200::1", "::ffff:1.1.1.1"] {
            assert_eq!(code(&[public], Reach::Public), None, "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "203.0.113.9",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert_eq!(code(&[private], Reach::Public), Some("E-HOOK-02"), "{private}");
            assert_eq!(code(&["1.1.1.1", private], Reach::Public), Some("E-HOOK-02"));
            assert_eq!(code(&[private], Reach::Private), None, "{private}");
        }
        for nobody in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:0.0.0.0"]
        {
            assert_eq!(code(&[nobody], Reach::Public), Some("E-HOOK-02"), "{nobody}");
            assert_eq!(code(&[nobody], Reach::Private), Some("E-HOOK-02"), "{nobody}");
        }
        assert_eq!(code(&[], Reach::Private), Some("E-HOOK-03"));
    }
}
