"""Turn a text into canonical words that phrases are looked up in, without losing where each word stood.

So evidence can be given back as the very letters of the text. Clauses are counted here too: negation, tense and blame
do not reach across them.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Sequence

import msgspec

from pulih.understand.letters import unaccented
from pulih.understand.lexicon import Grammar, Lexicon
from pulih.understand.own_name import OwnName
from pulih.understand.speller import NUMBER, SIGNATURE, STOP, Speller
from pulih.understand.word_codes import WordCodes

# What is read of one text. Nothing that decides a complaint comes later, and a text of a megabyte costs no more.
LETTERS_READ = 4000
_MEMO_MOST = 65_536
_MEMO_LETTERS = 48

_INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff"
_WORD = (
    r"https?://\S+|www\.\S+"
    r"|<[^<>\n]{1,200}>"
    r"|\^[A-Za-z]{2,12}"
    rf"|[@#]?[\w{_INVISIBLE}]+(?:[.'’][\w{_INVISIBLE}]+)*\+?"
    r"|[.!;\n…]*\?[.!;?\n…]*"
    r"|[.!;\n…]+"
    r"|[,:()|–—]+|\s-+\s"
    "|[\u2600-\u27bf\U0001f300-\U0001faff]"
)
# What a dot or an apostrophe ties to a name: "supernet.id".
_TIED = r"(?:[.'’]\w+)*"
_HIDDEN_SPACE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_RUN_OF_LETTERS = re.compile(r"\S*[\u200b-\u200d\u2060\ufeff]\S*")
# So many pieces are no longer one hidden word.
_HIDDEN_MOST = 12
_FULL_STOP, _SOFT_STOP, _DEMONSTRATIVE, _CONTRAST = 1, 2, 3, 4
_KEPT_SIGNS = frozenset({STOP, "?", NUMBER, SIGNATURE})


class Words(msgspec.Struct, gc=False):
    """A text as canonical words.

    Attributes:
        text: what was read, with spaces for the invisible signs that part words.
        written: the same, letter by letter as it was written.
        forms: the canonical words; some stand for several, parted by a space.
        codes: a letter for each of them, and one for the stop that ends every text (`WordCodes`).
        places: of each letter of `codes` the word that it belongs to.
        asks: whether a question mark is among the words.
        clauses: number of the clause each word belongs to.
        sentences: number of the sentence each word belongs to.
        tongues: language of every function word met, in order.
        strangers: how many words the lexicon and the catalogue do not know.
        grammar: the small words of the languages it was read in.
        plain, raws: the text without accents, and each word as it is written there.
        passed: which of those are no words here.
    """

    text: str
    written: str
    forms: list[str]
    codes: str
    places: Sequence[int]
    asks: bool
    clauses: list[int]
    sentences: list[int]
    tongues: list[str]
    strangers: int
    grammar: Grammar
    plain: str
    raws: list[str]
    passed: list[int]
    _spans: list[tuple[int, int]] = []

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Return where each word stands in `text`; the stops at its edges stand at its ends."""
        if not self._spans:
            end = 0
            written: list[tuple[int, int]] = []
            for raw in self.raws:
                # Between two words stands nothing that a word could begin with, so the next such letters are the word.
                begin = self.plain.index(raw, end)
                end = begin + len(raw)
                written.append((begin, end))
            for at in reversed(self.passed):
                del written[at]
            self._spans = [(0, 0), *written, (len(self.text), len(self.text))]
        return self._spans

    def word(self, at: int) -> str:
        """Return the canonical word at a position, "" outside the text."""
        return self.forms[at] if 0 <= at < len(self.forms) else ""

    def said(self, first: int, last: int | None = None) -> list[str]:
        """Return the canonical words from `first` up to, not including, `last`, or up to the end; each by itself."""
        return " ".join(self.forms[first:last]).split()

    def before(self, at: int) -> str:
        """Return the canonical word before a position."""
        return self.word(at - 1)

    def phrase(self, first: int, last: int) -> str:
        """Return the letters of the text from word `first` up to, not including, word `last`."""
        return self.written[self.spans[first][0] : self.spans[last - 1][1]]


class Normaliser:
    """Texts to Words; remembers words it has met, so that a text costs a look-up per word."""

    def __init__(self, speller: Speller, lexicon: Lexicon, own: OwnName, codes: WordCodes) -> None:
        """Take what knows spellings, the lexicon for its function words and grammar, and the name read as one word.

        The words of all phrases have their letters in `codes` before a text is read.
        """
        self._speller, self._own, self._codes = speller, own, codes
        self._named = re.compile(own.pattern) if own.pattern else None
        self._find_words = re.compile(f"(?:{own.pattern}){_TIED}|{_WORD}" if own.pattern else _WORD).findall
        self._grammar = lexicon.grammar
        self._tongues = lexicon.tongues
        self._stop = codes.phrase([STOP])
        self._memo = _Memo(self._entry)

    def words(self, text: str) -> Words:
        """Return the canonical words of the first 4,000 letters of a text."""
        written = text[:LETTERS_READ]
        text = self._parted(written)
        plain = unaccented(text)
        raws: list[str] = self._find_words(plain)
        entries = map(self._memo.__getitem__, raws)
        letters, said, kinds, tongues, strange = zip(*entries, strict=True) if raws else _NOTHING
        codes, forms, clauses, sentences = [self._stop], [STOP], list[int](), list[int]()
        passed = [at for at, form in enumerate(said) if not form]
        begin = clause = sentence = 0
        # From one word that parts clauses to the next; a word that says nothing has neither form nor letters.
        for at in [at for at, kind in enumerate(kinds) if kind] if any(kinds) else ():
            codes += filter(None, letters[begin:at])
            forms += filter(None, said[begin:at])
            begin, kind = at, kinds[at]
            if kind != _DEMONSTRATIVE:
                clauses += [clause] * (len(forms) - len(clauses))
                clause += 1
            if self._adds_nothing(kind, forms[-1]):
                begin = at + 1
                insort(passed, at)
            elif kind == _FULL_STOP:
                sentences += [sentence] * (len(forms) - len(sentences))
                sentence += 1
        codes += filter(None, letters[begin:])
        forms += filter(None, said[begin:])
        # The stop that ends every text is of the last clause.
        clauses += [clause] * (len(forms) + 1 - len(clauses))
        sentences += [sentence] * (len(forms) + 1 - len(sentences))
        codes.append(self._stop)
        line = "".join(codes)
        places: Sequence[int] = range(len(line))
        if len(line) > len(codes):
            places = [at for at, code in enumerate(codes) for _ in code]
        return Words(
            text=text,
            written=written,
            forms=forms,
            codes=line,
            places=places,
            asks=clause > 0 and "?" in forms,
            clauses=clauses,
            sentences=sentences,
            tongues=[*filter(None, tongues)],
            strangers=sum(strange),
            grammar=self._grammar,
            plain=plain,
            raws=raws,
            passed=passed,
        )

    def _adds_nothing(self, kind: int, before: str) -> bool:
        """Tell whether a stop stands behind another one, or a demonstrative where it says no time."""
        if kind == _DEMONSTRATIVE:
            return before not in self._grammar.times
        return before == STOP if kind == _FULL_STOP else kind == _SOFT_STOP and before in {",", STOP}

    def _parted(self, text: str) -> str:
        """Return a text with spaces for the invisible signs that stand between words.

        Inside of a word such a sign hides it ("biz·net") and is passed over; where it parts words that are
        known, as in texts copied from chats and pages, it is their space.
        """
        if text.isascii() or _HIDDEN_SPACE.search(text) is None:
            return text
        return _RUN_OF_LETTERS.sub(self._part, text)

    def _part(self, run: re.Match[str]) -> str:
        pieces = [piece for piece in _HIDDEN_SPACE.split(run[0]) if piece]
        if len(pieces) == 1:
            return run[0]
        knows, canonical = self._speller.knows, self._speller.canonical
        if len(pieces) <= _HIDDEN_MOST and knows(canonical("".join(pieces))):
            return run[0]
        forms = [canonical(piece) for piece in pieces if len(piece) > 1]
        known = sum(form != "" and knows(form) for form in forms)
        return _HIDDEN_SPACE.sub(" ", run[0]) if 2 * known > len(pieces) else run[0]

    def _entry(self, raw: str) -> _Entry:
        head = raw[0]
        if head in ".!;\n…?":
            return self._sign("?" if "?" in raw else STOP, _FULL_STOP)
        if head in ",:()|–—" or head.isspace():
            return self._sign(",", _SOFT_STOP)
        if raw.startswith(("http://", "https://", "www.")):
            return "", "", 0, "", 0
        named = self._named is not None and self._named.match(raw) is not None
        form = self._speller.canonical(self._own.whole(raw) if named else raw)
        tongue = self._tongues.get(raw.casefold(), "")
        grammar = self._grammar
        kind = _DEMONSTRATIVE if form in grammar.demonstratives else _CONTRAST if form in grammar.contrasts else 0
        strange = int(bool(form) and not tongue and raw[0].isalpha() and not self._speller.knows(form))
        words = self._own.opaque(form).split()
        return self._codes.text(words), " ".join(words), kind, tongue, strange

    def _sign(self, form: str, kind: int) -> _Entry:
        return self._codes.text([form]), form, kind, "", 0


# What is known of the words of a text without any, as columns.
_NOTHING: tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...], tuple[str, ...], tuple[int, ...]] = (
    (), (), (), (), (),
)  # fmt: skip
# What is known of a written word: its letters, its canonical form, whether it parts clauses, its language,
# and whether nobody knows it.
_Entry = tuple[str, str, int, str, int]


class _Memo(dict[str, _Entry]):
    """Written words that were met, with what is known of them."""

    def __init__(self, entry: Callable[[str], _Entry]) -> None:
        """Take what knows of a word that is new."""
        super().__init__()
        self._entry = entry

    def __missing__(self, raw: str) -> _Entry:
        """Learn a word, and remember it unless it is so long that nobody will write it again."""
        entry = self._entry(raw)
        if len(raw) <= _MEMO_LETTERS:
            if len(self) >= _MEMO_MOST:
                self.clear()
            self[raw] = entry
        return entry


def canonical_phrase(phrase: str, speller: Speller, grammar: Grammar, *, memo: dict[str, list[str]]) -> list[str]:
    """Return the canonical words of a rule's phrase, as they stand in texts.

    `ini` and `itu` are left out here as they are there; ".", "?" and "N" stay.

    Args:
        phrase: words parted by spaces, alternatives written out.
        speller: brings each word to canonical form.
        grammar: says when `ini` stays.
        memo: the canonical words of each word met before; filled here.
    """
    words: list[str] = []
    for raw in phrase.split():
        form = memo.get(raw)
        if form is None:
            form = memo[raw] = canonical_word(raw, speller)
        words += form
    if not grammar.demonstratives.isdisjoint(words):
        after = zip((STOP, *words), words, strict=False)
        words = [word for before, word in after if word not in grammar.demonstratives or before in grammar.times]
    return words


def canonical_word(raw: str, speller: Speller) -> list[str]:
    """Return the canonical words of one word of a rule's phrase."""
    return [raw] if raw in _KEPT_SIGNS else speller.canonical(raw).split()
