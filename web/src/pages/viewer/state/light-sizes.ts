/** Factors by which a viewer may change the size of the lights. */
export const LIGHT_SIZES = { least: 0.4, most: 2.5, step: 0.1 } as const;
