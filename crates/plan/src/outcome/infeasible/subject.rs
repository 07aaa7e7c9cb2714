/// What a reason is about.
pub enum Subject<'a> {
    /// The scene of this name.
    Scene(&'a str),
    /// The transition of this name.
    Transition(&'a str),
    /// Take-off, landing, or the show as a whole.
    Show,
}
