//! The API against its own document: schemathesis makes up calls and compares
//! each answer with what the document says.

use std::path::PathBuf;

use crate::counts::Counts;
use crate::failure::Failure;
use crate::process;
use crate::service::Service;
use crate::workspace::Workspace;

const PACKAGE: &str = "schemathesis";
const VERSION: &str = "4.32.5";

/// How many calls an operation gets in the ordinary run, at most.
const CALLS: u64 = 8;

/// A short run, with the same seed each time.
pub(crate) fn run(workspace: &Workspace, _counts: &mut Counts) -> Result<String, Failure> {
    check(workspace, CALLS, Some(1))
}

/// Makes up at most so many calls for each operation.
pub(crate) fn check(workspace: &Workspace, calls: u64, seed: Option<u64>) -> Result<String, Failure> {
    let folder = install(workspace)?;
    let mut service = Service::start(workspace, "api")?;
    let mut command = workspace.command(folder.join("bin/schemathesis"));
    let settings = workspace.root.join("crates/api/tests/schemathesis");
    let modules = std::env::join_paths([&folder, &settings]).map_err(|error| Failure::new(error.to_string()))?;
    command
        .env("PYTHONPATH", modules)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "greenroom_hooks")
        .arg("--config-file")
        .arg(settings.join("schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", service.address))
        .args(["--header", &format!("Authorization: Bearer {}", service.token)])
        .args(["--max-examples", &calls.to_string(), "--phases", "examples,coverage,fuzzing"])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance",
        ])
        // Jobs are told about for as long as they take: that stream does not end by itself.
        .args(["--exclude-operation-id", "followJob", "--request-timeout", "40", "--no-color"])
        // They would take away the access of the calls that follow, which then show nothing.
        .args(["--exclude-operation-id", "revokeMyToken", "--exclude-operation-id", "revokeToken"])
        .args(["--exclude-operation-id", "disableUser", "--exclude-operation-id", "setGrants"]);
    if let Some(seed) = seed {
        command.args(["--seed", &seed.to_string()]);
    }
    let mut summary = String::new();
    let outcome = process::read_lines(&mut command, |line| {
        println!("{line}");
        let line = line.trim();
        if line.contains("test cases") || line.contains("generated") {
            line.clone_into(&mut summary);
        }
    });
    if !service.is_alive() {
        return Err(Failure::new("the server ended while it was called"));
    }
    outcome.map(|()| summary)
}

/// The program, installed into the build folder where it is not there yet.
fn install(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.tools().join(format!("schemathesis-{VERSION}"));
    if !folder.join("bin/schemathesis").is_file() {
        let mut pip = workspace.command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
        process::run(pip.arg(&folder).arg(format!("{PACKAGE}=={VERSION}")))?;
    }
    Ok(folder)
}
