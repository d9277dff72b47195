"""What people write that names no place of theirs: complaints, chat, English, Javanese, Sundanese; all invented."""

from __future__ import annotations

NOWHERE = """\
min ini kenapa ya internet lemot banget dari pagi
sinyal ilang lagi parah bgt dah
kok error ya padahal kuota masih banyak
bener bener dah ini provider bikin emosi
udah tetap lemot walaupun ganti paket
butuh internet cepet malah mati
kamu tuh gimana sih sinyalnya ilang mulu
barusan bayar tahunan eh malah gangguan
lagi meeting tiba tiba dc, makasih loh
wifi rumah mati dari subuh, gimana mau kerja
baru isi ulang langsung hilang pulsanya
tolong dong dicek, udah tiga hari begini
modem nyala merah terus los nya kedip
gak bisa buka apa apa, whatsapp aja centang satu
ini jaringan apa keong
ngapa dah sinyal dikit dikit ilang
tarik napas dulu hadapi provider ini
ping merah terus pas main, ngelag parah
suka jadi lemot kalo malem
suka mati sendiri wifinya
kali ini parah banget, biasanya cuma sebentar
kemarin lancar, sekarang setengah mati
paket data habis padahal baru beli semalem
natal tahun ini tanpa internet
harian gue jadi berantakan gara gara wifi
saling lempar tanggung jawab cs sama teknisi
salam buat adminnya, semoga sehat selalu
selesai zoom baru normal lagi, pinter
minggir dulu mau ngamuk
gedeg banget sama provider satu ini
jangka waktu perbaikannya berapa lama sih
pacar marah gara gara telepon putus putus
ibu kost juga ngeluh wifinya mati
ayah saya gak bisa telepon dari tadi
bintang satu buat aplikasinya
mau nonton bola malah muter terus
harap sabar ini ujian
lembur malah internet putus, mantap
kudu piye iki sinyal ilang terus
sinyale elek tenan, kudu munggah wit disik
internete mati ket mau bengi, jan mumet
jaringan teu puguh, sabar wae lah
ieu wifi kumaha sih ti tadi pareum wae
naha leuleuy pisan internetna euy
ora iso opo opo, kuota ludes
kulo mboten saged mbukak aplikasi
mugi enggal sae malih sinyalipun
dadi pegel karo provider iki
bareng bareng protes yuk
anyar ganti modem tetep wae mati
deket tower tapi sinyal satu bar
luas sih jangkauannya katanya, nyatanya nol
ujung ujungnya disuruh restart
sumber masalahnya di mana sih
negara maju kok internetnya begini
raya raya begini malah gangguan
guna kuota banyak kalau gak bisa dipake
merek hp gue apa juga sama aja
suruh nunggu mulu kerjaannya
kasihan yang lagi ujian online
kasi kompensasi dong min
mau marah tapi percuma
bang tolong bang sinyal saya hilang
abang teknisi datang tapi gak bisa benerin
petir dikit langsung mati
hujan petir semalem, modem gosong
pagi pagi udah los merah
senen depan ada sidang, internet malah mati
web kampus gak bisa dibuka
kilo meter berapa pun tetap ngebut katanya
moga moga cepet normal
mentok di 2 mbps padahal bayar 50
panjang umur yang benerin jaringan
teriak teriak di telepon gak kedengeran
tulung lah min, wis telung dina
nanggung banget tinggal dikit download gagal
rendang aja lebih cepet mateng daripada loading ini
makan bakso malang sambil nunggu sinyal
nasi padang lebih pasti daripada sinyal lo
soto lamongan depan kantor enak, wifinya kenceng
beli oleh oleh bika ambon pake qris gagal terus
pempek palembang paling enak emang
persib bandung main, streaming patah patah
persija lawan bali united ngelag semua
nonton arema malang buffering terus
semoga timnas menang, sinyal jangan ilang
main solo rank malah lag
solo player emang susah, apalagi lag
nasib malang, kuota hangus semua
medan perang di grup keluarga gara gara wifi
batu baterai habis, modem juga mati
teman saya bilang operator sebelah lancar jaya
lancar jaya di tempat gue
setia pakai dari dulu, dibalas begini
damai damai aja asal lancar
merdeka dari lemot kapan
permata hati nangis gak bisa nonton kartun
sakti emang, bayar mahal dapet lambat
pasang baru seminggu udah rusak
harga selangit kecepatan keong
se kampung mati semua wifinya
sekampung ngeluh semua
sandaran hidup gue cuma kuota malam
sambutan cs nya ramah, masalahnya tetap
dagangan online gue sepi gara gara sinyal
kota ini sinyalnya kacau
luar kota sama aja, ilang
mudik ke semarang nanti semoga sinyal aman
mau ke bandung besok, sinyal gimana ya di sana
otw jogja, streaming dulu
tiket kereta ke surabaya gagal dibayar
waktu di bali dulu sinyalnya kenceng
dulu pernah di medan gak separah ini
tahun lalu di makassar lancar aja
dari jakarta ke bandung sinyal ilang timbul
liburan ke lombok kemarin lancar
kayak di papua aja sinyalnya
jl surabaya nomor berapa ya kantornya
gangguan di jakarta, bandung, surabaya, medan
jabodetabek mati semua kah
pulau jawa down semua ini
sumatera kalimantan down
se indonesia down kah
timur tengah aja internetnya lebih kenceng
gajah aja kalah gede sama tagihan gue
kangen masa masa internet kenceng
tambak kuota malam, siangnya kering
taman dekat rumah ada wifi gratis
di taman juga gak ada sinyal
di ujung gang masih dapet sinyal
di pinggir jendela baru ada sinyal
di bukit belakang rumah sinyal penuh
di simpang depan rumah ada tiang roboh
di pasar sinyal penuh, di rumah nol
di pantai malah dapet lima bar
di dalam lift juga hilang
di kantor lancar di rumah mati
di sumur kali sinyalnya
di sini juga mati
di mana mana mati
di tempat gue normal
di kampung lebih kenceng
lagi di tugas luar, sinyal nol
this internet is so slow today
my wifi keeps dropping every night
no signal since this morning, please fix
can someone explain why the network is down again
i pay every month for this
the web page will not load and the app is broken
sale price but still slow
still waiting for a reply since monday
why does it take so long to restore service
half the street lost connection
amen to that, worst provider ever
mam please check your dm
its not working, in its current state it is useless
for data only plans the speed is a joke
are you guys aware the line is dead
customer care keeps cutting the call
i was watching the match and it froze
dia pakai operator sebelah, lancar
mas teknisi bilang besok
mbak cs nya jutek
pak tolong dipercepat perbaikannya
kak ini kapan normalnya
gan ada yang sama gak
si teknisi gak dateng dateng
sama aja semuanya, gak ada yang bener
makan ayam penyet dulu sambil nunggu loading
kapan pulih min, capek nunggu
pulih sebentar terus mati lagi
sudah pulih makasih ya
akhirnya nyala lagi setelah seharian
loh kok tambah parah
cuma dapet edge, jaman batu
emosi jiwa raga
tagihan naik kualitas turun
ditelepon gak nyambung, disms gak sampe
kode otp gak masuk masuk
gak bisa transfer, mbanking error
token listrik gak masuk gara gara sinyal
mau absen online malah muter
kelas online bubar semua
rapat daring kacau balau
orderan ojol ilang gara gara sinyal
toko tutup qris mati
live jualan putus terus
nonton series ke potong terus
ping 999 di ml, auto kalah
valo rto terus
pubg lag padahal full bar
internet hidup mati hidup mati
kuota 30 gb raib
pulsa kesedot terus tiap malem
aplikasinya maintenance mulu
unreg paket gak bisa bisa
masa aktif habis padahal baru perpanjang
spam terus smsnya
""".splitlines()
