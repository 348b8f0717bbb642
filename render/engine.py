"""Panda3D without a window: its settings, its pipe, its off-screen buffers. No ShowBase."""

from __future__ import annotations

from panda3d.core import (
    FrameBufferProperties,
    GraphicsBuffer,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    GraphicsPipeSelection,
    GraphicsStateGuardian,
    RenderState,
    Texture,
    TransformState,
    WindowProperties,
    load_prc_file_data,
)

# geom-cache-size: rewritten vertex arrays stay in that cache, 5000 by default, gigabytes a day.
# garbage-collect-states 0 would keep every TransformState; step() below collects them.
_SETTINGS = """
window-type none
audio-library-name null
geom-cache-size 10
textures-power-2 none
gl-debug false
notify-level-display fatal
notify-level-egldisplay fatal
notify-level-device fatal
notify-level error
model-cache-dir
default-near 0.05
"""


class NoDriver(RuntimeError):
    """Neither OpenGL through EGL nor the software rasteriser can be opened; the message says what to install."""


class Engine:
    """One graphics context. shaders: False with the tinydisplay fall-back, which has none."""

    def __init__(self, driver: str = "auto") -> None:
        """driver: "auto", "gl" or "tiny". Raises NoDriver."""
        self.engine = GraphicsEngine.get_global_ptr()
        self._first: GraphicsOutput | None = None
        self._made: list[GraphicsOutput] = []
        tried = {"auto": ("p3headlessgl", "p3tinydisplay"), "gl": ("p3headlessgl",), "tiny": ("p3tinydisplay",)}[driver]
        load_prc_file_data("nightwindow", _SETTINGS)
        for name in tried:
            pipe = GraphicsPipeSelection.get_global_ptr().make_module_pipe(name)
            if pipe is None:
                continue
            self._pipe: GraphicsPipe = pipe
            self.shaders = name != "p3tinydisplay"
            try:
                self.buffer("probe", 16, 16)
            except NoDriver:
                continue
            self.driver = self.gsg.driver_renderer if self.shaders else "tinydisplay"
            return
        raise NoDriver("no graphics driver: apt-get install libgl1 libegl1 (or libx11-6 for the plain software picture)")

    @property
    def gsg(self) -> GraphicsStateGuardian:
        """The context all buffers share."""
        assert self._first is not None
        return self._first.gsg

    def buffer(self, name: str, width_px: int, height_px: int, samples: int = 0) -> GraphicsOutput:
        """An off-screen buffer with colour and 24-bit depth;
        samples: of multisampling, 0 for none. Raises NoDriver when the driver gives none."""
        want = FrameBufferProperties()
        want.set_rgba_bits(8, 8, 8, 8)
        want.set_depth_bits(24)
        if samples:
            want.set_multisamples(samples)
        flags = GraphicsPipe.BF_refuse_window
        args = (self._pipe, name, 0, want, WindowProperties.size(width_px, height_px), flags)
        made = self.engine.make_output(*args) if self._first is None else self.engine.make_output(
            *args, self._first.gsg, self._first)
        if made is None:
            raise NoDriver(f"the graphics driver gives no {width_px}x{height_px} buffer")
        self._made.append(made)
        if self._first is None:
            self._first = made
            self.engine.open_windows()
        return made

    def step(self) -> None:
        """Draw all active buffers once and collect dead states (render_frame alone never does)."""
        self.engine.render_frame()
        TransformState.garbage_collect()
        RenderState.garbage_collect()

    def close(self) -> None:
        """Give its buffers back."""
        for made in self._made:
            self.engine.remove_window(made)
        self._made, self._first = [], None


def copied_texture(output: GraphicsOutput, plane: int = GraphicsOutput.RTP_color) -> Texture:
    """A texture that holds the buffer's picture, or another plane of it, in main memory after each step."""
    texture = Texture("copy")
    if plane == GraphicsOutput.RTP_depth:
        texture.set_format(Texture.F_depth_component24)
    output.add_render_texture(texture, GraphicsOutput.RTM_copy_ram, plane)
    return texture


def bound_textures(output: GraphicsBuffer) -> tuple[Texture, Texture]:
    """Colour and depth of a buffer as textures that another buffer may read."""
    colour, depth = Texture("colour"), Texture("depth")
    for texture in (colour, depth):
        texture.set_minfilter(Texture.FT_nearest)
        texture.set_magfilter(Texture.FT_nearest)
    output.add_render_texture(colour, GraphicsOutput.RTM_bind_or_copy, GraphicsOutput.RTP_color)
    depth.set_format(Texture.F_depth_component24)
    output.add_render_texture(depth, GraphicsOutput.RTM_bind_or_copy, GraphicsOutput.RTP_depth)
    return colour, depth
