//! Bundles the GraphiQL page of `web/` with npm and writes the table of its files for
//! `src/http/graphiql.rs`.
//!
//! Neither a missing npm nor a missing network fails the build: the server then answers `/graphiql`
//! with a hint. `TRADEWIND_SKIP_WEB=1` leaves the page out on purpose.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the page is made of. An edit of anything else does not run this script again.
const SOURCES: [&str; 5] = [
    "package.json",
    "package-lock.json",
    "build.mjs",
    "src",
    "examples",
];

/// Scripts of packages are not run: none of ours needs any. The cache and few retries keep a build
/// without network short.
const NPM_CI: [&str; 8] = [
    "ci",
    "--ignore-scripts",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=TRADEWIND_SKIP_WEB");
    println!("cargo::rerun-if-changed=build.rs");
    for source in SOURCES {
        println!("cargo::rerun-if-changed=web/{source}");
    }

    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let out = PathBuf::from(out);
    let bundle = out.join("graphiql");
    remove(&bundle)?;
    let skip =
        env::var_os("TRADEWIND_SKIP_WEB").is_some_and(|value| !value.is_empty() && value != "0");
    if !skip && let Err(reason) = bundle_page(&out.join("web"), &bundle) {
        remove(&bundle)?;
        println!(
            "cargo::warning=GraphiQL is left out: {reason}. \
             With Node.js 20 or newer installed, this adds it: {}",
            remedy()
        );
    }
    fs::write(out.join("graphiql.rs"), table(&bundle)?)
}

/// The command that adds a page that was left out, whatever the reason was.
fn remedy() -> String {
    let release = env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    let flag = if release { " --release" } else { "" };
    format!("npm --version && touch build.rs && env -u TRADEWIND_SKIP_WEB cargo build{flag}")
}

/// Builds in a copy, because a build script must not write into the source tree.
fn bundle_page(copy: &Path, bundle: &Path) -> Result<(), String> {
    fill(copy).map_err(|error| format!("web/ cannot be copied ({error})"))?;
    install(copy)?;
    let outdir = format!("--outdir={}", bundle.display());
    npm(copy, &["run", "build", "--", &outdir])
}

/// Brings the copy of `web/` up to date, but keeps the packages that are installed there.
fn fill(copy: &Path) -> io::Result<()> {
    fs::create_dir_all(copy)?;
    for source in SOURCES {
        remove(&copy.join(source))?;
        copy_all(&Path::new("web").join(source), &copy.join(source))?;
    }
    Ok(())
}

/// Installs the locked packages, unless the last run did so from the same lock.
fn install(copy: &Path) -> Result<(), String> {
    let stamp = copy.join("installed-lock.json");
    let lock = fs::read(copy.join("package-lock.json")).map_err(|error| error.to_string())?;
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    remove(&stamp).map_err(|error| error.to_string())?;
    npm(copy, &NPM_CI)?;
    fs::write(stamp, lock).map_err(|error| error.to_string())
}

/// Runs npm silently: cargo would read its output as instructions.
fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.map_err(|error| format!("npm cannot be run ({error})"))?;
    if output.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&output.stderr);
    let is_error = |line: &&str| line.to_lowercase().contains("error");
    let message = messages.lines().find(is_error).unwrap_or_default().trim();
    Err(format!("`npm {}` failed ({message})", arguments[0]))
}

/// The Rust source that embeds the bundle, or says that there is none.
fn table(bundle: &Path) -> io::Result<String> {
    let (mut index, mut assets) = ("None".to_owned(), String::new());
    if bundle.exists() {
        index = format!("Some(include_str!({}))", location("index.html"));
        assets = names(&bundle.join("assets"))?
            .iter()
            .map(|name| asset(name))
            .collect();
    }
    Ok(format!(
        "const REMEDY: &str = {:?};\n\
         static INDEX: Option<&str> = {index};\n\
         static ASSETS: &[Asset] = &[\n{assets}];\n",
        remedy()
    ))
}

fn asset(name: &str) -> String {
    let (mime, bytes) = (mime(name), location(&format!("assets/{name}")));
    format!("    Asset {{ name: {name:?}, mime: {mime:?}, bytes: include_bytes!({bytes}) }},\n")
}

/// The Rust expression for the path of one of the bundle's files.
fn location(file: &str) -> String {
    format!("concat!(env!(\"OUT_DIR\"), \"/graphiql/{file}\")")
}

/// The names of a folder's files, sorted so that the same bundle gives the same source.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder)? {
        names.push(file?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("txt") => "text/plain; charset=utf-8",
        Some("woff") => "font/woff",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Removes a file or a folder, if there is one.
fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
