/// A commented script to start from: a small show that plans as it is.
pub fn starter_script() -> &'static str {
    include_str!("../assets/starter.toml")
}
