//! Embeds `prompts/`: every TOML file of every language goes into the binary, so that a new theme or language needs no change of code.

use std::{env, fmt::Write as _, fs, io, path::Path};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("prompts");
    announce(&root);
    let mut table = String::from("&[");
    for language in sorted(&root)? {
        if language.is_dir() {
            let name = language.file_name().unwrap_or_default().to_string_lossy();
            write!(table, "\n    ({name:?}, &[")?;
            embed(&language, "", &mut table)?;
            table.push_str("\n    ]),");
        }
    }
    table.push_str("\n]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("prompts.rs"), table)?;
    Ok(())
}

/// Adds a line to `table` for each TOML file in `folder` and below it.
fn embed(
    folder: &Path,
    prefix: &str,
    table: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    announce(folder);
    for path in sorted(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            embed(&path, &format!("{prefix}{name}/"), table)?;
        } else if path.extension().is_some_and(|end| end == "toml") {
            announce(&path);
            write!(
                table,
                "\n        (\"{prefix}{name}\", include_bytes!({path:?})),"
            )?;
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]
fn announce(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
