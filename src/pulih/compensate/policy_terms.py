"""Words of the sentences on a policy, in Indonesian and English; they are said in `policy_sentences`."""

from __future__ import annotations

from typing import Final

from pulih.compensate.written import Language

MONTHS: Final[dict[Language, tuple[str, ...]]] = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# Values of columns, services and attributes that people have words for; others are shown as they stand.
TERMS: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "prepaid": "prabayar",
        "postpaid": "pascabayar",
        "residential": "rumah tangga",
        "business": "bisnis",
        "data": "internet seluler",
        "voice": "telepon",
        "sms": "SMS",
        "fixed": "layanan tetap (fixed)",
        "tv": "TV",
        "towers": "menara",
    },
    "en": {
        "data": "mobile internet",
        "voice": "calls",
        "sms": "SMS",
        "fixed": "the fixed line",
        "tv": "TV",
        "towers": "towers",
    },
}
WORDS: Final[dict[Language, dict[str, str]]] = {
    "id": {
        "and": "dan",
        "or": "atau",
        "dates_": "{what} berlaku untuk gangguan kapan pun; tidak ada batas tanggal.",
        "dates_from": "{what} berlaku untuk gangguan yang mulai pada atau setelah {first}, menurut tanggal setempat.",
        "dates_to": "{what} berlaku untuk gangguan yang mulai sebelum {end}, menurut tanggal setempat.",
        "dates_fromto": "{what} berlaku untuk gangguan yang mulai pada atau setelah {first} dan sebelum {end}, menurut "
        "tanggal setempat.",
        "nobody": "Ketentuan ini tidak menjangkau siapa pun: salah satu daftar pelanggannya kosong.",
        "for_kinds": "Untuk pelanggan {kinds}.",
        "for_all_kinds": "Untuk semua pelanggan, prabayar maupun pascabayar, rumah tangga maupun bisnis.",
        "plans": "Hanya untuk paket {plans}.",
        "currency": "Hanya untuk pelanggan yang biayanya dalam {currency}.",
        "scope_all": "Diberikan kepada setiap pelanggan tersebut, terdampak atau tidak.",
        "location_presence": "Pelanggan terdampak bila layanan terganggu di wilayah tempat ia berada saat itu menurut "
        "data jaringan.",
        "location_home": "Pelanggan terdampak bila layanan terganggu di wilayah alamat terdaftarnya, di mana pun ia "
        "berada.",
        "location_presence_else_home": "Pelanggan terdampak bila layanan terganggu di wilayah tempat ia berada saat "
        "itu menurut data jaringan; bila keberadaannya tidak diketahui, wilayah alamat terdaftarnya yang dipakai.",
        "location_listed": "Pelanggan terdampak bila operator mencatatnya dalam daftar pelanggan yang kehilangan "
        "layanan, di mana pun ia berada.",
        "any_service": "Gangguan pada layanan apa pun dihitung.",
        "services": "Gangguan pada {services} dihitung.",
        "all_services": "Dihitung hanya selama {services} terganggu pada saat yang sama.",
        "depth": "Hanya gangguan yang dinyatakan untuk wilayah sampai tingkat {depth} (1: provinsi, 2: kabupaten atau "
        "kota) yang dihitung; wilayah yang lebih kecil tidak.",
        "requires": "Gangguan harus mencakup sedikitnya {least} {name}.",
        ">": "lebih dari {span}",
        ">=": "sedikitnya {span}",
        "threshold_total": "Seluruh waktu terdampak, dijumlahkan, harus {bound}.",
        "threshold_longest": "Rentang terpanjang tanpa jeda harus {bound}.",
        "minute": "menit",
        "hour": "jam",
        "day": "24 jam",
        "duration_total": "Yang dihitung adalah jumlah seluruh waktu terdampak.",
        "duration_longest": "Yang dihitung adalah rentang terdampak terpanjang tanpa jeda.",
        "rounding_up": "Satu satuan adalah {unit}; {unit} yang baru dimulai dihitung penuh.",
        "rounding_down": "Satu satuan adalah {unit} penuh; sisa yang lebih singkat tidak dihitung.",
        "rounding_exact": "Satu satuan adalah {unit}; sisanya dihitung sebagai pecahan.",
        "from_threshold": "Sebanyak {span} pertama tidak dihitung.",
        "days_touched": "Satu satuan adalah satu hari kalender, menurut waktu setempat, yang tersentuh gangguan, "
        "sesingkat apa pun.",
        "days_bound": "Satu satuan adalah satu hari kalender, menurut waktu setempat, dengan waktu terdampak {bound}.",
        "working_days": "Satu satuan adalah satu hari kalender yang terdampak sesudah hari kerja ke-{n} setelah hari "
        "gangguan mulai; hari mulai itu sendiri tidak dihitung.",
        "no_working_days": "Satu satuan adalah satu hari kalender yang terdampak sesudah hari gangguan mulai.",
        "weekend": "{days} bukan hari kerja.",
        "holidays": "Bukan hari kerja juga: {days}.",
        "once": "Diberikan sekali untuk setiap gangguan, berapa pun lamanya.",
        "fixed": "Diberikan {units} satuan untuk setiap gangguan, berapa pun lamanya.",
        "fee_30": "Satu satuan bernilai biaya bulanan dibagi {part} (satu bulan dihitung 30 hari).",
        "fee_calendar_day": "Satu satuan bernilai biaya bulanan dibagi jumlah hari pada bulan saat gangguan mulai.",
        "fee_calendar": "Satu satuan bernilai bagian biaya bulanan untuk {span} dari bulan kalender saat gangguan "
        "mulai.",
        "amount": "Satu satuan bernilai {amount}.",
        "validity": "Satu satuan memperpanjang masa aktif satu hari; ini bukan uang.",
        "benefit": "Satu satuan adalah {amount}; ini diberikan dalam bentuk layanan dan bukan uang.",
        "multiplier": "Hasilnya dikalikan {times}.",
        "cap_fee": "Paling banyak {percent}% dari biaya bulanan untuk satu gangguan.",
        "cap_amount": "Paling banyak {amount} untuk satu gangguan.",
        "no_cap": "Tidak ada batas atas.",
    },
    "en": {
        "and": "and",
        "or": "or",
        "dates_": "{what} is for outages at any time; no date bounds it.",
        "dates_from": "{what} is for outages that begin on or after {first}, by the local date.",
        "dates_to": "{what} is for outages that begin before {end}, by the local date.",
        "dates_fromto": "{what} is for outages that begin on or after {first} and before {end}, by the local date.",
        "nobody": "This clause reaches nobody: one of its lists of subscribers is empty.",
        "for_kinds": "It is for {kinds} subscribers.",
        "for_all_kinds": "It is for all subscribers, prepaid and postpaid, residential and business.",
        "plans": "Only for the plans {plans}.",
        "currency": "Only for subscribers whose fee is in {currency}.",
        "scope_all": "Each of these subscribers gets it, affected or not.",
        "location_presence": "Subscribers are affected when the service is down in the region where they are at that "
        "moment, by the network's own data.",
        "location_home": "Subscribers are affected when the service is down in the region of their registered address, "
        "wherever they are.",
        "location_presence_else_home": "Subscribers are affected when the service is down in the region where they are "
        "at that moment, by the network's own data; where that is not known, the region of their registered address "
        "is taken.",
        "location_listed": "Subscribers are affected when the operator lists them as without service, wherever they "
        "are.",
        "any_service": "An outage of any service counts.",
        "services": "An outage of {services} counts.",
        "all_services": "It counts only while {services} are down at the same time.",
        "depth": "Only outages told for regions down to level {depth} (1: state or province, 2: district) count; "
        "smaller ones do not.",
        "requires": "The outage must have at least {least} {name}.",
        ">": "more than {span}",
        ">=": "at least {span}",
        "threshold_total": "All affected time together must be {bound}.",
        "threshold_longest": "The longest stretch without a break must be {bound}.",
        "minute": "minute",
        "hour": "hour",
        "day": "24 hours",
        "duration_total": "What counts is all affected time together.",
        "duration_longest": "What counts is the longest affected stretch without a break.",
        "rounding_up": "One unit is {unit}; whatever of it has begun counts in full.",
        "rounding_down": "One unit is {unit} completed; what is left over does not count.",
        "rounding_exact": "One unit is {unit}; what is left over counts as a fraction.",
        "from_threshold": "The first {span} do not count.",
        "days_touched": "One unit is a calendar day, by local time, that the outage touches, however briefly.",
        "days_bound": "One unit is a calendar day, by local time, with {bound} of affected time.",
        "working_days": "One unit is an affected calendar day after working day {n} from the day on which the outage "
        "began; that day itself does not count.",
        "no_working_days": "One unit is an affected calendar day after the day on which the outage began.",
        "weekend": "{days} are no working days.",
        "holidays": "Nor are {days}.",
        "once": "It is given once for each outage, however long.",
        "fixed": "{units} units are given for each outage, however long.",
        "fee_30": "One unit is worth the monthly fee divided by {part} (a month counts as 30 days).",
        "fee_calendar_day": "One unit is worth the monthly fee divided by the days of the month in which the outage "
        "began.",
        "fee_calendar": "One unit is worth the part of the monthly fee for {span} of the calendar month in which the "
        "outage began.",
        "amount": "One unit is worth {amount}.",
        "validity": "One unit extends the validity by one day; it is no money.",
        "benefit": "One unit is {amount}; it is given in kind and is no money.",
        "multiplier": "The result is multiplied by {times}.",
        "cap_fee": "At most {percent}% of the monthly fee for one outage.",
        "cap_amount": "At most {amount} for one outage.",
        "no_cap": "There is no upper limit.",
    },
}
