"""What a browser with our script sends during a test, for the load client. ``fixture["do"]`` names the measure.

- ``attempt``: the start, the answers one by one, the handing in, the result: one whole attempt
- ``saves``: one start, then the answers again and again; ``floor``: as many bare requests with one UPSERT each
- ``bare``: as many of these bare requests as an attempt has; ``reading``: as many that write nothing at all
- ``start``: one start a learner and no more
- ``seat``: as ``start``, but in the exam session of which the learner is an admitted candidate
"""

import asyncio
import json
import random
import re

from scenario_lms import Scenario as Pages


class Scenario(Pages):
    def __init__(self, fixture):
        super().__init__({**fixture, "want": fixture.get("want", ""), "addresses": ["/"]})

    async def quiz_attempt(self, client):
        await getattr(self, "_" + self.fixture["do"])(client)

    async def _attempt(self, client):
        if "course" not in client.state:
            client.state["course"] = await self._course_page(client)
        token, start = client.state["course"]
        attempt = await self._begin(client, token, start)
        for number in range(1, self.fixture["questions"] + 1):
            await self._save(client, attempt, number)
        headers = {"X-CSRFToken": attempt["token"], "Accept": "application/json"}
        _url, page = await client.req(
            "4 submit", "POST", attempt["submit"], data={"cause": "submitted"}, headers=headers
        )
        await client.req("5 result", "GET", json.loads(page)["result"], want=self.fixture["result"])

    async def _saves(self, client):
        if "attempt" not in client.state:
            token, start = await self._course_page(client)
            client.state["attempt"] = await self._begin(client, token, start)
        for number in range(1, self.fixture["questions"] + 1):
            await self._save(client, client.state["attempt"], number)

    async def _floor(self, client):
        await self._bare_saves(client, self.fixture["questions"])

    async def _bare(self, client):
        await self._bare_saves(client, self.fixture["requests"])

    async def _bare_saves(self, client, count):
        if "token" not in client.state:
            client.state["token"], _start = await self._course_page(client)
        for number in range(1, count + 1):
            headers = {"X-CSRFToken": client.state["token"], "Content-Type": "application/json"}
            body = json.dumps({"number": number, "response": [f"{random.getrandbits(64):016x}"]})
            await client.req("3 save", "POST", "/bare/upsert/", data=body, headers=headers, want="saved_at")

    async def _reading(self, client):
        for _number in range(self.fixture["requests"]):
            await client.req("bare", "GET", "/bare/", want=self.fixture["name"])

    async def _start(self, client):
        if client.state.get("started"):
            await asyncio.sleep(5)  # the others are still starting; this one has done so
            return
        client.state["started"] = True
        token, start = await self._course_page(client)
        await self._begin(client, token, start)

    async def _seat(self, client):
        if client.state.get("started"):
            await asyncio.sleep(5)
            return
        client.state["started"] = True
        _url, page = await client.req("1 sessions", "GET", "/thi/ca-thi/", want="/thi/ca-thi/cho/")
        seat = re.search(r"/thi/ca-thi/cho/\d+/", page)[0]
        _url, page = await client.req("2 seat", "GET", seat, want="csrfmiddlewaretoken")
        await self._begin(client, _token(page), seat, action="start")

    async def _course_page(self, client):
        course = f"/hoc/{self.fixture['course']}/"
        _url, page = await client.req("1 course page", "GET", course, want="csrfmiddlewaretoken")
        return _token(page), f"{course}kiem-tra/bat-dau/"

    async def _begin(self, client, token, start, **fields):
        data = {"csrfmiddlewaretoken": token, **fields}
        _url, page = await client.req("2 start", "POST", start, data=data, want='id="exam"')
        questions = {}
        for field in re.findall(r'<fieldset class="question".*?</fieldset>', page, re.S):
            number = int(re.search(r'data-number="(\d+)"', field)[1])
            sequence = int(re.search(r'data-sequence="(\d+)"', field)[1])
            questions[number] = [sequence, re.findall(rf'name="q{number}" value="([^"]+)"', field)]
        return {
            "token": _token(page),
            "questions": questions,
            "save": re.search(r'data-save="([^"]+)"', page)[1],
            "submit": re.search(r'data-submit="([^"]+)"', page)[1],
        }

    async def _save(self, client, attempt, number):
        question = attempt["questions"][number]
        question[0] += 1
        body = json.dumps({"number": number, "response": [random.choice(question[1])], "sequence": question[0]})
        headers = {"X-CSRFToken": attempt["token"], "Content-Type": "application/json"}
        await client.req("3 save", "POST", attempt["save"], data=body, headers=headers, want="saved_at")


def _token(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
