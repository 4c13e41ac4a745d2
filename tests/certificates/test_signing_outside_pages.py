"""The pages of signing with the agency's tool: from the list to the issued certificate, and who may open them."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import services
from certificates.models import BatchItem, Certificate, SigningBatch
from certificates.services import batches
from staff.enums import Capability
from tests.factories.agency import Agency
from tests.factories.certificates import passed_qualification
from tests.factories.staff import PostingFactory, ScopeFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/giay-chung-nhan/ky-ngoai/"


@pytest.fixture
def agency(settings, tmp_path):
    made = Agency.at(tmp_path / "agency")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    for name, value in made.settings().items():
        setattr(settings, name, value)
    return made


@pytest.fixture
def province_hr(province):
    user = UserFactory(full_name="Đỗ Thị Văn Thư", staff_code="NS0068")
    ScopeFactory(user=user, unit=province, capability=Capability.HR)
    return user


def waiting(staff_member, count=1):
    for number in range(1, count + 1):
        qualification = passed_qualification(staff_member, code=f"CB-{number:02d}")
        services.issue_certificate(qualification_id=qualification.pk)


def token_of(response) -> str:
    return re.search(r'name="token" value="([^"]+)"', response.text)[1]


def test_the_whole_way_over_the_pages(agency, learner, province_hr, client, django_capture_on_commit_callbacks):
    waiting(learner.staff_member, 2)
    client.force_login(province_hr)
    shown = client.get(LIST)
    assert "2 giấy chứng nhận đang chờ ký và chưa vào lô nào." in shown.text
    with django_capture_on_commit_callbacks(execute=True):
        made = [client.post(LIST, {"token": token_of(shown), "course": ""}) for _twice in range(2)]
    batch = SigningBatch.objects.get()
    assert {response["Location"] for response in made} == {f"{LIST}{batch.pk}/"}

    answer = client.get(f"{LIST}{batch.pk}/tep/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = sorted(name for name in archive.namelist() if name.endswith(".pdf"))
    signed = {names[0]: agency.both(archive.read(names[0])), names[1]: agency.second(archive.read(names[1]))}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as back:
        for name, content in signed.items():
            back.writestr(name, content)
    file = SimpleUploadedFile("lo-da-ky.zip", packed.getvalue())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{LIST}{batch.pk}/nop/", {"file": file})
    page = client.get(f"{LIST}{batch.pk}/").text

    assert "Sai thứ tự ký: chữ ký thứ 1 phải là chữ ký của người ký. Người ký ký trước, cơ quan ký sau." in page
    assert [c.status for c in Certificate.objects.order_by("number")] == ["issued", "pending"]
    learning = client.force_login(learner) or client.get(reverse("my_learning")).text
    assert (learning.count("Giấy chứng nhận (PDF)</a>"), learning.count("giấy chứng nhận đang chờ ký")) == (1, 1)


def test_what_waits_or_is_signed_in_part_is_nowhere_given_out(agency, learner, hr, client):
    waiting(learner.staff_member)
    [certificate] = Certificate.objects.all()

    for reader in (learner, hr):
        client.force_login(reader)
        assert client.get(f"/giay-chung-nhan/{certificate.pk}/tai-ve/").status_code == 404


def test_ticked_certificates_are_taken_out_with_a_reason(agency, learner, admin, client):
    waiting(learner.staff_member, 2)
    batch = services.make_batch(request_key="một", by=admin)
    first, _second = batch.items.all()
    client.force_login(admin)

    for reason in ("", "Sai ngày sinh"):
        client.post(f"{LIST}{batch.pk}/rut/", {"item": [first.pk, "x", "99999999999999"], "reason": reason})

    assert list(BatchItem.objects.values_list("left_because", flat=True)) == ["Sai ngày sinh", ""]


def test_a_batch_with_somebody_outside_the_readers_scope_is_not_there(agency, learner, admin, province_hr, client):
    stranger = PostingFactory(unit=UnitFactory(code="99-2", name="Tỉnh khác")).staff_member
    waiting(learner.staff_member)
    services.make_batch(request_key="một", by=admin)
    services.issue_certificate(qualification_id=passed_qualification(stranger, code="CB-09").pk)
    foreign = services.make_batch(request_key="hai", by=admin)
    client.force_login(province_hr)

    addresses = ["", "tep/"]
    answers = [client.get(f"{LIST}{foreign.pk}/{address}").status_code for address in addresses]
    answers += [client.post(f"{LIST}{foreign.pk}/{address}").status_code for address in ("nop/", "rut/")]

    assert answers == [404] * 4
    assert [row.pk for row, _kind, _state in client.get(LIST).context["rows"]] == [foreign.pk - 1]


def test_hr_of_the_top_takes_only_certificates_of_people_in_scope(agency, learner, province_hr, admin):
    stranger = PostingFactory(unit=UnitFactory(code="99-2", name="Tỉnh khác")).staff_member
    services.issue_certificate(qualification_id=passed_qualification(stranger, code="CB-09").pk)
    waiting(learner.staff_member)

    batch = services.make_batch(request_key="một", by=province_hr)

    assert [item.certificate.qualification.staff_member for item in batch.items.all()] == [learner.staff_member]


def test_a_file_that_is_too_large_or_empty_is_refused_by_the_form(agency, learner, admin, client, monkeypatch):
    waiting(learner.staff_member)
    batch = services.make_batch(request_key="một", by=admin)
    monkeypatch.setattr("certificates.outside_views.LARGEST_UPLOAD", 10)
    client.force_login(admin)

    answers = [
        client.post(f"{LIST}{batch.pk}/nop/", {"file": SimpleUploadedFile("a.pdf", content)})
        for content in (b"", b"%PDF-1.7 long")
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert ["Tệp rỗng." in answers[0].text, "Tệp lớn hơn 28 MB" in answers[1].text] == [True, True]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_batches_as_for_one(
    agency, learner, admin, client, django_assert_num_queries, monkeypatch, count
):
    waiting(learner.staff_member, count)
    monkeypatch.setattr(batches, "MOST_IN_BATCH", 1)
    for number in range(count):
        services.make_batch(request_key=str(number), by=admin)
    client.force_login(admin)

    with django_assert_num_queries(5):  # user, waiting by course, count of batches, batches, header
        response = client.get(LIST)

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_takes_as_many_queries_for_three_certificates_as_for_one(
    agency, learner, admin, client, django_assert_num_queries, count
):
    waiting(learner.staff_member, count)
    batch = services.make_batch(request_key="một", by=admin)
    client.force_login(admin)

    # user, the batch, its counts, its certificates, what was handed in, header
    with django_assert_num_queries(6):
        response = client.get(f"{LIST}{batch.pk}/")

    assert len(response.context["items"]) == count


def test_signing_is_offered_beside_the_desk_to_those_who_do_it_and_only_where_it_is_done(
    agency, admin, province_hr, hr, client, settings
):
    seen = {}
    for mode in ("outside", "here"):
        settings.SIGNING_MODE = mode
        for reader in (admin, province_hr, hr):
            client.force_login(reader)
            seen[mode, reader.staff_code] = LIST in client.get("/giay-chung-nhan/").text

    assert [place for place, is_there in seen.items() if is_there] == [
        ("outside", admin.staff_code),
        ("outside", province_hr.staff_code),
    ]
