"""Two officers at once, on the database that has real locks."""

import pytest

from staff.models import AccountCode, User
from staff.services import CodeNotValid, PrintedMeanwhile, check_code, create_accounts, print_slips, use_code
from tests.factories.staff import PASSWORD, PostingFactory, UserFactory
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


@pytest.fixture
def people():
    return [posting.staff_member for posting in PostingFactory.create_batch(5)]


def test_two_officers_make_one_account_a_person(people):
    officers = UserFactory.create_batch(4)

    made = at_once(*(lambda by=by: create_accounts(people=people, by=by) for by in officers))

    assert sorted(map(len, made)) == [0, 0, 0, 5]
    assert User.objects.filter(staff_member__in=people).count() == 5


def test_two_officers_who_print_at_once_get_one_set_of_slips(people):
    officers = UserFactory.create_batch(4)

    results = at_once(
        *(lambda by=by: print_slips(people=people, by=by, token="t" * 22, seen=0) for by in officers),
        refusals=(PrintedMeanwhile,),
    )

    printed = [result for result in results if isinstance(result, list)]
    assert (len(printed), len(printed[0]), AccountCode.objects.live().count()) == (1, 5, 5)
    for one in printed[0]:
        check_code(staff_code=one.user.staff_code, code=one.code)


def test_the_same_form_posted_at_once_gives_the_same_slips(people):
    officer = UserFactory()

    results = at_once(*(lambda: print_slips(people=people, by=officer, token="t" * 22, seen=0) for _copy in range(4)))

    assert len({frozenset(one.code for one in result) for result in results}) == 1
    assert AccountCode.objects.count() == 5


def test_a_code_used_at_once_sets_one_password(people):
    officer = UserFactory()
    [one] = print_slips(people=people[:1], by=officer, token="t" * 22, seen=0)
    code = check_code(staff_code=one.user.staff_code, code=one.code)

    results = at_once(
        *(lambda n=n: use_code(code=code, password=f"{PASSWORD}-{n}") for n in range(4)), refusals=(CodeNotValid,)
    )

    assert sum(isinstance(result, User) for result in results) == 1


def test_guesses_made_at_once_get_no_more_than_the_allowed_tries(people, settings):
    settings.CODE_TRIES = 3
    officer = UserFactory()
    first, second = print_slips(people=people[:2], by=officer, token="t" * 22, seen=0)

    at_once(
        *(lambda: check_code(staff_code=first.user.staff_code, code=second.code) for _guess in range(8)),
        refusals=(CodeNotValid,),
    )

    assert AccountCode.objects.get(user=first.user).tries == 3
