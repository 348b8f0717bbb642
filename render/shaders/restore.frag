#version 130
// Put the still room back, colour and depth, before the anchor is drawn over it.
uniform sampler2D u_colour;
uniform sampler2D u_depth;
out vec4 o_colour;
void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    o_colour = texelFetch(u_colour, p, 0);
    gl_FragDepth = texelFetch(u_depth, p, 0).r;
}
