#version 130
// The room's light is in its texture, sRGB as stored.
in vec2 v_uv;
uniform sampler2D p3d_Texture0;
uniform vec4 u_tint;  // colour as stored, texture on in .a
out vec4 o_colour;
void main() {
    o_colour = vec4(u_tint.a > 0.5 ? texture(p3d_Texture0, v_uv).rgb * u_tint.rgb : u_tint.rgb, 1.0);
}
