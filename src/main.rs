//! The program: arguments become settings, settings become a run, an error becomes an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    copydesk::cli::main()
}
