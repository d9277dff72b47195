"""How people say that it is back, halfway back, or back and gone again."""

from __future__ import annotations

BACK: tuple[str, ...] = (
    "{op} sudah normal {place}",
    "{op} udah normal lagi {glad}",
    "alhamdulillah {op} udah nyala {place} {glad}",
    "{op} udah bisa lagi guys",
    "akhirnya {op} pulih juga {glad}",
    "{op} {place} udah bisa internetan lagi",
    "internet {op} aku udah balik {glad}",
    "{op} udah jalan lagi, makasih",
    "sudah bisa dipakai lagi {op} nya {place}",
    "udah konek lagi {op}, langsung ngejar kerjaan",
    "{place} {op} aman lagi, yang lain gimana?",
    "{op} ku sudah normal sekitar jam {hour}",
    "jam {hour} tadi {op} mulai bisa {place}",
    "akhirnya WA masuk semua, {op} udah bener {glad}",
    "notif numpuk masuk semua, {op} udah hidup lagi",
    "{op} lancar lagi {place} {glad}",
    "udah normal min {op}, ditunggu kompensasinya",
    "Terima kasih {op}, internet sudah kembali normal {place}.",
    "{op} wis normal maneh {glad}",
    "{op} wis iso nang {town}",
    "{op} parantos normal deui {glad}",
    "{op} geus bisa deui di {town}",
    "{op} is back in {town} {glad}",
    "yeay {op} nyala {glad}",
    "setelah seharian, {op} normal juga",
    "matiin data terus nyalain lagi, {op} langsung bisa {place}",
    "mode pesawat sebentar lalu {op} normal lagi, coba deh",
    "alhamdulillah bisa narik lagi, {op} udah bener",
    "{op} sudah pulih, toko bisa terima QRIS lagi {glad}",
    "ok {op} udah bisa buat zoom lagi",
    "{op} udah idup, bisa mabar {glad}",
    "internetnya udah balik normal, thanks {op}",
)

REPLIES_BACK: tuple[str, ...] = (
    "@{to} aku udah normal kak",
    "@{to} sini udah bisa {place}",
    "@{to} coba restart kak, punyaku udah nyala",
    "@{to} udah bisa dari jam {hour}",
    "@{to} {town} udah normal",
    "@{to} wis iso kak",
    "@{to} udah lancar lagi {glad}",
)

HALFWAY: tuple[str, ...] = (
    "{op} udah nyala tapi lemot banget {place}",
    "{op} balik sih, tapi buka gambar aja lama",
    "udah bisa tapi masih putus-putus {op} {place}",
    "{op} normal cuma sebentar terus ilang lagi",
    "WA doang yang bisa, sisanya masih muter. {op} {place}",
    "{op} udah konek tapi cuma chat, video gak kuat",
)
