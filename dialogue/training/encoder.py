"""Makes dialogue/learned/encoder_delta.npz: a small correction of the encoder's last layers, merged when its graph is built.

Low-rank updates (Hu et al. 2021) of layers 9 to 11, trained to find product attributes, and passages in other languages than
the question's among noise in the question's own. Layers 0 to 8 stay as they are and are read once.
`python -m dialogue.training.encoder WHEEL --sets FOLDER … --banking TRAIN.jsonl` with torch installed and Django's wheel
(see dialogue/training/spaces.py); about half an hour on one core. Sets as in dialogue/training/heads.py.
"""

from __future__ import annotations

import argparse
import gettext
import io
import json
import random
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from dialogue.adapters.e5 import E5Embedder, weight_file
from dialogue.adapters.e5_file import E5File
from dialogue.adapters.e5_graph import build_files
from dialogue.entries import entry_of
from dialogue.ports import LANGUAGES
from dialogue.training.shop_set import shop_set
from dialogue.training.spaces import FURTHER, cleaned
from dialogue.training.unseen_kinds import more_kinds

torch: Any = None
if find_spec("torch") is not None:  # only this script needs it
    torch = import_module("torch")
nn: Any = torch.nn if torch is not None else None
_Module: Any = nn.Module if nn is not None else object
FIRST_TRAINED, RANK = 9, 12
HEAT = 0.03  # of the softmax over candidates; the model itself was trained with 0.01
STAY = 6.0  # how strongly vectors are held where they were
BATCH, STEPS, RATE = 24, 300, 8e-4
NEAR = 20  # lines before and behind a kind that are of its sort of goods
LONGEST = 40  # tokens of a text that are read: attributes and chat are shorter


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, its passage, and passages that are not."""

    question: str
    passage: str
    others: tuple[str, ...] = ()


class Frozen:
    """States after layer 8 of any text, read once."""

    def __init__(self, embedder: E5Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[tuple[str, bool], Any] = {}

    def states(self, texts: Sequence[str], question: bool) -> list[torch.Tensor]:
        """(t, 384) a text, with its first and last marks."""
        missing = list(dict.fromkeys(t for t in texts if (t, question) not in self._kept))
        for text, rows in zip(missing, self._embedder.states(missing, question=question), strict=True):
            self._kept[text, question] = torch.tensor(rows[:LONGEST].astype(np.float16))
        return [self._kept[text, question] for text in texts]


class Low(_Module):
    """x W + b with a low-rank correction of W that starts at nothing."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        super().__init__()
        out, width = weight.shape
        self.register_buffer("weight", torch.tensor(weight))
        self.register_buffer("bias", torch.tensor(bias))
        self.down = nn.Parameter(torch.randn(RANK, width) / width**0.5)
        self.up = nn.Parameter(torch.zeros(out, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.weight + self.up @ self.down, self.bias)


class Layer(_Module):
    """One encoder layer."""

    def __init__(self, file: E5File, name: str) -> None:
        super().__init__()
        self.heads = file.heads
        shapes = {"q": file.hidden, "k": file.hidden, "v": file.hidden, "ao": file.hidden, "fi": file.feed_forward,
                  "fo": file.hidden}
        self.parts = nn.ModuleDict({part: Low(file.tensor(f"{name}.{part}.w", rows), file.tensor(f"{name}.{part}.b")[0])
                                    for part, rows in shapes.items()})
        for norm in ("aln", "oln"):
            self.register_buffer(f"{norm}_w", torch.tensor(file.tensor(f"{name}.{norm}.w")[0]))
            self.register_buffer(f"{norm}_b", torch.tensor(file.tensor(f"{name}.{norm}.b")[0]))
        self.epsilon = file.epsilon

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        q, k, v = (self.parts[p](x).view(batch, length, self.heads, -1).transpose(1, 2) for p in "qkv")
        mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
        x = self._norm(x + self.parts["ao"](mixed.transpose(1, 2).reshape(batch, length, width)), "aln")
        return self._norm(x + self.parts["fo"](nn.functional.gelu(self.parts["fi"](x))), "oln")

    def _norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return nn.functional.layer_norm(x, x.shape[-1:], getattr(self, f"{name}_w"), getattr(self, f"{name}_b"), self.epsilon)


def pooled(layers: nn.ModuleList, rows: Sequence[torch.Tensor]) -> torch.Tensor:
    """(n, 384) of length 1."""
    x = nn.utils.rnn.pad_sequence([row.float() for row in rows], batch_first=True)
    mask = torch.arange(x.shape[1])[None] < torch.tensor([len(row) for row in rows])[:, None]
    for layer in layers:
        x = layer(x, mask)
    return nn.functional.normalize((x * mask[..., None]).sum(dim=1), dim=-1)


def for_encoder(index: int) -> bool:
    """Which half of a set's questions the encoder learns from, in blocks (neighbours are alike); heads learn from the other."""
    return index // 30 % 2 == 0


def set_pairs(folder: Path) -> list[Pair]:
    """Questions of a set with their passages; the others of the same product are not the answer."""
    read = lambda name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]  # noqa: E731
    texts = {row["id"]: entry_of(row).searched for row in read("corpus")}
    chance = random.Random(1)
    found = []
    for index, row in enumerate(read("queries")):
        if not for_encoder(index):
            continue
        wrong = [texts[c] for c in row["cands"] if c not in row["gold"]]
        found += [Pair(row["text"], texts[g], tuple(chance.sample(wrong, min(3, len(wrong))))) for g in row["gold"][:2]]
    return found


def kind_pairs() -> list[Pair]:
    """Every question of more_kinds_*.txt with its attribute and with others of the same sort of goods, its neighbours there."""
    chance = random.Random(5)
    found = []
    for kinds in more_kinds():
        for at, (name, value, asked) in enumerate(kinds):
            near = [k for k in kinds[max(0, at - NEAR) : at + NEAR + 1] if k[0] != name]
            for question in asked:
                others = chance.sample(near, 3)
                found.append(Pair(question, f"{name}: {value}", tuple(f"{k[0]}: {k[1]}" for k in others)))
    return found


def banking_pairs(path: Path) -> list[Pair]:
    """Two messages of one intent."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_intent[row["category"]].append(row["text"])
    chance = random.Random(2)
    return [Pair(asked, told) for texts in by_intent.values() for asked, told in (chance.sample(texts, 2) for _ in range(30))]


def shop_pairs() -> list[Pair]:
    """First wordings of our own questions with English passages."""
    shop = shop_set(random.Random(11), 12, form=0)
    texts = {p.id: entry_of({"id": p.id, "text": p.text, "attribute": p.attribute}).searched for p in shop.passages}
    own: dict[str, list[str]] = defaultdict(list)
    for p in shop.passages:
        own[str(p.sku)].append(p.id)
    chance = random.Random(3)
    found = []
    for asked in shop.asked:
        gold = f"{asked.sku}:{asked.attribute}"
        if asked.value is not None:
            wrong = chance.sample([i for i in own[asked.sku] if i != gold], 3)
            found.append(Pair(asked.question.text, texts[gold], tuple(texts[i] for i in wrong)))
    return found


def parallel_pairs(wheel: Path) -> list[Pair]:
    """A message in one language, the same in another, and others in the first: what must not win."""
    by_key: dict[str, dict[str, str]] = defaultdict(dict)
    with zipfile.ZipFile(wheel) as archive:
        for language in (*LANGUAGES, *FURTHER):
            folder = {"zh": "zh_Hans"}.get(language, language)
            for name in archive.namelist():
                if name.endswith(f"/locale/{folder}/LC_MESSAGES/django.mo"):
                    catalogue = vars(gettext.GNUTranslations(io.BytesIO(archive.read(name))))["_catalog"]
                    for key, value in catalogue.items():
                        if isinstance(key, str) and len(key) > 18 and value:
                            by_key[key][language] = cleaned(value)
                            by_key[key]["en"] = cleaned(key)
    chance = random.Random(4)
    keys = [key for key, row in by_key.items() if len(row) > 12]
    found = []
    for key in keys:
        for asked in chance.sample(sorted(by_key[key]), 8):
            told = "en" if chance.random() < 0.5 and asked != "en" else chance.choice([t for t in by_key[key] if t != asked])
            noise = [by_key[k][asked] for k in chance.sample(keys, 4) if k != key and asked in by_key[k]]
            found.append(Pair(by_key[key][asked], by_key[key][told], tuple(noise[:2])))
    return found


def trained(layers: nn.ModuleList, frozen: Frozen, sources: dict[str, list[Pair]], shares: dict[str, float], steps: int,
            tell: Callable[[str], None]) -> None:
    """Train in place."""
    chance = random.Random(0)
    torch.manual_seed(0)
    before: dict[Any, Any] = {}
    best = torch.optim.AdamW([p for p in layers.parameters() if p.requires_grad], lr=RATE, weight_decay=0.01)
    rise = torch.optim.lr_scheduler.OneCycleLR(best, RATE, total_steps=steps)
    for step in range(steps):
        name = chance.choices(list(shares), list(shares.values()))[0]
        batch = chance.sample(sources[name], BATCH)
        questions = [p.question for p in batch]
        passages = list(dict.fromkeys([p.passage for p in batch] + [o for p in batch for o in p.others[:1]]))
        rows_q, rows_p = frozen.states(questions, True), frozen.states(passages, False)
        q, p = pooled(layers, rows_q), pooled(layers, rows_p)
        at = {text: i for i, text in enumerate(passages)}
        gold = torch.tensor([at[pair.passage] for pair in batch])
        same = torch.tensor([[a.question == b.question and a.passage != b.passage for b in batch] for a in batch])
        scores = q @ p.T / HEAT
        block = torch.zeros_like(scores, dtype=torch.bool)
        block[:, gold] |= same  # another right answer to the same question is no wrong one
        block[torch.arange(len(batch)), gold] = False
        loss = nn.functional.cross_entropy(scores.masked_fill(block, -1e4), gold)
        for rows, new, texts, kind in ((rows_q, q, questions, True), (rows_p, p, passages, False)):
            known = _old(layers, rows, texts, kind, before)
            before |= {(text, kind): vector for text, vector in zip(texts, known, strict=True)}
            old = torch.stack(known)
            loss = loss + STAY * (1 - (old * new).sum(dim=1)).mean()
        best.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
        best.step()
        rise.step()
        if step % 25 == 0:
            tell(f"{step} {name} {loss.item():.3f}")


def _old(layers: nn.ModuleList, rows: Sequence[torch.Tensor], texts: Sequence[str], kind: bool,
         before: dict[Any, Any]) -> list[Any]:
    """Vectors without the correction."""
    if all((t, kind) in before for t in texts):
        return [before[t, kind] for t in texts]
    lows = [m for m in layers.modules() if isinstance(m, Low)]
    kept = [m.up.data for m in lows]
    with torch.no_grad():
        for m in lows:
            m.up.data = torch.zeros_like(m.up.data)
        found = pooled(layers, rows)
        for m, up in zip(lows, kept, strict=True):
            m.up.data = up
    return list(found)


def stored(layers: nn.ModuleList) -> dict[str, np.ndarray]:
    """Factors of every correction, half precision."""
    made = {}
    for number, layer in enumerate(layers, FIRST_TRAINED):
        for part, low in layer.parts.items():
            made[f"l{number}.{part}.down"] = low.down.detach().numpy().astype(np.float16)
            made[f"l{number}.{part}.up"] = low.up.detach().numpy().astype(np.float16)
    return made


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(prog="python -m dialogue.training.encoder")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--sets", nargs="*", type=Path, default=[])
    parser.add_argument("--banking", type=Path)
    parser.add_argument("--kinds", type=float, default=0.0, help="share of the steps that learn from more_kinds_*.txt "
                        "(docs/decisions/0044-what-things-are-for.md says what that gave)")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--to", type=Path, default=Path(str(files("dialogue.learned") / "encoder_delta.npz")))
    chosen = parser.parse_args()
    if torch is None:
        raise SystemExit("torch is missing: pip install torch")
    torch.set_num_threads(1)
    file = E5File(weight_file())
    layers = nn.ModuleList([Layer(file, f"l{n}") for n in range(FIRST_TRAINED, file.layers)])
    with tempfile.TemporaryDirectory() as scratch:
        lower = E5Embedder(weight_file(), build_files(file, Path(scratch), layers=FIRST_TRAINED))
    sources = {"parallel": parallel_pairs(chosen.wheel), "shop": shop_pairs(),
               "sets": [pair for folder in chosen.sets for pair in set_pairs(folder)]}
    shares = {"parallel": 0.4, "shop": 0.15, "sets": 0.35}
    if chosen.banking:
        sources["banking"], shares["banking"] = banking_pairs(chosen.banking), 0.1
    if chosen.kinds:
        sources["kinds"], shares["kinds"] = kind_pairs(), chosen.kinds / (1 - chosen.kinds) * sum(shares.values())
    trained(layers, Frozen(lower), sources, shares, chosen.steps, lambda line: print(line, flush=True))
    np.savez_compressed(chosen.to, **stored(layers))  # type: ignore[arg-type]
    print(f"{chosen.to}: {chosen.to.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
