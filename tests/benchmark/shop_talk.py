"""`python -m tests.benchmark.shop_talk`: twenty shop sentences in each of six languages, said by the default voice as on air,
and what an ear would mind in them: loudness, peaks, clicks where clauses meet, long silences within a sentence, pace, clipped
starts and ends; and how far the words of the captions are from where our aligner hears them in the whole sound.

The aligner times the captions, too, clause by clause: what is compared is what became of their times (cut, joined, paced).
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assets.policy_file import load_policy
from avatar.aligner import align_words
from avatar.speech import RATE_HZ, Speech, Utterance
from avatar.visemes import visemes_of
from dialogue.adapters import kokoro
from dialogue.house_voice import HouseVoice
from dialogue.policy import Policy, Verdict
from dialogue.polish import loudness_lufs
from dialogue.speaking import Speaker

COUNT = 20
LONG_SILENCE_S = 0.6
VOWELS = ("aa", "E", "I", "O", "U")
STEP = RATE_HZ // 100
FRAMES = {
    "en": ("This {a} costs ${p}, and it ships in {n} days.", "The {a} is {n} cm wide; the {b} weighs {m} kg.",
           "We have {n} of them left, so please be quick.", "Yes, you can return the {a} within {n} days, free of charge.",
           "Good evening, everyone! Tonight we look at a {a}, and at a {b}.", "The {b} is made of steel. It holds {m} liters.",
           "If you buy two, the second one is ${p}.", "It comes with a {b}, two cables and a bag.",
           "How about the {a} in blue? It suits almost every room.", "Thank you, Ana: the {a} does fit into a small car."),
    "es": ("Este {a} cuesta {p} €, y llega en {n} días.", "El {a} mide {n} cm de ancho; el {b} pesa {m} kg.",
           "Nos quedan {n} unidades, así que no esperes mucho.", "Sí, puedes devolver el {a} en {n} días, sin pagar nada.",
           "¡Buenas noches a todos! Hoy vemos un {a}, y también un {b}.", "El {b} es de acero. Caben {m} litros.",
           "Si compras dos, el segundo cuesta {p} €.", "Viene con un {b}, dos cables y una bolsa.",
           "¿Qué te parece el {a} en azul? Queda bien en cualquier casa.", "Gracias, Ana: el {a} cabe en un coche pequeño."),
    "fr": ("Ce {a} coûte {p} €, et il arrive en {n} jours.", "Le {a} fait {n} cm de large ; le {b} pèse {m} kg.",
           "Il nous en reste {n}, alors ne tardez pas trop.", "Oui, vous pouvez rendre le {a} sous {n} jours, sans frais.",
           "Bonsoir à tous ! Ce soir, nous regardons un {a}, et aussi un {b}.", "Le {b} est en acier. Il contient {m} litres.",
           "Si vous en prenez deux, le second coûte {p} €.", "Il est livré avec un {b}, deux câbles et un sac.",
           "Que dites-vous du {a} en bleu ? Il va dans chaque maison.", "Merci, Ana : le {a} entre dans une petite voiture."),
    "it": ("Questo {a} costa {p} €, e arriva in {n} giorni.", "Il {a} è largo {n} cm; il {b} pesa {m} kg.",
           "Ne abbiamo ancora {n}, quindi non aspettate troppo.", "Sì, potete rendere il {a} entro {n} giorni, senza spese.",
           "Buonasera a tutti! Oggi guardiamo un {a}, e poi un {b}.", "Il {b} è di acciaio. Contiene {m} litri.",
           "Se ne comprate due, il secondo costa {p} €.", "È venduto con un {b}, due cavi e una borsa.",
           "Che ne dite del {a} in blu? Sta bene in ogni casa.", "Grazie, Ana: il {a} entra in una macchina piccola."),
    "pt": ("Este {a} custa R$ {p}, e chega em {n} dias.", "O {a} tem {n} cm de largura; o {b} pesa {m} kg.",
           "Ainda temos {n} unidades, então não demore muito.", "Sim, você pode devolver o {a} em {n} dias, sem custo.",
           "Boa noite a todos! Hoje vamos ver um {a}, e também um {b}.", "O {b} é de aço. Cabem {m} litros.",
           "Se comprar dois, o segundo custa R$ {p}.", "Vem com um {b}, dois cabos e uma bolsa.",
           "Que tal o {a} em azul? Fica bem em qualquer casa.", "Obrigada, Ana: o {a} cabe em um carro pequeno."),
    "zh": ("这款{a}只要{p}元，{n}天之内发货。", "{a}宽{n}厘米；{b}重{m}公斤。", "我们还剩{n}件，喜欢的朋友请抓紧。",
           "可以的，{a}在{n}天之内都可以退，不收费用。", "大家晚上好！今天我们来看{a}，还有{b}。",
           "{b}是不锈钢的。容量是{m}升。",
           "如果买两件，第二件只要{p}元。", "里面有一个{b}，两根线和一个袋子。", "蓝色的{a}怎么样？放在家里很好看。",
           "谢谢安娜：{a}可以放进小汽车里。"),
}
THINGS = {"en": ("lamp", "kettle", "backpack", "speaker"), "es": ("bolso", "abrigo", "reloj", "sillón"),
          "fr": ("sac", "fauteuil", "manteau", "bureau"), "it": ("tavolo", "cappotto", "divano", "tappeto"),
          "pt": ("casaco", "relógio", "tapete", "banco"), "zh": ("台灯", "水壶", "背包", "音箱")}


@dataclass
class Minded:
    """Of one language: each list has a number a sentence (words: a word)."""

    lufs: list[float] = field(default_factory=list)
    peak_db: list[float] = field(default_factory=list)
    click_db: list[float] = field(default_factory=list)  # largest step where clauses meet, to the loudest step of the sentence
    silence_s: list[float] = field(default_factory=list)
    syllables_s: list[float] = field(default_factory=list)
    start_db: list[float] = field(default_factory=list)  # of the first 5 ms, to the loudest 10 ms of the sentence
    end_db: list[float] = field(default_factory=list)
    word_ms: list[float] = field(default_factory=list)


def sentences(language: str, rng: random.Random) -> list[str]:
    """Twenty of them, drawn anew."""
    out = []
    for k in range(COUNT):
        a, b = rng.sample(THINGS[language], 2)
        out.append(FRAMES[language][k % 10].format(a=a, b=b, p=rng.randint(12, 399), n=rng.randint(3, 60), m=rng.randint(2, 9)))
    return out


def levels_db(sound: NDArray, step: int = STEP) -> NDArray:
    """(n,) dB of each 10 ms, to the loudest."""
    whole = sound[: len(sound) // step * step].reshape(-1, step)
    power = (whole**2).mean(axis=1)
    return np.asarray(10 * np.log10(power / max(power.max(), 1e-12) + 1e-9))


def longest_silence_s(sound: NDArray) -> float:
    """Within it, 45 dB below its loudest: not before the first or behind the last sound."""
    loud = np.flatnonzero(levels_db(sound) > -45.0)
    return float(np.diff(loud).max() - 1) / 100 if len(loud) > 1 else 0.0


def mind(clauses: list[Speech], out: Minded) -> None:
    """One sentence, its clauses with the pauses behind them."""
    sound = np.concatenate([c.pcm for c in clauses]).astype(np.float64) / 32768.0
    steps = np.abs(np.diff(sound))
    joins = np.cumsum([len(c.pcm) for c in clauses])[:-1]
    out.lufs.append(loudness_lufs(sound))
    out.peak_db.append(20 * float(np.log10(np.abs(sound).max())))
    at_joins = [steps[j - 3 : j + 3].max() for j in joins]
    if at_joins:
        out.click_db.append(20 * float(np.log10(max(at_joins) / steps.max() + 1e-6)))
    out.silence_s.append(longest_silence_s(sound))
    spoken = [p for c in clauses for p in c.phones if p.ipa]
    said_s = sum(p.end_s - p.start_s for p in spoken)
    out.syllables_s.append(sum(any(v in VOWELS for v in visemes_of(p.ipa)) for p in spoken) / said_s)
    loudest = 10 ** (np.log10((sound[: len(sound) // STEP * STEP].reshape(-1, STEP) ** 2).mean(axis=1).max()) / 2)
    for clause in clauses:
        own, short = clause.pcm.astype(np.float64) / 32768.0, STEP // 2
        last = int(max((p.end_s for p in clause.phones if p.ipa), default=0.0) * RATE_HZ)
        tail = own[last:] if len(own) > last else own[-short:]
        out.start_db.append(20 * float(np.log10(np.sqrt((own[:short] ** 2).mean()) / loudest + 1e-5)))
        quiet = np.flatnonzero(np.abs(tail) > 0)
        edge = tail[max(0, quiet[-1] + 1 - short) : quiet[-1] + 1] if len(quiet) else np.zeros(short)
        out.end_db.append(20 * float(np.log10(np.sqrt((edge**2).mean()) / loudest + 1e-5)))
    out.word_ms += [abs(a - b) * 1000 for a, b in _both_times(clauses, sound)]


def _both_times(clauses: list[Speech], sound: NDArray) -> list[tuple[float, float]]:
    """Starts of the words: by the captions, and as they are heard in the whole."""
    words: list[tuple[str, list[str]]] = []
    starts, at = [], 0.0
    for clause in clauses:
        for word in clause.words:
            inside = [p.ipa for p in clause.phones
                      if p.ipa and word.start_s - 1e-3 <= (p.start_s + p.end_s) / 2 < word.end_s + 1e-3]
            if inside:
                words.append((str(len(words)), inside))
                starts.append(at + word.start_s)
        at += clause.duration_s
    _, timed = align_words(sound, RATE_HZ, words)
    return [(starts[int(w.text)], w.start_s) for w in timed]


class _Passing(Policy):
    """No passage shows these prices: it is the sound that is judged."""

    def check(self, utterance: Utterance, *, by_meaning: bool = True) -> Verdict:
        """All of it may be said."""
        return Verdict(True, utterance.text)


async def _measured(languages: list[str], seed: int) -> dict[str, float]:
    voice = kokoro.KokoroVoice()
    out: dict[str, float] = {}
    speaker = Speaker(voice, _Passing(load_policy("own-site")), house=HouseVoice())
    try:
        for language in languages:
            found, rng = Minded(), random.Random(f"{seed} {language}")
            for k, text in enumerate(sentences(language, rng)):
                clauses = [speech async for _, _, speech in speaker.speak(Utterance(f"s{k}", text, language))]
                mind(clauses, found)
                if found.silence_s[-1] > LONG_SILENCE_S:
                    print(f"  {language}: {found.silence_s[-1]:.2f} s of silence in {text!r}")
            out |= _told(language, found)
    finally:
        await voice.close()
    return out


def _told(language: str, found: Minded) -> dict[str, float]:
    middle, most = statistics.median, max
    return {f"{language}_{k}": v for k, v in {
        "lufs_least": min(found.lufs), "lufs_most": most(found.lufs), "peak_db": most(found.peak_db),
        "click_db": most(found.click_db, default=-120.0), "silence_s": most(found.silence_s),
        "silences_over_0.6_s": float(sum(s > LONG_SILENCE_S for s in found.silence_s)),
        "syllables_s": middle(found.syllables_s), "syllables_s_least": min(found.syllables_s),
        "syllables_s_most": most(found.syllables_s), "start_db": most(found.start_db), "end_db": most(found.end_db),
        "word_ms": middle(found.word_ms), "word_p95_ms": float(np.percentile(found.word_ms, 95))}.items()}


def shop_talk(languages: list[str], seed: int) -> dict[str, float]:
    """Figures by language; nothing where Kokoro's parts are not on this machine."""
    if not kokoro.is_here():
        print("Kokoro: not on this machine, left out (`nightwindow prepare` fetches it)")
        return {}
    return asyncio.run(_measured(languages, seed))


if __name__ == "__main__":
    drawn = int(time.time()) % 100_000
    print(f"seed {drawn}")
    for key, value in shop_talk(sys.argv[1:] or list(FRAMES), drawn).items():
        print(f"{key}: {value:.3f}")
