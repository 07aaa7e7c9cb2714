import { expect, test } from "vitest";
import { typicalSpacingM } from "../../src/stage/spacing";

test("the spacing is that of the lit vehicles, whatever else stands between them", () => {
  const count = 400;
  const positionsM = new Float32Array(3 * count);
  const colours = new Uint8Array(4 * count);
  for (let i = 0; i < count; i++) {
    positionsM[3 * i] = i;
    if (i % 4 === 0) colours[4 * i] = 255;
  }
  expect(typicalSpacingM(positionsM, colours)).toBe(4);
  expect(typicalSpacingM(positionsM, new Uint8Array(4 * count))).toBeNull();
});

test("few lights that stand closer do not make all smaller", () => {
  const positionsM = new Float32Array(300);
  const colours = new Uint8Array(400).fill(255);
  for (let i = 0; i < 100; i++) positionsM[3 * i] = i < 20 ? 0.5 * i : 3 * i;
  expect(typicalSpacingM(positionsM, colours)).toBe(3);
});
