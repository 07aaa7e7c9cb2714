use super::codec::{Command, CommandPlace};

/// MAV_CMD numbers that shows use.
///
/// # Source
/// show-protocol, section 8; REQUEST_MESSAGE: simulation-and-control, section 2.
pub mod command_number {
    /// Return to launch.
    pub const RETURN_TO_LAUNCH: u16 = 20;
    /// Land here.
    pub const LAND: u16 = 21;
    /// Take off; a test of take-off in show mode.
    pub const TAKEOFF: u16 = 22;
    /// p1 = 1: p2 is the mode.
    pub const SET_MODE: u16 = 176;
    /// p1: 1 sets the home to where the vehicle is.
    pub const SET_HOME: u16 = 179;
    /// p1: 1 arm, 0 disarm; p2 = 21196 by force.
    pub const ARM_DISARM: u16 = 400;
    /// p1: 1 reboot, 2 shut down, 3 stay in the boot loader, 126 sleep, 127 wake.
    pub const REBOOT_SHUTDOWN: u16 = 246;
    /// p1: message, p2: interval in microseconds, 0 default, −1 off.
    pub const SET_MESSAGE_INTERVAL: u16 = 511;
    /// p1: the message to send once.
    pub const REQUEST_MESSAGE: u16 = 512;
    /// p1 = 1: send AUTOPILOT_VERSION.
    pub const REQUEST_CAPABILITIES: u16 = 520;
    /// The show's first: p1 = 0 load the file again, 1 delete it, 2 test pyrotechnics, 3 the command of a group.
    pub const SHOW_FILE: u16 = 31010;
    /// The show's second, COMMAND_INT, p1 = 0: p4 orientation, x and y origin, z altitude in millimetres.
    pub const SHOW_ORIGIN: u16 = 31011;
}

/// The command inside a group's command, and the group it is for (`None`: all). `None` if this is not one.
///
/// The inner command keeps p1 = 3, so commands whose p1 has a meaning cannot be carried.
///
/// # Source
/// show-protocol, section 8: y, low 16 bits the command, bits 16 to 30 group + 1, 0 for all.
pub fn inner_group(command: &Command) -> Option<(Option<u16>, Command)> {
    let CommandPlace::Int { frame, x, y, z } = command.place else { return None };
    if command.number != command_number::SHOW_FILE || command.params[0] != 3.0 || y < 0 {
        return None;
    }
    let place = CommandPlace::Int { frame, x, y: 0, z };
    let inner = Command { number: (y & 0xffff) as u16, place, ..*command };
    Some((((y >> 16) as u16).checked_sub(1), inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_command_is_unpacked_once() {
        let wrapped = Command::int(31010, [3.0, 0.0, 0.0, 0.0], 5, 0x000e_0014, 1.5);
        let (group, inner) = inner_group(&wrapped).unwrap();
        assert_eq!(
            (group, inner.number, inner.place),
            (Some(13), 20, CommandPlace::Int { frame: 0, x: 5, y: 0, z: 1.5 })
        );
        let all = Command::int(31010, [3.0, 0.0, 0.0, 0.0], 0, 21, 0.0);
        assert_eq!(inner_group(&all).unwrap().0, None);
        assert_eq!(inner_group(&Command::int(31010, [3.0, 0.0, 0.0, 0.0], 0, -1, 0.0)), None);
        assert_eq!(inner_group(&Command::long(31010, &[3.0])), None);
    }
}
