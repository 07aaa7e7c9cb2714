//! Films through the `ffmpeg` that is installed: raw frames go into its standard input.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};

/// Of what the encoder complains about, so much is kept.
const MAX_COMPLAINT_BYTES: u64 = 64 * 1024;
/// Of that, so many lines are told.
const TOLD_LINES: usize = 4;

/// Is there an `ffmpeg` on the path?
pub fn is_installed() -> bool {
    let mut version = Command::new("ffmpeg");
    version.arg("-version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// An encoder at work.
pub struct Encoder {
    child: Child,
    input: Option<ChildStdin>,
    complaints: JoinHandle<String>,
}

impl Encoder {
    /// Begins a film of so many pixels and frames a second in H.264, into a file that is overwritten.
    ///
    /// # Errors
    /// If the encoder does not start.
    pub fn start(width_px: usize, height_px: usize, fps: f64, out: &Path) -> Result<Self> {
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"]);
        command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", &format!("{width_px}x{height_px}")]);
        command.args(["-framerate", &fps.to_string(), "-i", "pipe:0", "-an"]);
        // H.264 of 4:2:0 has even sides; its colours are those of HD television.
        command.args(["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]);
        command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]);
        command.args(["-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-movflags", "+faststart", "-f", "mp4"]);
        // A name that begins with a dash or holds a colon is a file all the same.
        let mut name = OsString::from("file:");
        name.push(out);
        command.arg(name).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start ffmpeg")?;
        let (input, errors) = (child.stdin.take(), child.stderr.take());
        let complaints = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut errors) = errors {
                let _ = errors.by_ref().take(MAX_COMPLAINT_BYTES).read_to_end(&mut text);
                // An encoder that goes on complaining must not wait for a reader.
                let _ = std::io::copy(&mut errors, &mut std::io::sink());
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        Ok(Self { child, input, complaints })
    }

    /// Hands on a frame.
    ///
    /// # Errors
    /// If the encoder takes no more; [`Self::finish`] then tells why.
    pub fn push(&mut self, rgb: &[u8]) -> std::io::Result<()> {
        self.input.as_mut().ok_or(std::io::ErrorKind::BrokenPipe)?.write_all(rgb)
    }

    /// Ends the film.
    ///
    /// # Errors
    /// If the encoder failed; the message has its last words.
    pub fn finish(mut self) -> Result<()> {
        drop(self.input.take());
        let status = self.child.wait().context("cannot wait for ffmpeg")?;
        let complaints = self.complaints.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let lines: Vec<&str> = complaints.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let told = lines[lines.len().saturating_sub(TOLD_LINES)..].join("; ");
        bail!("ffmpeg failed ({status}){}{told}", if told.is_empty() { "" } else { ": " })
    }

    /// Ends the encoder without a film.
    pub fn abandon(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
