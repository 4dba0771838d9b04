//! Makes the folder of the web app, so that the crate also compiles before the web app was built.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new("../../web/dist");
    std::fs::create_dir_all(folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}
