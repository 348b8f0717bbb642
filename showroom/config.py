"""show.toml: one file, every mistake at once, secrets from the environment only."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assets.toml_file import Place, key_lines, line_of
from render.clock import FPS


class ConfigError(Exception):
    """All mistakes of a file, one sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even, H.264 has no odd sizes")
    return value


def _fps(value: int) -> int:
    if value not in FPS:
        raise ValueError(f"must be one of {', '.join(map(str, FPS))}")
    return value


def _push_url(urls: tuple[str, ...]) -> tuple[str, ...]:
    for url in urls:
        try:
            parts = urlsplit(url)
            reachable = bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is none
            reachable = False
        if not (url.startswith(("rtmp://", "rtmps://", "srt://")) and reachable) and not url.endswith(".m3u8"):
            raise ValueError(f"{url!r} is no rtmp://, rtmps:// or srt:// address and no .m3u8 path")
    return urls


class ShowSection(_Section):
    """title: of pages and slate; the files are relative to show.toml. avatar: "mira", "adam", an avatar.toml, or a .vrm or .glb
    of your own; avatar_permission: whose permission its use has, where the file itself forbids it; anchors: who shares the
    stage, by the name that lines of the rundown have in `by`, each like `avatar`: anchors = { guest = "adam" }."""

    title: str = "Nightwindow"
    showroom: Path = Path("showroom.toml")
    catalogue: Path = Path("catalogue.csv")
    models: Path = Path("models")
    knowledge: Path = Path("knowledge")
    market: Path = Path("market.toml")
    rundown: Path = Path("rundown.toml")
    avatar: str = "default"
    avatar_permission: Annotated[str, Field(max_length=200)] = ""
    anchors: Annotated[dict[str, str], Field(max_length=2)] = {}
    seed: int = 1


class PictureSection(_Section):
    """Size and rate of the broadcast; they never change while on air."""

    width_px: Annotated[int, Field(ge=320, le=1920), AfterValidator(_even)] = 960
    height_px: Annotated[int, Field(ge=180, le=1080), AfterValidator(_even)] = 540
    fps: Annotated[int, AfterValidator(_fps)] = 25
    bitrate_kbps: Annotated[int, Field(ge=200, le=20000)] = 2000
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"] = "superfast"
    driver: Literal["auto", "gl", "tiny", "off"] = "auto"


class VoiceSection(_Section):
    """engine: "auto" (the neural voice where it speaks the language and the machine has two cores, else espeak), "espeak",
    "pyttsx3", "edge", "kokoro", "openai" or "module:Class" of your own; sayings: how names are said;
    recordings: a table of lines that a person recorded, said before the engine's; url, model, speaker: of a server with
    OpenAI's /audio/speech, its key in $NIGHTWINDOW_VOICE_KEY."""

    engine: str = "auto"
    recordings: Path | None = None
    url: str = "https://api.openai.com/v1"
    model: str = "gpt-4o-mini-tts"
    speaker: str = "alloy"
    sayings: Path | None = None


class SoundSection(_Section):
    """bed: music under the show, with its licence beside it (evening.flac, evening.licence.toml); bed_lufs: its loudness
    while nobody speaks; duck_db: how much quieter under speech, which has -16 LUFS."""

    bed: Path | None = None
    bed_lufs: Annotated[float, Field(ge=-50, le=-20)] = -30.0
    duck_db: Annotated[float, Field(ge=6, le=40)] = 12.0


class ServerSection(_Section):
    """port: pages; ws_port: viewer socket; public_ws_url: what browsers are told behind a proxy."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    ws_port: Annotated[int, Field(ge=1, le=65535)] = 8081
    public_ws_url: str | None = None
    max_viewers: Annotated[int, Field(ge=1, le=10000)] = 500
    allowed_origins: tuple[str, ...] = ()


class FeedsSection(_Section):
    """push: RTMP, SRT or HLS targets; record: a file, never overwritten."""

    push: Annotated[tuple[str, ...], AfterValidator(_push_url)] = ()
    record: Path | None = None
    disk_floor_mb: Annotated[int, Field(ge=0)] = 500


class ProductsSection(_Section):
    """auto_publish: new products go on air as soon as the gate has passed them; price changes over 20 % always wait.
    watch: a folder; models put there are taken in (sku from the file's name), their reports are written beside them."""

    auto_publish: bool = True
    watch: Path | None = None


class ChatSection(_Section):
    """youtube: id of the broadcast (after v= in its address), its key in $NIGHTWINDOW_YOUTUBE_KEY; twitch: the channel's
    name; webhook: other programs may send lines signed with $NIGHTWINDOW_CHAT_SECRET (docs/CHAT.md); say_names: who asked
    is named aloud when the name is a plain one; youtube_poll_s: 25 keeps a night inside Google's usual quota; reply: answers
    are written back, too, at most replies_per_minute a chat; for that $NIGHTWINDOW_YOUTUBE_TOKEN, $NIGHTWINDOW_TWITCH_TOKEN
    with chat:edit (of twitch_user), and for a webhook reply_url."""

    youtube: str = ""
    youtube_poll_s: Annotated[float, Field(ge=2, le=300)] = 25.0
    twitch: str = ""
    webhook: bool = False
    say_names: bool = True
    reply: bool = False
    reply_url: str = ""
    twitch_user: str = ""
    replies_per_minute: Annotated[int, Field(ge=1, le=30)] = 10


class LlmSection(_Section):
    """A language model that rewords spoken answers: base_url of any OpenAI-compatible server ("http://127.0.0.1:8000/v1"),
    model: its name there; its key in $NIGHTWINDOW_LLM_KEY. Without base_url the templates speak."""

    base_url: str = ""
    model: str = "default"
    timeout_s: Annotated[float, Field(gt=0, le=20)] = 2.5


class CaptionsSection(_Section):
    """second: a language for a second line below the captions of the script, translated by the model of [llm]."""

    second: Literal["", "en", "zh", "ja", "es", "fr", "de", "pt", "it", "hi", "ar", "ru", "id", "th", "vi"] = ""


class StateSection(_Section):
    """folder: where position, questions and uploads survive a restart; keep_days: of questions and events;
    delete_recordings: recordings go, too, when the policy profile's last day for them is over."""

    folder: Path = Path("var")
    keep_days: Annotated[int, Field(ge=1)] = 30
    delete_recordings: bool = False


class ShowConfig(_Section):
    """The whole file. folder: where show.toml lies; set by load_config."""

    show: ShowSection = ShowSection()
    picture: PictureSection = PictureSection()
    voice: VoiceSection = VoiceSection()
    sound: SoundSection = SoundSection()
    server: ServerSection = ServerSection()
    feeds: FeedsSection = FeedsSection()
    state: StateSection = StateSection()
    llm: LlmSection = LlmSection()
    captions: CaptionsSection = CaptionsSection()
    products: ProductsSection = ProductsSection()
    chat: ChatSection = ChatSection()
    folder: Path = Path(".")

    def path(self, relative: Path) -> Path:
        """A path of the file, made absolute."""
        return relative if relative.is_absolute() else (self.folder / relative).resolve()

    @property
    def state_folder(self) -> Path:
        """Where state is kept; $NIGHTWINDOW_STATE wins."""
        return Path(os.environ.get("NIGHTWINDOW_STATE") or self.path(self.state.folder))


def load_config(path: Path, overrides: dict[str, dict[str, object]] | None = None) -> ShowConfig:
    """Read show.toml. overrides: section -> key -> value from the command line. Raises ConfigError with all mistakes."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file; `examples/demo/show.toml` is one to copy"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read ({error})"]) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not TOML: {error}"]) from None
    lines = key_lines(text)
    mistakes = [_sentence(path, {"loc": ("folder",), "type": "extra_forbidden"}, lines)] if "folder" in raw else []
    given = overrides or {}
    for section, values in given.items():
        if isinstance(raw.setdefault(section, {}), dict):
            raw[section].update(values)
    try:
        config = ShowConfig.model_validate({**raw, "folder": path.parent.resolve()})
    except ValidationError as error:
        for item in error.errors():
            section, key = str(item["loc"][0]), str(item["loc"][-1])
            if key in given.get(section, {}):
                mistakes.append(f"--{key.replace('_', '-')} {item['input']}: {_message(item)}")
            else:
                mistakes.append(_sentence(path, item, lines))
    if mistakes:
        raise ConfigError(mistakes)
    return config


def _message(item: Any) -> str:
    return str(item["msg"]).removeprefix("Value error, ")


def _sentence(path: Path, item: Any, lines: dict[Place, int]) -> str:
    loc = [str(part) for part in item["loc"]]
    where, kind = ".".join(loc), item["type"]
    number = line_of(lines, tuple(item["loc"]))
    line = f":{number}" if number else ""
    if kind == "extra_forbidden":
        section = ShowConfig.model_fields.get(loc[0])
        known = list(ShowConfig.model_fields) if len(loc) == 1 else list(
            getattr(section.annotation, "model_fields", {}) if section else ())
        near = difflib.get_close_matches(loc[-1], known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(k for k in known if k != 'folder')}"
        return f"{path}{line}: unknown key '{where}'; {hint}"
    return f"{path}{line}: {where} = {item['input']!r}: {_message(item)}"
