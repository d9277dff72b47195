"""The words of the page that explains the tamper-evident timeline in one screen, in both languages at once.

It says what is proved, how anybody checks it, and what is not proved, in this order.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pulih.communicate.speech import Pair, Speech, full_moment
from pulih.model.proof import ProofView


class ProofSection(msgspec.Struct, frozen=True):
    """A heading, paragraphs, and what is to be copied as it stands, "" without."""

    title: Pair
    paragraphs: tuple[Pair, ...]
    code: str = ""


def proof_sections(view: ProofView, site: str, speech: Speech) -> tuple[ProofSection, ...]:
    """Return the sections of the page.

    Args:
        view: the timeline.
        site: address of the public site, "" when unknown.
        speech: in which zone moments are told.

    >>> from datetime import UTC
    >>> view = ProofView(origin="desk.example/tlog", key="k", size=2, root="r", note="n")
    >>> proof_sections(view, "", Speech(zone=UTC))[0].title
    ('Apa yang dibuktikan', 'What is proved')
    """
    return _what(), _state(view, speech), _how(site or "https://ALAMAT-SITUS-INI"), _limits(view.witnesses)


def _what() -> ProofSection:
    return ProofSection(
        ("Apa yang dibuktikan", "What is proved"),
        (
            (
                "Setiap kabar yang kami terbitkan, setiap kabar yang kami tarik, dan setiap perubahan keterangan "
                "sebuah gangguan atau pekerjaan terencana dicatat berurutan. Catatan hanya bertambah, tidak pernah "
                "diubah atau dihapus.",
                "Every statement we publish, every one we withdraw, and every change to what we say about an outage or "
                "planned work is recorded in order. The record only grows; nothing in it is changed or deleted.",
            ),
            (
                "Seluruh catatan diringkas menjadi satu sidik yang kami tanda tangani. Bila satu huruf saja diubah, "
                "sidiknya berbeda, dan siapa pun yang menyimpan sidik lama dapat membuktikannya.",
                "The whole record is condensed into one fingerprint that we sign. If a single letter is changed the "
                "fingerprint differs, and anybody who kept an earlier one can prove it.",
            ),
        ),
    )


def _state(view: ProofView, speech: Speech) -> ProofSection:
    since = full_moment(view.signed_us, speech)
    told = (
        (f"{view.size} catatan, terakhir bertambah {since[0]}.", f"{view.size} entries, the last added {since[1]}.")
        if view.size
        else ("Belum ada catatan.", "There is no entry yet.")
    )
    return ProofSection(
        ("Keadaan sekarang", "As it stands"),
        (
            told,
            (
                "Sidik yang ditandatangani ada di /tlog/checkpoint, kuncinya di bawah ini dan di /tlog/key. "
                "Simpan keduanya di tempat lain agar kelak dapat dibandingkan.",
                "The signed fingerprint is at /tlog/checkpoint, its key below and at /tlog/key. "
                "Keep both elsewhere, to compare with later.",
            ),
        ),
        code=view.key,
    )


def _how(site: str) -> ProofSection:
    return ProofSection(
        ("Cara memeriksa sendiri", "How to check it yourself"),
        (
            (
                "Pasang Pulih, perangkat lunak terbuka, di komputer Anda. Jalankan perintah ini sekarang, lalu ulangi "
                "kapan saja. Perintah ini membaca seluruh catatan, membandingkannya dengan yang dilihatnya terakhir "
                "kali dan dengan halaman-halaman situs ini, lalu mengatakan apakah ada yang berubah.",
                "Install Pulih, which is open software, on your own computer. Run this command now, and again at any "
                "time. It reads the whole record, compares it with what it saw last time and with the pages of this "
                "site, and says whether anything was changed.",
            ),
            (
                "Bentuknya terbuka (C2SP tlog-tiles, RFC 6962), jadi alat lain juga dapat dipakai. Bukti satu gangguan "
                "ada di /tlog/entries/NOMOR-GANGGUAN.json dan berlaku tanpa situs ini.",
                "The format is open (C2SP tlog-tiles, RFC 6962), so other tools will do as well. The proof of a single "
                "outage is at /tlog/entries/OUTAGE-ID.json and holds without this site.",
            ),
        ),
        code=f"pulih verify {site}",
    )


def _limits(witnesses: Iterable[str]) -> ProofSection:
    names = ", ".join(witnesses)
    seen = (
        (
            f"Saksi yang ikut menandatangani keadaan sekarang: {names}.",
            f"Witnesses who cosigned the present state: {names}.",
        )
        if names
        else (
            "Belum ada saksi yang ikut menandatangani. Tanpa saksi, penerbit dapat menunjukkan catatan yang berbeda "
            "kepada orang yang berbeda; karena itu bandingkan sidik Anda dengan sidik orang lain.",
            "No witness has cosigned yet. Without one, a publisher could show different records to different people; "
            "so compare your fingerprint with somebody else's.",
        )
    )
    return ProofSection(
        ("Apa yang tidak dibuktikan", "What is not proved"),
        (
            (
                "Bukti ini tidak mengatakan bahwa isi kabar benar, hanya bahwa isi itu tidak diubah sesudah terbit. "
                "Nama orang sengaja tidak dicatat di dalamnya, sebab catatan ini tidak dapat dihapus.",
                "This does not prove that a statement is true, only that it was not changed after it was published. "
                "Names of people are left out on purpose, since nothing can be deleted from the record.",
            ),
            seen,
        ),
    )
