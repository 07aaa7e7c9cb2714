"""A crew on MAVSDK: the argument is its UDP port; the fleet's time runs as fast as the clock."""

import os
import sys
import tempfile
import threading
import time

from mavsdk.component_type import ComponentType
from mavsdk.mavsdk import Configuration, Mavsdk
from mavsdk.plugins.action import Action
from mavsdk.plugins.ftp import Ftp
from mavsdk.plugins.param import Param
from mavsdk.plugins.telemetry import Telemetry

mavsdk = Mavsdk(Configuration.create_with_component_type(ComponentType.GROUND_STATION))
mavsdk.add_any_connection(f"udpin://127.0.0.1:{sys.argv[1]}")
system = mavsdk.first_autopilot(20)
assert system is not None, "no vehicle"
print("connected")


def first(subscribe, condition=lambda value: True, seconds=60):
    """The first value of a stream that meets the condition."""
    found, got = [], threading.Event()

    def take(value, *_):
        if condition(value):
            found.append(value)
            got.set()

    subscribe(take)
    if not got.wait(seconds):
        sys.exit("nothing came")
    return found[0]


telemetry = Telemetry(system)
position = first(telemetry.subscribe_position, lambda p: abs(p.latitude_deg) > 1)
assert abs(position.latitude_deg - 23.1064) < 1e-3 and abs(position.longitude_deg - 113.3245) < 1e-3, position
gps = first(telemetry.subscribe_gps_info, lambda g: g.num_satellites > 10)
battery = first(telemetry.subscribe_battery, lambda b: b.voltage_v > 1)
print("telemetry", gps.fix_type.name, f"{battery.voltage_v:.1f} V")

param = Param(system)
assert param.get_param_float("SHOW_TAKEOFF_ALT") == 2.5
param.set_param_float("SHOW_TAKEOFF_ALT", 4.0)
assert param.get_param_float("SHOW_TAKEOFF_ALT") == 4.0
print("parameters")

# A file up and its checksum back.
folder = tempfile.mkdtemp()
name = os.path.join(folder, "show.skyb")
with open(name, "wb") as file:
    file.write(bytes(i * i % 251 for i in range(3000)))
ftp = Ftp(system)
done = threading.Event()
ftp.upload_async(name, "collmot", lambda result, progress, _: done.set() if result.name != "NEXT" else None)
assert done.wait(30), "the upload does not end"
assert ftp.are_files_identical(name, "collmot/show.skyb")
print("uploaded")

# Armed once its filters have settled, up, and down again.
action = Action(system)
end = time.time() + 60
while True:
    try:
        action.arm()
        break
    except Exception as refused:
        if time.time() > end:
            raise
        time.sleep(1)
print("armed")
action.takeoff()
first(telemetry.subscribe_position, lambda p: p.relative_altitude_m > 1.5)
print("in the air")
action.land()
first(telemetry.subscribe_armed, lambda armed: not armed)
print("landed")
os._exit(0)
