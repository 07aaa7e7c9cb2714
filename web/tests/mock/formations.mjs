// @ts-check
/**
 * Formations of the synthetic show. Each takes a count and returns at most that many points, site frame, metres,
 * with their colours: `{ p: [x, y, z], rgb: [r, g, b] }`, and `running` when colours change while it is held.
 */

/** @typedef {{ p: number[], rgb: number[] }} LitPoint */

/** A colour of the given hue (0 to 1), fully saturated. @param {number} hue @returns {number[]} */
export function hueColour(hue) {
  return [0, 2 / 3, 1 / 3].map((shift) => {
    const k = (((hue + shift) % 1) + 1) % 1;
    return Math.round(255 * Math.min(1, Math.max(0, Math.abs(k * 6 - 3) - 1)));
  });
}

/** @param {number[]} a @param {number[]} b @param {number} u */
const mix = (a, b, u) => a.map((v, i) => Math.min(255, Math.max(0, Math.round(v + (b[i] - v) * u))));

/** Polylines of each letter in a box of width 1 and height 1.4. @type {Record<string, number[][][]>} */
const STROKES = {
  K: [[[0, 0], [0, 1.4]], [[0.95, 1.4], [0.06, 0.62]], [[0.34, 0.86], [1, 0]]],
  A: [[[0, 0], [0.5, 1.4]], [[0.5, 1.4], [1, 0]], [[0.2, 0.46], [0.8, 0.46]]],
  P: [[[0, 0], [0, 1.4], [0.6, 1.4], [0.85, 1.3], [0.95, 1.06], [0.85, 0.82], [0.6, 0.72], [0, 0.72]]],
  O: [Array.from({ length: 33 }, (_, i) => [0.5 + 0.5 * Math.sin((i * Math.PI) / 16), 0.7 + 0.7 * Math.cos((i * Math.PI) / 16)])],
  F: [[[0, 0], [0, 1.4]], [[0, 1.4], [0.9, 1.4]], [[0, 0.78], [0.7, 0.78]]],
};

/**
 * A word of strokes, three rows of points wide, in the plane y = 0.
 * @param {string} word @param {number} count @param {number} widthM @param {number} baseM
 * @param {(stroke: number, u: number) => number[]} colour from the number of the stroke and the place along the word
 * @returns {LitPoint[]}
 */
export function word(word, count, widthM, baseM, colour) {
  const letters = [...word];
  const advance = 1.45;
  const unitM = widthM / (advance * letters.length - 0.45);
  /** @type {{ a: number[], b: number[], stroke: number }[]} */
  const pieces = [];
  letters.forEach((letter, at) => {
    STROKES[letter].forEach((line, stroke) => {
      for (let i = 1; i < line.length; i++) {
        const [a, b] = [line[i - 1], line[i]].map(([x, y]) => [(x + at * advance) * unitM - widthM / 2, y * unitM + baseM]);
        pieces.push({ a, b, stroke });
      }
    });
  });
  const rows = [-1, 0, 1];
  const lengthM = pieces.reduce((sum, { a, b }) => sum + Math.hypot(b[0] - a[0], b[1] - a[1]), 0);
  const pitchM = Math.max(1.5, (lengthM * rows.length) / (count * 0.93));
  const gapM = Math.max(1.6, pitchM * 0.9);
  /** @type {LitPoint[]} */
  const points = [];
  for (const { a, b, stroke } of pieces) {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const steps = Math.max(1, Math.round(length / pitchM));
    const [nx, nz] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
    for (let i = 0; i < steps; i++) {
      const u = (i + 0.5) / steps;
      for (const row of rows) {
        const x = a[0] + u * (b[0] - a[0]) + row * gapM * nx;
        const z = a[1] + u * (b[1] - a[1]) + row * gapM * nz;
        if (points.length < count) points.push({ p: [x, 0, z], rgb: colour(stroke, x / widthM + 0.5) });
      }
    }
  }
  return points;
}

/** A kapok blossom: five cupped petals and a crown of stamens, tilted towards the audience. @param {number} count @returns {LitPoint[]} */
export function blossom(count) {
  const stamens = Math.round(count * 0.14);
  const perPetal = Math.floor((count - stamens) / 5);
  const tilt = (62 * Math.PI) / 180;
  const centre = [0, 0, 74];
  /** @type {LitPoint[]} */
  const points = [];
  /** @param {number} x @param {number} y @param {number} z @param {number[]} rgb */
  const put = (x, y, z, rgb) => {
    const [ty, tz] = [y * Math.cos(tilt) - z * Math.sin(tilt), y * Math.sin(tilt) + z * Math.cos(tilt)];
    points.push({ p: [centre[0] + x, centre[1] + ty, centre[2] + tz], rgb });
  };
  for (let petal = 0; petal < 5; petal++) {
    const angle = (petal * 2 * Math.PI) / 5 + Math.PI / 2;
    for (let i = 0; i < perPetal; i++) {
      const u = Math.sqrt((i + 0.5) / perPetal);
      const v = (((i * 0.6180339887) % 1) - 0.5) * 2;
      const r = 8 + 38 * u;
      const width = 15 * Math.sin(Math.PI * Math.min(1, 0.18 + 0.8 * u) ** 0.9) + 2;
      const side = v * width;
      const lift = 10 * u * u - 16 * u ** 5 + 0.02 * side * side;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      put(r * c - side * s, r * s + side * c, lift, mix([255, 40, 10], [255, 120, 30], (1 - u) * 0.9));
    }
  }
  for (let i = 0; i < stamens; i++) {
    const angle = i * 2.399963;
    const r = 1.2 + 8 * Math.sqrt((i + 0.5) / stamens);
    put(r * Math.cos(angle), r * Math.sin(angle), 8 + 7 * Math.cos(r / 4), mix([255, 220, 90], [255, 170, 40], r / 10));
  }
  return points;
}

/** A sphere in rainbow colours. @param {number} count @returns {LitPoint[]} */
export function sphere(count) {
  return Array.from({ length: count }, (_, i) => {
    const z = 1 - (2 * (i + 0.5)) / count;
    const angle = i * 2.399963;
    const r = Math.sqrt(1 - z * z);
    return { p: [44 * r * Math.cos(angle), 44 * r * Math.sin(angle), 66 + 44 * z], rgb: hueColour(0.5 + 0.22 * z) };
  });
}

/** The tower's lattice: two families of leaning lines. @param {number} count @returns {LitPoint[]} */
export function lattice(count) {
  const lines = 24;
  const perLine = Math.floor(count / lines);
  /** @type {LitPoint[]} */
  const points = [];
  for (let line = 0; line < lines; line++) {
    const turn = (line % 2 === 0 ? 1 : -1) * (100 * Math.PI) / 180;
    const foot = (Math.floor(line / 2) * 2 * Math.PI) / (lines / 2);
    for (let i = 0; i < perLine; i++) {
      const u = i / (perLine - 1);
      const wider = line % 2 === 0 ? 0 : 2.5;
      const [x0, y0] = [(30 + wider) * Math.cos(foot), (30 + wider) * Math.sin(foot)];
      const [x1, y1] = [(24 + wider) * Math.cos(foot + turn), (24 + wider) * Math.sin(foot + turn)];
      points.push({ p: [x0 + u * (x1 - x0), y0 + u * (y1 - y0), 16 + 100 * u], rgb: hueColour(0.55 + 0.4 * u) });
    }
  }
  return points;
}

/** A letter F with a red stem and blue arms: neither mirrored nor turned it looks the same. @param {number} count @returns {LitPoint[]} */
export function letterF(count) {
  return word("F", count, 62, 18, (stroke) => (stroke === 0 ? [255, 0, 0] : [0, 60, 255]));
}

/** @param {number} count @returns {LitPoint[]} */
export function kapokWord(count) {
  return word("KAPOK", count, 150, 42, (_stroke, u) => mix([255, 70, 20], [255, 190, 60], u));
}
