"""A crew on pymavlink: arguments are its UDP port, the show file in hexadecimal digits, and how fast the field's time runs."""

import os
import struct
import sys
import tempfile
import time

from pymavlink import mavftp, mavutil
from pymavlink.dialects.v20 import ardupilotmega as mav

port, show, speed = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), float(sys.argv[3])
link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=254, source_component=190, dialect="ardupilotmega")


def wait(kind, condition=lambda message: True, seconds=30):
    """The next message of a kind that meets the condition."""
    end = time.time() + seconds
    while time.time() < end:
        message = link.recv_match(type=kind, blocking=True, timeout=1)
        if message is not None and condition(message):
            return message
    sys.exit(f"no {kind}")


# Three vehicles, each with its own heartbeat; the first one is flown.
seen = set()
while seen != {1, 2, 3}:
    seen.add(wait("HEARTBEAT", lambda m: m.system_status != mav.MAV_STATE_BOOT and m.custom_mode == 127).get_srcSystem())
link.target_system, link.target_component = 1, 1
own = lambda m: m.get_srcSystem() == 1
link.mav.command_long_send(1, 1, 520, 0, 1, 0, 0, 0, 0, 0, 0)
assert wait("COMMAND_ACK", lambda m: own(m) and m.command == 520).result == 0
assert wait("AUTOPILOT_VERSION", own).capabilities & 0x4000000
print("recognised")

link.mav.param_request_list_send(1, 1)
names, count = set(), None
while count is None or len(names) < count:
    value = wait("PARAM_VALUE", own)
    names.add(value.param_id)
    count = value.param_count
link.mav.param_set_send(1, 1, b"SHOW_TAKEOFF_ALT", 3.0, mav.MAV_PARAM_TYPE_REAL32)
assert wait("PARAM_VALUE", lambda m: own(m) and m.param_id == "SHOW_TAKEOFF_ALT").param_value == 3.0
print(count, "parameters")

# The show goes up and comes back with the client that MAVProxy has; the vehicle states its checksum.
folder = tempfile.mkdtemp()
local = lambda name: os.path.join(folder, name)
with open(local("show.skyb"), "wb") as file:
    file.write(show)
client = mavftp.MAVFTP(link, target_system=1, target_component=1)
client.cmd_put([local("show.skyb"), "collmot/show.skyb"])
client.process_ftp_reply("CreateFile", timeout=20)
client.cmd_get(["collmot/show.skyb", local("back")])
client.process_ftp_reply("OpenFileRO", timeout=20)
assert open(local("back"), "rb").read() == show


def crc32(data):
    """As CALC_CRC32 has it: initial value 0, no final inversion."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc


path = b"collmot/show.skyb"
request = struct.pack("<HBBBBBBI", 7000, 0, 14, len(path), 0, 0, 0, 0) + path
link.mav.file_transfer_protocol_send(0, 1, 1, list(request.ljust(251, b"\0")))
reply = bytes(wait("FILE_TRANSFER_PROTOCOL", lambda m: own(m) and struct.unpack("<H", bytes(m.payload[:2]))[0] == 7001).payload)
assert reply[3] == 128 and struct.unpack("<I", reply[12:16])[0] == crc32(show)
print("uploaded")

# The origin of the grid, then the show is loaded.
link.mav.command_int_send(1, 1, 0, 31011, 0, 0, 0, 0, 0, 0.0, 231064000, 1133245000, 5000.0)
assert wait("COMMAND_ACK", lambda m: own(m) and m.command == 31011).result == 0
link.mav.command_long_send(1, 1, 31010, 0, 0, 0, 0, 0, 0, 0, 0)
assert wait("COMMAND_ACK", lambda m: own(m) and m.command == 31010).result == 0


def status(condition, seconds=60):
    """The first vehicle's status that meets the condition: flags, stage, elapsed."""
    def fields(message):
        data = bytes(message.data)
        return data[6], data[7] & 15, struct.unpack("<h", data[10:12])[0]

    return fields(wait("DATA16", lambda m: own(m) and m.type == 0x5B and condition(*fields(m)), seconds))


flags, stage, _ = status(lambda flags, stage, elapsed: flags & 0xB0 == 0xB0)
assert stage == 2, stage

# Filters settle for half a minute of the field. Then a start by GPS time; the field's own time is learnt from the countdown to a
# start that is not authorised.
time.sleep(40 / speed)
start = lambda tow, authorised: link.mav.data16_send(0x5C, 12, list(struct.pack("<BibiH", 1, tow, authorised, 0x7FFFFFFF, 0).ljust(16, b"\0")))
first = (int(time.time()) - 315964800 + 18 + 600) % 604800
start(first, 0)
_, _, elapsed = status(lambda flags, stage, elapsed: flags & 0x40 and elapsed != -32768)
tow = (first + elapsed + 20) % 604800
for _ in range(3):
    start(tow, 1)
    time.sleep(0.1)
status(lambda flags, stage, elapsed: flags & 0x44 == 0x44 and -21 <= elapsed < 0)
print("authorised")
highest = 0
for stage, name in ((3, "take-off"), (4, "performing"), (7, "landing"), (8, "landed")):
    status(lambda flags, s, elapsed: s == stage)
    if name == "performing":
        highest = max(wait("GLOBAL_POSITION_INT", lambda m: own(m)).relative_alt for _ in range(30)) / 1000
    print(name)
assert 7.0 < highest < 9.0, highest
