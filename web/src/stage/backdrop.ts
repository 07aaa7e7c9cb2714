/**
 * The place behind the lights, drawn into a texture and kept while nothing of it changes: sky, ground and city cost far more
 * than the lights. Lights ask its depth whether something stands before them; its alpha is 0 where water mirrors them.
 */

import {
  BufferGeometry,
  DepthStencilFormat,
  DepthTexture,
  Float32BufferAttribute,
  LinearFilter,
  Mesh,
  NoBlending,
  ShaderMaterial,
  UnsignedInt248Type,
  WebGLRenderTarget,
  type Camera,
  type Scene,
  type WebGLRenderer,
} from "three";

export class Backdrop {
  /** Shows the kept place; first of all that is drawn in a frame. */
  readonly quad: Mesh<BufferGeometry, ShaderMaterial>;
  /** How far away the place is: what is behind it is hidden. */
  readonly depth: DepthTexture;
  private readonly target: WebGLRenderTarget;

  constructor(samples: number) {
    const depthTexture = new DepthTexture(1, 1, UnsignedInt248Type);
    depthTexture.format = DepthStencilFormat;
    this.depth = depthTexture;
    this.target = new WebGLRenderTarget(1, 1, {
      depthTexture,
      stencilBuffer: true,
      samples,
      minFilter: LinearFilter,
      magFilter: LinearFilter,
      generateMipmaps: false,
    });
    const triangle = new BufferGeometry();
    triangle.setAttribute("position", new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
    this.quad = new Mesh(
      triangle,
      new ShaderMaterial({
        uniforms: { place: { value: this.target.texture } },
        vertexShader: /* glsl */ `
          varying vec2 vAt;
          void main() {
            vAt = 0.5 + 0.5 * position.xy;
            gl_Position = vec4(position.xy, 0.0, 1.0);
          }`,
        fragmentShader: /* glsl */ `
          uniform sampler2D place;
          varying vec2 vAt;
          void main() { gl_FragColor = vec4(texture2D(place, vAt).rgb, 1.0); }`,
        depthTest: false,
        depthWrite: false,
        blending: NoBlending,
      }),
    );
    this.quad.frustumCulled = false;
    this.quad.renderOrder = -100;
  }

  /** The kept place; its alpha is 0 where there is water. */
  get texture(): WebGLRenderTarget["texture"] {
    return this.target.texture;
  }

  /** Draws the place anew, in a buffer of this size. */
  render(renderer: WebGLRenderer, place: Scene, camera: Camera, widthPx: number, heightPx: number): void {
    this.target.setSize(widthPx, heightPx);
    renderer.setRenderTarget(this.target);
    renderer.render(place, camera);
    renderer.setRenderTarget(null);
  }

  dispose(): void {
    this.target.dispose();
    this.quad.geometry.dispose();
    this.quad.material.dispose();
  }
}
