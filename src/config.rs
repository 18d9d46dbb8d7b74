//! What the user set: pipeline.toml, environment and flags, checked and ready to use.
