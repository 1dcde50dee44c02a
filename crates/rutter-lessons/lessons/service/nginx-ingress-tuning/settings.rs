//! What can be set, and how: kubernetes/ingress-nginx `docs/user-guide/nginx-configuration/configmap.md` and
//! `internal/ingress/controller/config/config.go`, 0.20–1.14. Which of the values are kept is
//! [`rutter_cluster::objects::INGRESS_NGINX_SETTINGS`].

/// How a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A whole number without a unit.
    Number,
    /// What Go's `strconv.ParseBool` takes.
    Switch,
    /// A number, or `auto`.
    Workers,
}

use Form::{Number, Switch, Workers};

/// Settings whose values are judged, with their present defaults.
pub(super) const SETTINGS: &[(&str, Form, &str)] = &[
    ("client-body-timeout", Number, "60"),
    ("client-header-timeout", Number, "60"),
    ("disable-access-log", Switch, "false"),
    ("enable-brotli", Switch, "false"),
    ("enable-multi-accept", Switch, "true"),
    ("enable-real-ip", Switch, "false"),
    ("force-ssl-redirect", Switch, "false"),
    ("generate-request-id", Switch, "true"),
    ("gzip-level", Number, "1"),
    ("gzip-min-length", Number, "256"),
    ("hsts", Switch, "true"),
    ("http2-max-concurrent-streams", Number, "128"),
    ("keep-alive", Number, "75"),
    ("keep-alive-requests", Number, "1000"),
    ("max-worker-connections", Number, "16384"),
    ("max-worker-open-files", Number, "0"),
    ("proxy-buffers-number", Number, "4"),
    ("proxy-connect-timeout", Number, "5"),
    ("proxy-next-upstream-tries", Number, "3"),
    ("proxy-read-timeout", Number, "60"),
    ("proxy-send-timeout", Number, "60"),
    ("reuse-port", Switch, "true"),
    ("server-name-hash-bucket-size", Number, "the processor's cache line"),
    ("server-name-hash-max-size", Number, "1024"),
    ("server-tokens", Switch, "false"),
    ("ssl-redirect", Switch, "true"),
    ("upstream-keepalive-connections", Number, "320"),
    ("upstream-keepalive-requests", Number, "10000"),
    ("upstream-keepalive-timeout", Number, "60"),
    ("use-forwarded-headers", Switch, "false"),
    ("use-gzip", Switch, "false"),
    ("use-http2", Switch, "true"),
    ("use-proxy-protocol", Switch, "false"),
    ("worker-processes", Workers, "auto"),
];

/// Settings of other forms that are often set: a key that is nearly one of these is a slip of the pen.
pub(super) const OTHERS: &[&str] = &[
    "add-headers",
    "allow-snippet-annotations",
    "annotations-risk-level",
    "client-body-buffer-size",
    "client-header-buffer-size",
    "compute-full-forwarded-for",
    "custom-http-errors",
    "enable-modsecurity",
    "enable-owasp-modsecurity-crs",
    "enable-underscores-in-headers",
    "error-log-level",
    "forwarded-for-header",
    "gzip-types",
    "hide-headers",
    "hsts-include-subdomains",
    "hsts-max-age",
    "hsts-preload",
    "http-snippet",
    "ignore-invalid-headers",
    "large-client-header-buffers",
    "limit-conn-zone-variable",
    "limit-rate",
    "limit-rate-after",
    "load-balance",
    "location-snippet",
    "log-format-escape-json",
    "log-format-stream",
    "log-format-upstream",
    "main-snippet",
    "map-hash-bucket-size",
    "proxy-body-size",
    "proxy-buffer-size",
    "proxy-buffering",
    "proxy-cookie-domain",
    "proxy-cookie-path",
    "proxy-headers-hash-bucket-size",
    "proxy-headers-hash-max-size",
    "proxy-next-upstream",
    "proxy-next-upstream-timeout",
    "proxy-real-ip-cidr",
    "proxy-request-buffering",
    "proxy-set-headers",
    "proxy-stream-timeout",
    "retry-non-idempotent",
    "server-snippet",
    "ssl-buffer-size",
    "ssl-ciphers",
    "ssl-dh-param",
    "ssl-ecdh-curve",
    "ssl-protocols",
    "ssl-session-cache",
    "ssl-session-cache-size",
    "ssl-session-tickets",
    "ssl-session-timeout",
    "upstream-keepalive-time",
    "use-geoip",
    "use-geoip2",
    "variables-hash-bucket-size",
    "variables-hash-max-size",
    "whitelist-source-range",
    "worker-cpu-affinity",
    "worker-shutdown-timeout",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_that_are_judged_are_those_that_are_kept() {
        let judged: Vec<&str> = SETTINGS.iter().map(|(key, ..)| *key).collect();
        assert_eq!(judged, rutter_cluster::objects::INGRESS_NGINX_SETTINGS);
        assert!(OTHERS.is_sorted() && OTHERS.iter().all(|key| !judged.contains(key)));
    }
}
