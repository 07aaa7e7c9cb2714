/** The WebGL renderer, set up once for this scene. */

import { t } from "../kit/language.svelte";
import { ColorManagement, LinearSRGBColorSpace, WebGLRenderer } from "three";

/** There is no WebGL, or it was lost. */
export class NoPicture extends Error {
  override name = "NoPicture";
}

/** True when the graphics are computed by the processor. */
function isSoftware(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new NoPicture(t("This browser does not offer WebGL 2, so the show cannot be drawn."));
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : gl.getParameter(gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Throws {@link NoPicture}. */
export function makeRenderer(): { renderer: WebGLRenderer; software: boolean } {
  const software = isSoftware();
  // Every shader here writes colours as they are displayed.
  ColorManagement.enabled = false;
  let renderer: WebGLRenderer;
  try {
    // Edges are smoothed in the backdrop; lights and ribbons have soft edges of their own.
    renderer = new WebGLRenderer({ antialias: false, depth: false, powerPreference: "high-performance" });
  } catch {
    throw new NoPicture(t("WebGL could not be started, so the show cannot be drawn."));
  }
  renderer.outputColorSpace = LinearSRGBColorSpace;
  renderer.setClearColor(0x000000, 1);
  renderer.setPixelRatio(software ? 1 : Math.min(devicePixelRatio, 2));
  renderer.sortObjects = true;
  return { renderer, software };
}
