#version 130
// The anchor's body: vertices arrive skinned and morphed, in the puppet node's space.
in vec4 p3d_Vertex;
in vec3 p3d_Normal;
in vec4 p3d_Color;
in vec2 p3d_MultiTexCoord0;
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform mat4 p3d_ModelMatrix;
out vec3 v_position;
centroid out vec3 v_normal;
centroid out vec3 v_colour;
out vec2 v_uv;
centroid out vec2 v_spot;  // as v_uv, but inside the triangle with multisampling, too: for looking up

void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    v_position = (p3d_ModelMatrix * p3d_Vertex).xyz;
    v_normal = mat3(p3d_ModelMatrix) * p3d_Normal;
    v_colour = p3d_Color.rgb;
    v_uv = v_spot = p3d_MultiTexCoord0;
}
