"""Small pieces that fill the `{slots}` of every template: names, places in a sentence, times, moods.

`[a|b]` chooses one alternative (an empty one says nothing), `{slot}` draws from the slot of that name.
"""

from __future__ import annotations

OWN_NAME: tuple[str, ...] = (
    "smartfren", "Smartfren", "smartfren", "Smartfren", "smartfren", "SMARTFREN", "smart fren", "smartfrn",
    "Smartfren", "smartpren", "si smartfren", "kartu smartfren", "smartfren gue", "smartfren aku",
)  # fmt: skip

BRAND: tuple[str, ...] = ("Smartfren", "smartfren", "Smartfren", "SMARTFREN", "smart fren")

CALL: tuple[str, ...] = (
    "min", "kak", "mimin", "halo", "woi", "guys", "gaes", "tolong", "permisi", "hei", "duh", "eh",
    "ya ampun",
    "astaga", "hadeh", "lah", "lho", "buset", "waduh", "aduh", "please", "cuy", "bro", "bestie", "nder",
)  # fmt: skip

BARS: tuple[str, ...] = (
    "sinyal penuh", "sinyal full", "sinyal bagus", "sinyalnya ada", "bar sinyal penuh", "sinyal 4G penuh",
    "sinyal mentok kanan", "sinyal hijau semua", "indikator 4G nyala", "tulisannya 4G+", "sinyal lima bar",
    "sinyal aman", "sinyal ada terus", "sinyalnya full senyum", "4G nya nongol", "jaringannya kebaca 4G",
)  # fmt: skip

DEAD: tuple[str, ...] = (
    "internet gak bisa dipake", "internetnya mati", "data gak jalan", "gak bisa buka apa-apa",
    "gak bisa internetan", "paket data mati total", "internet gak nyambung", "koneksi nihil",
    "tidak bisa akses internet", "gak konek sama sekali", "internetnya hilang", "data seluler gak jalan",
    "internet mati total", "gak ada koneksi", "gak bisa dipake internetan", "internet nol besar",
    "gak ada internet", "internet gabisa", "gak bisa browsing", "WA aja gak kekirim", "data mati",
    "semua aplikasi offline", "semua muter doang", "gak bisa connect", "internet ngilang",
)  # fmt: skip

DOWN: tuple[str, ...] = (
    "down", "error", "gangguan", "mati", "tumbang", "lumpuh", "ambruk", "trouble", "ngadat", "eror",
    "mati total",
    "gangguan massal", "down lagi", "mati suri",
)  # fmt: skip

WORK: tuple[str, ...] = (
    "zoom kantor bubar", "meeting jadi batal", "gak bisa absen online", "kerjaan numpuk gak kekirim",
    "lagi WFH malah begini", "email kantor gak masuk", "deadline siang ini", "presentasi klien gagal",
    "lagi ujian online tiba-tiba putus", "tugas gak bisa dikumpul", "kelas daring kelewat",
    "anak lagi ujian di HP", "bimbingan skripsi online batal", "kuis kampus gak kebuka",
    "gak bisa bayar QRIS", "m-banking gak kebuka", "mau transfer gak bisa",
    "OTP bank gak muncul-muncul di aplikasi",
    "saldo gak bisa dicek", "pembeli mau bayar QRIS gak bisa", "toko online gak bisa balas chat",
    "live jualan mati di tengah jalan", "orderan ojol gak masuk", "narik ojol dari pagi nol order",
    "mau checkout gagal terus", "war tiket jadi kalah", "keranjang gak bisa dibuka", "flash sale kelewat",
    "nonton drakor putus", "streaming muter terus", "lagi nonton live langsung ilang", "youtube gak kebuka",
    "lagi push rank langsung disconnect", "mabar bubar", "game reconnect mulu", "ranked jadi kalah",
    "maps gak jalan padahal lagi di jalan", "gak bisa pesan ojek pulang",
    "kurir gak bisa dihubungin di aplikasi",
    "warung gak bisa terima pembayaran", "mesin kasir offline", "keluarga nungguin kabar di WA",
)  # fmt: skip

TRIED: tuple[str, ...] = (
    "udah restart HP tiga kali", "udah mode pesawat bolak-balik", "udah cabut pasang kartu",
    "APN udah direset",
    "udah ganti HP tetep sama", "kuota masih banyak", "kuota masih 20 GB", "masa aktif masih lama",
    "udah reset jaringan", "udah matiin nyalain data", "di HP lain juga sama",
    "kartu sebelah di HP yang sama lancar",
    "telepon biasa masih bisa", "SMS masih masuk", "pindah ruangan sama aja",
    "udah coba setting ulang semua",
    "cek kuota ada, pulsa ada", "udah dipindah ke modem tetep gak mau",
)  # fmt: skip

MOOD: tuple[str, ...] = (
    "kesel banget", "capek deh", "tolong dong", "gimana ini", "help", "serius nanya", "jangan diem aja",
    "kasih info dong", "ada yang sama?", "cuma aku?", "aku doang apa gimana", "pada ngalamin gak sih",
    "mohon info", "kapan normal", "kapan benernya", "minta kepastian", "kompensasi gak nih", "nangis",
    "panik sendiri", "mana lagi butuh banget", "pagi-pagi udah bikin emosi", "rugi nih",
    "bikin kerjaan berantakan",
    "tolong segera dicek", "sabar banget aku tuh", "please lah",
)  # fmt: skip

FACE: tuple[str, ...] = (
    "😭", "😭😭", "😡", "🙏", "🙏🏻", "😩", "😤", "🤦", "🤷‍♀️", "😫", "🥲", "💀", "😅", "🤬", "📵",
    "🆘", "😔", "😢",
)  # fmt: skip

GLAD: tuple[str, ...] = ("🙏", "😊", "🥳", "🎉", "😌", "🤲", "👍", "🔥", "😁", "✨", "🫶")

# What people say about "since when", by how long the outage has lasted.
SINCE: dict[str, tuple[str, ...]] = {
    "fresh": (
        "barusan", "baru aja", "tiba-tiba", "mendadak", "dari tadi", "lima menit ini", "10 menitan ini",
        "sejak tadi", "pagi ini", "langsung mati gitu aja", "ujug-ujug",
    ),
    "morning": (
        "dari pagi", "dari jam 9", "dari jam 9an", "sejak jam 9 pagi", "dari tadi pagi", "udah sejam",
        "udah satu jam lebih", "pagi ini", "dari jam 8.50", "dari setengah 10", "dari tadi",
        "sejak pagi tadi",
    ),
    "noon": (
        "dari pagi sampe siang", "dari pagi belum bener", "udah 4 jam", "udah tiga jam lebih",
        "dari jam 9 sampe sekarang",
        "sampe abis jumatan", "sampai siang ini", "dari pagi", "udah setengah hari", "udah 5 jam",
    ),
    "late": (
        "dari pagi sampe sore", "udah 7 jam", "udah seharian", "dari jam 9 pagi sampai sekarang",
        "sampe sore masih gini",
        "hampir seharian", "sore ini masih", "udah 8 jam lebih", "dari pagi belum pulih",
        "sampai detik ini",
    ),
}  # fmt: skip

RIVAL: tuple[tuple[str, int], ...] = (
    ("telkomsel", 16), ("tsel", 5), ("xl", 10), ("axis", 6), ("indosat", 8), ("im3", 6), ("tri", 8),
    ("by.u", 4),
    ("indihome", 16), ("biznet", 7), ("first media", 5), ("myrepublic", 5), ("iconnet", 4),
    ("oxygen", 2), ("cbn", 2),
)  # fmt: skip

# Invented shops and shows, so that nobody's real business is put into a story.
STALL: tuple[str, ...] = (
    "Konter Melati", "Kios Pelangi", "Kedai Kuota Senja", "Toko Paket Mawar", "Gerai Sinar Data",
    "Konter Pojok Rasa",
)  # fmt: skip
CLUB: tuple[str, ...] = (
    "Elang Pesisir", "Macan Lembah", "Banteng Kali", "Hiu Selat", "Garuda Kampung", "Laskar Bukit",
)  # fmt: skip
