"""An operator's table of subscribers is read whole, in any format, or refused with its place and what is right."""

from __future__ import annotations

import gzip
import io
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.subscriber_file import read_subscribers
from pulih.model.errors import RefusedInput
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.subscribers import SubscriberCount, SubscriberTable

HEADER = "operator,region,service,plan,subscribers,priority\n"
TABLE = (
    HEADER + "smartfren,31.74,mobile_data,Unlimited Harian,120000,\n"
    "smartfren,31.74,mobile_data,Korporat,85,hospital\n"
    "Smartfren,Kota Bandung,mobile_data,Unlimited Harian,64000,\n"
)
COUNTS = [
    SubscriberCount("smartfren", "31.74", "mobile_data", "Unlimited Harian", 120_000),
    SubscriberCount("smartfren", "31.74", "mobile_data", "Korporat", 85, "hospital"),
    SubscriberCount("smartfren", "32.73", "mobile_data", "Unlimited Harian", 64_000),
]


@cache
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def read(path: Path) -> SubscriberTable:
    return read_subscribers(str(path), gazetteer=gazetteer(), catalogue=load_catalogue())


def counts(table: SubscriberTable) -> list[SubscriberCount]:
    return [row for regions in table.counts.values() for rows in regions.values() for row in rows]


def file(folder: Path, content: str | bytes) -> Path:
    path = folder / "pelanggan.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def parquet(text: str) -> bytes:
    held = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(pa.BufferReader(text.encode())), held)
    return held.getvalue()


WRITTEN = {
    "plain": TABLE.encode(),
    "gzip": gzip.compress(TABLE.encode()),
    "semicolons": TABLE.replace(",", ";").encode(),
    "Indonesian names": TABLE.replace(HEADER, "merek,wilayah,layanan,paket,pelanggan,prioritas\n").encode(),
    "floats": TABLE.replace("120000", "120000.0").encode(),
    "json": b"\n".join(
        b'{"operator":"smartfren","region":"%s","service":"mobile_data","plan":"%s","subscribers":%d,"priority":%s}'
        % (region, plan, number, priority)
        for region, plan, number, priority in (
            (b"31.74", b"Unlimited Harian", 120_000, b"null"),
            (b"31.74", b"Korporat", 85, b'"hospital"'),
            (b"Kota Bandung", b"Unlimited Harian", 64_000, b'""'),
        )
    ),
    "parquet": parquet(TABLE),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_table_is_read_however_complaints_are(how: str, tmp_path: Path) -> None:
    assert counts(read(file(tmp_path, WRITTEN[how]))) == COUNTS


def test_plan_and_priority_may_be_left_out_and_the_country_stand_for_all_regions(tmp_path: Path) -> None:
    table = read(file(tmp_path, "operator,region,service,subscribers\nbiznet,ID,fixed_broadband,900000\n"))
    assert counts(table) == [SubscriberCount("biznet", "", "fixed_broadband", "", 900_000)]


def test_regions_may_be_of_another_level_for_another_operator(tmp_path: Path) -> None:
    rows = "xl,31,sms,,5,\nsmartfren,31.74,sms,,5,\nxl,32.73,sms,,5,\n"
    assert len(counts(read(file(tmp_path, HEADER + rows)))) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("operator,region,subscribers\nxl,31,5\n", "there is no column service; its columns are: operator, region,"),
        ("a,b\n1,2\n", "there is no column operator and none region and none service and none subscribers"),
        (f"{HEADER}nirkabel,31,sms,,5,\n", "row 2, column \"operator\": 'nirkabel' is no operator of the catalogue"),
        (f"{HEADER},31,sms,,5,\n", "row 2, column \"operator\": '' is no operator"),
        (f"{HEADER}xl,99.99,sms,,5,\n", "row 2, column \"region\": '99.99' is no province, regency or city of the gaz"),
        (f"{HEADER}xl,31.74.05,sms,,5,\n", "'31.74.05' is no province, regency or city"),
        (f"{HEADER}xl,,sms,,5,\n", "row 2, column \"region\": '' is no province"),
        (f"{HEADER}xl,31,5G,,5,\n", "row 2, column \"service\": '5G' is no service that a line has; write one of"),
        (f"{HEADER}xl,31,billing,,5,\n", "'billing' is no service that a line has"),
        (f"{HEADER}xl,31,any,,5,\n", "'any' is no service that a line has"),
        (f"{HEADER}xl,31,sms,,banyak,\n", "row 2, column \"subscribers\": 'banyak' is no count; write a whole number"),
        (f"{HEADER}xl,31,sms,,,\n", "column \"subscribers\": '' is no count"),
        (f"{HEADER}xl,31,sms,,-4,\n", "'-4' is no count"),
        (f"{HEADER}xl,31,sms,,1.5,\n", "'1.5' is no count"),
        (f"{HEADER}xl,31,sms,,12.000,\n", "'12.000' is no count; write a whole number from 0 to 10000000000, without"),
        (f'{HEADER}xl,31,sms,,"12,000",\n', "'12,000' is no count"),
        (f"{HEADER}xl,31,sms,,99999999999,\n", "'99999999999' is no count"),
        (f"{HEADER}xl,31,sms,,nan,\n", "'nan' is no count"),
        (f"{HEADER}xl,31,sms,,5,vip\n", "row 2, column \"priority\": 'vip' is no kind of priority customer"),
        (f"{HEADER}xl,31,sms,A,5,\nxl,DKI Jakarta,sms,A,6,\n", "rows 2 and 3 both count sms of xl in 31, plan 'A'"),
        (f"{HEADER}xl,31,sms,A,5,\nxl,31,sms,a,6,\n", "rows 2 and 3 both count sms of xl in 31, plan 'a'"),
        (f"{HEADER}xl,31,sms,,5,\nxl,31.74,sms,,6,\n", "row 2 counts xl in 31, and row 3 in 31.74, which lies in it"),
        (f"{HEADER}xl,31.74,sms,,5,\nxl,ID,sms,,6,\n", "row 3 counts xl in ID, and row 2 in 31.74, which lies in it"),
        (f"{HEADER}xl,31,sms\n", "row 2: fewer cells than the header"),
        (HEADER, "has a header and no rows below it"),
        ("", "is empty"),
        (bytes(range(256)) * 64, "is binary data"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_the_place_and_what_would_be_right(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedInput) as refused:
        read(file(tmp_path, content))
    assert said in str(refused.value)
    assert "pelanggan.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_region_number_that_lost_its_zero_is_refused_and_never_guessed(tmp_path: Path) -> None:
    """A spreadsheet makes 32.10 (Majalengka) into 32.1, which is no region."""
    with pytest.raises(RefusedInput, match=r"'32\.1' is no province"):
        read(file(tmp_path, f"{HEADER}xl,32.1,sms,,5,\n"))
