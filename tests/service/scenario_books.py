"""Small books of subscribers for the stories, and what a policy gives each of them, worked out by hand beside it.

Before credits are worked out a person sets the onset to the documented moment, so that the sums hang on the facts of
the story and not on how soon it was found. An outage of a whole country leaves nobody out who is at home; who is left
out is seen where a policy asks where people were (KDDI), and where places fail one after the other (rolling power).
Money is in minor units; halves go to the even number. Policies that were not in force are tried "as if", and the test
says so of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pulih.model.credit_batch import CreditService

# In force on the day; tried as if it had been, since it names no day; or refused on the day, and then tried as if.
Reading = Literal["in_force", "as_if", "not_in_force"]
# Local moments from and until which somebody was in the country, or in a region.
Spell = tuple[str, str]


@dataclass(frozen=True)
class Member:
    """One subscriber: the monthly fee in minor units, and what they get under each try of the book, in its order.

    `present` None is at home, with no row of where they were; `paid` is (clause, amount) that was given before.
    """

    who: str
    fee: int
    gets: tuple[int, ...]
    currency: str = ""
    home: str = "01"
    payment: str = "postpaid"
    segment: str = "residential"
    present: tuple[Spell, ...] | None = None
    away: str = "01"
    paid: tuple[str, int] | None = None


@dataclass(frozen=True)
class Try:
    """One policy, how it stands to the day of the story, and the total of the book by currency."""

    policy: str
    reading: Reading
    total: dict[str, int]


@dataclass(frozen=True)
class Book:
    """The subscribers of one story; `onset` is the documented moment, local, and `until` when credits end."""

    zone: str
    onset: str
    until: str
    currency: str
    services: tuple[CreditService, ...]
    tries: tuple[Try, ...]
    members: tuple[Member, ...]

    def at(self, written: str) -> datetime:
        """Return a local moment."""
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(self.zone))


# 11:16 to 12:50: 94 minutes. Korea's terms of 2022 ask for more than 120, so as if they had been in force: nothing.
# A month of 30 days has 43,200 minutes, so the goodwill of the house is fee x 94 / 43,200.
KT = Book(
    zone="Asia/Seoul", onset="2021-10-25T11:16", until="2021-10-25T12:50", currency="KRW", services=("data",),
    tries=(Try("kor-2022", "not_in_force", {}), Try("idn-default", "as_if", {"KRW": 94 + 141 + 65 + 34})),
    members=(
        Member("a won a minute", 43_200, (0, 94)),
        Member("a business", 65_000, (0, 141), segment="business"),  # 65,000 x 94 / 43,200 = 141.43
        Member("prepaid", 30_000, (0, 65), payment="prepaid"),  # 30,000 x 94 / 43,200 = 65.28
        Member("for nothing", 0, (0, 0)),
        Member("was given 60 before", 43_200, (0, 34), paid=("pro-rata-minute", 60)),  # 94 - 60
        Member("was given more before", 43_200, (0, 0), paid=("pro-rata-minute", 100)),  # never below nothing
    ),
)  # fmt: skip

# Any time of 3 October makes one day of it: fee / 30.
SMARTFREN = Book(
    zone="Asia/Jakarta", onset="2025-10-03T08:48", until="2025-10-03T16:00", currency="IDR", services=("data",),
    tries=(Try("idn-generous-day", "as_if", {"IDR": 80_000 + 333_333 + 30_000}),),
    members=(
        Member("24,000 rupiah a month", 2_400_000, (80_000,)),
        Member("100,000 rupiah a month", 10_000_000, (333_333,)),  # 333,333.33
        Member("was given a part", 2_400_000, (30_000,), paid=("day-fee", 50_000)),  # 80,000 - 50,000
        Member("was given all", 2_400_000, (0,), paid=("day-fee", 80_000)),
        Member("for nothing", 0, (0,)),
    ),
)  # fmt: skip

# 04:05 to 16:05: 720 minutes of 43,200, so fee / 60. Scopes that joined in the afternoon lie within, and count once.
OPTUS = Book(
    zone="Australia/Sydney", onset="2023-11-08T04:05", until="2023-11-08T16:05", currency="AUD",
    services=("data", "voice"),
    tries=(Try("idn-default", "as_if", {"AUD": 83 + 148 + 60 + 62}),),
    members=(
        Member("50 dollars", 5_000, (83,)),  # 83.33
        Member("89 dollars", 8_900, (148,)),  # 148.33
        Member("half a cent down", 3_630, (60,)),  # 60.5 to the even
        Member("half a cent up", 3_690, (62,)),  # 61.5 to the even
        Member("was given 83 before", 5_000, (0,), paid=("pro-rata-minute", 83)),
        Member("was given more before", 5_000, (0,), paid=("pro-rata-minute", 100)),
    ),
)  # fmt: skip

# Five days of a July of 31: fee x 5 / 31, whatever is down for how long.
ROGERS = Book(
    zone="America/Toronto", onset="2022-07-08T04:45", until="2022-07-08T23:55", currency="CAD",
    services=("data", "voice", "fixed"),
    tries=(Try("rogers-2022", "in_force", {"CAD": 1_048 + 1_935 + 1_500 + 648, "USD": 500}),),
    members=(
        Member("65 dollars", 6_500, (1_048,)),  # 1,048.39
        Member("a business", 12_000, (1_935,), segment="business"),  # 1,935.48
        Member("93 dollars", 9_300, (1_500,)),
        Member("was given 4 dollars before", 6_500, (648,), paid=("five-days", 400)),  # 1,048 - 400
        Member("billed in another currency", 3_100, (500,), currency="USD"),
        Member("for nothing", 0, (0,)),
    ),
)  # fmt: skip

# The line of Britain's scheme is a fixed one, and it begins in 2024: refused on the day, and nothing as if.
# 05:30 to 05:30: 1,440 minutes of 43,200, so the goodwill of the house is fee / 30.
O2 = Book(
    zone="Europe/London", onset="2018-12-06T05:30", until="2018-12-07T05:30", currency="GBP", services=("data",),
    tries=(Try("uk-auto-2024", "not_in_force", {}), Try("idn-default", "as_if", {"GBP": 67 + 117 + 150 + 2 + 2})),
    members=(
        Member("20 pounds", 2_000, (0, 67)),  # 66.67
        Member("35 pounds", 3_500, (0, 117)),  # 116.67
        Member("a business", 4_500, (0, 150), segment="business"),
        Member("half a penny up", 45, (0, 2)),  # 1.5 to the even
        Member("half a penny down", 75, (0, 2)),  # 2.5 to the even
        Member("was given all", 4_500, (0, 0), paid=("pro-rata-minute", 150)),
    ),
)  # fmt: skip

# 61 h 55 min. 200 yen to all. Two days' fee is for those without voice and data, and the desk heard of calls alone, so
# nobody gets it here. Korea's terms, which were in force in Korea by then, as if: more than two hours on end where the
# subscriber was, ten times the hourly fee (fee / 720) for each started hour; 62 of them at most.
ALWAYS: tuple[Spell, ...] = (("2022-07-01T00:00", "2022-07-08T00:00"),)
KDDI = Book(
    zone="Asia/Tokyo", onset="2022-07-02T01:35", until="2022-07-04T15:30", currency="JPY", services=("voice",),
    tries=(
        Try("kddi-2022", "in_force", {"JPY": 8 * 200}),
        Try("kor-2022", "as_if", {"JPY": 2_583 + 7_104 + 125 + 125 + 2_583}),
    ),
    members=(
        Member("there all the time", 3_000, (200, 2_583), present=ALWAYS),  # 62 x 10 x 3,000 / 720 = 2,583.33
        Member("a business", 8_250, (200, 7_104), segment="business", present=ALWAYS),  # 7,104.17
        Member("left after two hours to the second", 3_000, (200, 0),
               present=(("2022-07-01T00:00", "2022-07-02T03:35:00"),)),
        Member("left a second later", 3_000, (200, 125),  # the third hour had started: 3 x 10 x 3,000 / 720
               present=(("2022-07-01T00:00", "2022-07-02T03:35:01"),)),
        Member("served in between", 3_000, (200, 0),  # two hours twice
               present=(("2022-07-02T01:35", "2022-07-02T03:35"), ("2022-07-02T04:35", "2022-07-02T06:35"))),
        Member("two spells that overlap", 3_000, (200, 125),  # two hours twice, one of them both: three on end
               present=(("2022-07-02T01:35", "2022-07-02T03:35"), ("2022-07-02T02:35", "2022-07-02T04:35"))),
        Member("abroad", 3_000, (200, 0)),
        Member("prepaid, for nothing", 0, (200, 0), payment="prepaid", present=ALWAYS),
        Member("was given the 200 before", 3_000, (0, 2_583), present=ALWAYS, paid=("apology-200", 200)),
    ),
)  # fmt: skip

# 19 September 17:33 to 26 September 12:15: eight local days, fee x 8 / 30. The claim of the 25th was taken back, so the
# 25th and the 26th count too.
TELKOM = Book(
    zone="Asia/Jakarta", onset="2021-09-19T17:33", until="2021-09-26T12:15", currency="IDR", services=("fixed",),
    tries=(Try("idn-generous-day", "as_if", {"IDR": 8_000_000 + 12_000_000 + 7_333_333 + 6_000_000}),),
    members=(
        Member("300,000 rupiah", 30_000_000, (8_000_000,)),
        Member("a business", 45_000_000, (12_000_000,), segment="business"),
        Member("275,000 rupiah", 27_500_000, (7_333_333,)),  # 7,333,333.33
        Member("was given two days before", 30_000_000, (6_000_000,), paid=("day-fee", 2_000_000)),
        Member("for nothing", 0, (0,)),
    ),
)  # fmt: skip

# Palembang from 11:30 (800 minutes to 00:50), Jambi from 14:30 (620) and, once no place stood out any more, the whole
# country from 17:35 (435), as the desk found and people confirmed them. fee x minutes / 43,200: 100 for each minute.
POWER = Book(
    zone="Asia/Jakarta", onset="2024-06-04T11:30", until="2024-06-05T00:50", currency="IDR",
    services=("data", "voice"),
    tries=(
        Try("idn-default", "as_if", {"IDR": 80_000 + 62_000 + 43_500 + 46_500 + 49_500 + 30_000}),
    ),
    members=(
        Member("of Palembang", 4_320_000, (80_000,), home="16.71"),  # 800 x 100
        Member("of a town in Jambi", 4_320_000, (62_000,), home="15.71"),  # 620 x 100
        Member("of Bandung", 4_320_000, (43_500,), home="32.73"),  # 435 x 100
        # At home until noon, then where nothing failed yet until the whole country did: 30 + 435.
        Member("of Palembang, and went to Bandung", 4_320_000, (46_500,), home="16.71", away="32.73",
               present=(("2024-06-04T12:00", "2024-06-04T17:35"),)),
        # An hour in Jambi while it was down there alone: 60 + 435.
        Member("of Bandung, and saw Jambi", 4_320_000, (49_500,), home="32.73", away="15.71",
               present=(("2024-06-04T15:00", "2024-06-04T16:00"),)),
        Member("was given 500 rupiah before", 4_320_000, (30_000,), home="16.71", paid=("pro-rata-minute", 50_000)),
        Member("for nothing", 0, (0,), home="16.71"),
    ),
)  # fmt: skip

BOOKS = {
    "kt-2021": KT, "smartfren-2025-10-03": SMARTFREN, "optus-2023": OPTUS, "rogers-2022": ROGERS, "o2-2018": O2,
    "kddi-2022": KDDI, "telkom-2021": TELKOM, "rolling-power": POWER,
}  # fmt: skip
