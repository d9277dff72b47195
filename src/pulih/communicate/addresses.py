"""Where each page of the site stands: Indonesian at the root, English below en/, the same on a desk and on any host."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import quote

Kind = Literal[
    "home",
    "regions",
    "region",
    "operator",
    "service",
    "incident",
    "history",
    "history_page",
    "works",
    "register",
    "proof",
]
# As ports/channels names them; this room stands below it.
Language = Literal["id", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")

_ADDRESSES: Final[MappingProxyType[Kind, tuple[str, str]]] = MappingProxyType(
    {
        "home": ("", "en/"),
        "regions": ("wilayah/", "en/place/"),
        "region": ("wilayah/{}/", "en/place/{}/"),
        "operator": ("layanan/{}/", "en/service/{}/"),
        "service": ("layanan/{}/{}/", "en/service/{}/{}/"),
        "incident": ("gangguan/{}/", "en/incident/{}/"),
        "history": ("riwayat/", "en/history/"),
        "history_page": ("riwayat/{}/", "en/history/{}/"),
        "works": ("pemeliharaan/", "en/maintenance/"),
        "register": ("daftar-gangguan/", "en/register/"),
        "proof": ("bukti/", "en/proof/"),
    }
)


def address(language: Language, kind: Kind, *parts: str | int) -> str:
    """Return the address of a page below the root of the site, with a slash at its end; the home page is "".

    Args:
        language: of the page.
        kind, parts: which page; of a region its code, of a service its operator and itself.

    >>> address("en", "service", "xl", "mobile_data")
    'en/service/xl/mobile_data/'
    >>> address("id", "incident", "../secret")
    'gangguan/..%2Fsecret/'
    """
    return _ADDRESSES[kind][LANGUAGES.index(language)].format(*(quote(str(part), safe="") for part in parts))


def credit_address(language: Language, token: str) -> str:
    """Return the address of one subscriber's account of credits, which a desk serves and no other host.

    >>> credit_address("id", "a.b")
    'kompensasi/a.b'
    """
    return f"{('kompensasi', 'en/credit')[LANGUAGES.index(language)]}/{quote(token, safe='')}"


def file_of(place: str) -> str:
    """Return the file in which the page of an address is kept.

    >>> file_of("en/")
    'en/index.html'
    """
    return f"{place}index.html"
