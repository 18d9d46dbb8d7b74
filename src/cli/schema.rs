//! `schema`: the JSON Schema of what copydesk writes and reads.

use clap::{Args, ValueEnum};

use crate::config;
use crate::model::{Record, RejectedLine};

use super::{Exit, show};

/// Print the JSON Schema of records, rejections or settings
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk schema
  copydesk schema config > pipeline.schema.json")]
pub struct Schema {
    /// record, rejected or config
    #[arg(value_enum, default_value = "record", hide_possible_values = true)]
    of: Of,
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    Record,
    Rejected,
    Config,
}

pub fn run(schema: &Schema) -> anyhow::Result<Exit> {
    let schema = match schema.of {
        Of::Record => with_check(written::<Record<'static>>()),
        Of::Rejected => with_check(written::<RejectedLine<'static>>()),
        Of::Config => config::schema(),
    };
    show(&format!("{schema:#}\n"))?;
    Ok(Exit::Well)
}

/// The schema of lines as they are written, where what has nothing to say is left out.
fn written<T: schemars::JsonSchema>() -> serde_json::Value {
    schemars::generate::SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>().to_value()
}

/// The checksum is written after the rest of a line, and so stands in no struct.
fn with_check(mut schema: serde_json::Value) -> serde_json::Value {
    let check = serde_json::json!({
        "type": "string",
        "pattern": "^[0-9a-f]{16}$",
        "description": "XXH3-64 of the line's bytes before `,\"check\"`, in hex"
    });
    if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
        properties.insert("check".to_owned(), check);
    }
    if let Some(required) = schema.get_mut("required").and_then(serde_json::Value::as_array_mut) {
        required.push("check".into());
    }
    schema
}
