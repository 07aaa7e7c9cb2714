import { describe, expect, test } from "vitest";
import { certificateOf, safetyOf } from "../../src/wire/answers";
import { inPlainWords, speaksOfAnotherFile } from "../../src/pages/viewer/figures/certificate";
import { keyFigures, usedShare } from "../../src/pages/viewer/figures/key-figures";
import { nameLimits } from "../../src/pages/viewer/figures/limits";
import { makeSafety } from "../mock/safety.mjs";
import { makeCertificate, makeShow } from "../mock/show.mjs";

const made = makeShow(20);
const SITE = { audiences: 1, ceilingM: 120 };
const certificate = (verdict: "proved" | "violated", change: (c: any) => void = () => undefined) => {
  const json: any = structuredClone(makeCertificate(made, verdict));
  change(json);
  return certificateOf(json);
};
const safety = safetyOf(makeSafety(made), 20);

describe("the figures", () => {
  test("come from the rules, with limit and margin, and lead to the worst moment", () => {
    const [closest, speed, , fence, fall] = keyFigures(certificate("proved"), safety, SITE);
    expect(closest).toMatchObject({ tone: "proved", goes: { to: "rule", rule: "separation" } });
    expect(closest.foot).toMatch(/^limit .+ · \+/);
    expect(speed.label).toBe("Climb speed");
    expect(fence).toMatchObject({ value: "48.2\u202fm", used: null });
    expect(fall).toMatchObject({ value: "171.4\u202fm", tone: "proved", goes: { to: "rule", rule: "fall_on_audience" } });
  });

  test("say it when a rule is broken", () => {
    const [closest] = keyFigures(certificate("violated"), safety, SITE);
    expect(closest.tone).toBe("violated");
    expect(closest.used).toBeGreaterThan(1);
  });

  test("give the bound where nothing comes near", () => {
    const far = certificate("proved", (c) => Object.assign(c.rules[0], { worst: null, limit: { value: 1.5, unit: "m" }, margin: 0.5 }));
    expect(keyFigures(far, null, SITE)[0]).toMatchObject({ value: "over 2\u202fm", goes: null });
  });

  test("say it when a fall reaches people: by the rule, or by the footprint where there is no such rule", () => {
    const broken = certificate("violated", (c) => {
      const rule = c.rules.find((r: any) => r.rule === "fall_on_audience");
      Object.assign(rule, { verdict: "violated", worst: { ...rule.worst, value: -3 }, margin: -3 });
    });
    expect(keyFigures(broken, safety, SITE)[4]).toMatchObject({
      value: "−3\u202fm",
      foot: "a failed vehicle can fall into it",
      tone: "violated",
    });
    const silent = certificate("proved", (c) => (c.rules = c.rules.filter((r: any) => r.rule !== "fall_on_audience")));
    const near = { ...safety, areas: [{ kind: "audience" as const, name: "Square", least_distance_m: -2, t_ms: 5000, vehicle: 3 }] };
    expect(keyFigures(silent, near, SITE)[4]).toMatchObject({ value: "Reached", tone: "violated", goes: { to: "vehicle", vehicle: 3 } });
    // A footprint that is clear proves nothing, and is not painted as proved.
    expect(keyFigures(silent, safety, SITE)[4]).toMatchObject({ foot: "to “Square”, not proved", tone: "none" });
  });

  test("without a certificate are called not proved and claim nothing", () => {
    const figures = keyFigures(null, safety, SITE);
    expect(figures[0]).toMatchObject({ foot: "not proved", tone: "none", goes: { to: "time" } });
    // The synthetic fleet of twenty goes higher than it may.
    expect(Math.min(...safety.timeline.ceiling_margin_m.map(Number))).toBeCloseTo(-11.8, 9);
    expect(figures[2].value).toBe("131.8\u202fm");
    expect(figures.filter(({ tone }) => tone === "violated")).toEqual([]);
    expect(keyFigures(null, null, { ...SITE, audiences: 0 }).map(({ value }) => value)).toEqual(["–", "–", "–", "–", "–", "–"]);
  });
});

test("the part of a limit that is used", () => {
  expect(usedShare(3, 6, true)).toBe(0.5);
  expect(usedShare(3, 1.5, false)).toBe(0.5);
  expect(usedShare(1, 1.5, false)).toBe(1.5);
  expect(usedShare(0, 1.5, false)).toBe(Infinity);
  expect(usedShare(4, 0, false)).toBeNull();
});

test("outcomes in plain words", () => {
  expect(inPlainWords(certificate("proved"))).toEqual({
    claim: "Every rule holds",
    meaning: "10 rules hold for every vehicle at every instant of the show.",
  });
  expect(inPlainWords(certificate("violated"))).toEqual({ claim: "1 rule violated", meaning: "The show must not fly as it is." });
  const open = certificate("proved", (c) => {
    c.verdict = "undecided";
    c.rules[1].verdict = "undecided";
  });
  expect(inPlainWords(open).claim).toBe("1 rule could not be decided");
});

test("a certificate without a hash is not said to be of another file", () => {
  const show = { file: { sha256: "ab" } } as any;
  expect(speaksOfAnotherFile({ file: { sha256: "" } } as any, show)).toBe(false);
  expect(speaksOfAnotherFile({ file: { sha256: "AB" } } as any, show)).toBe(false);
  expect(speaksOfAnotherFile({ file: { sha256: "cd" } } as any, show)).toBe(true);
  expect(speaksOfAnotherFile(null, show)).toBe(false);
});

test("limits are named in a fixed order, unknown ones last and as they are", () => {
  expect(nameLimits({ zeta_m: 3, battery_reserve: 0.25, min_separation_m: 1.5 }).map(({ title, text }) => `${title}: ${text}`)).toEqual([
    "Separation in flight: 1.5\u202fm",
    "Battery reserve: 25\u202f%",
    "zeta_m: 3",
  ]);
});
