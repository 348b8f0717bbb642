#version 130
// Three directional lights, GGX highlights, and a two-colour room for reflections. Arithmetic is cheap on a CPU
// rasteriser, texture look-ups are not: one texture at most.
in vec3 v_normal;
in vec3 v_world;
in vec3 v_albedo;
in vec2 v_uv;
#ifdef TEXTURED
uniform sampler2D p3d_Texture0;
#endif
uniform vec4 u_material;  // metallic, roughness, unused, alpha
uniform vec3 u_emissive;
uniform vec3 u_eye;
uniform vec3 u_key_dir;
uniform vec3 u_key_col;
uniform vec3 u_fill_dir;
uniform vec3 u_fill_col;
uniform vec3 u_rim_dir;
uniform vec3 u_rim_col;
uniform vec3 u_ambient;
out vec4 o_colour;

vec3 lit(vec3 n, vec3 v, float nv, vec3 travel, vec3 colour, vec3 diffuse, vec3 f0, float a2) {
    vec3 l = -travel;
    float towards = dot(n, l), nl = max(towards, 0.0);
    float nh = clamp((towards + nv) * inversesqrt(max(2.0 + 2.0 * dot(l, v), 1e-3)), 0.0, 1.0);  // no half vector needed
    float d = nh * nh * (a2 - 1.0) + 1.0;
    float spec = a2 / (d * d * 4.0 * (0.15 + 0.85 * nl) + 1e-4);
    return colour * nl * (diffuse + f0 * min(spec, 12.0));
}

void main() {
    vec3 n = normalize(v_normal);
    vec3 v = normalize(u_eye - v_world);
    if (dot(n, v) < 0.0 && !gl_FrontFacing) n = -n;
    vec3 albedo = v_albedo;
#ifdef TEXTURED
    vec3 t = texture(p3d_Texture0, v_uv).rgb;
    albedo *= t * t;
#endif
    float metallic = u_material.x;
    float rough = max(u_material.y, 0.08);
    vec3 f0 = mix(vec3(0.04), albedo, metallic);
    vec3 diffuse = albedo * (1.0 - metallic);
    float a2 = rough * rough * rough * rough;
    float nv = dot(n, v);
    vec3 c = lit(n, v, nv, u_key_dir, u_key_col, diffuse, f0, a2)
           + lit(n, v, nv, u_fill_dir, u_fill_col, diffuse, f0, a2)
           + lit(n, v, nv, u_rim_dir, u_rim_col, diffuse, f0, a2);
    vec3 r = reflect(-v, n);
    float up = 0.5 + 0.5 * n.z;
    c += u_ambient * diffuse * (0.55 + 0.75 * up);
    // The room as a mirror sees it: warm ceiling lights above, dark floor below, a soft box where the key comes from.
    float sky = smoothstep(-0.25 - rough, 0.6 + rough, r.z);
    float box = smoothstep(0.80 - 0.6 * rough, 0.97, dot(r, -u_key_dir));
    vec3 room = u_ambient * (0.25 + 1.9 * sky) + u_key_col * box * (0.9 - 0.7 * rough);
    float away = 1.0 - max(nv, 0.0), away2 = away * away;
    float grazing = away2 * away2 * away * (1.0 - rough);
    c += room * (f0 + (1.0 - f0) * grazing * 0.6);
    c += u_emissive;
    c = c / (1.0 + max(c - 0.75, 0.0) * 0.8);  // soft shoulder, so that highlights keep their colour
    vec3 s = sqrt(clamp(c, 0.0, 1.0));  // and of it a minimax fit of the power 1 / 2.2, within 0.5 of 255
    s = s * (s * (s * (0.90504027 - 0.38192316 * s) - 0.81325334) + 1.28674363) + 0.0016963;
    o_colour = vec4(s, u_material.w);
}
