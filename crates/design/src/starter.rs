/// A commented script to start from: a small show that plans as it is.
pub fn starter_script() -> &'static str {
    include_str!("../assets/starter.toml")
}

/// The same for a hall: small vehicles, no wind, limits as halls allow them.
pub fn indoor_starter_script() -> &'static str {
    include_str!("../assets/starter-indoor.toml")
}
