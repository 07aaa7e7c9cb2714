"""A ground station on pymavlink: arguments are its UDP port, the show file in hexadecimal digits, and how fast the field's time runs."""

import os
import struct
import sys
import tempfile
import time

from pymavlink import mavftp, mavutil
from pymavlink.dialects.v20 import ardupilotmega as mav

port, show, speed = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), float(sys.argv[3])
link = mavutil.mavlink_connection(f"udpin:127.0.0.1:{port}", source_system=254, source_component=190, dialect="ardupilotmega")


def wait(kind, condition=lambda message: True, seconds=20):
    """The next message of a kind that meets the condition."""
    end = time.time() + seconds
    while time.time() < end:
        message = link.recv_match(type=kind, blocking=True, timeout=1)
        if message is not None and condition(message):
            return message
    sys.exit(f"no {kind}")


heartbeat = wait("HEARTBEAT", lambda m: m.system_status != mav.MAV_STATE_BOOT)
assert heartbeat.get_srcSystem() == 7 and heartbeat.custom_mode == 127, heartbeat
link.target_system, link.target_component = 7, 1

# Who is it: both ways to ask.
for command, parameter in ((520, 1), (512, 148)):
    link.mav.command_long_send(7, 1, command, 0, parameter, 0, 0, 0, 0, 0, 0)
    assert wait("COMMAND_ACK", lambda m: m.command == command).result == 0
    assert wait("AUTOPILOT_VERSION").capabilities & 0x4000000
print("recognised")

# Parameters: all of them, one of them, one set, one refused.
link.mav.param_request_list_send(7, 1)
names, count = set(), None
while count is None or len(names) < count:
    value = wait("PARAM_VALUE")
    names.add(value.param_id)
    count = value.param_count
link.mav.param_set_send(7, 1, b"SHOW_TAKEOFF_ALT", 3.0, mav.MAV_PARAM_TYPE_REAL32)
assert wait("PARAM_VALUE", lambda m: m.param_id == "SHOW_TAKEOFF_ALT").param_value == 3.0
link.mav.param_set_send(7, 1, b"SHOW_TAKEOFF_ALT", 30.0, mav.MAV_PARAM_TYPE_REAL32)
assert wait("PARAM_VALUE", lambda m: m.param_id == "SHOW_TAKEOFF_ALT").param_value == 3.0
print(count, "parameters")

sequence = 100


def ftp(op, data=b"", offset=0):
    """One MAVFTP request and the data of its reply."""
    global sequence
    sequence += 2
    head = struct.pack("<HBBBBBBI", sequence, 0, op, len(data), 0, 0, 0, offset)
    link.mav.file_transfer_protocol_send(0, 7, 1, list((head + data).ljust(251, b"\0")))
    reply = wait("FILE_TRANSFER_PROTOCOL", lambda m: struct.unpack("<H", bytes(m.payload[:2]))[0] == sequence + 1)
    payload = bytes(reply.payload)
    assert payload[3] == 128 and payload[5] == op, payload[:16]
    return payload[12 : 12 + payload[4]]


def crc32(data):
    """As CALC_CRC32 has it: initial value 0, no final inversion."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc


path = b"collmot/show.skyb"
ftp(6, path)
for at in range(0, len(show), 239):
    ftp(7, show[at : at + 239], at)
ftp(1)
(crc,) = struct.unpack("<I", ftp(14, path))
assert crc == crc32(show), (crc, crc32(show))
ftp(2)
print(f"uploaded, checksum {crc:#010x}")

# The same by pymavlink's own client, which is MAVProxy's: bursts, several writes on the way at once, parameters as one file.
folder = tempfile.mkdtemp()
client = mavftp.MAVFTP(link, target_system=7, target_component=1)


def local(name):
    return os.path.join(folder, name)


def get(path, name):
    client.cmd_get([path, local(name)])
    client.process_ftp_reply("OpenFileRO", timeout=20)
    with open(local(name), "rb") as file:
        return file.read()


assert get("collmot/show.skyb", "show") == show
with open(local("long"), "wb") as file:
    file.write(bytes(i * i % 251 for i in range(20_000)))
client.cmd_put([local("long"), "collmot/long.bin"])
client.process_ftp_reply("CreateFile", timeout=20)
assert get("/COLLMOT/long.bin", "long back") == bytes(i * i % 251 for i in range(20_000))
client.cmd_getparams([local("values"), local("defaults")])
client.process_ftp_reply("OpenFileRO", timeout=20)
with open(local("values")) as file:
    values = dict(line.split(",")[:2] for line in file if "," in line)
assert float(values["SHOW_TAKEOFF_ALT"]) == 3.0 and len(values) == count, values
print("transferred by pymavlink's own client")

# Origin and orientation as the tests' field has them, then the show is loaded.
link.mav.command_int_send(7, 1, 0, 31011, 0, 0, 0, 0, 0, 30.0, 231064000, 1133245000, 5000.0)
assert wait("COMMAND_ACK", lambda m: m.command == 31011).result == 0
link.mav.command_long_send(7, 1, 31010, 0, 0, 0, 0, 0, 0, 0, 0)
assert wait("COMMAND_ACK", lambda m: m.command == 31010).result == 0


def status(condition, seconds=60):
    """The status that meets the condition: flags, stage, elapsed."""
    def fields(message):
        data = bytes(message.data)
        return data[6], data[7] & 15, struct.unpack("<h", data[10:12])[0]

    return fields(wait("DATA16", lambda m: m.type == 0x5B and condition(*fields(m)), seconds))


flags, stage, _ = status(lambda flags, stage, elapsed: flags & 0xB0 == 0xB0)
assert stage == 2, stage

# Started by GPS time: the time of week comes from the status of a start that is set first.
first = 100_000 + 600
start = lambda tow, authorised: link.mav.data16_send(0x5C, 12, list(struct.pack("<BibiH", 1, tow, authorised, 0x7FFFFFFF, 0).ljust(16, b"\0")))
start(first, 0)
_, _, elapsed = status(lambda flags, stage, elapsed: flags & 0x40 and elapsed != -32768)
tow = first + elapsed + 15
for _ in range(3):
    start(tow, 1)
    time.sleep(0.1)
status(lambda flags, stage, elapsed: flags & 0x44 == 0x44 and -16 <= elapsed < 0)
print("authorised")
for stage, name in ((3, "take-off"), (4, "performing"), (7, "landing"), (8, "landed")):
    status(lambda flags, s, elapsed: s == stage)
    print(name)
