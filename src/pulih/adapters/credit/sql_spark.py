"""Turns the canonical SQL into Spark's, with sqlglot: the same text, said in another dialect.

Two things have no counterpart and are put otherwise: HUGEINT is DECIMAL(38, 0), whose overflow is an error in Spark's
ANSI mode, and the quotient of two of them is taken from what divides without rest, since `DIV` would cut it to 64
bits without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlglot import exp

_DECIMAL: Final = "DECIMAL(38, 0)"


def spark_text(text: str) -> str:
    """The text in Spark's dialect.

    Args:
        text: canonical SQL, in DuckDB's dialect; wide quotients stand in CAST(a // b AS HUGEINT).

    >>> spark_text("SELECT a // 60 AS b, CAST(c AS HUGEINT) AS d FROM e")
    'SELECT a DIV 60 AS b, CAST(c AS DECIMAL(38, 0)) AS d FROM e'
    >>> spark_text("SELECT CAST(CAST(a AS HUGEINT) // b AS HUGEINT) AS c FROM d")
    'SELECT CAST((CAST(a AS DECIMAL(38, 0)) - (CAST(a AS DECIMAL(38, 0))) % b) / b AS DECIMAL(38, 0)) AS c FROM d'
    """
    from sqlglot import exp, parse_one  # noqa: PLC0415 -- comes with the extra `spark`

    tree = parse_one(text, read="duckdb")
    for cast in reversed(list(tree.find_all(exp.Cast))):
        if cast.to.this == exp.DataType.Type.INT128:
            cast.set("to", exp.DataType.build(_DECIMAL))
            if isinstance(cast.this, exp.IntDiv):
                cast.set("this", _whole_quotient(cast.this.this, cast.this.expression))
    return tree.sql(dialect="spark")


def _whole_quotient(dividend: exp.Expression, divisor: exp.Expression) -> exp.Expression:
    from sqlglot import exp  # noqa: PLC0415

    rest = exp.Mod(this=exp.paren(dividend.copy()), expression=divisor.copy())
    # Spark divides decimals as decimals; sqlglot must not guard the division as it would another dialect's.
    return exp.Div(this=exp.paren(exp.Sub(this=dividend, expression=rest)), expression=divisor, typed=False, safe=False)
