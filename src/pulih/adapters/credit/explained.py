"""The folder `explain` beside credits: the rules of the run as they were, and where its tables were.

With it one subscriber's account can be told long after, by the same rules; without the tables, which are removed after
settlement, what was given can still be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.credit_folder import CREDITS
from pulih.adapters.credit.disk import reading
from pulih.model.credit import Credit
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs

POLICY: Final = "explain/policy.toml"
INCIDENTS: Final = "explain/incident.json"
INPUTS: Final = "explain/inputs.json"
PAID: Final = "explain/paid.parquet"


def inputs_text(inputs: CreditInputs) -> bytes:
    """The file that says where the tables were, as absolute paths."""
    paths = {
        name: None if path is None else str(Path(path).absolute())
        for name, path in msgspec.structs.asdict(inputs).items()
    }
    return msgspec.json.format(msgspec.json.encode(paths), indent=2) + b"\n"


def rules_of(folder: Path) -> tuple[bytes, bytes, CreditInputs]:
    """What a folder of credits keeps of its run: texts of policy and incidents, and where the tables were.

    Raises: RefusedInput when it is no folder of credits.
    """
    for name in (POLICY, INCIDENTS, INPUTS, CREDITS):
        if not (folder / name).is_file():
            raise RefusedInput(f"--credits {folder}: there is no {name}; name a folder that `pulih credit` wrote.")
    with reading(str(folder)):
        policy, incidents = (folder / POLICY).read_bytes(), (folder / INCIDENTS).read_bytes()
        try:
            inputs = msgspec.json.decode((folder / INPUTS).read_bytes(), type=CreditInputs)
        except msgspec.MsgspecError:
            raise RefusedInput(f"{folder / INPUTS}: the file is damaged; run `pulih credit` again.") from None
    return policy, incidents, inputs


def credits_of(folder: Path, subscriber_id: int) -> list[Credit]:
    """The rows of one subscriber in a folder of credits."""
    path = folder / CREDITS
    with reading(str(path)):
        names = list(Credit.__struct_fields__)
        rows = pq.read_table(path, columns=names, filters=pc.field("subscriber_id") == subscriber_id)
    return [Credit(**row) for row in rows.to_pylist()]
