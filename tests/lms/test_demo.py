"""What the README's walk relies on."""

import csv

from lms import demo

NO_ACCOUNT = {"P0403": "Lê Thị Chi", "P0019": "Hồ Xuân Quý Phúc", "P0382": "Lê Văn Quân"}


def test_three_people_of_the_commune_have_neither_e_mail_nor_account():
    with (demo.STAFF_DATA / "staff-clean.csv").open(encoding="utf-8-sig") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}

    assert {key: rows[key]["full_name"] for key in NO_ACCOUNT} == NO_ACCOUNT
    assert {rows[key]["email"] for key in NO_ACCOUNT} == {""}
    assert NO_ACCOUNT.keys() & {account.list_key for account in demo.ACCOUNTS} == set()
