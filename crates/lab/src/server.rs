//! The running lab: the server of a module, an honest one next to it, and a listener that nobody has business with.
//!
//! hyper reads the requests and writes the answers. Where a module wants an answer that hyper would never write, the
//! connection is taken out of its hands after the request was read.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::answers::Reply;
use crate::authorize;
use crate::crossing::Crossing;
use crate::flood::flood;
use crate::grants::Grants;
use crate::keys::published;
use crate::module::{At, Client, Module, Place, module};
use crate::record::{Record, Seen};
use crate::tls::set_up;
use crate::token::{Desk, SECRET, client_id};
use crate::twisted::Twisted;
use crate::wire::{Stream, Wire, play};

/// The longest body that a client may send.
const LONGEST: usize = 256 * 1024;

/// A running module. It ends when this is dropped.
#[derive(Debug)]
pub struct Lab {
    state: Arc<State>,
    other: Arc<State>,
    authority: Option<String>,
    // Aborted when dropped, and with them everything that they serve.
    _servers: JoinSet<()>,
}

#[derive(Debug)]
struct State {
    module: Module,
    place: Place,
    inner: Mutex<(Record, Grants)>,
    /// What the last renewal was answered with.
    renewed: Mutex<Option<Reply>>,
    crossing: Crossing,
    changed: watch::Sender<usize>,
}

impl Lab {
    /// Starts a module on 127.0.0.1; port 0 is any.
    ///
    /// # Errors
    /// When the port is taken, or no certificate can be made.
    pub async fn start(what: Module, port: u16) -> io::Result<Self> {
        let listeners = [bind(port).await?, bind(0).await?, bind(0).await?];
        let origin = |listener: &TcpListener| listener.local_addr().map(|address| format!("http://{address}"));
        let [main, other, trap] = listeners;
        let tls = what.certificate.map(|certificate| set_up(certificate, what.flood.is_some())).transpose()?;
        let own = match tls {
            Some(_) => origin(&main)?.replace("http:", "https:"),
            None => origin(&main)?,
        };
        let place = Place {
            issuer: format!("{own}{}", what.policy.path),
            origin: own,
            other: origin(&other)?,
            trap: origin(&trap)?,
        };
        let beside = Place { issuer: place.other.clone(), origin: place.other.clone(), ..place.clone() };
        let state = State::new(what, place);
        let neighbour = State::new(module("other", "an honest server", &[]), beside);
        let mut servers = JoinSet::new();
        let (acceptor, authority) = tls.map(|tls| (tls.acceptor, tls.authority)).unzip();
        servers.spawn(accept(main, acceptor, state.clone()));
        servers.spawn(accept(other, None, neighbour.clone()));
        servers.spawn(spring(trap, state.clone()));
        Ok(Self { state, other: neighbour, authority, _servers: servers })
    }

    /// Returns where everything is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.state.place
    }

    /// Returns the module.
    #[must_use]
    pub fn module(&self) -> &Module {
        &self.state.module
    }

    /// Returns the certificate of the authority that the client is to trust, as PEM, when the server has TLS.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Returns the id of the client to try.
    #[must_use]
    pub fn client_id(&self) -> &'static str {
        client_id(self.state.module.client)
    }

    /// Returns the secret of the client, if it has one.
    #[must_use]
    pub fn client_secret(&self) -> Option<&'static str> {
        (self.state.module.client != Client::Public).then_some(SECRET)
    }

    /// Returns what was seen until now; what the honest neighbour was asked for is part of it where it should not be.
    #[must_use]
    pub fn record(&self) -> Record {
        let mut record = self.state.lock().0.clone();
        let other = self.other.lock();
        record.trapped.extend(
            other
                .0
                .seen
                .iter()
                .filter(|seen| seen.at == At::Code)
                .map(|_| "the honest neighbour's token endpoint".to_owned()),
        );
        record
    }

    /// Moves the server's clock on, as far as refresh tokens that were replaced are concerned.
    pub fn advance(&self, time: std::time::Duration) {
        self.state.lock().1.moved += time;
    }

    /// Waits until more than `seen` requests were seen.
    pub async fn more_than(&self, seen: usize) {
        let mut changed = self.state.changed.subscribe();
        // The sender lives as long as this.
        drop(changed.wait_for(|now| *now > seen).await);
    }
}

async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (tls, state) = (tls.clone(), state.clone());
        connections.spawn(async move {
            let Some(tls) = tls else { return serve(stream, state).await };
            // A client that does not trust the certificate goes away here, and so it should.
            let Ok(stream) = tls.accept(stream).await else { return };
            match state.module.flood {
                Some(what) => drop(flood(stream, what).await),
                None => serve(stream, state).await,
            }
        });
    }
}

/// Notes everybody who comes to the listener that nobody has business with.
async fn spring(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let state = state.clone();
        connections.spawn(async move {
            let mut first = [0; 64];
            let read = stream.read(&mut first).await.unwrap_or(0);
            let line = String::from_utf8_lossy(&first[..read]).lines().next().unwrap_or_default().to_owned();
            state.lock().0.trapped.push(format!("the trap: {line}"));
        });
    }
}

async fn serve(stream: impl Stream, state: Arc<State>) {
    let (tricks, mut trick) = mpsc::channel(1);
    let service = service_fn(move |request| {
        let (state, tricks) = (state.clone(), tricks.clone());
        async move {
            let (reply, wire) = state.answer(request).await;
            if let Some(wire) = wire {
                drop(tricks.send((wire, reply)).await);
                // The connection is taken away; there is nothing to return.
                std::future::pending::<()>().await;
                return Ok::<_, Infallible>(Response::default());
            }
            Ok(response(reply))
        }
    });
    let mut connection = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    let played = tokio::select! {
        // A client that goes away in the middle is its own business.
        _ = &mut connection => None,
        played = trick.recv() => played,
    };
    if let Some((wire, reply)) = played {
        play(connection.into_parts().io.into_inner(), wire, reply).await;
    }
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(reply.body))).unwrap_or_default()
}

impl State {
    fn new(what: Module, place: Place) -> Arc<Self> {
        Arc::new(Self {
            module: what,
            place,
            inner: Mutex::default(),
            renewed: Mutex::default(),
            crossing: Crossing::default(),
            changed: watch::Sender::new(0),
        })
    }

    fn lock(&self) -> MutexGuard<'_, (Record, Grants)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request<Incoming>) -> (Reply, Option<Wire>) {
        let (parts, body) = request.into_parts();
        let came = crate::clock::moment();
        let body = Limited::new(body, LONGEST).collect().await.map(http_body_util::Collected::to_bytes);
        let seen = self.see(&parts, &body.unwrap_or_default());
        let (reply, wire, crossed) = self.decide(&seen, came);
        if seen.at == At::Refresh {
            *self.renewed() = Some(reply.clone());
        }
        (if crossed { self.crossing.exchange(reply).await } else { reply }, wire)
    }

    /// Notes what came, does it or not, and says how the answer is written and whether it is exchanged.
    fn decide(&self, seen: &Seen, came: std::time::Instant) -> (Reply, Option<Wire>, bool) {
        let mut inner = self.lock();
        let (record, grants) = &mut *inner;
        let hits = record.hits.entry(seen.at).or_default();
        let before = std::mem::replace(hits, *hits + 1);
        record.seen.push(seen.clone());
        let twisted = Twisted::of(&self.module, &self.place, seen.at, before);
        let again = twisted.is_again().then(|| self.renewed().clone()).flatten();
        let mut reply = again.or_else(|| twisted.instead()).unwrap_or_else(|| {
            self.correct(seen, Desk { module: &self.module, place: &self.place, record, grants, twisted: &twisted })
        });
        twisted.reply(&mut reply);
        if let Some(hasty) = inner.0.pace.note(seen, &reply, came) {
            inner.0.complain("G1", hasty);
        }
        let all = inner.0.seen.len();
        drop(inner);
        self.changed.send_replace(all);
        (reply, twisted.wire(), twisted.is_crossed())
    }

    fn renewed(&self) -> MutexGuard<'_, Option<Reply>> {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn see(&self, parts: &http::request::Parts, body: &[u8]) -> Seen {
        let pairs = |bytes: &[u8]| url::form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        let header =
            |name: &str| parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let form = pairs(body);
        let grant = form.iter().find(|(name, _)| name == "grant_type").map(|(_, value)| value.as_str());
        let path = parts.uri.path();
        let policy = &self.module.policy;
        // With a path in the issuer, the same names without it are somebody else's.
        let known = path.strip_prefix(policy.path).unwrap_or_default();
        let oauth = path.strip_prefix("/.well-known/oauth-authorization-server") == Some(policy.path);
        let at = match (known, grant) {
            ("/.well-known/openid-configuration", _) if !policy.oauth_only => At::Discovery,
            _ if oauth && policy.oauth_only => At::Discovery,
            ("/authorize", _) => At::Authorize,
            ("/token", Some("authorization_code")) => At::Code,
            ("/token", Some("refresh_token")) => At::Refresh,
            ("/token", _) => At::Grant,
            ("/jwks", _) => At::Keys,
            ("/userinfo", _) => At::UserInfo,
            ("/revoke", _) => At::Revocation,
            ("/introspect", _) => At::Introspection,
            ("/device", _) => At::Device,
            ("/par", _) => At::Par,
            ("/register", _) => At::Registration,
            _ => At::Elsewhere,
        };
        let odd = ["cookie", "referer", "origin"].iter().filter(|name| parts.headers.contains_key(**name));
        Seen {
            at,
            method: parts.method.to_string(),
            path: path.to_owned(),
            query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
            form,
            authorization: header("authorization"),
            dpop: header("dpop"),
            content_type: header("content-type"),
            odd_headers: odd.map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Does what was asked, as a correct server does.
    fn correct(&self, seen: &Seen, mut desk: Desk<'_>) -> Reply {
        match seen.at {
            At::Discovery => json_reply(self.metadata(), desk.twisted),
            At::Keys => json_reply(published(), desk.twisted),
            At::Authorize => self.authorize(seen, &mut desk),
            At::Code | At::Refresh | At::Grant => desk.token(seen),
            At::UserInfo => desk.user_info(seen),
            At::Revocation | At::Introspection => desk.about_token(seen),
            At::Device => json_reply(self.device(), desk.twisted),
            At::Par => json_reply(
                json!({ "request_uri": "urn:ietf:params:oauth:request_uri:lab", "expires_in": 60 }),
                desk.twisted,
            ),
            At::Registration => json_reply(json!({ "client_id": client_id(Client::Public) }), desk.twisted),
            At::Elsewhere => Reply::new(StatusCode::NOT_FOUND, "text/plain", "There is nothing here.\n"),
        }
    }

    fn authorize(&self, seen: &Seen, desk: &mut Desk<'_>) -> Reply {
        let (asked, code) = match authorize::read(seen, client_id(self.module.client), desk.record) {
            Ok(read) => read,
            Err(refusal) => return refusal,
        };
        desk.grants.codes.insert(asked.code.clone(), code);
        let named = self.module.policy.names_issuer.then_some(self.place.issuer.as_str());
        let mut visits = authorize::genuine(&asked, named);
        desk.twisted.visits(&mut visits, &asked);
        authorize::send_to(&visits, &self.place)
    }

    fn metadata(&self) -> Value {
        let issuer = &self.place.issuer;
        let at = |path: &str| format!("{issuer}{path}");
        let methods = match self.module.client {
            Client::Public => json!(["none"]),
            Client::Basic => json!(["client_secret_basic"]),
            Client::Post => json!(["client_secret_post"]),
        };
        json!({
            "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo"), "revocation_endpoint": at("/revoke"),
            "introspection_endpoint": at("/introspect"), "device_authorization_endpoint": at("/device"),
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"],
            "registration_endpoint": at("/register"), "dpop_signing_alg_values_supported": ["ES256"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": methods, "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.module.policy.names_issuer,
        })
    }

    fn device(&self) -> Value {
        json!({
            "device_code": crate::grants::made_up("device"), "user_code": "LABS-1234", "expires_in": 600, "interval": 5,
            "verification_uri": format!("{}/device-page", self.place.issuer),
        })
    }
}

fn json_reply(mut value: Value, twisted: &Twisted<'_>) -> Reply {
    twisted.json(&mut value);
    Reply::json(StatusCode::OK, &value)
}
