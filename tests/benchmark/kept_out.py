"""`python -m tests.benchmark.kept_out`: the voices on which numbers of `avatar.listener` are chosen, so that flite's are not.

Six voices of Kokoro that training keeps back (their phones placed by our own aligner), and Festival's diphone voices, which no
net has heard and which say themselves where their phones lie (`apt install festival festvox-kdlpc16k festvox-italp16k
festvox-itapc16k`). Clear, with white noise 15 dB below, and in a room. What is not installed is left out.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from assets.parts import PARTS, folder_of
from avatar.aligner import align
from avatar.speech import Phone
from dialogue.adapters.espeak_library import EspeakLibrary
from dialogue.adapters.kokoro_model import RATE_HZ, KokoroModel
from dialogue.aligner_training import corpus
from tests.benchmark.speech import _SPHINX
from tests.benchmark.strangers import Said, _alone, _borders, _figures, _live, _with_phones, elsewhere

EACH = 8  # sentences of each of Kokoro's voices
ENGLISH = (
    "The blue bag with the long strap costs forty nine dollars today.",
    "How many of these warm winter boots do you have in size nine?",
    "My mother keeps her best pans above the oven in the kitchen.", "We pack every parcel by hand and ship it before noon.",
    "Both of the brown jackets come with a zip and four deep pockets.",
    "If the phone feels hot, put it away from the window for an hour.",
    "Our new camera takes sharp pictures even in a dark room.", "That soft yellow scarf would look lovely on a young girl.",
    "Please show me the small one again, a bit closer to the light.",
    "Nobody thought the cheap watch could survive under water.",
    "The first twenty people who order get a free bottle of shampoo.",
    "I usually drink a cup of green tea with honey in the morning.", "This pump moves about five litres of water a minute.",
    "They measured the height of the table and the width of the door.",
    "Choose a colour that you like and we will send it on Monday.",
    "The brush is made of olive wood and it fits in your palm.",
    "Is it possible to wash the cover in the machine at sixty degrees?", "A heavy wooden box fell off the back of the van.",
    "She laughed because the puppy had chewed both of her shoes.",
    "Put the batteries in, push the button and wait for a beep.", "The yoga mat rolls up and weighs under two pounds.",
    "Father bought a hammer, some rope and a measuring tape.", "Young visitors enjoy the large fish pool near the bridge.",
    "Our prices are lower than last year, and the range is bigger.",
    "Do not use the charger when the cable is broken or wet.",
    "Thank you for joining us tonight, everyone, and welcome back.",
    "The leather smells good and becomes softer after some months.", "Lucy owes Roy a dollar for the juice and the fruit.",
    "Wear the helmet whenever you ride through heavy traffic.", "A thick blanket of snow lay on the roof of the farm house.",
)
ITALIAN = (
    "Buongiorno a tutti e benvenuti nel nostro negozio.", "Questa borsa blu costa quaranta euro e pesa poco.",
    "La bottiglia di vetro contiene un litro di acqua fresca.", "Mia madre prepara il pane ogni mattina presto.",
    "Il pacco parte domani e arriva dopo due giorni.", "Vorrei sapere se avete questa giacca in rosso.",
    "Il tavolo di legno si monta in pochi minuti.", "Abbiamo molti colori: verde, giallo, bianco e nero.",
    "Premete il bottone e aspettate che la luce diventi verde.", "Ieri sera abbiamo mangiato una pizza molto buona.",
    "La camera da letto ha due finestre sul giardino.", "Non lavate il maglione di lana in acqua calda.",
    "Il bambino giocava con una palla piccola sulla spiaggia.", "Quanto tempo dura la batteria di questo telefono?",
    "Le scarpe sono comode, leggere e facili da pulire.",
)
_EN = {name.lower(): ipa for name, ipa in _SPHINX.items()} | {
    "ax": "ə", "axr": "ɚ", "dx": "ɾ", "em": "m", "en": "n", "el": "l", "nx": "n", "pau": "", "#": "", "h#": "", "brth": ""}
_IT = {  # a figure is stress
    "#": "", "E": "ɛ", "O": "ɔ", "ng": "ŋ", "nf": "ɱ", "J": "ɲ", "L": "ʎ", "g": "ɡ", "S": "ʃ", "tS": "tʃ", "dZ": "dʒ"}
FESTIVAL = {"ked": (ENGLISH, _EN), "lp": (ITALIAN, _IT), "pc": (ITALIAN, _IT)}


def said_by_festival(program: str, voice: str) -> list[Said]:
    """Every sentence of its language."""
    texts, table = FESTIVAL[voice]
    out = []
    with tempfile.TemporaryDirectory() as folder:
        script = f"(voice_{voice}_diphone)\n" + "".join(
            f'(set! u (SynthText "{text}"))\n(utt.save.wave u "{folder}/{i}.wav" \'riff)\n'
            f'(utt.save.segs u "{folder}/{i}.seg")\n'
            for i, text in enumerate(texts))
        (Path(folder) / "say.scm").write_text(script)
        subprocess.run([program, "-b", f"{folder}/say.scm"], check=True)
        for i, text in enumerate(texts):
            sound, rate_hz = soundfile.read(f"{folder}/{i}.wav")
            rows = [line.split() for line in (Path(folder) / f"{i}.seg").read_text().splitlines()[1:]]
            ends = [float(row[0]) for row in rows]
            names = [row[2] if row[2] in table else row[2].rstrip("1") for row in rows]
            phones = tuple(Phone(table.get(name, name), a, b) for name, a, b in zip(names, [0.0, *ends], ends, strict=False))
            out.append(Said(text, sound, rate_hz, phones))
    return out


def said_by_kokoro(seed: int) -> list[Said]:
    """Some sentences of each voice that is kept back."""
    parts = {spec.name: folder_of(spec) for spec in PARTS if spec.name.startswith("kokoro-")}
    library, model, rng, out = EspeakLibrary(), KokoroModel(parts), random.Random(seed), []
    own = {"en": ENGLISH, "it": ITALIAN}
    for voice in sorted(corpus.KEPT_BACK):
        language, accent = corpus.ACCENTS[voice[0]]
        for text in rng.sample(list(own.get(language, corpus.sentences()[language])), EACH):
            words = corpus.words_of(library, text, language, accent)
            sound, guess = corpus.kokoro_sentence(model, words, accent, voice, 1.0)
            phones = align(sound, RATE_HZ, [p.ipa for p in guess])
            out.append(Said(text, np.asarray(sound, np.float64), RATE_HZ, phones))
    return out


def kept_out(seed: int = 1) -> dict[str, float]:
    """Figures by voice, place, and what is known: its phones; nothing; nothing, and live."""
    groups: dict[str, list[Said]] = {}
    program = shutil.which("festival")
    for voice in FESTIVAL:
        folder = f"{voice}_diphone"
        if program and any(Path("/usr/share/festival/voices").glob(f"*/{folder}")):
            groups[voice] = said_by_festival(program, voice)
        else:
            print(f"Festival's {voice}: not installed, left out")
    if all(folder_of(spec).is_dir() for spec in PARTS if spec.name.startswith("kokoro-")):
        groups["kokoro"] = said_by_kokoro(seed)
    out = {}
    for name, clear in groups.items():
        for place, said in elsewhere(clear, seed).items():
            out |= {f"{name}_{place}phones_{k}": v for k, v in (_figures(said, _with_phones) | _borders(said)).items()}
            out |= {f"{name}_{place}sound_{k}": v for k, v in _figures(said, _alone).items()}
            out |= {f"{name}_{place}live_{k}": v for k, v in _figures(said, _live).items()}
    return out


if __name__ == "__main__":
    for key, value in kept_out().items():
        print(f"{key}: {value:.3f}")
