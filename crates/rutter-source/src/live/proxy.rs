//! Which proxy the way to the API server leads through.
//!
//! kube has this too, but holds `NO_PROXY` against the proxy instead of the server, and refuses to start when an entry
//! of it can't be parsed.

use std::{env, net::IpAddr};

use http::Uri;

use super::error::Error;

/// The proxy for `server`: the kubeconfig's, which `NO_PROXY` doesn't concern, or else the environment's.
pub(super) fn choose(of_kubeconfig: Option<&str>, server: &Uri) -> Result<Option<Uri>, Error> {
    match of_kubeconfig.filter(|text| !text.is_empty()) {
        Some(text) => parse(text, "proxy-url of the kubeconfig").map(Some),
        None => of_environment(server, |name| env::var(name).ok()),
    }
}

/// The proxy that the environment names for `server`.
pub(super) fn of_environment(
    server: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Uri>, Error> {
    let get = |names: [&str; 2]| {
        let value = |name: &str| {
            variable(name).filter(|text| !text.trim().is_empty()).map(|it| (name.to_owned(), it))
        };
        names.into_iter().find_map(value)
    };
    let names = match server.scheme_str() {
        Some("https") => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    let Some((name, proxy)) = get(names) else { return Ok(None) };
    let spared = get(["NO_PROXY", "no_proxy"]).is_some_and(|(_, list)| spares(&list, server));
    if spared || is_loopback(server) {
        return Ok(None);
    }
    parse(proxy.trim(), &name).map(Some)
}

fn parse(text: &str, whence: &str) -> Result<Uri, Error> {
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    // Names are left to the SOCKS proxy in any case.
    let text = text.replacen("socks5h://", "socks5://", 1);
    let wrong = |why: &str| Error::config(format!("{whence} can't be used as a proxy: {why}"));
    let uri: Uri = text.parse().map_err(|_| wrong("it is not a URL"))?;
    match uri.scheme_str() {
        Some("http" | "https" | "socks5") => Ok(uri),
        _ => Err(wrong("it is neither http, https nor socks5")),
    }
}

/// The host without the brackets of IPv6.
pub(super) fn host(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// Whether the server is this machine.
pub(super) fn is_loopback(server: &Uri) -> bool {
    let host = host(server);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Whether an entry of the `NO_PROXY` list covers the server.
fn spares(list: &str, server: &Uri) -> bool {
    let default = if server.scheme_str() == Some("https") { 443 } else { 80 };
    let port = server.port_u16().unwrap_or(default);
    let host = host(server).to_ascii_lowercase();
    let mut entries = list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    entries.any(|entry| covers(&entry.to_ascii_lowercase(), &host, port))
}

fn covers(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        let same = entry.trim_matches(['[', ']']).parse().is_ok_and(|other: IpAddr| other == address);
        return same || in_network(entry, address) || entry == format!("{host}:{port}");
    }
    let (name, wanted) = match entry.rsplit_once(':') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (entry, None),
    };
    if wanted.is_some_and(|wanted| wanted.parse() != Ok(port)) {
        return false;
    }
    // `example.com` covers itself and what is below it, `.example.com` and `*.example.com` only the latter.
    let name = name.strip_prefix('*').unwrap_or(name);
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    }
}

/// Whether `entry` is a network in CIDR notation that holds the address.
fn in_network(entry: &str, address: IpAddr) -> bool {
    let Some((network, length)) = entry.split_once('/') else { return false };
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else { return false };
    let (a, b, bits) = match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
        _ => return false,
    };
    length <= bits && (a ^ b).checked_shr(bits - length).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(server: &str, no_proxy: &str) -> Option<String> {
        let server = server.parse().unwrap();
        let variable = |name: &str| match name {
            "HTTPS_PROXY" => Some("proxy.corp:3128".to_owned()),
            "no_proxy" => Some(no_proxy.to_owned()),
            _ => None,
        };
        of_environment(&server, variable).unwrap().map(|uri| uri.to_string())
    }

    #[test]
    fn the_environment_s_proxy_is_used_unless_spared() {
        let through = Some("http://proxy.corp:3128/".to_owned());
        assert_eq!(proxy("https://api.example.com:6443", ""), through);
        assert_eq!(proxy("http://api.example.com:6443", ""), None);
        for spared in ["example.com", ".example.com", "*.example.com", "*", "a, ,API.example.com:6443,"] {
            assert_eq!(proxy("https://api.example.com:6443", spared), None, "{spared}");
        }
        for other in ["ple.com", "api.example.com:443", ".api.example.com", "10.0.0.0/8"] {
            assert_eq!(proxy("https://api.example.com:6443", other), through, "{other}");
        }
    }

    #[test]
    fn networks_spare_addresses() {
        assert_eq!(proxy("https://10.1.2.3", "10.0.0.0/8"), None);
        assert_eq!(proxy("https://[fd00::1]:6443", "fd00::/8"), None);
        assert_eq!(proxy("https://127.0.0.1:6443", ""), None);
        assert_eq!(proxy("https://10.1.2.3", "0.0.0.0/0"), None);
        assert!(proxy("https://11.1.2.3", "10.0.0.0/8,10.0.0.0/99,x/y").is_some());
    }

    #[test]
    fn what_is_no_proxy_is_said_so() {
        let server = "https://api".parse().unwrap();
        assert!(choose(Some("ftp://x"), &server).is_err());
        let socks = choose(Some("socks5h://x:1080"), &server).unwrap().unwrap();
        assert_eq!(socks.scheme_str(), Some("socks5"));
    }
}
