/**
 * The place behind the lights, drawn into a texture and kept while nothing of it changes: sky, ground and city cost far more
 * than the lights. Lights ask its depth whether something stands before them; its alpha says how well it mirrors them.
 */

import {
  DepthStencilFormat,
  DepthTexture,
  LinearFilter,
  UnsignedInt248Type,
  WebGLRenderTarget,
  type Camera,
  type Scene,
  type WebGLRenderer,
} from "three";

export class Backdrop {
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
  }

  /** The kept place; what its alpha lacks of 1 is how well it mirrors lights. */
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
  }
}
