import type { Shape } from "../palette.ts";

/** The shapes by their numbers in the shaders. */
export const shapeNumbers: Readonly<Record<Shape, number>> = {
  circle: 0,
  square: 1,
  diamond: 2,
  triangle: 3,
};

/**
 * A work is one point, as large as its shape with the ring around it. A point is drawn only while its middle is within
 * the viewport, so that is `margin` larger than the canvas on each side: a work does not vanish with its middle.
 * `measures` are radius, gap and ring, and the shape's number; lengths are pixels of the canvas from here on.
 */
const vertex = `#version 300 es
in vec2 place;
in vec4 measures;
in vec4 fill;
in vec4 ground;
in vec4 ring;
uniform mat3 matrix;
uniform vec2 canvas;
uniform float margin;
uniform vec2 scale;
uniform float largest;
flat out vec4 lengths;
flat out int shape;
flat out vec4 fillColour;
flat out vec4 groundColour;
flat out vec4 ringColour;
void main() {
  vec3 wanted = measures.xyz * scale.xyy;
  shape = int(measures.w + 0.5);
  // How far the shape goes from its middle, and how much further what surrounds it: to its sharpest corner.
  vec2 reach = shape < 2 ? vec2(1.0, 1.0) : vec2(1.1, 2.1);
  float size = 2.0 * (reach.x * wanted.x + reach.y * (wanted.y + wanted.z) + 1.0);
  gl_PointSize = min(size, largest);
  // Where the graphics card draws no points so large, all of it is smaller.
  lengths = vec4(wanted * (gl_PointSize / size), gl_PointSize);
  fillColour = fill;
  groundColour = ground;
  ringColour = ring;
  gl_Position = vec4((matrix * vec3(place, 1.0)).xy * canvas / (canvas + 2.0 * margin), 0.0, 1.0);
}`;

/** How far a pixel is from the shape's border tells what it is: the shape, a gap, the ring, or nothing. */
const fragment = `#version 300 es
precision highp float;
flat in vec4 lengths;
flat in int shape;
flat in vec4 fillColour;
flat in vec4 groundColour;
flat in vec4 ringColour;
out vec4 drawn;
void main() {
  vec2 at = (gl_PointCoord - 0.5) * lengths.w;
  float radius = lengths.x;
  float beside = abs(at.x);
  float outside;
  if (shape == 0) outside = length(at) - radius;
  else if (shape == 1) outside = max(beside, abs(at.y)) - 0.85 * radius;
  else if (shape == 2) outside = 0.7071 * (beside + abs(at.y) - 1.1 * radius);
  else outside = max(at.y - 0.7 * radius, 0.4856 * (1.8 * beside - at.y - 1.1 * radius));
  vec3 covered = clamp(0.5 - outside + vec3(0.0, lengths.y, lengths.y + lengths.z), 0.0, 1.0);
  vec4 colour = mix(mix(ringColour, groundColour, covered.y), fillColour, covered.x);
  float opacity = colour.a * covered.z;
  drawn = vec4(colour.rgb * opacity, opacity);
}`;

export const workShaders = { vertex, fragment };
