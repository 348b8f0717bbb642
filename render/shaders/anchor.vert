#version 130
// The anchor's body: vertices arrive skinned and morphed, in the puppet node's space. What varies slowly over the body (the view,
// the lengths of the half vectors) is found here: her triangles are a few pixels small.
in vec4 p3d_Vertex;
in vec3 p3d_Normal;
in vec4 p3d_Color;
in vec2 p3d_MultiTexCoord0;
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform mat4 p3d_ModelMatrix;
uniform vec3 u_key_dir, u_fill_dir, u_rim_dir;  // directions of travel
uniform vec3 u_eye;  // camera position
out vec3 v_position;
out vec3 v_view;  // unit vector to the camera
out vec3 v_half;  // 1 / |light + view| of the three lights
centroid out vec3 v_normal;
centroid out vec3 v_colour;
centroid out float v_key;  // what nose, chin, hair and hem leave of the key
out vec2 v_uv;
centroid out vec2 v_spot;  // as v_uv, but inside the triangle with multisampling, too: for looking up

#ifdef SHADED
// Forearms and hands as capsules: start and radius, way and 1 / its square. What they leave of the light from all sides, and of the key.
uniform vec4 u_blockers[12];
centroid out vec2 v_open;
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
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    v_position = (p3d_ModelMatrix * p3d_Vertex).xyz;
    v_view = normalize(u_eye - v_position);
    vec3 along = vec3(dot(u_key_dir, v_view), dot(u_fill_dir, v_view), dot(u_rim_dir, v_view));
    v_half = inversesqrt(max(2.0 - 2.0 * along, vec3(1e-3)));
    v_normal = mat3(p3d_ModelMatrix) * p3d_Normal;
#ifdef SHADED
    v_open = left_by_hands(v_position, v_normal);
#endif
    v_colour = p3d_Color.rgb;
    // reckoned for a lamp in this direction of her own (avatar.build.key_light); from elsewhere it says nothing
    float there = dot(normalize(mat3(p3d_ModelMatrix) * vec3(0.415, -0.691, 0.592)), -u_key_dir);
    v_key = 1.0 - (1.0 - p3d_Color.a) * clamp(there * 5.0 - 3.5, 0.0, 1.0);
    v_uv = v_spot = p3d_MultiTexCoord0;
}
