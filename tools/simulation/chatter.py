"""Talk that is no outage of the operator looked at: rivals, sellers, jokes, football, prices, headlines."""

from __future__ import annotations

RIVAL_TROUBLE: tuple[str, ...] = (
    "{rival} lemot banget hari ini {place}",
    "{rival} gangguan kah {place}?",
    "{rival} kenapa ya ilang sinyal",
    "wifi {fixed} mati dari pagi {place} {face}",
    "{fixed} lampu LOS merah {place}, tolong teknisi",
    "{fixed} down lagi? {act}",
    "{fixed} lelet parah tiap malem",
    "sudah lapor {fixed}, teknisi belum datang juga {place}",
    "{rival} {place} susah sinyal",
    "{rival} putus-putus terus {face}",
    "kuota {rival} cepet banget abis",
    "aplikasi {rival} gak bisa login",
    "pulsa {rival} kesedot lagi",
    "{rival} tiap hujan ngilang",
    "ping {fixed} merah, {act}",
    "tagihan {fixed} naik padahal paket sama",
    "{fixed} sering banget RTO {place}",
    "{rival} 5G tapi berasa 3G",
    "minta kompensasi ke {fixed} gimana caranya ya",
    "wis telung dino {fixed} mati nang {town}",
    "{fixed} paeh deui di {town}",
    "{rival} lagi eror ya? gak bisa telepon",
    "internet {fixed} kedip-kedip terus {place}",
    "pasang {fixed} udah seminggu belum ada kabar",
    "modem {fixed} panas terus mati sendiri",
    "{rival} di {town} sinyal satu bar doang",
)

COMPARE: tuple[str, ...] = (
    "untung pake {rival}, {op} lagi down katanya",
    "{rival} aman-aman aja, yang pake {op} sabar ya",
    "temen kantor pake {op} pada numpang hotspot {rival} ku",
    "pindah {rival} aja lah kalo {op} begini",
    "hotspot {rival} laku keras hari ini gara-gara {op}",
    "di rumah pake {rival} lancar, {op} ibu yang mati",
    "{rival} gak kena kan? cuma {op} ya",
    "beli perdana {rival} dulu, {op} gak bisa diharapkan hari ini",
    "yang pake {rival} mana suaranya, aman?",
    "{rival} lancar jaya {place}",
)

SYMPATHY: tuple[str, ...] = (
    "semangat ya yang pake {op}, semoga cepet pulih",
    "kasihan bapak ojol yang pake {op} hari ini",
    "semoga teknisi {op} dikasih kekuatan",
    "timeline isinya {op} semua hari ini",
    "baca-baca keluhan {op} kok sedih ya",
    "ternyata se-Indonesia ngeluh {op} hari ini",
)

PROMOTIONS: tuple[str, ...] = (
    "PROMO! Paket {rival} 30 GB cuma 35 ribu, cek link di bio",
    "Diskon 50% pasang {fixed} bulan ini, free instalasi area {town}",
    "Internet rumah cepat {fixed} mulai 150 ribuan, hubungi kami ya kak",
    "Giveaway kuota 10 GB! follow, repost, tag 3 teman",
    "Cashback paket data semua operator, buruan sebelum kehabisan",
    "Upgrade ke 5G bareng {rival}, gratis kuota malam",
    "Nonton tim kesayangan tanpa putus pakai paket streaming {rival}",
    "Promo akhir pekan: beli 1 gratis 1 voucher data {rival}",
    "Daftar {fixed} sekarang, gratis biaya pasang dan modem wifi",
    "Kuis berhadiah pulsa 100 ribu, jawab: operator favoritmu apa?",
    "Promo gajian paket {brand} 100 GB, klaim di aplikasi",
    "Bosan internet lemot? saatnya pindah ke {fixed}",
    "Internet sering gangguan? coba {fixed}, bebas FUP!",
)

SELLERS: tuple[str, ...] = (
    "{stall} ready kuota {brand} 15 GB 28k, {rival} 20 GB 35k, minat DM",
    "jual kuota murah all operator, proses 5 menit, amanah",
    "ready voucher {brand} unlimited, nego tipis, wa di bio",
    "open jasa inject kuota {rival}, testi banyak",
    "{stall} buka sampai jam 10 malam, kartu perdana {brand} {rival} lengkap",
    "jual nomor cantik {brand} ekor 8888, minat inbox",
    "paket combo {brand} murah, {rival} juga ada, garansi aktif",
    "reseller kuota gabung yuk, modal 50 ribu untung jutaan",
    "{stall}: kuota {brand} lagi diskon, stok terbatas",
    "top up game, pulsa, token listrik, kuota {rival}. fast respon",
    "WTS modem {brand} second mulus, area {town}",
    "jasa unlock modem {brand}, COD {town}",
)

JOKES: tuple[str, ...] = (
    "hubunganku kayak sinyal {op}, ada tapi gak nyambung",
    "doi slow respon, kalah sama {op}",
    "otakku loading terus kayak {rival} jam 7 malam",
    "jaringan pertemanan gue lebih luas dari jaringan {op}",
    "gebetan ngilang, sinyal {rival} aja masih balik lagi",
    "cintaku full bar, balasanmu no service",
    "dompet tanggal tua: no signal",
    "lemot amat mikirnya, pake {rival} ya otaknya",
    "mantan kayak {fixed}, putus nyambung",
    "jomblo itu mode pesawat tapi pesawatnya gak berangkat",
    "kalo rindu ada kuotanya, punyaku udah FUP",
    "bos: ke mana aja? aku: nyari sinyal pak, di hati bapak",
    "dia bilang otw tapi loading, kayak {op} katanya",
    "ayahku minta dibenerin internetnya, ternyata mode pesawat",
    "sinyal cinta {op}, kenceng di awal doang wkwk",
)

OUTAGE_JOKES: tuple[str, ...] = (
    "hari ini hari tenang nasional bagi pengguna {op}",
    "{op} ngajarin kita bersyukur sama wifi warkop",
    "berkat {op} aku jadi ngobrol sama keluarga wkwkwk",
    "pengguna {op} hari ini: detoks digital gratis",
    "{op} cuti bersama tapi gak bilang-bilang",
    "yang PDKT modal {op} hari ini auto ghosting",
)

FOOTBALL: tuple[str, ...] = (
    "GOOOL {club}! jaringan lawan bergetar",
    "jebol juga jaringan gawang {club}",
    "{club} mainnya lag banget, passing telat semua",
    "bek {club} loading, lawan udah di depan gawang",
    "kiper {club} down duluan sebelum ditendang",
    "siaran bola telat semenit, tetangga udah teriak gol",
    "{club} comeback! koneksi antar lini mantap",
    "wasit error, masa gitu gak penalti",
    "lini tengah {club} putus nyambung dari tadi",
    "streaming bola di warung ngelag pas mau gol {face}",
    "skor 2-1 buat {club}, mati kutu lawannya",
    "pemain {club} no signal, nyari posisi terus",
    "{club} gangguan di lini belakang, kebobolan terus",
    "gol gol gol! jaring bergoyang {glad}",
    "pelatih {club} harus restart strateginya",
    "babak kedua {club} kayak abis diisi kuota, ngebut",
    "offside ya? VAR nya lemot amat",
    "tim ini butuh sinyal dari pelatih",
    "{club} kalah, jaringan mata-mata bocor kali",
    "nobar di {town} rame banget malam ini",
    "{club} mainnya kayak {op}, putus nyambung wkwk",
    "serangan {club} macet terus, pake {op} kali",
    "gawang {club} jebol, koneksinya kalah cepat sama {op}",
)

PRICES: tuple[str, ...] = (
    "{op} kok paketnya naik lagi sih, mahal",
    "harga paket {op} naik, kuotanya malah dikurangin",
    "tolak kenaikan harga {op}!",
    "dulu {op} murah, sekarang sama aja sama yang lain",
    "paket {op} yang 50 ribu kok jadi 65 ribu",
    "unlimited {op} kok pake FUP, gak unlimited dong namanya",
    "{op} naikin harga diem-diem, kecewa",
    "mahal banget {op} sekarang, mending pindah",
    "kuota lokal {op} gak guna, bikin mahal doang",
    "protes dong rame-rame soal harga {op}",
    "gaji tetap, paket {op} naik terus {face}",
    "kenapa sih {op} harga naik tiap tahun",
    "bonus kuota {op} dihapus, harganya tetep. niat banget",
    "{op} balikin harga lama!!",
    "petisi turunin harga paket {op}, ikut yuk",
)

OPERATOR_NEWS: tuple[str, ...] = (
    "Hai Sobat! Nikmati promo akhir pekan dari {brand}. Syarat dan ketentuan berlaku.",
    "Selamat pagi Sobat {brand}, jangan lupa perpanjang paketmu lewat aplikasi ya.",
    "{brand} hadir di pameran kota {town} akhir pekan ini. Sampai jumpa di gerai kami!",
    "Waspada penipuan yang mengatasnamakan {brand}. Kami tidak pernah meminta kode OTP.",
    "Pemeliharaan jaringan terjadwal di {town} pukul 01.00-04.00 WIB. Mohon maaf atas ketidaknyamanannya.",
    "Sudah cek poin kamu bulan ini? Tukarkan di aplikasi {brand}.",
)

OPERATOR_REPLIES: tuple[str, ...] = (
    "@{to} Hai Kak, mohon maaf atas kendalanya. Silakan kirim nomor dan lokasi Kakak lewat DM ya.",
    "@{to} Halo Kak, boleh diinfokan lokasi dan tipe HP-nya melalui pesan langsung? Kami bantu cek.",
    "@{to} Mohon maaf atas ketidaknyamanan yang Kakak alami. Laporan sudah kami teruskan ke tim terkait.",
    "@{to} Hai Kak, terima kasih sudah menghubungi kami. Ada yang bisa dibantu lagi?",
    "@{to} Hai Kak, silakan coba aktifkan mode pesawat 30 detik lalu nonaktifkan kembali ya.",
    "@{to} Baik Kak, keluhan jaringannya sudah kami catat. Mohon kesediaannya menunggu.",
)

OPERATOR_DAY: tuple[tuple[str, str], ...] = (
    ("11:05", "Sobat {op}, sebagian pelanggan mengalami kendala akses data. Kami sedang menanganinya."),
    ("13:20", "Pembaruan: penanganan kendala data {op} masih berlangsung. Mohon maaf atas kendala ini."),
    ("16:10", "Pembaruan: layanan data {op} berangsur pulih. Terima kasih atas kesabaran Sobat."),
    ("19:45", "Layanan data {op} telah kembali normal. Kami mohon maaf. Informasi kompensasi menyusul."),
)  # fmt: skip

HEADLINES: tuple[tuple[str, str], ...] = (
    ("10:52", "Warganet keluhkan internet {op} mati pagi ini, begini tanggapan perusahaan"),
    ("11:40", "Layanan {op} gangguan, keluhan memuncak sekitar pukul 10.18 WIB"),
    ("13:05", "Pelanggan {op} mengeluh internet tidak bisa dipakai meski sinyal penuh"),
    ("14:30", "Pelaku usaha kecil rugi akibat gangguan {op}, ini kata pengamat"),
    ("17:15", "Gangguan {op}: lembaga konsumen minta kompensasi yang jelas"),
    ("20:30", "Layanan {op} disebut berangsur normal, kompensasi menyusul"),
)  # fmt: skip
