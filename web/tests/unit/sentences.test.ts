import { afterEach, expect, test } from "vitest";
import { language } from "../../src/kit/language.svelte";
import { remediesOf, sentenceOf } from "../../src/pages/viewer/figures/sentences";
import { RULES, VERDICTS, type Rule, type RuleReport, type Verdict } from "../../src/wire/certificate";

const report = (rule: Rule, verdict: Verdict, more: Partial<RuleReport> = {}): RuleReport => ({
  rule,
  verdict,
  title: "A rule",
  detail: "One plain sentence.",
  help: [],
  limit: { value: 1.5, unit: "m" },
  margin: -0.25,
  violations: 3,
  witnesses: [],
  worst: { value: 1.25, bound: 1.25, t_ms: 1000, positions_m: [], vehicles: [] },
  ...more,
});

afterEach(() => {
  language.code = "en";
});

test("in English the server's own sentences stand", () => {
  const broken = report("separation", "violated", { help: [{ text: "keep the pair 0.25 m farther apart", value: 0.25, unit: "m" }] });
  expect(sentenceOf(broken)).toBe("One plain sentence.");
  expect(remediesOf(broken)).toEqual(["keep the pair 0.25 m farther apart"]);
});

test("in Chinese every rule and verdict has a sentence with its values", () => {
  language.code = "zh";
  for (const rule of RULES) {
    for (const verdict of VERDICTS) {
      const text = sentenceOf(report(rule, verdict));
      expect(text).toMatch(/[\u4e00-\u9fff]/);
      expect(text).not.toMatch(/One plain|\{/);
    }
  }
  expect(sentenceOf(report("separation", "violated"))).toBe("有 3 对违反限值。");
  expect(sentenceOf(report("altitude", "proved", { margin: 2 }))).toContain("1.25\u202fm");
});

test("in Chinese a remedy is said by its rule, its value and its unit", () => {
  language.code = "zh";
  const way = (text: string, value: number, unit: string) => ({ text, value, unit });
  expect(remediesOf(report("altitude", "violated", { help: [way("fly 2 m lower", 2, "m")] }))).toEqual(["飞低 2\u202fm"]);
  const fast = report("acceleration", "violated", {
    limit: { value: 2, unit: "m/s2" },
    worst: { value: 8, bound: 8, t_ms: 0, positions_m: [], vehicles: [] },
    help: [way("slow down by 6 m/s2: a motion that takes 2 times as long does", 6, "m/s2")],
  });
  expect(remediesOf(fast)).toEqual(["减慢 6\u202fm/s²：用 2 倍时间完成动作即可"]);
  const falls = report("fall_on_road", "violated", {
    help: [way("lower the wind …", 3, "m/s"), way("move the road …", 12, "m"), way("fly lower than …", 40, "m")],
  });
  expect(remediesOf(falls)).toEqual(["把表演的最大风速降到 3\u202fm/s", "使道路或表演再远离 12\u202fm", "在该处飞得低于 40\u202fm"]);
});
