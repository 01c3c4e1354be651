"""What languages look like: by their most frequent words, or by their script. No more than tells two of them apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_WORDS = {
    "cs": "je se na že to do si jsem byl ale jako pro jeho jsou která který bylo nebo jen když",
    "da": "og det er ikke jeg til på en den at af som med har der var han for hvad du vi et",
    "de": "der die das und ist nicht ich zu den ein eine mit sie es wir auf dem er sich im für hat wird einen von",
    "en": "the and of to is in that it was for you he with on this are be his have not they an at we what",
    "es": "que de no la el y en los se por un una las con del es para lo su más como está pero al",
    "fi": "ja on ei se että hän oli en mutta minä ovat kun olen sen niin joka mitä myös tämä ole",
    "fr": "le la les et des est un une que pas je du dans vous il en pour qui sur au ne ce avec elle nous",
    "hu": "a az és nem hogy egy is van meg ez volt csak mint már de ki azt ha még el",
    "it": "che di e il la non un è per una sono in del si ma con della le ha gli lo mi come anche",
    "nl": "de het een en van ik is dat niet in te je op zijn met voor er maar hij wat naar ze aan heeft",
    "no": "og det er ikke jeg til på en den at av som med har var han for hva du vi et fra seg",
    "pl": "nie w się to na i że jest z do co jak ale za po już czy tak od być był przez jego",
    "pt": "que não o a e de é um uma para com os se do da em por as no mais ele eu mas foi está",
    "ro": "nu și de la o în să că un pe cu ce este mai din pentru am au se fi sunt care lui",
    "sv": "och det att är jag inte en på som för av med du han den vi till har ett var om hon de sig",
    "tr": "bir ve bu ne için da de çok ben mi var değil o ama daha gibi kadar sen bunu olan",
}
"""The most frequent words of languages that are written in Latin letters."""

_LETTERS = {
    "el": "\u0370-\u03ff",
    "ru": "\u0400-\u04ff",
    "he": "\u0590-\u05ff",
    "ar": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "km": "\u1780-\u17ff",
    "ko": "\uac00-\ud7a3",
    "ja": "\u3040-\u30ff",
    "zh": "\u4e00-\u9fff",
}
"""The letters of languages that are not."""

_NAMES = {
    "cs": "ces cze czech",
    "da": "dan danish",
    "de": "deu ger german deutsch",
    "en": "eng english",
    "es": "spa spanish",
    "fi": "fin finnish",
    "fr": "fra fre french",
    "hu": "hun hungarian",
    "it": "ita italian",
    "nl": "nld dut dutch",
    "no": "nb nn nor nob nno norwegian",
    "pl": "pol polish",
    "pt": "por portuguese",
    "ro": "ron rum romanian",
    "sv": "swe swedish",
    "tr": "tur turkish",
    "el": "ell gre greek",
    "ru": "rus russian uk ukr ukrainian bg bul bulgarian",
    "he": "heb iw hebrew",
    "ar": "ara arabic fa fas per persian ur urd urdu",
    "hi": "hin hindi",
    "th": "tha thai",
    "lo": "lao",
    "my": "mya bur burmese",
    "km": "khm khmer",
    "ko": "kor kr korean",
    "ja": "jpn jp japanese",
    "zh": "zho chi cmn yue cn chinese mandarin cantonese",
}
"""Other codes and names; of languages of one script a single code stands for all."""

_UNSPACED = ("th", "lo", "my", "km", "ja", "zh")
"""Languages that write no spaces between words. Japanese is known by its kana, which stand among Chinese letters."""

_KANA = 0.1
"""The part of the letters of a text from which on it is Japanese."""

_CODES = {name: code for code, names in _NAMES.items() for name in (code, *names.split())}


def language_code(name: str) -> str:
    """The two letters of a language by its code or English name (``zh`` of ``zh-CN``, ``zho``, ``Chinese``).

    Empty: it is not among those that are told apart here.
    """
    return _CODES.get(re.split("[-_ ]", name.strip().lower())[0], "")


def looks_like(texts: Iterable[str], language: str) -> float:
    """How much texts look like a language, between 0 and 1: the part of its frequent words, or of its letters.

    Args:
        language: as :func:`language_code` gives it.
    """
    if language in _LETTERS:
        letter = re.compile(f"[{_LETTERS[language]}]")
        letters = [character for text in texts for character in text if character.isalpha()]
        return sum(letter.match(one) is not None for one in letters) / max(len(letters), 1)
    frequent = frozenset(_WORDS[language].split())
    words = [word for text in texts for word in re.findall(r"\w+", text.lower())]
    return sum(word in frequent for word in words) / max(len(words), 1)


def unspaced_language(texts: Collection[str]) -> str:
    """The code of the language without spaces between words that texts are written in; empty: in no such."""
    looks = {code: looks_like(texts, code) for code in _UNSPACED}
    if looks["ja"] + looks["zh"] > 0.5:
        return "ja" if looks["ja"] > _KANA else "zh"
    return next((code for code in _UNSPACED if looks[code] > 0.5), "")
