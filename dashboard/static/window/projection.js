// Where spheres are on the screen, and which of them is under the pointer. The view is orthographic: an affine map.

/** The map from Å to pixels of the canvas: x = m[0]·r + m[3], y = m[4]·r + m[7], depth (towards the viewer) likewise.
 *
 * toScreen([points]) gives pixels of points {x, y, z}; rotation is the view's quaternion [x, y, z, w]. It takes four points.
 */
export function affineMap(toScreen, rotation) {
  const [o, x, y, z] = toScreen([
    { x: 0, y: 0, z: 0 }, { x: 100, y: 0, z: 0 }, { x: 0, y: 100, z: 0 }, { x: 0, y: 0, z: 100 },
  ]);
  const row = (key) => [(x[key] - o[key]) / 100, (y[key] - o[key]) / 100, (z[key] - o[key]) / 100, o[key]];
  const [a, b, c, w] = rotation;
  const depth = [2 * (a * c - b * w), 2 * (b * c + a * w), 1 - 2 * (a * a + b * b), 0];
  const across = row("x"), down = row("y");
  return { x: across, y: down, depth, pixels: Math.hypot(across[0], across[1], across[2]) };
}

/** [x, y, depth] of one point [x, y, z] in Å. */
export function projectPoint(map, point) {
  return [map.x, map.y, map.depth].map((m) => m[0] * point[0] + m[1] * point[1] + m[2] * point[2] + m[3]);
}

/** Float32Array(3S): x, y in pixels and depth in Å of S positions. */
export function projectAll(map, positions, into = null) {
  const out = into?.length === positions.length ? into : new Float32Array(positions.length);
  const { x, y, depth } = map;
  for (let k = 0; k < positions.length; k += 3) {
    const a = positions[k], b = positions[k + 1], c = positions[k + 2];
    out[k] = x[0] * a + x[1] * b + x[2] * c + x[3];
    out[k + 1] = y[0] * a + y[1] * b + y[2] * c + y[3];
    out[k + 2] = depth[0] * a + depth[1] * b + depth[2] * c + depth[3];
  }
  return out;
}

/** The sphere in front at a pixel, or -1: projected (3S), radius (S) in Å, shown(site) whether it is drawn.
 *
 * Where the pixel lies on no sphere, the nearest within `slack` pixels of its rim.
 */
export function pickSite(map, projected, radius, shown, px, py, slack = 0) {
  let best = -1, front = -Infinity, near = -1, gap = slack;
  for (let s = 0; s < radius.length; s++) {
    const dx = projected[3 * s] - px, dy = projected[3 * s + 1] - py;
    const r = radius[s] * map.pixels, reach = r + slack;
    if (dx > reach || -dx > reach || dy > reach || -dy > reach || !shown(s)) continue;
    const distance = Math.hypot(dx, dy);
    if (distance <= r) { // the surface there, not the middle of the sphere
      const depth = projected[3 * s + 2] + Math.sqrt(r * r - distance * distance) / map.pixels;
      if (depth > front) [best, front] = [s, depth];
    } else if (distance - r < gap) [near, gap] = [s, distance - r];
  }
  return best >= 0 ? best : near;
}

/** Sites whose middle lies in the polygon [[x, y], ...]. */
export function sitesInPolygon(projected, polygon, shown) {
  const inside = [];
  for (let s = 0; s < projected.length / 3; s++) {
    if (!shown(s)) continue;
    const x = projected[3 * s], y = projected[3 * s + 1];
    let odd = false;
    for (let k = 0, l = polygon.length - 1; k < polygon.length; l = k++) {
      const [ax, ay] = polygon[k], [bx, by] = polygon[l];
      if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    if (odd) inside.push(s);
  }
  return inside;
}
