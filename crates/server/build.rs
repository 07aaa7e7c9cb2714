//! Rebuilds the crate when the web app was built anew: the files are embedded at compile time.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
