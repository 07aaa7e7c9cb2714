/** Ground with a survey grid, and waters that mirror the sky and the show. Both catch the mean light of the swarm. */

import {
  AlwaysStencilFunc,
  CircleGeometry,
  DoubleSide,
  Mesh,
  NoBlending,
  ReplaceStencilOp,
  ShaderMaterial,
  Vector3,
  type Object3D,
} from "three";
import type { Environment } from "../wire/show";
import { polygonGeometry } from "./flat";
import { HAZE, NOISE, SKY, TONE } from "./glsl";
import type { Atmosphere } from "./moods";

const RADIUS_M = 9000;

const VERTEX = /* glsl */ `
varying vec3 vAt;
void main() {
  vAt = (modelMatrix * vec4(position, 1.0)).xyz;
  gl_Position = projectionMatrix * viewMatrix * vec4(vAt, 1.0);
}
`;

/** The ground with the light of the swarm on it, as from one lamp at its middle. */
const SPILL = /* glsl */ `
uniform vec3 swarmAt;
uniform vec3 swarmLight;
vec3 withSpill(vec3 colour, vec3 at) {
  if (swarmLight.r + swarmLight.g + swarmLight.b < 3e-4) return colour;
  vec3 d = swarmAt - at;
  float height = max(swarmAt.z, 1.0);
  return withLight(colour, swarmLight * pow(height * height / (dot(d, d) + 1.0), 1.5));
}
`;

const GROUND = /* glsl */ `
uniform vec3 groundColour;
uniform vec3 siteColour;
uniform vec3 lineColour;
uniform vec3 streetColour;
uniform float polished;
varying vec3 vAt;
uniform float gridM;
float lines(vec2 at, float pitchM) {
  vec2 cell = at / pitchM;
  vec2 width = fwidth(cell);
  vec2 near = abs(fract(cell - 0.5) - 0.5) / max(width, vec2(1e-5));
  vec2 line = (1.0 - min(near, 1.0)) * (1.0 - smoothstep(0.10, 0.45, width));
  return max(line.x, line.y);
}
void main() {
  float distanceM = distance(vAt, cameraPosition);
  vec3 ray = (vAt - cameraPosition) / distanceM;
  float fromSite = length(vAt.xy);
  float nearSite = 1.0 - smoothstep(120.0, 420.0, fromSite);
  vec3 colour = mix(groundColour, siteColour, nearSite);
  colour += lineColour * nearSite * (0.38 * lines(vAt.xy, gridM) + 0.62 * lines(vAt.xy, 5.0 * gridM));
  // Street light over the land beyond the site, in large soft patches.
  colour += streetColour * smoothstep(250.0, 1200.0, fromSite)
    * (0.35 + 0.65 * hash21(floor(vAt.xy / 90.0)));
  colour = max(colour, 0.0);
  colour = mix(colour, skyColour(vec3(ray.xy, 0.0)), haze(distanceM));
  float grazing = pow(1.0 - clamp(-ray.z, 0.0, 1.0), 4.0);
  // What is left of alpha is how well mirror images of the lights are seen.
  gl_FragColor = vec4(dither(withSpill(colour, vAt)), 1.0 - polished * (0.10 + 0.50 * grazing));
}
`;

const WATER = /* glsl */ `
uniform vec3 waterColour;
uniform float timeS;
varying vec3 vAt;
float swell(vec2 p) {
  return sin(p.x * 0.11 + timeS * 0.7) + sin(p.y * 0.23 - timeS * 0.9 + p.x * 0.07)
    + 0.6 * sin(p.x * 0.31 - p.y * 0.47 + timeS * 1.3) + 0.5 * sin(p.y * 1.1 + p.x * 0.6 + timeS * 1.9);
}
void main() {
  float distanceM = distance(vAt, cameraPosition);
  vec3 ray = (vAt - cameraPosition) / distanceM;
  float calm = 1.0 / (1.0 + distanceM / 160.0);
  float wave = swell(vAt.xy);
  vec3 mirrored = normalize(vec3(ray.xy, abs(ray.z) + 0.025 + 0.030 * wave * calm));
  float grazing = pow(1.0 - clamp(-ray.z, 0.0, 1.0), 4.0);
  vec3 colour = mix(waterColour, skyColour(mirrored) * 0.85, 0.12 + 0.80 * grazing);
  colour = mix(colour, skyColour(vec3(ray.xy, 0.0)), 0.8 * haze(distanceM));
  gl_FragColor = vec4(dither(withSpill(colour, vAt)), 0.70 - 0.70 * grazing);
}
`;

export class Ground {
  readonly objects: Object3D[] = [];
  private readonly lit = {
    swarmAt: { value: new Vector3(0, 0, 50) },
    swarmLight: { value: new Vector3() },
    timeS: { value: 0 },
  };

  /** `gridM` is the pitch of the survey grid. */
  constructor(environment: Environment, atmosphere: Atmosphere, gridM: number) {
    const uniforms = { ...atmosphere.uniforms, ...this.lit, gridM: { value: gridM } };
    const ground = new Mesh(
      new CircleGeometry(RADIUS_M, 96),
      new ShaderMaterial({
        uniforms,
        blending: NoBlending,
        vertexShader: VERTEX,
        fragmentShader: NOISE + SKY + HAZE + TONE + SPILL + GROUND,
        depthWrite: false,
        side: DoubleSide,
      }),
    );
    ground.renderOrder = 10;
    this.objects.push(ground);
    for (const { polygon_m } of environment.waters) {
      const water = new Mesh(
        polygonGeometry(polygon_m, 0),
        new ShaderMaterial({
            uniforms,
          blending: NoBlending,
          vertexShader: VERTEX,
          fragmentShader: NOISE + SKY + HAZE + TONE + SPILL + WATER,
          depthWrite: false,
          side: DoubleSide,
          // Marks where mirror images may be drawn; buildings in front are in the depth buffer already.
          stencilWrite: true,
          stencilRef: 1,
          stencilFunc: AlwaysStencilFunc,
          stencilZPass: ReplaceStencilOp,
        }),
      );
      water.renderOrder = 11;
      this.objects.push(water);
    }
    // Opaque by look, but ordered among the transparent parts: no depth is written, so nothing flickers with it.
    for (const object of this.objects) ((object as Mesh).material as ShaderMaterial).transparent = true;
  }

  /** Middle of the lights, and the light of all that the ground below it throws back. */
  setLight(atM: Vector3, colour: Vector3, timeS: number): void {
    this.lit.swarmAt.value.copy(atM);
    this.lit.swarmLight.value.copy(colour);
    this.lit.timeS.value = timeS;
  }
}
