/** What is pointed at: a vehicle, a pair, a finding of the certificate; and the ways to their places and instants. */

import type { Player } from "../../../kit/player.svelte";
import type { Witness } from "../../../wire/certificate";
import { witnessOf, worstPair, type Focus } from "../figures/certificate";
import type { Loaded } from "./show-source.svelte";
import type { View } from "./view.svelte";

/** Least radius around a pair or a finding that the camera shows, metres. */
const PAIR_RADIUS_M = 6;
const VEHICLE_RADIUS_M = 14;

export class Selection {
  /** Index of the selected vehicle. */
  vehicle = $state<number | null>(null);
  /** Two vehicles that are marked together, by index. */
  pair = $state.raw<[number, number] | null>(null);
  focus = $state<Focus | null>(null);

  constructor(
    private readonly loaded: () => Loaded | null,
    private readonly player: Player,
    private readonly view: View,
  ) {}

  /** The finding that is shown in the scene. */
  get witness(): Witness | null {
    return this.focus && witnessOf(this.loaded()?.certificate ?? null, this.focus);
  }

  /** Vehicles of the finding that is shown: the one in focus, else the closest pair while its layer is on. */
  get finding(): number[] | null {
    const worst = this.view.layers.worst && !this.pair ? worstPair(this.loaded()?.certificate ?? null) : null;
    return (this.witness ?? worst)?.vehicles.map(({ index }) => index) ?? null;
  }

  /** Vehicles that are marked on the map. */
  get marked(): number[] {
    const vehicles = this.pair ?? this.witness?.vehicles.map(({ index }) => index) ?? [];
    const count = this.loaded()?.show.vehicle_count ?? 0;
    return [...new Set(this.vehicle === null ? vehicles : [...vehicles, this.vehicle])].filter((v) => v < count);
  }

  /** Selects a vehicle and opens its panel, or deselects. */
  select(vehicle: number | null): void {
    if (vehicle !== null && !(vehicle >= 0 && vehicle < (this.loaded()?.show.vehicle_count ?? 0))) return;
    this.vehicle = vehicle;
    if (vehicle !== null) this.view.panel = "vehicle";
    else if (this.view.panel === "vehicle") this.view.panel = "certificate";
  }

  /** Goes to the instant and the place of a finding. */
  goTo(focus: Focus): void {
    const witness = witnessOf(this.loaded()?.certificate ?? null, focus);
    if (!witness) return;
    this.focus = focus;
    this.pair = null;
    this.player.stopAt(witness.t_ms);
    this.view.flyAround(witness.positions_m, PAIR_RADIUS_M);
  }

  /** Marks two vehicles, and goes to where they are at an instant. */
  goToPair(pair: [number, number], tMs: number): void {
    const loaded = this.loaded();
    if (!loaded) return;
    this.focus = null;
    this.pair = pair;
    this.player.stopAt(tMs);
    this.view.flyAround(pair.map((vehicle) => loaded.trajectories.position(vehicle, tMs)), PAIR_RADIUS_M);
  }

  /** Selects a vehicle without leaving the panel, and goes to where it is at an instant, with the ground below it. */
  goToVehicle(vehicle: number, tMs: number): void {
    const loaded = this.loaded();
    if (!loaded) return;
    this.focus = null;
    this.pair = null;
    this.vehicle = vehicle;
    this.player.stopAt(tMs);
    const [x, y, z] = loaded.trajectories.position(vehicle, tMs);
    this.view.flyAround([[x, y, z / 2]], Math.max(VEHICLE_RADIUS_M, 0.9 * z));
  }

  /** Flies to a vehicle where it is now. */
  lookAt(vehicle: number): void {
    const loaded = this.loaded();
    if (loaded) this.view.frame(loaded.trajectories.position(vehicle, this.player.tMs), VEHICLE_RADIUS_M);
  }

  /** Shows the closest pair and goes to its instant, or hides it. */
  toggleWorst(): void {
    this.view.toggleLayer("worst");
    const worst = worstPair(this.loaded()?.certificate ?? null);
    if (this.view.layers.worst && worst) this.goTo({ rule: "separation", witness: -1 });
  }

  /** Undoes the last of these: a finding that is shown, a pair, the selection. False when there is none. */
  clear(): boolean {
    if (this.focus) this.focus = null;
    else if (this.pair) this.pair = null;
    else if (this.vehicle !== null) this.select(null);
    else return false;
    return true;
  }
}
