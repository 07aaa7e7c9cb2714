import { expect, test } from "vitest";
import { lightSize, typicalSpacingM } from "../../src/stage/light-size";

test("a light grows with its vehicle as long as the next light is far", () => {
  const [small, large] = [lightSize(0.1, 50), lightSize(0.4, 50)];
  expect(large.coreM / small.coreM).toBeCloseTo(4);
  expect(large.haloM / small.haloM).toBeCloseTo(4);
  expect(small.coreM).toBeGreaterThan(0.1);
});

test("halos of neighbours do not melt together in a hall", () => {
  const { coreM, haloM } = lightSize(0.12, 0.6);
  // A halo is faint beyond half of its radius.
  expect(haloM / 2).toBeLessThan(1.2 * 0.6);
  expect(coreM).toBeLessThan(0.5 * 0.6);
});

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
