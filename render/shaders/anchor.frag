#version 130
// One shader for the whole anchor; KIND is set per material (0 skin, 1 eye, 2 hair, 3 cloth, 4 teeth, 5 gloss, 6 plain: a seller's own,
// 7 wisps: hair that is blended).
// Light is linear; the result is encoded to sRGB here because the target is a plain 8-bit buffer.
uniform sampler2D p3d_Texture0;
uniform vec3 u_key_dir, u_key_col, u_fill_dir, u_fill_col, u_rim_dir, u_rim_col;  // directions of travel
uniform vec3 u_ambient;
in vec3 v_position;
in vec3 v_view;
in vec3 v_half;
centroid in vec3 v_normal;
centroid in vec3 v_colour;
centroid in float v_key;  // what nose, chin, hair and hem leave of the key
in vec2 v_uv;
centroid in vec2 v_spot;  // as v_uv, but inside the triangle with multisampling, too: for looking up
out vec4 colour;

vec3 linear_of(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }

// A cubic of the square root, within 0.6 of 255 of sRGB above 4 of 255 (minimax fit): roots are dear.
vec3 srgb_of(vec3 c) {
    vec3 s = sqrt(max(c, vec3(0.0)));
    return s * (s * (s * 0.18583563 - 0.50190490) + 1.34615907) - 0.03146494;
}

#if KIND == 2 || KIND == 7
vec3 strand = vec3(0.0);  // where v of the texture runs: from root to tip
float grain = 0.0;
#endif

#ifdef SHADED
centroid in vec2 v_open;  // what hands and forearms leave of the light from all sides, and of the key
#endif

#ifdef TOON
uniform vec3 u_shade;  // what of the colour is left where the key does not come
uniform vec4 u_ramp;  // from shade to light: where it starts, 1 / its width; of the rim: power, lift
uniform vec4 u_edge;  // the rim's colour, and how much of it the stage's light makes
// Two tones, as painted, in the light's colour; the brightest is the texture's own, however strong the lamps are together.
vec3 painted(vec3 n, float nv, vec3 albedo, vec3 around, float open) {
    vec3 whole = u_key_col + around;
    whole /= max(max(max(whole.r, whole.g), whole.b), 1.0);
    float day = clamp((dot(n, -u_key_dir) - u_ramp.x) * u_ramp.y, 0.0, 1.0) * open;
    vec3 rim = u_edge.rgb * pow(clamp(1.0 - nv + u_ramp.w, 0.0, 1.0), u_ramp.z);
    float behind = clamp(dot(n, -u_rim_dir) * 4.0 - 1.2, 0.0, 1.0);
    return albedo * (mix(u_shade, vec3(1.0), day) * whole + 0.2 * behind * u_rim_col) + rim * mix(vec3(1.0), whole, u_edge.a);
}
#endif

// nv: of normal and view; per_half: 1 / |light + view|, so that the half vector itself is never needed
vec3 lit(vec3 n, vec3 view, float nv, vec3 travel, float per_half, vec3 light, vec3 albedo) {
    vec3 to_light = -travel;
    float nl = dot(n, to_light);
    float nh = clamp((nl + nv) * per_half, 0.0, 1.0);
#if KIND == 0
    // wrapped diffuse: light that has walked under the skin comes out red where the surface turns away
    vec3 wrap = vec3(0.42, 0.28, 0.22);
    vec3 diffuse = clamp((vec3(nl) + wrap) / (1.0 + wrap), 0.0, 1.0);
    // no gloss where the paint says that little light arrives: mouth, nostrils
    float nh2 = nh * nh, nh4 = nh2 * nh2, nh8 = nh4 * nh4, nh16 = nh8 * nh8;  // two lobes: oily sheen, fine gloss
    float wet = clamp(albedo.r * 6.0 - albedo.g * 12.0, 0.0, 1.0);  // lips: nothing else of a head is so red
    float spec = (0.16 * nh8 * nh4 + (0.16 + 0.26 * wet) * nh16 * nh16 * nh16) * v_colour.r * v_colour.r * min(albedo.g * 4.0, 1.0);
    return light * (albedo * diffuse * (0.5 + 0.5 * diffuse) + vec3(spec * max(nl, 0.0)));
#elif KIND == 1
    // lamps are caught a little lower on the eye than they stand (0.15 up is added to n): there the lid would hide them
    float caught = clamp((nl + nv + 0.15 * (to_light.z + view.z)) * per_half * inversesqrt(1.0225 + 0.30 * n.z), 0.0, 1.0);
    return light * (albedo * clamp((nl + 0.3) / 1.3, 0.0, 1.0) + light * (1.15 * clamp((caught - 0.9962) * 800.0, 0.0, 1.0)));
#elif KIND == 2 || KIND == 7
    // two highlights across the strands: a narrow one, and a wide one in the hair's own colour
    float th = (dot(strand, to_light) + dot(strand, view)) * per_half;
    float across2 = max(1.0 - th * th, 0.0), across8 = across2 * across2 * across2 * across2;
    float across32 = across8 * across8 * across8 * across8;
    float spec = (0.55 * across32 + 0.30 * across8) * (0.35 + 0.9 * grain);
    float diffuse = clamp((nl + 0.40) / 1.40, 0.0, 1.0);
    return light * (albedo * diffuse + (albedo * 2.8 + 0.018) * spec * clamp(nl * 1.6 + 0.3, 0.0, 1.0));
#elif KIND == 3
    float diffuse = clamp((nl + 0.12) / 1.12, 0.0, 1.0);
    float edge = 1.0 - max(nv, 0.0);
    float sheen = 0.05 * edge * edge * edge;
    return light * (albedo * diffuse + vec3(sheen * max(nl, 0.0)));
#elif KIND == 4
    return light * (albedo * clamp((nl + 0.4) / 1.4, 0.0, 1.0) + vec3(0.25 * pow(nh, 60.0) * v_colour.r));
#elif KIND == 6
    return light * (albedo * clamp((nl + 0.2) / 1.2, 0.0, 1.0) + vec3(0.04 * pow(nh, 24.0) * max(nl, 0.0)));
#else
    return light * (albedo * max(nl, 0.0) + vec3(1.2 * pow(nh, 50.0) * v_colour.r));
#endif
}

void main() {
#ifdef FABRIC
    vec3 n = v_normal;
#else
    vec3 n = normalize(v_normal);
#endif
    vec3 view = v_view;
#if KIND == 6
    vec4 texel = texture(p3d_Texture0, v_spot);
    if (texel.a < 0.5) discard;
    vec3 albedo = linear_of(texel.rgb) * v_colour;
    if (!gl_FrontFacing && dot(n, view) < 0.0) n = -n;
#elif KIND == 7
    vec4 texel = texture(p3d_Texture0, v_spot);
    if (texel.a < 0.02) discard;
    vec3 albedo = linear_of(texel.rgb) * v_colour;
#elif KIND != 3 && KIND != 4 && KIND != 5
    vec3 albedo = linear_of(texture(p3d_Texture0, v_spot).rgb) * v_colour;
#else
    vec3 albedo = v_colour;
#endif
#ifdef FABRIC
    // folds, seams, weave: slopes along the texture's axes, which follow from how place and coordinates change on the screen
    vec3 fold = texture(p3d_Texture0, v_spot).rgb;
    vec3 dx = dFdx(v_position), dy = dFdy(v_position);
    vec2 ux = dFdx(v_uv), uy = dFdy(v_uv);
    vec3 py = cross(dy, n), px = cross(n, dx);
    vec3 t = py * ux.x + px * uy.x, b = py * ux.y + px * uy.y;
    vec2 slope = (fold.xy * 2.0 - 1.0039) * inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-30));
    n = normalize(n + t * slope.x + b * slope.y);
    albedo *= fold.b * 1.06;
#endif
    vec3 sum = u_ambient * albedo * (0.75 + 0.25 * n.z);
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
    if (!gl_FrontFacing) { colour = vec4(srgb_of(albedo * 0.42), 1.0); return; }  // the inside of the hair
#endif
#if KIND == 2 || KIND == 7
    vec3 dx = dFdx(v_position), dy = dFdy(v_position);
    vec3 along = cross(dy, n) * dFdx(v_uv.y) + cross(n, dx) * dFdy(v_uv.y);
    strand = along * inversesqrt(max(dot(along, along), 1e-30));
#if KIND == 7
    grain = texel.g;
#else
    grain = texture(p3d_Texture0, v_spot).g;
#endif
    strand += n * ((grain - 0.84) * 0.7);  // hairs lean out a little or in: the band of light breaks up
#endif
    float nv = dot(n, view);
#ifdef TOON
#ifdef SHADED
    float open = v_key * v_open.y;
#else
    float open = v_key;
#endif
    colour = vec4(srgb_of(min(painted(n, nv, albedo, u_ambient + 0.5 * fill, open), vec3(1.0))), 1.0);
    return;
#endif
    sum += lit(n, view, nv, u_key_dir, v_half.x, key, albedo);
    sum += lit(n, view, nv, u_fill_dir, v_half.y, fill, albedo);
    sum += lit(n, view, nv, u_rim_dir, v_half.z, u_rim_col, albedo);
    // bright light rolls off instead of clipping: folds and cheeks keep their shape
    float top = max(max(sum.r, sum.g), sum.b);
    float over = max(top - 0.6, 0.0);
    float knee = over + 0.4;
    sum = min(sum * ((min(top, 0.6) * knee + 0.4 * over) / (knee * max(top, 1e-4))) + 0.06 * over, vec3(1.0));
#if KIND == 7
    colour = vec4(srgb_of(sum), texel.a);
#else
    colour = vec4(srgb_of(sum), 1.0);
#endif
}
