//! The page, the metrics and the records of a `watch`, where `http.listen` asks for them.

#[cfg(feature = "http")]
pub use with::{Served, listen};
#[cfg(not(feature = "http"))]
pub use without::{Served, listen};

#[cfg(feature = "http")]
mod with {
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex, PoisonError};

    use crate::cli::status;
    use crate::config::Config;
    use crate::desk::http::{Desk, Server};
    use crate::ledger::CannotGoOn;
    use crate::pipeline::{Input, Parsing, Progress, Settings};
    use crate::sources;

    /// The socket that is asked for; None where none is.
    pub fn listen(input: &Input, config: &Config) -> anyhow::Result<Option<TcpListener>> {
        let Some(address) = config.http_listen.filter(|_| matches!(input, Input::Watch(_))) else { return Ok(None) };
        let listener = TcpListener::bind(address).map_err(|error| {
            CannotGoOn(format!("cannot listen on {address}: {error}; choose another address in `http.listen`, or end who listens there"))
        })?;
        Ok(Some(listener))
    }

    /// What `status` is asked of.
    type Shown = (sources::Options, Config);

    /// The server, at work until it is dropped, if there is one.
    pub struct Served {
        server: Option<Server>,
        shown: Arc<Mutex<Shown>>,
    }

    impl Served {
        /// Begins to serve, where there is a socket to serve on.
        pub fn start(
            listener: Option<TcpListener>,
            input: &Input,
            config: &Config,
            settings: &Settings,
            progress: &Arc<Progress>,
        ) -> anyhow::Result<Self> {
            let (Input::Walk(sources) | Input::Watch(sources) | Input::Replay(sources) | Input::Stdin(_, sources)) = input;
            let shown = Arc::new(Mutex::new((sources.clone(), config.clone())));
            let Some(listener) = listener else { return Ok(Self { server: None, shown }) };
            let asked = Arc::clone(&shown);
            let status = move || {
                let (sources, config) = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
                status::json_of(sources, &config)
            };
            let desk = Desk {
                out: config.out.clone(),
                progress: Arc::clone(progress),
                workers: match &settings.parsing {
                    Parsing::InWorkers(pool) => Some(Arc::clone(pool)),
                    Parsing::Here => None,
                },
                parse_timeout: config.parse_timeout,
                token: config.http_token.clone(),
                status: Box::new(status),
            };
            let server = Server::start(listener, desk)?;
            tracing::info!(page = %format_args!("http://{}/", server.address()), "serving");
            Ok(Self { server: Some(server), shown })
        }

        /// Tells its readers of the end, whatever else is still under way.
        pub fn end(self) {
            drop(self.server);
        }

        /// Other inputs and settings are in force.
        pub fn reloaded(&self, sources: &sources::Options, config: &Config) {
            *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = (sources.clone(), config.clone());
        }
    }
}

#[cfg(not(feature = "http"))]
mod without {
    use std::net::TcpListener;
    use std::sync::Arc;

    use crate::config::Config;
    use crate::pipeline::{Input, Progress, Settings};
    use crate::sources;

    /// Nothing: whoever sets `http.listen` is told that it has no effect.
    pub fn listen(_: &Input, _: &Config) -> anyhow::Result<Option<TcpListener>> {
        Ok(None)
    }

    pub struct Served;

    impl Served {
        pub fn start(_: Option<TcpListener>, _: &Input, _: &Config, _: &Settings, _: &Arc<Progress>) -> anyhow::Result<Self> {
            Ok(Self)
        }

        pub fn end(self) {}

        pub fn reloaded(&self, _: &sources::Options, _: &Config) {}
    }
}
