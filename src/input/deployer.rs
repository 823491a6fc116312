//! What the deployer enforces outside its schema, so that a file which passes here passes there.

use super::{
    environment::{Database, Environment, Listener},
    placeholder::is_placeholder,
};
use crate::value::{Code, Issue, Pointer};
use email_address::EmailAddress;
use std::{collections::HashMap, net::SocketAddr, str::FromStr};

/// The deployer's own domain rules, for every section.
pub fn check(environment: &Environment) -> Vec<Issue> {
    let mut issues = Vec::new();
    let services = services(environment);
    for service in &services {
        issues.extend(service.check());
    }
    issues.extend(conflicts(&services));
    issues.extend(grafana(environment));
    issues.extend(https(environment, &services));
    issues.extend(username(environment));
    issues
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Protocol {
    Udp,
    Tcp,
}

/// A socket of the tracker, wherever it is configured.
struct Service<'a> {
    at: Pointer,
    protocol: Protocol,
    bind_address: &'a str,
    domain: Option<&'a str>,
    tls: bool,
}

impl<'a> Service<'a> {
    fn of(at: Pointer, protocol: Protocol, listener: &'a Listener) -> Self {
        let Listener { bind_address, domain, use_tls_proxy, .. } = listener;
        Self { at, protocol, bind_address, domain: domain.as_deref(), tls: use_tls_proxy.unwrap_or(false) }
    }

    fn address(&self) -> Option<SocketAddr> {
        self.bind_address.parse().ok().filter(|address: &SocketAddr| address.port() != 0)
    }

    fn check(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        if self.address().is_none() {
            let message = format!("{:?} is no IP address with a port", self.bind_address);
            let issue = Issue::new(Code::BadAddress, self.at.child("bind_address"), message);
            issues.push(issue.help("write `0.0.0.0:7070` or `[::]:7070`; a host name or port 0 is refused"));
        }
        issues.extend(self.domain.and_then(|domain| check_domain(&self.at, domain)));
        if self.tls && self.domain.is_none() {
            issues.push(needs_domain(&self.at));
        }
        if let Some(address) = self.address().filter(|address| self.tls && is_exactly_loopback(*address)) {
            let message = format!("{address} cannot be reached by the TLS proxy, which runs in another container");
            let issue = Issue::new(Code::TlsOnLoopback, self.at.child("bind_address"), message);
            issues.push(issue.help("bind to `0.0.0.0` or `[::]`, or set `use_tls_proxy` to false"));
        }
        issues
    }
}

/// The deployer compares with `127.0.0.1` and `::1` alone, not with all of 127.0.0.0/8.
fn is_exactly_loopback(address: SocketAddr) -> bool {
    ["127.0.0.1", "::1"].contains(&address.ip().to_string().as_str())
}

fn services(environment: &Environment) -> Vec<Service<'_>> {
    let tracker = &environment.tracker;
    let at = Pointer::from_encoded("/tracker");
    let mut services: Vec<Service> = Vec::new();
    services.extend(each(&at.child("udp_trackers"), Protocol::Udp, &tracker.udp_trackers));
    services.extend(each(&at.child("http_trackers"), Protocol::Tcp, &tracker.http_trackers));
    services.push(Service::of(at.child("http_api"), Protocol::Tcp, &tracker.http_api));
    services.push(Service::of(at.child("health_check_api"), Protocol::Tcp, &tracker.health_check_api));
    services
}

fn each<'a>(at: &Pointer, protocol: Protocol, listeners: &'a [Listener]) -> impl Iterator<Item = Service<'a>> {
    let item = move |(index, listener)| Service::of(at.child(index), protocol, listener);
    listeners.iter().enumerate().map(item)
}

fn conflicts(services: &[Service]) -> Vec<Issue> {
    let mut taken: HashMap<(Protocol, SocketAddr), &Pointer> = HashMap::new();
    let mut issues = Vec::new();
    for service in services {
        let Some(address) = service.address() else { continue };
        if let Some(first) = taken.insert((service.protocol, address), &service.at) {
            let message = format!("{address} is already taken by `{first}`");
            issues.push(
                Issue::new(Code::AddressConflict, service.at.child("bind_address"), message)
                    .help("give each service a port of its own"),
            );
        }
    }
    issues
}

/// A domain of the deployer: at least one dot, none of them leading, trailing or doubled, and no white space.
fn check_domain(at: &Pointer, domain: &str) -> Option<Issue> {
    let at = at.child("domain");
    let labels: Vec<&str> = domain.split('.').collect();
    let good =
        labels.len() > 1 && labels.iter().all(|label| !label.is_empty()) && !domain.contains(char::is_whitespace);
    let issue = || Issue::new(Code::BadDomain, at, format!("{domain:?} is no domain name"));
    (!good && !is_placeholder(domain))
        .then(|| issue().help("write it with its dots and nothing else: `tracker.example.org`"))
}

fn needs_domain(at: &Pointer) -> Issue {
    let issue =
        Issue::new(Code::TlsNeedsDomain, at.child("use_tls_proxy"), "a certificate is for a domain, and there is none");
    issue.help("add `domain`, or set `use_tls_proxy` to false")
}

fn grafana(environment: &Environment) -> Vec<Issue> {
    let Some(grafana) = &environment.grafana else {
        return Vec::new();
    };
    let at = Pointer::from_encoded("/grafana");
    let mut issues: Vec<Issue> =
        grafana.domain.as_deref().and_then(|domain| check_domain(&at, domain)).into_iter().collect();
    if grafana.use_tls_proxy == Some(true) && grafana.domain.is_none() {
        issues.push(needs_domain(&at));
    }
    if environment.prometheus.is_none() {
        let issue = Issue::new(
            Code::GrafanaNeedsPrometheus,
            at,
            "Grafana shows what Prometheus has measured, and there is no `prometheus`",
        );
        issues.push(
            issue.at_key().help("add `\"prometheus\": { \"scrape_interval_in_secs\": 15 }`, or remove `grafana`"),
        );
    }
    issues
}

/// Grafana's own TLS counts for neither rule in the deployer.
fn https(environment: &Environment, services: &[Service]) -> Vec<Issue> {
    let tls: Vec<&Service> =
        services.iter().filter(|service| service.tls && service.protocol == Protocol::Tcp).collect();
    let Some(https) = &environment.https else {
        let unserved = |service: &&Service| {
            let issue = Issue::new(
                Code::TlsNeedsHttps,
                service.at.child("use_tls_proxy"),
                "TLS needs the `https` section, and there is none",
            );
            issue.help("add `\"https\": { \"admin_email\": \"…\" }`, or set `use_tls_proxy` to false")
        };
        return tls.iter().map(unserved).collect();
    };
    let at = Pointer::from_encoded("/https");
    let mut issues = Vec::new();
    if tls.is_empty() {
        let issue = Issue::new(
            Code::HttpsNeedsTls,
            at.clone(),
            "no service of the tracker uses TLS, so the deployer refuses `https`",
        );
        issues.push(issue.at_key().help("set `use_tls_proxy` on the HTTP API or an HTTP tracker, or remove `https`"));
    }
    let at = at.child("admin_email");
    if !is_placeholder(&https.admin_email) && EmailAddress::from_str(&https.admin_email).is_err() {
        issues.push(
            Issue::new(Code::BadEmail, at, format!("{:?} is no e-mail address", https.admin_email))
                .help("Let's Encrypt writes to it: `admin@example.org`"),
        );
    }
    issues
}

fn username(environment: &Environment) -> Option<Issue> {
    let Database::Mysql(server) = &environment.tracker.core.database else {
        return None;
    };
    let at = Pointer::from_encoded("/tracker/core/database/username");
    let issue = || Issue::new(Code::ReservedUsername, at, "the deployer refuses `root` as the tracker's database user");
    (server.username == "root")
        .then(|| issue().help("create a user for the tracker; `root_password` stays the server's own"))
}
