use std::sync::Arc;
use std::time::Duration;

/// Receives one line for each request that a person in front of the terminal should see.
pub type StudioLog = Arc<dyn Fn(&str) + Send + Sync>;

/// How the planning server guards itself.
#[derive(Clone)]
pub struct StudioSettings {
    /// Key that every request must carry in `X-Skybrush-API-Key`; `None`: nobody is asked, loopback only.
    pub api_key: Option<String>,
    /// Bytes of one request's body, as sent and after decompression. Default 1 GiB.
    pub max_body_bytes: u64,
    /// Bytes of all bodies that are held at one time. Default 1.5 GiB.
    pub max_held_bytes: u64,
    /// Decompressed bytes per byte sent, looked at from 16 MiB up. Default 250.
    pub max_compression_ratio: u64,
    /// Time for the head of a request. Default 10 s.
    pub head_timeout: Duration,
    /// Longest pause inside a body. Default 20 s.
    pub pause_timeout: Duration,
    /// Time for a whole body. Default 300 s.
    pub body_timeout: Duration,
    /// Time for a whole connection, answer included. Default 30 minutes.
    pub connection_timeout: Duration,
    /// Connections at one time; more wait. Default 64.
    pub max_connections: usize,
    /// Requests that are planned at one time; more wait. Default 2.
    pub max_planning: usize,
    /// Told of renders and refusals.
    pub log: StudioLog,
}

/// A key that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an API key has 8 to 256 of the characters A-Z a-z 0-9 - _ . (this one has {length}); the add-on takes no others"
)]
pub struct BadApiKey {
    /// How many characters it has.
    pub length: usize,
}

impl Default for StudioSettings {
    fn default() -> Self {
        Self {
            api_key: None,
            max_body_bytes: 1 << 30,
            max_held_bytes: 3 << 29,
            max_compression_ratio: 250,
            head_timeout: Duration::from_secs(10),
            pause_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_mins(5),
            connection_timeout: Duration::from_mins(30),
            max_connections: 64,
            max_planning: 2,
            log: Arc::new(|_| {}),
        }
    }
}

impl StudioSettings {
    /// The same settings with a key that requests must carry.
    ///
    /// # Errors
    /// [`BadApiKey`].
    pub fn with_api_key(self, key: &str) -> Result<Self, BadApiKey> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !(8..=256).contains(&key.len()) || !key.chars().all(legal) {
            return Err(BadApiKey { length: key.chars().count() });
        }
        Ok(Self { api_key: Some(key.to_owned()), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_the_add_on_can_send() {
        let ok = |key: &str| StudioSettings::default().with_api_key(key).is_ok();
        assert!(ok("demo-key.123_X"));
        assert!(!ok("short"));
        assert!(!ok("with a blank in it"));
        assert!(!ok("schlüssel-schlüssel"));
    }
}
