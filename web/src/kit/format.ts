/** Numbers and times as people read them. */

import { t } from "./language.svelte";

/** `m:ss.d`, or `m:ss` without tenths. */
export function formatTime(tMs: number, tenths = true): string {
  const sign = tMs < 0 ? "−" : "";
  const total = Math.floor(Math.abs(tMs) / 100);
  const minutes = Math.floor(total / 600);
  const seconds = Math.floor((total % 600) / 10);
  const text = `${sign}${minutes}:${String(seconds).padStart(2, "0")}`;
  return tenths ? `${text}.${total % 10}` : text;
}

/** A time for screen readers: "2 minutes 5 seconds". */
export function spokenTime(tMs: number): string {
  const seconds = Math.round(tMs / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? t("{minutes} minutes {seconds} seconds", { minutes, seconds: seconds % 60 }) : t("{seconds} seconds", { seconds });
}

/** A value with as many decimals as its size deserves, never more than three. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  const text = value.toFixed(decimals);
  const short = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return short === "-0" ? "0" : short.replace("-", "−");
}

/** A number with its unit behind a thin space; `unit` may be empty. */
export function formatQuantity(value: number, unit: string): string {
  return unit === "" ? formatNumber(value) : `${formatNumber(value)}\u202f${prettyUnit(unit)}`;
}

const PRETTY_UNITS: Readonly<Record<string, string>> = {
  m_s: "m/s",
  m_s2: "m/s²",
  m_s3: "m/s³",
  "m/s2": "m/s²",
  "m/s^2": "m/s²",
  "m/s3": "m/s³",
  "m/s^3": "m/s³",
  "deg/s": "°/s",
  percent: "%",
};

/** A unit as it is printed: `m/s^2` becomes m/s². */
export function prettyUnit(unit: string): string {
  return PRETTY_UNITS[unit] ?? unit;
}

/** Bytes as kB or MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}\u202fB`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)}\u202fkB` : `${(bytes / 1e6).toFixed(1)}\u202fMB`;
}

/** A whole number with thin spaces between the thousands. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
