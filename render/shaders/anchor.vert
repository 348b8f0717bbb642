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
out vec2 v_uv;
centroid out vec2 v_spot;  // as v_uv, but inside the triangle with multisampling, too: for looking up

void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    v_position = (p3d_ModelMatrix * p3d_Vertex).xyz;
    v_view = normalize(u_eye - v_position);
    vec3 along = vec3(dot(u_key_dir, v_view), dot(u_fill_dir, v_view), dot(u_rim_dir, v_view));
    v_half = inversesqrt(max(2.0 - 2.0 * along, vec3(1e-3)));
    v_normal = mat3(p3d_ModelMatrix) * p3d_Normal;
    v_colour = p3d_Color.rgb;
    v_uv = v_spot = p3d_MultiTexCoord0;
}
