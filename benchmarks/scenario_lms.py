"""What a browser sends to this product, for the load client. ``fixture`` names the addresses to ask."""

import re


class Scenario:
    HOME, HOME_WANT = "/", "csrfmiddlewaretoken"
    LOGIN, LOGIN_WANT = "/tai-khoan/login/", "csrfmiddlewaretoken"
    COURSE_WANT = None

    def __init__(self, fixture):
        self.fixture = fixture
        self.LESSON_WANT = fixture["want"]

    def users(self, offset, number):
        return [(f"DO{offset + index + 1:04d}", self.fixture["password"]) for index in range(number)]

    def lesson_url(self, turn):
        return self.fixture["addresses"][turn % len(self.fixture["addresses"])]

    def course_url(self):
        return self.fixture["addresses"][0]

    async def login(self, client, user):
        _address, page = await client.req("login page", "GET", self.LOGIN, want=self.LOGIN_WANT)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        data = {"csrfmiddlewaretoken": token, "login": user[0], "password": user[1]}
        await client.req("login submit", "POST", self.LOGIN, data=data)
