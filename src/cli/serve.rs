//! The page, the metrics and the records of a `watch`, where `http.listen` asks for them.

use std::net::TcpListener;
use std::sync::Arc;

use crate::config::Config;
use crate::pipeline::{Input, Progress, Settings};

#[cfg(feature = "http")]
pub use with::{listen, serve};
#[cfg(not(feature = "http"))]
pub use without::{listen, serve};

#[cfg(feature = "http")]
mod with {
    use super::{Arc, Config, Input, Progress, Settings, TcpListener};
    use crate::cli::status;
    use crate::desk::http::{Desk, Server};
    use crate::ledger::CannotGoOn;
    use crate::pipeline::Parsing;

    /// The socket that is asked for; None where none is.
    pub fn listen(input: &Input, config: &Config) -> anyhow::Result<Option<TcpListener>> {
        let Some(address) = config.http_listen.filter(|_| matches!(input, Input::Watch(_))) else { return Ok(None) };
        let listener = TcpListener::bind(address).map_err(|error| {
            CannotGoOn(format!("cannot listen on {address}: {error}; choose another address in `http.listen`, or end who listens there"))
        })?;
        Ok(Some(listener))
    }

    /// Begins to serve.
    pub fn serve(
        listener: TcpListener,
        input: &Input,
        config: &Config,
        settings: &Settings,
        progress: &Arc<Progress>,
    ) -> anyhow::Result<Server> {
        let (Input::Walk(sources) | Input::Watch(sources) | Input::Replay(sources) | Input::Stdin(_, sources)) = input;
        let (sources, config) = (sources.clone(), config.clone());
        let desk = Desk {
            out: config.out.clone(),
            progress: Arc::clone(progress),
            workers: match &settings.parsing {
                Parsing::InWorkers(pool) => Some(Arc::clone(pool)),
                Parsing::Here => None,
            },
            parse_timeout: config.parse_timeout,
            token: config.http_token.clone(),
            status: Box::new(move || status::json_of(sources.clone(), &config)),
        };
        let server = Server::start(listener, desk)?;
        tracing::info!(page = %format_args!("http://{}/", server.address()), "serving");
        Ok(server)
    }
}

#[cfg(not(feature = "http"))]
mod without {
    use super::{Arc, Config, Input, Progress, Settings, TcpListener};

    /// Nothing: whoever sets `http.listen` is told that it has no effect.
    pub fn listen(_: &Input, _: &Config) -> anyhow::Result<Option<TcpListener>> {
        Ok(None)
    }

    /// Stands where the server would, for whoever ends it.
    pub struct NoServer;

    pub fn serve(_: TcpListener, _: &Input, _: &Config, _: &Settings, _: &Arc<Progress>) -> anyhow::Result<NoServer> {
        Ok(NoServer)
    }
}
