"""Credit codes judged by the column are judged as the kernel judges them one by one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from huiliu import credit_code
from validators import credit_codes

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SHAPED = st.builds(
    lambda head, place, tail: head + place + tail,
    st.text("0123456789", min_size=2, max_size=2),  # python-stdnum knows no letters here; see the last test
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=10, max_size=10),
)


def mended(code: str) -> str:
    organisation = code[8:16] + credit_code.organisation_check(code[8:16])
    return str(credit_code.make(code[:8] + organisation))


@given(st.lists(st.one_of(SHAPED, SHAPED.map(mended), st.text(max_size=20), st.none()), min_size=1))
def test_both_checks_agree_with_the_kernel(codes: list[str | None]) -> None:
    frame = pl.DataFrame({"code": pl.Series(codes, dtype=pl.String)})
    code = pl.col("code")
    told = frame.select(
        shaped=code.str.contains(credit_codes.SHAPE),
        check=credit_codes.wrong_check(code),
        organisation=credit_codes.wrong_organisation(code),
    )
    for written, (shaped, check, organisation) in zip(codes, told.rows(), strict=True):
        if written is None or not shaped:
            assert (check, organisation) == (False, False)
            assert written is None or not credit_code.valid(written)
        else:
            assert check == (not credit_code.valid(written))
            assert organisation == (not credit_code.organisation_code_valid(written))


@given(SHAPED.map(mended))
def test_a_code_written_full_width_or_spaced_is_suggested_as_it_should_be(code: str) -> None:
    spaced = f"{code[:2]} {code[2:8]}-{code[8:]}".lower()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    suggested = pl.DataFrame({"code": [spaced, wide, code]}).select(credit_codes.repaired(pl.col("code")))
    assert suggested.to_series().to_list() == [code, code, None]


def test_the_division_of_first_registration_may_be_retired_or_national_but_must_have_existed() -> None:
    frame = pl.DataFrame({"code": ["911000001000013428", "91340222MA2MQ1232A", "91999999MA2MQ1232U", "x"]})
    assert frame.select(credit_codes.wrong_division(pl.col("code"))).to_series().to_list() == [
        False,
        False,
        True,
        False,
    ]


def test_rural_collectives_whose_codes_begin_with_a_letter_are_not_refused() -> None:
    weights = [pow(3, place, 31) for place in range(17)]
    prefix = "N2340104MF0Y2RBK1"  # a collective registered with the agricultural department
    rest = -sum(ALPHABET.index(c) * w for c, w in zip(prefix, weights, strict=True)) % 31
    code = pl.DataFrame({"code": [prefix + ALPHABET[rest]]})
    assert code.select(pl.col("code").str.contains(credit_codes.SHAPE)).item()
    assert not code.select(credit_codes.wrong_check(pl.col("code"))).item()
