import { expect, test } from "vitest";
import { formatCount, formatNumber, formatQuantity, formatTime, spokenTime } from "../../src/kit/format";

test("times", () => {
  expect(formatTime(0)).toBe("0:00.0");
  expect(formatTime(133_470)).toBe("2:13.4");
  expect(formatTime(59_999)).toBe("0:59.9");
  expect(formatTime(600_000, false)).toBe("10:00");
  expect(spokenTime(125_000)).toBe("2 minutes 5 seconds");
});

test("numbers keep what matters", () => {
  expect(formatNumber(1.5)).toBe("1.5");
  expect(formatNumber(1.50049)).toBe("1.5");
  expect(formatNumber(-0.123456)).toBe("−0.123");
  expect(formatNumber(100)).toBe("100");
  expect(formatNumber(12_345.6)).toBe("12346");
  expect(formatQuantity(2, "m/s^2")).toBe("2\u202fm/s²");
  expect(formatCount(1234567)).toBe("1\u202f234\u202f567");
});
