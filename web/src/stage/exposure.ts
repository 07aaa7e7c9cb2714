/**
 * The exposure of a frame. The lights are summed up as radiance, each in its own measure and in any order, and laid over the place
 * behind them by the curve of film, sRGB(1 − e^−x): a dense figure keeps the colour of its lights. Alpha is how much of what is
 * behind is seen through the bodies of the vehicles.
 */

import {
  BufferGeometry,
  Float32BufferAttribute,
  HalfFloatType,
  Mesh,
  NearestFilter,
  NoBlending,
  ShaderMaterial,
  UnsignedByteType,
  WebGLRenderTarget,
  type Camera,
  type Scene,
  type Texture,
  type WebGLRenderer,
} from "three";
import { NOISE, TONE } from "./glsl";

export class Exposure {
  /** Shows the place and the lights; first of all that is drawn in a frame. */
  readonly quad: Mesh<BufferGeometry, ShaderMaterial>;
  private readonly target: WebGLRenderTarget;

  constructor(renderer: WebGLRenderer, place: Texture) {
    // Without buffers of floats bright lights are cut off at 1, which is displayed as 0.81.
    const floats = ["EXT_color_buffer_float", "EXT_color_buffer_half_float"].some((name) => renderer.extensions.has(name));
    this.target = new WebGLRenderTarget(1, 1, {
      type: floats ? HalfFloatType : UnsignedByteType,
      depthBuffer: false,
      minFilter: NearestFilter,
      magFilter: NearestFilter,
      generateMipmaps: false,
    });
    const triangle = new BufferGeometry();
    triangle.setAttribute("position", new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
    this.quad = new Mesh(
      triangle,
      new ShaderMaterial({
        uniforms: { place: { value: place }, lights: { value: this.target.texture } },
        vertexShader: /* glsl */ `
          varying vec2 vAt;
          void main() {
            vAt = 0.5 + 0.5 * position.xy;
            gl_Position = vec4(position.xy, 0.0, 1.0);
          }`,
        // Most pixels have no light: where the processor draws, they cost a copy.
        fragmentShader: /* glsl */ `
          ${NOISE} ${TONE}
          uniform sampler2D place;
          uniform sampler2D lights;
          varying vec2 vAt;
          void main() {
            vec3 colour = texture2D(place, vAt).rgb;
            vec4 light = texture2D(lights, vAt);
            if (light.a < 1.0) colour = displayOf(1.0 - pow(1.0 - linearOf(min(colour, 0.9995)), vec3(light.a)));
            if (light.r + light.g + light.b > 0.0) colour = dither(withLight(colour, light.rgb));
            gl_FragColor = vec4(colour, 1.0);
          }`,
        depthTest: false,
        depthWrite: false,
        blending: NoBlending,
      }),
    );
    this.quad.frustumCulled = false;
    this.quad.renderOrder = -100;
  }

  /** Sums up the lights, in a buffer of this size. */
  render(renderer: WebGLRenderer, lights: Scene, camera: Camera, widthPx: number, heightPx: number): void {
    this.target.setSize(widthPx, heightPx);
    renderer.setRenderTarget(this.target);
    renderer.render(lights, camera);
    renderer.setRenderTarget(null);
  }

  dispose(): void {
    this.target.dispose();
    this.quad.geometry.dispose();
    this.quad.material.dispose();
  }
}
