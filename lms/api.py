"""The API of other systems: the routers of all rooms under one address, described at ``openapi.json``.

A request carries a token; nothing of a session is looked at. Nothing is written but the hour of the token's last use.
"""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.qualification_api import router as qualifications
from staff.api.answers import MOST_ON_A_PAGE, Api
from staff.api.people import router as people
from staff.api.problems import install, with_unknown_addresses
from staff.api.tokens import REQUESTS_A_MINUTE, Bearer
from staff.api.units import router as units
from staff.enums import ApiPermission
from unit_coverage.api import router as coverage

api = Api(
    title="Học CNTT",
    version="1",
    description="Đơn vị, công chức, kết quả bồi dưỡng và tỷ lệ đạt, trong phạm vi của mã truy cập. "
    "Units, staff, qualifications and training rates, within the scope of the token. "
    "Days are days of Viet Nam; moments are UTC. Lists come in pages: send `next` as `after`.",
    docs_url=None,
    urls_namespace="api",
    auth=Bearer(),
)
install(api)
for router in (units, people, qualifications, coverage):
    api.add_router("", router)


@login_not_required
@require_safe
def guide(request):
    """For those who look after the other system, who have no account here."""
    context = {"permissions": ApiPermission.choices, "a_minute": REQUESTS_A_MINUTE, "on_a_page": MOST_ON_A_PAGE}
    return render(request, "lms/api_guide.html", context)


urls = with_unknown_addresses(api.urls)
for pattern in urls[0]:
    login_not_required(pattern.callback)
