use kapok_show::{DVec3, math};

use crate::error::FilmError;

/// Longest side of a picture, pixels: 4K with room.
pub const MAX_SIDE_PX: u32 = 4096;
/// Shortest side of a picture, pixels.
pub const MIN_SIDE_PX: u32 = 16;

/// Nothing nearer than this is seen, metres along the view axis.
const NEAR_M: f64 = 0.3;

/// Width and height of a picture, pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSize {
    width_px: u32,
    height_px: u32,
}

impl FrameSize {
    /// A size; both sides [`MIN_SIDE_PX`] to [`MAX_SIDE_PX`].
    ///
    /// # Errors
    /// [`FilmError::Size`].
    pub fn new(width_px: u32, height_px: u32) -> Result<Self, FilmError> {
        let inside = |side: u32| (MIN_SIDE_PX..=MAX_SIDE_PX).contains(&side);
        if inside(width_px) && inside(height_px) {
            Ok(Self { width_px, height_px })
        } else {
            Err(FilmError::Size { width_px, height_px })
        }
    }

    /// Width, pixels.
    pub const fn width(self) -> usize {
        self.width_px as usize
    }

    /// Height, pixels.
    pub const fn height(self) -> usize {
        self.height_px as usize
    }
}

/// A pinhole camera: a place, three axes, and the focal length in pixels.
///
/// # Shapes, units and frames
/// Site frame, metres. Pixels count from the upper left corner; the middle of the first pixel is (0.5, 0.5). Depth is measured
/// along the view axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    size: FrameSize,
    eye_m: DVec3,
    right: DVec3,
    ahead: DVec3,
    up: DVec3,
    focal_px: f64,
}

impl Camera {
    /// A camera at `eye_m` that looks along yaw (from +y towards +x) and pitch (upwards) with a vertical field of view, all
    /// in radians. It is never rolled.
    pub fn new(size: FrameSize, eye_m: DVec3, yaw_rad: f64, pitch_rad: f64, fov_rad: f64) -> Self {
        let (sy, cy) = math::sin_cos(yaw_rad);
        let (sp, cp) = math::sin_cos(pitch_rad);
        let ahead = DVec3::new(sy * cp, cy * cp, sp);
        let right = DVec3::new(cy, -sy, 0.0);
        let focal_px = 0.5 * size.height() as f64 / math::tan(0.5 * fov_rad);
        Self { size, eye_m, right, ahead, up: right.cross(ahead), focal_px }
    }

    /// Of the pictures that it takes.
    pub const fn size(&self) -> FrameSize {
        self.size
    }

    /// Where it stands.
    pub const fn eye_m(&self) -> DVec3 {
        self.eye_m
    }

    /// Pixels to a radian at the middle of the picture.
    pub const fn focal_px(&self) -> f64 {
        self.focal_px
    }

    /// Field of view from left to right, degrees.
    pub fn fov_deg(&self) -> f64 {
        2.0 * math::atan2(0.5 * self.size.width() as f64, self.focal_px).to_degrees()
    }

    /// Pixel and depth of a point; `None` behind the camera or nearer than 0.3 m.
    pub fn project(&self, point_m: DVec3) -> Option<(f64, f64, f64)> {
        let v = point_m - self.eye_m;
        let depth_m = v.dot(self.ahead);
        if depth_m < NEAR_M {
            return None;
        }
        let (x, y) = (v.dot(self.right) / depth_m, v.dot(self.up) / depth_m);
        let (width, height) = (self.size.width() as f64, self.size.height() as f64);
        Some((0.5 * width + self.focal_px * x, 0.5 * height - self.focal_px * y, depth_m))
    }

    /// The ray through a pixel, of length 1 along the view axis: the point at depth d is `eye_m + d · ray`.
    pub fn ray(&self, x_px: f64, y_px: f64) -> DVec3 {
        let x = (x_px - 0.5 * self.size.width() as f64) / self.focal_px;
        let y = (0.5 * self.size.height() as f64 - y_px) / self.focal_px;
        self.ahead + self.right * x + self.up * y
    }

    /// The part of a line that is in front of the camera.
    pub(crate) fn clipped(&self, a: DVec3, b: DVec3) -> Option<(DVec3, DVec3)> {
        let depth = |p: DVec3| (p - self.eye_m).dot(self.ahead) - 1.01 * NEAR_M;
        let (da, db) = (depth(a), depth(b));
        if da < 0.0 && db < 0.0 {
            return None;
        }
        let cut = || a + (b - a) * (da / (da - db));
        Some(if da < 0.0 {
            (cut(), b)
        } else if db < 0.0 {
            (a, cut())
        } else {
            (a, b)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_leads_where_the_projection_comes_from() {
        let size = FrameSize::new(640, 360).unwrap();
        let camera = Camera::new(size, DVec3::new(3.0, -40.0, 2.0), 0.3, 0.2, 0.8);
        for (x, y, depth) in [(10.0, 20.0, 3.0), (320.0, 180.0, 90.0), (639.0, 2.0, 700.0)] {
            let back = camera.project(camera.eye_m() + camera.ray(x, y) * depth).unwrap();
            assert!(
                (back.0 - x).abs() < 1e-6 && (back.1 - y).abs() < 1e-6 && (back.2 - depth).abs() < 1e-6,
                "{back:?}"
            );
        }
        assert_eq!(camera.project(DVec3::new(3.0, -90.0, 2.0)), None, "behind");
        let wide = 2.0 * math::atan2(math::tan(0.4) * 640.0, 360.0);
        assert!((camera.fov_deg() - wide.to_degrees()).abs() < 1e-9);
    }

    #[test]
    fn right_is_right_and_up_is_up() {
        let camera = Camera::new(FrameSize::new(200, 100).unwrap(), DVec3::ZERO, 0.0, 0.0, 1.0);
        let (x, y, depth) = camera.project(DVec3::new(1.0, 10.0, 1.0)).unwrap();
        assert!(x > 100.0 && y < 50.0 && depth == 10.0);
    }

    #[test]
    fn sizes_have_bounds() {
        for (width, height) in [(0, 100), (100, 15), (4097, 100), (u32::MAX, u32::MAX)] {
            assert!(FrameSize::new(width, height).is_err());
        }
        assert!(FrameSize::new(4096, 16).is_ok());
    }
}
