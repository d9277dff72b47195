"""Where the simulated writers are: towns with weights, as people write them and as a profile field says them.

The weights lean towards Greater Jakarta, West and Central Java, where the simulated outage is loudest; they
are invented and only roughly follow where people live.
"""

from __future__ import annotations

import random

# (weight on the day, weight on quiet days, official name for the profile field, ways to write it)
TOWNS: tuple[tuple[float, float, str, tuple[str, ...]], ...] = (
    (9.0, 5.0, "Jakarta Selatan", ("jaksel", "Jakarta Selatan", "Jaksel", "tebet", "kemang")),
    (8.0, 5.0, "Jakarta Timur", ("jaktim", "Jakarta Timur", "Jaktim", "cakung")),
    (7.0, 4.0, "Jakarta Barat", ("jakbar", "Jakarta Barat", "cengkareng")),
    (4.0, 2.5, "Jakarta Pusat", ("jakpus", "Jakarta Pusat", "kemayoran")),
    (4.0, 2.5, "Jakarta Utara", ("jakut", "Jakarta Utara", "kelapa gading")),
    (9.0, 5.0, "Kota Bekasi", ("bekasi", "Bekasi", "bekasi barat")),
    (5.0, 3.0, "Kabupaten Bekasi", ("cikarang", "Cikarang", "tambun")),
    (7.0, 4.0, "Kota Depok", ("depok", "Depok", "cimanggis")),
    (6.0, 3.5, "Kota Tangerang", ("tangerang", "Tangerang")),
    (6.0, 3.5, "Kota Tangerang Selatan", ("tangsel", "Tangsel", "bsd", "ciputat")),
    (6.0, 4.0, "Kabupaten Bogor", ("cibinong", "kab bogor", "cileungsi")),
    (4.0, 3.0, "Kota Bogor", ("bogor", "Bogor")),
    (8.0, 5.0, "Kota Bandung", ("bandung", "Bandung", "bdg")),
    (3.0, 2.0, "Kabupaten Bandung", ("soreang", "kab bandung", "baleendah")),
    (2.0, 1.0, "Kota Cimahi", ("cimahi", "Cimahi")),
    (4.0, 2.0, "Kabupaten Karawang", ("karawang", "Karawang")),
    (2.5, 1.5, "Kota Cirebon", ("cirebon", "Cirebon")),
    (2.0, 1.2, "Kota Sukabumi", ("sukabumi", "Sukabumi")),
    (2.0, 1.2, "Kota Tasikmalaya", ("tasik", "Tasikmalaya")),
    (2.0, 1.2, "Kabupaten Garut", ("garut", "Garut")),
    (1.5, 1.0, "Kabupaten Purwakarta", ("purwakarta", "Purwakarta")),
    (6.0, 4.0, "Kota Semarang", ("semarang", "Semarang", "smg")),
    (4.0, 2.5, "Kota Surakarta", ("solo", "Solo")),
    (2.0, 1.2, "Kabupaten Banyumas", ("purwokerto", "Banyumas")),
    (1.5, 1.0, "Kota Tegal", ("tegal", "Tegal")),
    (1.5, 1.0, "Kota Pekalongan", ("pekalongan", "Pekalongan")),
    (1.5, 1.0, "Kabupaten Kudus", ("kudus", "Kudus")),
    (1.0, 0.8, "Kota Magelang", ("magelang", "Magelang")),
    (3.5, 3.0, "Kabupaten Sleman", ("sleman", "Sleman")),
    (2.5, 2.5, "Kota Yogyakarta", ("jogja", "Jogja", "yogyakarta")),
    (2.0, 5.0, "Kota Surabaya", ("surabaya", "Surabaya", "sby")),
    (1.5, 3.0, "Kota Malang", ("malang", "Malang")),
    (1.0, 2.0, "Kabupaten Sidoarjo", ("sidoarjo", "Sidoarjo")),
    (0.8, 1.2, "Kota Kediri", ("kediri", "Kediri")),
    (2.0, 1.5, "Kota Serang", ("serang", "Serang")),
    (1.2, 1.0, "Kota Cilegon", ("cilegon", "Cilegon")),
    (1.5, 3.0, "Kota Medan", ("medan", "Medan")),
    (1.2, 2.0, "Kota Palembang", ("palembang", "Palembang", "plg")),
    (1.5, 2.0, "Kota Bandar Lampung", ("bandar lampung", "Bandar Lampung")),
    (0.8, 1.5, "Kota Pekanbaru", ("pekanbaru", "Pekanbaru")),
    (0.6, 1.0, "Kota Padang", ("padang", "Padang")),
    (0.8, 2.0, "Kota Makassar", ("makassar", "Makassar", "mks")),
    (0.6, 1.2, "Kota Denpasar", ("denpasar", "Denpasar")),
    (0.5, 1.0, "Kota Balikpapan", ("balikpapan", "Balikpapan")),
    (0.4, 0.8, "Kota Pontianak", ("pontianak", "Pontianak")),
    (0.4, 0.8, "Kota Banjarmasin", ("banjarmasin", "Banjarmasin")),
    (0.3, 0.6, "Kota Manado", ("manado", "Manado")),
)

IN_A_SENTENCE: tuple[str, ...] = (
    "di {}", "di {}", "di {}", "daerah {}", "area {}", "wilayah {}", "sini {}", "({})",
    "di {} dan sekitarnya",
)  # fmt: skip


def draw_town(rng: random.Random, *, outage: bool) -> tuple[str, tuple[str, ...]]:
    """Return the official name and the spellings of one town, weighted for the day or for quiet weeks."""
    weights = [town[0] if outage else town[1] for town in TOWNS]
    _, _, official, spellings = rng.choices(TOWNS, weights)[0]
    return official, spellings
