/** The speeds at which a show can be played, show seconds per second. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
