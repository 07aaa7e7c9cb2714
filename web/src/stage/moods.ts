/** Light of the place: sky, ground and facades by the time of day, or a hall without a sky. The colours are those of films (looks.ts). */

import { Color } from "three";
import { PALETTES, type Mood } from "./looks";

/** The uniforms of a mood, shared by all materials that show the place. */
export class Atmosphere {
  readonly uniforms = {
    zenith: { value: new Color() },
    middleSky: { value: new Color() },
    lowSky: { value: new Color() },
    glowSky: { value: new Color() },
    stars: { value: 1 },
    groundColour: { value: new Color() },
    siteColour: { value: new Color() },
    lineColour: { value: new Color() },
    streetColour: { value: new Color() },
    facade: { value: new Color() },
    relief: { value: 1 },
    footColour: { value: new Color() },
    windowLight: { value: 1 },
    waterColour: { value: new Color() },
    polished: { value: 0 },
  };

  set(mood: Mood): void {
    const look = PALETTES[mood];
    const u = this.uniforms;
    u.zenith.value.setRGB(...look.zenith);
    u.middleSky.value.setRGB(...look.middle);
    u.lowSky.value.setRGB(...look.low);
    u.glowSky.value.setRGB(...look.glow);
    u.stars.value = look.stars;
    u.groundColour.value.setRGB(...look.ground_far);
    u.siteColour.value.setRGB(...look.ground_near);
    u.lineColour.value.setRGB(...look.grid);
    u.streetColour.value.setRGB(...look.street);
    u.facade.value.setRGB(...look.facade);
    u.relief.value = look.relief;
    u.footColour.value.setRGB(...look.foot);
    u.windowLight.value = look.windows;
    u.waterColour.value.setRGB(...look.water);
    u.polished.value = look.polished ? 1 : 0;
  }
}
