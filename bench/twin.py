"""The simulation beside its peers, in one run: `twin.py [--quick]`.

Builds Kapok's tests and its example `cost`, runs RotorPy, MuJoCo and, where it is installed, Crazyflow on the same cases, and prints one
line a case: the peer's figure, Kapok's kept one, and whether they agree within the band of the test that keeps it. Then what a
vehicle-step costs in each. Install the peers first:

    python3 -m venv peers && peers/bin/pip install -r bench/twin-requirements.txt
    peers/bin/python bench/twin.py

Nothing of the peers is part of Kapok. `--log FILE` writes RotorPy's rotor commands and path anew, which the tests keep as
`crates/sim/tests/data/rotorpy_open_loop.csv`.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
failed = False


def say(case, peer, kept, band, unit="m"):
    global failed
    off = abs(peer / kept - 1.0)
    good = off <= band
    failed = failed or not good
    print(f"{case:52} peer {peer:9.5f} {unit}  kept {kept:8.5f}  {100 * off:5.2f} % of {100 * band:.0f} %  {'ok' if good else 'OFF'}")


def circle(params, radius, speed, wind, seconds, tight=False):
    """RotorPy's vehicle and controller on a level circle at 10 m, 100 commands a second."""
    from rotorpy.controllers.quadrotor_control import SE3Control
    from rotorpy.trajectories.circular_traj import ThreeDCircularTraj
    from rotorpy.vehicles.multirotor import Multirotor

    frequency = speed / (2 * np.pi * radius)
    path = ThreeDCircularTraj(
        center=np.array([0, 0, 10]), radius=np.array([radius, radius, 0.0]), freq=np.array([frequency, frequency, 0.0])
    )
    flat = path.update(0.0)
    hover = np.sqrt(params["mass"] * 9.81 / 4 / params["k_eta"])
    wind = np.array(wind, float)
    state = {
        "x": flat["x"].copy(),
        "v": flat["x_dot"].copy(),
        "q": np.array([0, 0, 0, 1.0]),
        "w": np.zeros(3),
        "wind": wind,
        "rotor_speeds": np.full(4, hover),
    }
    integrator = {"method": "RK45", "rtol": 1e-10, "atol": 1e-12} if tight else None
    vehicle = Multirotor(params, initial_state=state, integrator_kwargs=integrator)
    controller = SE3Control(params)
    rows = []
    start = time.process_time()
    for k in range(round(seconds / 0.01)):
        flat = path.update(k * 0.01)
        control = controller.update(k * 0.01, state, flat)
        rows.append([k * 0.01, *control["cmd_motor_speeds"], *state["x"], np.linalg.norm(state["x"] - flat["x"])])
        state = vehicle.step(state, control, 0.01)
        state["wind"] = wind
    return np.array(rows), (time.process_time() - start) / len(rows)


def rotorpy(log):
    from rotorpy.vehicles.crazyflie_params import quad_params as crazyflie
    from rotorpy.vehicles.hummingbird_params import quad_params as hummingbird

    cost = 0.0
    cases = [
        ("RotorPy, Hummingbird, R 5 m, 3 m/s: mean", hummingbird, 5, 3, 0, np.mean, 0.2010),
        ("RotorPy, the same in 5 m/s: mean", hummingbird, 5, 3, 5, np.mean, 0.402),
        ("RotorPy, the same in 5 m/s: greatest", hummingbird, 5, 3, 5, np.max, 0.699),
        ("RotorPy, Crazyflie, R 1 m, 1 m/s: mean", crazyflie, 1, 1, 0, np.mean, 0.0107),
        ("RotorPy, the same in 2 m/s: mean", crazyflie, 1, 1, 2, np.mean, 0.0756),
        ("RotorPy, the same in 2 m/s: greatest", crazyflie, 1, 1, 2, np.max, 0.0860),
    ]
    for name, params, radius, speed, wind, figure, kept in cases:
        rows, cost = circle(params, radius, speed, [wind, 0, 0], 20.0)
        say(name, figure(rows[500:, 8]), kept, 0.02)
    rows, _ = circle(hummingbird, 5, 3, [0, 0, 0], 2.01, tight=True)
    kept = np.loadtxt(ROOT / "crates/sim/tests/data/rotorpy_open_loop.csv", delimiter=",")
    apart = np.abs(rows[:, 1:8] - kept[:, 1:8]).max()
    print(f"RotorPy's open-loop log differs from the kept one by {apart:.1e}")
    if log:
        np.savetxt(log, rows[:, :8], fmt="%.9g", delimiter=",")
    return cost


def mujoco_tumble():
    import mujoco

    model = mujoco.MjModel.from_xml_string(
        """<mujoco><option gravity="0 0 0" timestep="0.005" integrator="RK4"/><worldbody><body><freejoint/>
        <inertial pos="0 0 0" mass="0.5" diaginertia="3.65e-3 5.0e-3 7.03e-3"/>
        <geom size="0.01" mass="0" contype="0" conaffinity="0"/></body></worldbody></mujoco>"""
    )
    data = mujoco.MjData(model)
    data.qvel[3:] = [0.05, 5, 0.05]
    start = time.process_time()
    for _ in range(2000):
        mujoco.mj_step(model, data)
    cost = (time.process_time() - start) / 2000
    kept = np.array([-0.0004, -0.6218, -0.3218, -0.7140])
    angle = 2 * np.arccos(min(1.0, abs(data.qpos[3:] @ kept) / np.linalg.norm(kept)))
    print(f"MuJoCo, free tumbling for 10 s: {angle:.1e} rad from the attitude that the test keeps (band 1e-3)")
    global failed
    failed = failed or angle > 1e-3
    return cost


def crazyflow():
    from crazyflow.control import Control
    from crazyflow.sim import Sim

    sim = Sim(n_worlds=1, n_drones=1, drone="cf21B_500", control=Control.state)
    across, height = [], []
    start = None
    for k in range(2000):
        t = k / 100.0
        sin, cos = np.sin(t), np.cos(t)
        command = np.zeros((1, 1, 16), np.float32)
        command[0, 0, :9] = [cos, sin, 1.0, -sin, cos, 0.0, -cos, -sin, 0.0]
        command[0, 0, 12] = 1.0
        if k == 0:
            state = sim.data.states
            state = state.replace(pos=state.pos.at[...].set([1.0, 0.0, 1.0]), vel=state.vel.at[...].set([0.0, 1.0, 0.0]))
            sim.data = sim.data.replace(states=state)
        place = np.asarray(sim.data.states.pos)[0, 0]
        if k >= 500:
            start = start or time.process_time()
            across.append(np.hypot(place[0] - cos, place[1] - sin))
            height.append(place[2] - 1.0)
        sim.state_control(command)
        sim.step(5)
    say("Crazyflow, cf21B_500, R 1 m, 1 m/s: across, mean", float(np.mean(across)), 0.0345, 0.10)
    print(f"  its height is off by {np.mean(height):+.3f} m: the controller's mass is wrong by default")
    worlds = 1024
    sim = Sim(n_worlds=worlds, n_drones=1, drone="cf21B_500", control=Control.state)
    sim.state_control(np.tile(command, (worlds, 1, 1)))
    sim.step(500)  # compiles for that many
    np.asarray(sim.data.states.pos)
    start = time.process_time()
    sim.step(500)
    np.asarray(sim.data.states.pos)
    return (time.process_time() - start) / (500 * worlds)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="do not build Kapok, only run the peers")
    options.add_argument("--log", help="write RotorPy's open-loop log to this file")
    options = options.parse_args()
    log = options.log and pathlib.Path(options.log).resolve()
    # MuJoCo writes its log where it runs.
    os.chdir(tempfile.mkdtemp())
    costs = {"RotorPy, with controller": rotorpy(log), "MuJoCo, free body, RK4": mujoco_tumble()}
    try:
        costs["Crazyflow, 1,024 worlds, with controller"] = crazyflow()
    except ImportError as error:
        print(f"Crazyflow is not installed here: {error}")
    print()
    for name, seconds in costs.items():
        print(f"{name:52} {seconds * 1e9:12,.0f} ns of processor time a vehicle-step")
    sys.stdout.flush()
    if not options.quick:
        subprocess.run(["cargo", "test", "-q", "-p", "kapok-sim", "--test", "it", "peers"], cwd=ROOT, check=True)
        for vehicles in ("1000", "22580"):
            command = ["cargo", "run", "-q", "--release", "-p", "kapok-sim", "--example", "cost", vehicles, "5"]
            subprocess.run(command, cwd=ROOT, check=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
