"""One assignment by one rival: `rivals.py NAME INSTANCE.csv OUT.txt`.

Writes the goal of each start, one a line, and prints seconds and peak memory as JSON. Importing and reading the file
are not counted as time; they are part of the memory.
"""

import json
import resource
import sys
import time

import numpy as np


def squared_distances(starts, goals, dtype=np.float64):
    cost = np.zeros((len(starts), len(goals)), dtype)
    for axis in range(3):
        difference = starts[:, axis, None].astype(dtype) - goals[None, :, axis].astype(dtype)
        cost += difference * difference
    return cost


def scipy(starts, goals):
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(squared_distances(starts, goals))[1]


def lapjv(starts, goals):
    import lapjv as solver

    return solver.lapjv(squared_distances(starts, goals))[0]


def lapx(starts, goals):
    import lap

    return lap.lapjv(squared_distances(starts, goals), return_cost=False)[0]


def ortools(starts, goals):
    from ortools.graph.python import linear_sum_assignment

    n = len(starts)
    # It takes whole numbers: thousandths of a square metre.
    cost = np.rint(squared_distances(starts, goals) * 1000.0).astype(np.int64).ravel()
    left = np.repeat(np.arange(n, dtype=np.int32), n)
    right = np.tile(np.arange(n, dtype=np.int32), n)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left, right, cost)
    del cost, left, right
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("OR-tools found no optimum")
    return np.array([solver.right_mate(i) for i in range(n)])


def pot(starts, goals):
    import ot

    plan = ot.emd([], [], squared_distances(starts, goals), numItermax=100_000_000)
    return plan.argmax(axis=1)


def main():
    name, instance, out = sys.argv[1:]
    solve = {"scipy": scipy, "lapjv": lapjv, "lapx": lapx, "ortools": ortools, "pot": pot}[name]
    points = np.loadtxt(instance, delimiter=",", skiprows=1, ndmin=2)
    # Imports are not what is measured: a first, tiny problem does them.
    solve(points[:2, :3], points[:2, 3:])
    begin = time.perf_counter()
    goals = solve(points[:, :3], points[:, 3:])
    seconds = time.perf_counter() - begin
    with open(out, "w", encoding="ascii") as file:
        file.writelines(f"{int(goal)}\n" for goal in goals)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


main()
