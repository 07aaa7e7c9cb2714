use std::time::Duration;

/// How a server guards itself, whatever it serves.
#[derive(Clone)]
pub struct ServerSettings {
    /// Key that every request must carry in `X-Skybrush-API-Key`; `None`: no key is asked for, loopback only.
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
    /// Time in which a client must take its whole answer. Default 300 s.
    pub send_timeout: Duration,
    /// Time for a whole connection, answer included. Default 30 minutes.
    pub connection_timeout: Duration,
    /// Connections at one time; more wait. Default 256.
    pub max_connections: usize,
    /// When connections are short: age from which one that waits for its client is closed in favour of the next. Default 1 s.
    pub patience: Duration,
    /// Requests that are computed at one time; more wait. Default 2.
    pub max_working: usize,
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

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            api_key: None,
            max_body_bytes: 1 << 30,
            max_held_bytes: 3 << 29,
            max_compression_ratio: 250,
            head_timeout: Duration::from_secs(10),
            pause_timeout: Duration::from_secs(20),
            body_timeout: Duration::from_mins(5),
            send_timeout: Duration::from_mins(5),
            connection_timeout: Duration::from_mins(30),
            max_connections: 256,
            patience: Duration::from_secs(1),
            max_working: 2,
        }
    }
}

impl ServerSettings {
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
        let ok = |key: &str| ServerSettings::default().with_api_key(key).is_ok();
        assert!(ok("demo-key.123_X"));
        assert!(!ok("short"));
        assert!(!ok("with a blank in it"));
        assert!(!ok("schlüssel-schlüssel"));
    }
}
