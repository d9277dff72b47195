"""What people write from a place, with the code of the region they write from; all invented."""

from __future__ import annotations

_LINES = """\
31.74 biznet setiabudi jaksel kok mati lagi
31.74 min area Tebet los merah dari jam 10, ada gangguan massal kah
31.74 indihome pasar minggu down dari subuh
31.74 wifi kost di setia budi gak konek konek
31.74 XL daerah Kuningan Jakarta sinyalnya penuh tapi gak bisa ngapa2in
31.74 sinyal tsel di lebak bulus ilang total
31.74 Jagakarsa gangguan ya min?
31.73 kebon jeruk mati lampu? bukan, internetnya yang mati
31.73 jakbar tewas semua internetnya
31.73 di kb. jeruk first media off dari pagi
31.73 Rawa Belong - Palmerah sinyal E doang
31.72 tj priok sinyal edge terus
31.72 Kelapa Gading wifinya merah semua, tetangga juga
31.72 sunter gimana, sinyal saya nol bar
31.71 gambir lag parah
31.71 Di Kec. Senen internet mati sejak semalam
31.71 tanah abang no signal sama sekali
31.75 rawamangun mati total biznetnya
31.75 by.U di Duren Sawit ngadat terus
31.75 kp melayu tsel ilang
31.75 jaktim down min??
31.01 pulau tidung sinyal hilang dua hari
31 jakarta sinyal axis parah banget hari ini
31 Jkt lg gangguan ya tri?
32.73 bdg raya eh bandung kota deng, iconnet mati
32.73 dago atas mati wifi, oxygen bangun woy
32.73 Antapani RTO terus
32.73 biznet di bandung napa down
32.04 di kab bandung, tepatnya soreang, inet putus
32.04 dayeuh kolot los merah
32.17 kabupaten bandung barat indihome gangguan
32.17 lembang dingin, internetnya ikut beku
32.77 cimahi mati wifinya dari siang
32.11 jatinangor mati, mana besok uts
32.16 cikarang pada mati internetnya
32.16 tambun selatan los lagi los lagi
32.75 Bekasi tercinta, wifi mati lagi
32.75 pondok gede signalnya ngilang
32.76 margonda mati pon kedip kedip
32.76 depok sawangan gangguan kah min
32.71 bgr kota sinyal drop
32.01 cibinong gak ada jaringan dari tadi siang
32.01 di Kab. Bogor sinyal byu hilang
32.01 bojong gede wifi lemot
32.74 cirebon kota inet mati
32.09 kec. sumber kab cirebon internet putus
32.78 tasik lemot pisan euy
32.15 karawang barat down nih myrep
32.18 pangandaran teu aya sinyal
32 jabar gangguan semua ya kak
36.74 tangsel, bsd sektor 1, wifi mati
36.74 ciputat putus putus mulu
36.74 di pondok aren iconnet padam
36.71 cipondoh mati lagi biznetnya
36.71 tng kota ilang sinyal
36.03 gading serpong down woi
36.03 citra raya cikupa internet off
36.03 tigaraksa sinyal ngadat
36.72 cilegon telkomsel eror
36.73 serang kota gangguan telkomsel
36 banten gangguan jaringan min
33.74 smg atas sinyal ambyar
33.74 tembalang wifi mati ket mau esuk
33.22 ungaran los bos
33.72 solo mati lampu internet ikutan mati, modem pakai ups tetap los
33.72 wong solo iki sinyale ilang kabeh neng laweyan
33.11 kartasura inet modar
33.02 purwokerto indihome lemot kaya bekicot
33.26 kajen ilang sinyal
33.06 kecamatan bener sinyal indosat hilang
33.29 brebes los ya?
34 jogja mati wifi massal
34 yogya lagi down kah indihomenya
34.04 condongcatur gangguan, tugas gak kekumpul
34.04 neng sleman wifine mati
34.04 depok sleman los merah
34.02 bantul sinyal ilang kabeh
34.03 wonosari gunungkidul gak ada jaringan
35.78 sby barat myrep los
35.78 rungkut mati wifine rek
35.78 suroboyo sinyal e nandi
35.73 mlg lowokwaru down
35.73 biznet malang oke kan? punyaku mati sejak siang
35.07 lawang malang internete mati
35.79 batu malang sinyal hilang
35.15 waru sidoarjo gangguan indihome
35.15 sidoarjo kota ilang sinyal
35.09 jember lemot rek
35.10 banyuwangi rogojampi down
35.06 pare kediri wifi kursus mati semua
35 madura sinyal hilang total
35 jatim gangguan massal ya
51.71 denpasar mati internetnya dari jam 7
51.71 renon wifi kantor putus
51.03 canggu internet is dead again
51.03 daerah kuta sinyal penuh tapi data mati
51.04 ubud no internet since morning
51 bali sinyal indosat hilang
52 lombok gangguan telkomsel
52.02 mandalika sinyal lumpuh
52.71 mataram indihome mati
53.71 kupang telkomsel mati total
53.15 labuan bajo no signal guys
61.71 ptk lemot
61.71 pontianak kota gangguan indihome
62.71 palangka raya sinyal hilang
62.02 sampit internet mati dari sore
63.71 bjm kenapa sinyalnya
63.72 banjarbaru down kah
64.71 bpn mati wifi, kerjaan numpuk
64.72 samarinda seberang los merah
64.08 sangatta sinyal 4g tapi gak jalan
65.71 tarakan internet putus, kabel laut ya?
71.71 manado tsel ilang
72.71 palu gangguan min
73.71 makassar telkomsel mati sejak tadi
73.71 panakkukang wifi mati
73.71 makasar gangguan kah
73.06 sungguminasa lemot sekali
73.08 watampone sinyal hilang
74.71 kendari down semua
75.71 kota gorontalo gangguan
76.02 mamuju sinyal mati
81.71 ambon internet putus lagi
82.71 ternate gak ada internet dua hari
91.71 jayapura mati internet lagi, kabel putus kah
91.71 abepura gelap sinyal
91.03 sentani juga mati
94.04 timika telkomsel mati total
93.01 merauke offline sejak pagi
96.71 sorong ilang jaringan
95.01 wamena susah sinyal hari ini
92.02 manokwari internet mati
11.71 banda aceh indihome los
11.06 Lhoknga gangguan
11.73 lhokseumawe mati sinyal
12.71 mdn johor wifi mati bang
12.71 medan sunggal los, cem mana ini
12.07 tj morawa lemot kali
12.72 siantar mati wifi
13.71 pdg sinyal ilang uda
13.75 bukittinggi indihome gangguan
14.71 pku panam down
14.71 pekan baru gangguan jaringan
14.03 duri riau sinyal hilang
15.71 jambi kota los
16.71 plb ilir barat mati wifi
16.71 jakabaring sinyal hilang
17.71 kota bengkulu gangguan telkomsel
18.71 bandar lampung first media mati
18.71 way halim los merah
18 lampung gangguan ya min
19.71 pangkal pinang internet mati
21.71 batam center down
21.71 btm sinyal ilang
21.72 tanjungpinang gangguan indihome
33.74 Min, rumah saya di Pedurungan, LOS sejak jam 7 tadi
32.73 temen di jakarta aman, gue di bandung mati total
35.78 di solo lancar jaya, di surabaya putus mulu
32.75 saya tinggal di bekasi, kerja di rumah, tiap siang putus
31.74 #Tebet biznet down
32.73 #BandungDown gara gara biznet
35.15 dari sidoarjo min, jaringan mati
32.76 lokasi depok timur, modem merah
33.74 Semaranggg matiii
34 jogjaaaa internet ilanggg
32.73 BANDUNGGG KENAPA WIFI MATI
31.74 jak sel mati semua
36.74 tang sel los
31.72 jkt utara sinyal drop
31.75 jkt tmr gak ada internet
12 sumatra utara gangguan kak?
73 sulsel lumpuh total jaringannya
64 kaltim gangguan telkomsel
35.25 gresik kota baru mati wifi
16.71 seberang ulu gangguan
33.72 jebres wifi kos mati
34.04 ugm wifi mati
32.01 sentul city gak ada sinyal
31.74 cilandak mati, pejaten juga
31.73 cengkareng barat wifi mati dari kemarin sore
32.16 Deltamas internet off
32.73 kircon los
36.03 pik 2 sinyal jelek parah hari ini mati total
35.14 pandaan sinyal mati
35.17 jombang jatim los
33.19 kudus gangguan biznet
33.18 pati mati wifi
33.17 lasem ora ono sinyal
33.08 muntilan lemot
53.07 maumere telkomsel hilang
61.06 putussibau gak ada internet
"""

SPOKEN = [(code, text) for code, _, text in (line.partition(" ") for line in _LINES.splitlines())]
