"""Chinese text made ready for comparison: normalising, words, keywords, character n-grams. Pure."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import rjieba

Codes = npt.NDArray[np.uint64]
Shingles = tuple[Codes, npt.NDArray[np.float64]]

PHONE: Final = "☎"
IDENTITY: Final = "▤"
NUMBER: Final = "0"

_PATTERN = re.compile(
    r"(?P<identity>(?<![0-9])[0-9]{17}[0-9x](?![0-9]))"
    r"|(?P<phone>(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}[- ]?[0-9]{7,8})(?![0-9]))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)*)"
    r"|(?P<space>\s+)"
)
_TOKENS: Final = {"identity": IDENTITY, "phone": PHONE, "number": NUMBER, "space": " "}
_CHARACTER_BITS = 21  # a code point; three of them fit into 63 bits
_STOP = frozenset(
    re.findall(
        r"\S+",
        "的 了 是 在 我 我们 你 你们 他 她 它 他们 有 和 与 就 都 而 及 也 还 又 很 这 那 这个 那个 这样 这些 那些 一个 没有 "
        "不 没 不是 请 请问 您好 你好 谢谢 希望 现在 已经 因为 所以 但是 如果 什么 怎么 为什么 是否 能否 可以 能 要 会 到 从 "
        "对 把 被 让 给 向 并 或 等 吗 呢 吧 啊 上 下 中 里 个 年 月 日 时候 问题 情况 反映 有关 相关 部门 领导 尊敬",
    )
)


class _Fold(dict[int, str]):
    """Each character to its plain form: full width to half, capitals to small, control characters to blanks."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).lower()
        plain = unicodedata.normalize("NFKC", plain)
        if unicodedata.category(character)[0] == "C" and not character.isspace():
            plain = " "
        self[code] = plain
        return plain


_FOLD = _Fold()


def _token(match: re.Match[str]) -> str:
    return _TOKENS[match.lastgroup or "space"]


def normalise(text: str) -> str:
    """Half width, small letters, telephone and identity numbers and other digits as one sign each, single blanks."""
    return _PATTERN.sub(_token, text.translate(_FOLD)).strip()


def aligned(text: str) -> tuple[str, list[int]]:
    """`normalise(text)` and, for each of its characters and its end, the position in the original."""
    folded: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        plain = character.translate(_FOLD)
        folded.append(plain)
        origin.extend([position] * len(plain))
    origin.append(len(text))
    whole = "".join(folded)
    pieces: list[str] = []
    places: list[int] = []
    cursor = 0
    for match in _PATTERN.finditer(whole):
        pieces += [whole[cursor : match.start()], _token(match)]
        places += [*origin[cursor : match.start()], origin[match.start()]]
        cursor = match.end()
    pieces.append(whole[cursor:])
    places += origin[cursor:]
    joined = "".join(pieces)
    left = len(joined) - len(joined.lstrip())
    kept = joined.strip()
    return kept, [*places[left : left + len(kept)], places[left + len(kept)]]


def words(text: str) -> list[str]:
    """分词 of the normalised text: jieba's dictionary on the rjieba engine, blanks left out."""
    return [word for word in rjieba.cut(normalise(text)) if not word.isspace()]


def add_words(names: list[str] | tuple[str, ...]) -> None:
    """The city's own places and units, so that the segmenter keeps them whole."""
    for name in names:
        rjieba.add_word(normalise(name), None, None)


@cache
def _rarity() -> dict[str, float]:
    """Inverse document frequencies that jieba ships; read from its file, jieba itself is not imported."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).parent / "analyse" / "idf.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return {word: float(value) for word, _, value in (line.partition(" ") for line in lines)}


def keywords(text: str, limit: int = 8) -> list[str]:
    """The telling words, most telling first; at least two characters, no stop words."""
    counts = Counter(
        word for word in words(text) if len(word) > 1 and word not in _STOP and not word.isnumeric()
    )
    rarity = _rarity()
    middle = 9.0
    ranked = sorted(counts, key=lambda word: (-counts[word] * rarity.get(word, middle), word))
    return ranked[:limit]


def characters(text: str) -> Codes:
    """Code points of the normalised text, blanks and punctuation as one separator (0)."""
    return _points(normalise(text))


def _points(plain: str) -> Codes:
    points = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return np.where(_separators(points), np.uint64(0), points)


def _separators(points: Codes) -> npt.NDArray[np.bool_]:
    """ASCII, general and CJK punctuation: dictated text has none, so none of it may carry meaning."""
    ascii_marks = (points < 0x30) | ((points > 0x39) & (points < 0x61)) | ((points > 0x7A) & (points < 0xC0))
    wide_marks = ((points >= 0x2000) & (points < 0x2070)) | ((points >= 0x3000) & (points < 0x3020))
    result: npt.NDArray[np.bool_] = ascii_marks | wide_marks
    return result


def ngrams(text: str, longest: int = 2) -> Codes:
    """Character n-grams of length 1 to `longest` (≤ 3) as numbers; none crosses a separator."""
    points = characters(text)
    solid = points != 0
    parts = [points[solid]]
    run, joined = solid, points
    for length in range(2, min(longest, len(points)) + 1):
        run = run[:-1] & solid[length - 1 :]
        joined = (joined[:-1] << np.uint64(_CHARACTER_BITS)) | points[length - 1 :]
        parts.append(joined[run])
    return np.concatenate(parts)


def ngrams_by_place(plain: str, longest: int) -> list[tuple[Codes, int]]:
    """For a normalised text: the n-gram starting at each place (0 where a separator is in it), by length."""
    points = _points(plain)
    found = [(points, 1)]
    joined, solid = points, points != 0
    for length in range(2, min(longest, len(points)) + 1):
        solid = solid[:-1] & (points[length - 1 :] != 0)
        joined = (joined[:-1] << np.uint64(_CHARACTER_BITS)) | points[length - 1 :]
        found.append((np.where(solid, joined, np.uint64(0)), length))
    return found


def spell(code: int) -> str:
    """The n-gram behind a number."""
    found = ""
    while code:
        found = chr(code & ((1 << _CHARACTER_BITS) - 1)) + found
        code >>= _CHARACTER_BITS
    return found


def shingles(text: str) -> Shingles:
    """Character 2- and 3-grams with their counts, for comparing two short texts."""
    codes = ngrams(text, 3)
    found, times = np.unique(codes[codes >= 1 << _CHARACTER_BITS], return_counts=True)
    return found, times.astype(np.float64)


def cosine(first: Shingles, second: Shingles) -> float:
    """How alike two texts are: 0 nothing shared, 1 the same n-grams equally often."""
    shared, mine, theirs = np.intersect1d(first[0], second[0], assume_unique=True, return_indices=True)
    if not len(shared):
        return 0.0
    product = float(first[1][mine] @ second[1][theirs])
    return product / float(np.sqrt((first[1] @ first[1]) * (second[1] @ second[1])))
