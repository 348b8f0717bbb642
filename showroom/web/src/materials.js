// @ts-check
// The stage's light in three.js: render/shaders/prop.frag and anchor.frag with glTF axes (+Y up), so that the walked room
// looks like the broadcast. Three directional lights, no shadow map, no environment map: cheap on a phone, too.
import * as THREE from "three";
import { isShaded } from "./blockers.js";

const KINDS = ["skin", "eye", "hair", "cloth", "teeth", "gloss", "plain", "wisps"];

/** Lights of the scene as uniforms that every material shares. @param {any} info /api/scene.json */
export function lightUniforms(info) {
  /** @type {Record<string, {value: THREE.Vector3}>} */
  const out = { u_ambient: { value: new THREE.Vector3(...info.ambient) } };
  for (const kind of ["key", "fill", "rim"]) {
    const light = info.lights.find((/** @type {any} */ l) => l.kind === kind);
    out[`u_${kind}_dir`] = { value: new THREE.Vector3(...(light?.direction ?? [0, -1, 0])).normalize() };
    out[`u_${kind}_col`] = { value: new THREE.Vector3(...(light?.colour ?? [0, 0, 0])) };
  }
  return out;
}

const VERTEX = /* glsl */ `
#include <common>
#include <color_pars_vertex>
#include <morphtarget_pars_vertex>
#include <skinning_pars_vertex>
varying vec3 v_world;
varying vec2 v_uv;
centroid varying vec3 v_normal;
centroid varying vec2 v_spot;
centroid varying vec3 v_paint;
#ifdef KIND
centroid varying float v_key;  // what nose, chin, hair and hem leave of the key
#endif
uniform vec3 u_key_dir;
#ifdef SHADED
// Forearms and hands as capsules: start and radius, way and 1 / its square. What they leave of the light from all sides, and of the key.
uniform vec4 u_blockers[12];
centroid varying vec2 v_open;
vec2 left_by_hands(vec3 p, vec3 n) {
    vec2 open = vec2(1.0);
    for (int i = 0; i < 12; i += 2) {
        vec3 start = u_blockers[i].xyz - p, way = u_blockers[i + 1].xyz;
        float r = max(u_blockers[i].w, 1e-4), per_length2 = max(u_blockers[i + 1].w, 1e-4);
        float along = dot(start, way);
        vec3 d = start + way * clamp(-along * per_length2, 0.0, 1.0);  // to the nearest point of the axis
        float near = r * inversesqrt(dot(d, d));
        open.x *= 1.0 - min(max(dot(n, d), 0.0) * near * near * near / r, 0.8);
        // the ray to the light passes the axis nearest there; the lamp is broad: the further off, the softer and fainter
        float ahead = -dot(start, u_key_dir), leads = -dot(way, u_key_dir);
        vec3 c = start + way * clamp((ahead * leads - along) / (1.0 / per_length2 - leads * leads), 0.0, 1.0);
        float t = -dot(c, u_key_dir);
        float soft = 0.012 + 0.2 * max(t, 0.0);
        float miss = sqrt(max(dot(c, c) - t * t, 0.0));
        float hit = clamp((r - miss) / soft * 0.5 + 0.5, 0.0, 1.0);
        open.y *= 1.0 - hit * min(r / soft, 1.0) * clamp(1.6 * t / r - 0.8, 0.0, 1.0);  // not by its own axis
    }
    return open;
}
#endif
void main() {
  #include <color_vertex>
  #if defined(USE_COLOR) || defined(USE_COLOR_ALPHA)
  v_paint = vColor.rgb;
  #else
  v_paint = vec3(1.0);
  #endif
  #ifdef KIND
  v_key = 1.0;
  #ifdef USE_COLOR_ALPHA
  // reckoned for a lamp in this direction of her own (avatar.build.key_light); from elsewhere it says nothing
  float there = dot(normalize(mat3(modelMatrix) * vec3(0.415, 0.592, 0.691)), -u_key_dir);
  v_key = 1.0 - (1.0 - vColor.a) * clamp(there * 5.0 - 3.5, 0.0, 1.0);
  #endif
  #endif
  #include <beginnormal_vertex>
  #include <morphnormal_vertex>
  #include <skinbase_vertex>
  #include <skinnormal_vertex>
  #include <begin_vertex>
  #include <morphtarget_vertex>
  #include <skinning_vertex>
  vec4 world = modelMatrix * vec4(transformed, 1.0);
  v_world = world.xyz;
  v_normal = mat3(modelMatrix) * objectNormal;
  #ifdef SHADED
  v_open = left_by_hands(v_world, normalize(v_normal));
  #endif
  v_uv = v_spot = uv;
  gl_Position = projectionMatrix * viewMatrix * world;
}`;

const HEAD = /* glsl */ `
uniform vec3 u_key_dir, u_key_col, u_fill_dir, u_fill_col, u_rim_dir, u_rim_col, u_ambient;
uniform sampler2D u_map;
uniform vec3 u_colour;
// With multisampling a value at the pixel's middle may lie outside a sliver of a triangle, far off in the texture: specks.
// What is looked up is taken inside (centroid); derivatives need the plain one.
varying vec3 v_world;
varying vec2 v_uv;
centroid varying vec3 v_normal;
centroid varying vec2 v_spot;
centroid varying vec3 v_paint;
vec3 painted() { return u_colour * v_paint; }
vec3 srgb_of(vec3 c) {
  c = max(c, vec3(0.0));
  return mix(1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, c * 12.92, lessThanEqual(c, vec3(0.0031308)));
}`;

const PROP = /* glsl */ `
uniform vec4 u_material;  // metallic, roughness, unused, alpha
uniform vec3 u_emissive;
#ifdef ORM
uniform sampler2D u_orm;
#endif
#ifdef GLOW
uniform sampler2D u_glow;
#endif
vec3 lit(vec3 n, vec3 v, vec3 travel, vec3 colour, vec3 diffuse, vec3 f0, float a2) {
  vec3 l = -travel;
  float nl = max(dot(n, l), 0.0);
  float nh = max(dot(n, normalize(l + v)), 0.0);
  float d = nh * nh * (a2 - 1.0) + 1.0;
  float spec = a2 / (d * d * 4.0 * (0.15 + 0.85 * nl) + 1e-4);
  return colour * nl * (diffuse + f0 * min(spec, 12.0));
}
void main() {
  vec3 n = normalize(v_normal);
  vec3 v = normalize(cameraPosition - v_world);
  if (dot(n, v) < 0.0 && !gl_FrontFacing) n = -n;
  vec3 albedo = painted();
  #ifdef MAP
  albedo *= texture2D(u_map, v_spot).rgb;
  #endif
  float metallic = u_material.x, rough = u_material.y;
  #ifdef ORM
  vec3 orm = texture2D(u_orm, v_spot).rgb;
  metallic *= orm.b;
  rough *= orm.g;
  #endif
  rough = max(rough, 0.08);
  vec3 glow = u_emissive;
  #ifdef GLOW
  glow *= texture2D(u_glow, v_spot).rgb;
  #endif
  vec3 f0 = mix(vec3(0.04), albedo, metallic);
  vec3 diffuse = albedo * (1.0 - metallic);
  float a2 = rough * rough * rough * rough;
  vec3 c = lit(n, v, u_key_dir, u_key_col, diffuse, f0, a2) + lit(n, v, u_fill_dir, u_fill_col, diffuse, f0, a2)
    + lit(n, v, u_rim_dir, u_rim_col, diffuse, f0, a2);
  vec3 r = reflect(-v, n);
  c += u_ambient * diffuse * (0.55 + 0.75 * (0.5 + 0.5 * n.y));
  float sky = smoothstep(-0.25 - rough, 0.6 + rough, r.y);
  float box = smoothstep(0.80 - 0.6 * rough, 0.97, dot(r, -u_key_dir));
  vec3 room = u_ambient * (0.25 + 1.9 * sky) + u_key_col * box * (0.9 - 0.7 * rough);
  float grazing = pow(1.0 - max(dot(n, v), 0.0), 5.0) * (1.0 - rough);
  c += room * (f0 + (1.0 - f0) * grazing * 0.6) + glow;
  c = c / (1.0 + max(c - 0.75, 0.0) * 0.8);  // soft shoulder, so that highlights keep their colour
  gl_FragColor = vec4(pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2)), u_material.w);
}`;

const ANCHOR = /* glsl */ `
centroid varying float v_key;  // what nose, chin, hair and hem leave of the key
#ifdef SHADED
centroid varying vec2 v_open;  // what hands and forearms leave of the light from all sides, and of the key
#endif
#if KIND == 2 || KIND == 7
vec3 strand = vec3(0.0);  // where v of the texture runs: from root to tip
float grain = 0.0;
#endif
#ifdef TOON
uniform vec3 u_shade;  // what of the colour is left where the key does not come
uniform vec4 u_ramp;  // from shade to light: where it starts, 1 / its width; of the rim: power, lift
uniform vec4 u_edge;  // the rim's colour, and how much of it the stage's light makes
// Two tones, as painted, in the light's colour; the brightest is the texture's own, however strong the lamps are together.
vec3 toned(vec3 n, float nv, vec3 albedo, vec3 around, float open) {
  vec3 whole = u_key_col + around;
  whole /= max(max(max(whole.r, whole.g), whole.b), 1.0);
  float day = clamp((dot(n, -u_key_dir) - u_ramp.x) * u_ramp.y, 0.0, 1.0) * open;
  vec3 rim = u_edge.rgb * pow(clamp(1.0 - nv + u_ramp.w, 0.0, 1.0), u_ramp.z);
  float behind = clamp(dot(n, -u_rim_dir) * 4.0 - 1.2, 0.0, 1.0);
  return albedo * (mix(u_shade, vec3(1.0), day) * whole + 0.2 * behind * u_rim_col) + rim * mix(vec3(1.0), whole, u_edge.a);
}
#endif
vec3 lit(vec3 n, vec3 view, vec3 travel, vec3 light, vec3 albedo, float shade) {
  vec3 to_light = -travel;
  float nl = dot(n, to_light);
  vec3 h = normalize(to_light + view);
  float nh = max(dot(n, h), 0.0);
#if KIND == 0
  vec3 wrap = vec3(0.42, 0.28, 0.22);  // light that has walked under the skin comes out red where it turns away
  vec3 diffuse = clamp((vec3(nl) + wrap) / (1.0 + wrap), 0.0, 1.0);
  float nh2 = nh * nh, nh4 = nh2 * nh2, nh8 = nh4 * nh4, nh16 = nh8 * nh8;  // two lobes: oily sheen, fine gloss
  float wet = clamp(albedo.r * 6.0 - albedo.g * 12.0, 0.0, 1.0);  // lips: nothing else of a head is so red
  float spec = (0.16 * nh8 * nh4 + (0.16 + 0.26 * wet) * nh16 * nh16 * nh16) * shade * shade * min(albedo.g * 4.0, 1.0);
  return light * (albedo * diffuse * (0.5 + 0.5 * diffuse) + vec3(spec * max(nl, 0.0)));
#elif KIND == 1
  float caught = max(dot(normalize(n + vec3(0.0, 0.15, 0.0)), h), 0.0);  // lower than the lamps stand: there the lid would hide them
  return light * (albedo * clamp((nl + 0.3) / 1.3, 0.0, 1.0) + light * (1.15 * clamp((caught - 0.9962) * 800.0, 0.0, 1.0)));
#elif KIND == 2 || KIND == 7
  float th = dot(strand, h);
  float across2 = max(1.0 - th * th, 0.0), across8 = across2 * across2 * across2 * across2;
  float across32 = across8 * across8 * across8 * across8;
  float spec = (0.55 * across32 + 0.30 * across8) * (0.35 + 0.9 * grain);
  float diffuse = clamp((nl + 0.40) / 1.40, 0.0, 1.0);
  return light * (albedo * diffuse + (albedo * 2.8 + 0.018) * spec * clamp(nl * 1.6 + 0.3, 0.0, 1.0));
#elif KIND == 3
  float sheen = 0.05 * pow(1.0 - max(dot(n, view), 0.0), 3.0);
  return light * (albedo * clamp((nl + 0.12) / 1.12, 0.0, 1.0) + vec3(sheen * max(nl, 0.0)));
#elif KIND == 4
  return light * (albedo * clamp((nl + 0.4) / 1.4, 0.0, 1.0) + vec3(0.25 * pow(nh, 60.0) * shade));
#elif KIND == 6
  return light * (albedo * clamp((nl + 0.2) / 1.2, 0.0, 1.0) + vec3(0.04 * pow(nh, 24.0) * max(nl, 0.0)));
#else
  return light * (albedo * max(nl, 0.0) + vec3(1.2 * pow(nh, 50.0) * shade));
#endif
}
void main() {
  vec3 n = normalize(v_normal);
  vec3 view = normalize(cameraPosition - v_world);
  vec3 paint = painted();
  vec3 albedo = paint;
#if defined(MAP) && KIND != 3 && KIND != 4 && KIND != 5
  vec4 texel = texture2D(u_map, v_spot);
  albedo *= texel.rgb;
  #if KIND == 6
  if (texel.a < 0.5) discard;
  #elif KIND == 7
  if (texel.a < 0.02) discard;
  #endif
#endif
#if KIND == 6
  if (!gl_FrontFacing && dot(n, view) < 0.0) n = -n;
#endif
#ifdef FABRIC
  vec3 fold = texture2D(u_map, v_spot).rgb;  // folds, seams, weave: slopes along the texture's axes; v runs down here
  vec3 dx = dFdx(v_world), dy = dFdy(v_world);
  vec2 ux = dFdx(v_uv), uy = dFdy(v_uv);
  vec3 py = cross(dy, n), px = cross(n, dx);
  vec3 t = py * ux.x + px * uy.x, b = py * -ux.y + px * -uy.y;
  vec2 slope = (fold.xy * 2.0 - 1.0039) * inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-30));
  n = normalize(n + t * slope.x + b * slope.y);
  albedo *= fold.b * 1.06;
#endif
  vec3 sum = u_ambient * albedo * (0.75 + 0.25 * n.y);
#if KIND == 0
  vec3 key = u_key_col * (v_key + (v_key - v_key * v_key) * vec3(0.14, 0.04, 0.0));  // light under the skin reddens the shade's edge
#else
  vec3 key = u_key_col * v_key;
#endif
  vec3 fill = u_fill_col;
#ifdef SHADED
  sum *= v_open.x;
  key *= v_open.y;
  fill *= v_open.x;
#endif
#if KIND == 3
  if (!gl_FrontFacing) { n = -n; albedo *= 0.45; }  // the lining
#endif
#if KIND == 2
  if (!gl_FrontFacing) { gl_FragColor = vec4(srgb_of(albedo * 0.42), 1.0); return; }  // the inside of the hair
#endif
#if KIND == 2 || KIND == 7
  vec3 dx = dFdx(v_world), dy = dFdy(v_world);
  vec3 along = cross(dy, n) * dFdx(v_uv.y) + cross(n, dx) * dFdy(v_uv.y);
  strand = along * inversesqrt(max(dot(along, along), 1e-30));
  #ifdef MAP
  grain = sqrt(texture2D(u_map, v_spot).g);
  #else
  grain = 0.7;
  #endif
  strand += n * ((grain - 0.84) * 0.7);  // hairs lean out a little or in: the band of light breaks up
#endif
#ifdef TOON
  #ifdef SHADED
  float open = v_key * v_open.y;
  #else
  float open = v_key;
  #endif
  gl_FragColor = vec4(srgb_of(min(toned(n, dot(n, view), albedo, u_ambient + 0.5 * fill, open), vec3(1.0))), 1.0);
  return;
#endif
  sum += lit(n, view, u_key_dir, key, albedo, paint.r) + lit(n, view, u_fill_dir, fill, albedo, paint.r)
    + lit(n, view, u_rim_dir, u_rim_col, albedo, paint.r);
  float top = max(max(sum.r, sum.g), sum.b);
  float over = max(top - 0.6, 0.0);  // bright light rolls off instead of clipping
  sum = min(sum * ((min(top, 0.6) + 0.4 * over / (over + 0.4)) / max(top, 1e-4)) + 0.06 * over, vec3(1.0));
#if KIND == 7 && defined(MAP)
  gl_FragColor = vec4(srgb_of(sum), texel.a);
#else
  gl_FragColor = vec4(srgb_of(sum), 1.0);
#endif
}`;

/** @param {any} mesh @param {any} old @param {any} lights @param {string} fragment @param {any} uniforms @param {any} defines */
function make(mesh, old, lights, fragment, uniforms, defines) {
  return new THREE.ShaderMaterial({
    name: old.name, vertexShader: VERTEX, fragmentShader: HEAD + fragment, side: old.side, transparent: old.transparent,
    depthWrite: old.depthWrite, vertexColors: !!mesh.geometry.attributes.color,
    defines: { ...defines, ...(old.map ? { MAP: "" } : {}) },
    uniforms: { ...lights, u_map: { value: old.map }, u_colour: { value: old.color ?? new THREE.Color(1, 1, 1) }, ...uniforms },
  });
}

/** A product's or plinth's material under the stage's light; unlit ones stay. @param {any} mesh @param {any} old @param {any} lights */
export function propMaterial(mesh, old, lights) {
  if (old.isMeshBasicMaterial) return old;
  const orm = old.metalnessMap ?? null, glow = old.emissiveMap ?? null;
  return make(mesh, old, lights, PROP, {
    u_material: { value: new THREE.Vector4(old.metalness ?? 0, old.roughness ?? 0.8, 0, old.transparent ? old.opacity : 1) },
    u_emissive: { value: (old.emissive ?? new THREE.Color(0, 0, 0)).clone().multiplyScalar(old.emissiveIntensity ?? 1) },
    u_orm: { value: orm }, u_glow: { value: glow },
  }, { ...(orm ? { ORM: "" } : {}), ...(glow ? { GLOW: "" } : {}) });
}

/** As render/puppet.py. @param {any} toon of avatar/toon.py */
function toonUniforms(toon) {
  return {
    u_shade: { value: new THREE.Vector3(...toon.shade) },
    u_ramp: { value: new THREE.Vector4(toon.start, 1 / toon.width, toon.power, toon.lift) },
    u_edge: { value: new THREE.Vector4(...toon.rim, toon.follows) },
  };
}

/** One of the anchor's materials; its kind is in the file. @param {any} mesh @param {any} old @param {any} lights @param {any} blockers */
export function anchorMaterial(mesh, old, lights, blockers) {
  const kind = Math.max(0, KINDS.indexOf(old.userData.kind));
  const fabric = KINDS[kind] === "cloth" ? old.normalMap : null;
  const shaded = isShaded(mesh, KINDS[kind]), toon = KINDS[kind] === "plain" ? old.userData.toon : null;
  return make(mesh, old, lights, ANCHOR,
    { ...(fabric ? { u_map: { value: fabric } } : {}), ...(shaded ? { u_blockers: blockers } : {}), ...(toon ? toonUniforms(toon) : {}) },
    { KIND: kind, ...(toon ? { TOON: "" } : {}), ...(fabric ? { FABRIC: "" } : {}), ...(shaded ? { SHADED: "" } : {}) });
}
