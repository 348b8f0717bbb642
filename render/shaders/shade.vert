#version 130
in vec4 p3d_Vertex;
in vec4 p3d_Color;
uniform mat4 p3d_ModelViewProjectionMatrix;
out vec4 v_colour;
void main() {
    gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;
    v_colour = p3d_Color;
}
