//! Rebuilds the crate when the web app was built anew: the files are embedded at compile time.

fn main() {
    let app = std::path::Path::new("../../web/dist");
    println!("cargo:rerun-if-changed={}", app.display());
    if !app.join("index.html").exists() {
        println!(
            "cargo:warning=the web app is not built, so `kapok view` will only say how: run `npm ci && npm run build` in web/ first"
        );
    }
}
