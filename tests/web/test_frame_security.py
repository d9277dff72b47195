"""Nobody gets in who does not belong (requirement P3): what a hostile page, a stranger or a colleague would try."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from desk_world import PASSWORD, SetClock, everybody_in, rooms
from served import Server

from pulih.web.frame.headers import CONTENT_SECURITY_POLICY
from pulih.web.frame.hub import Hub
from pulih.web.frame.rooms import Rooms, WebSettings
from pulih.web.site import site

HIDDEN = re.compile(r'name="csrf" value="(\w+)"')


@pytest.fixture
def desk(tmp_path: Path) -> Rooms:
    clock = SetClock()
    return rooms(everybody_in(tmp_path, clock), clock, hub=Hub(beat_s=0.2))


@pytest.fixture
def address(desk: Rooms, serving: Server) -> str:
    return serving(site(desk), desk.hub)


@pytest.fixture
def browser_of(address: str) -> Iterator[Browsers]:
    made = Browsers(address)
    yield made
    made.close()


class Client(httpx.Client):
    """A browser without a screen. Secure cookies are sent over plain HTTP to this machine, as browsers do."""

    def form(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as its page would."""
        return self.post(path, data={"csrf": self.csrf(path), **fields})

    def csrf(self, path: str) -> str:
        found = HIDDEN.search(self.get(path).text)
        assert found is not None
        return found[1]


class Browsers:
    """Gives clients, and closes them."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._open: list[Client] = []

    def __call__(self, name: str = "", **headers: str) -> Client:
        jar = httpx.Cookies()
        client = Client(base_url=self._address, cookies=jar, headers=headers)
        # httpx keeps Secure cookies for TLS; browsers trust this machine without it.
        client.event_hooks["response"] = [lambda response: kept(response, client)]
        self._open.append(client)
        if name:
            assert client.form("/sign-in", name=name, password=PASSWORD).status_code == 303
        return client

    def close(self) -> None:
        for client in self._open:
            client.close()


def kept(response: httpx.Response, client: httpx.Client) -> None:
    """Keep cookies by hand, whatever the scheme."""
    for line in response.headers.get_list("set-cookie"):
        name, value = line.split(";")[0].split("=", 1)
        if "Max-Age=0" in line:
            client.cookies.delete(name) if name in client.cookies else None
        else:
            client.cookies.set(name, value.strip('"'), domain="127.0.0.1")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/assets/frame.css", "/console/users", "/v1/nowhere"])
def test_every_answer_carries_the_headers(browser_of: Browsers, path: str) -> None:
    headers = browser_of().get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_a_desk_that_is_reached_over_tls_says_that_it_stays_so(
    desk: Rooms, serving: Server, browser_of: Browsers
) -> None:
    assert "strict-transport-security" not in browser_of().get("/").headers
    settings = WebSettings(address="https://meja.example")
    secured = Browsers(serving(site(msgspec.structs.replace(desk, settings=settings)), desk.hub))
    assert secured().get("/").headers["strict-transport-security"].startswith("max-age=63072000")
    secured.close()


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_hosts(browser_of: Browsers) -> None:
    client = browser_of()
    line = client.form("/sign-in", name="ayu", password=PASSWORD).headers.get_list("set-cookie")[0]
    assert line.startswith("__Host-pulih-session=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in line.split(";")}
    assert "Domain" not in line


def test_signing_in_gives_a_new_session_each_time(browser_of: Browsers) -> None:
    first = browser_of("ayu").cookies["__Host-pulih-session"]
    assert browser_of("ayu").cookies["__Host-pulih-session"] != first


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_form_without_its_token_changes_nothing(browser_of: Browsers, desk: Rooms, token: str) -> None:
    client = browser_of("ayu")
    answer = client.post("/console/users", data={"name": "mallory", "role": "admin", "csrf": token})
    assert answer.status_code == 403
    assert "kedaluwarsa" in answer.text
    assert "mallory" not in {account.name for account in desk.people.accounts()}


def test_the_token_of_somebody_elses_form_is_worth_nothing(browser_of: Browsers) -> None:
    foreign = browser_of("citra").csrf("/account")
    answer = browser_of("ayu").post("/console/users", data={"name": "mallory", "csrf": foreign})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}]
)
def test_a_request_from_another_site_is_refused_even_with_the_token(
    browser_of: Browsers, headers: dict[str, str]
) -> None:
    client = browser_of("ayu")
    answer = client.post("/sign-out", data={"csrf": client.csrf("/account")}, headers=headers)
    assert answer.status_code == 403
    assert client.get("/account").status_code == 200


def test_the_token_may_come_in_a_header_as_htmx_sends_it(browser_of: Browsers) -> None:
    client = browser_of("ayu")
    assert client.post("/sign-out", headers={"x-csrf": client.csrf("/account")}).status_code == 303


def test_nobody_who_is_not_signed_in_sees_the_console(browser_of: Browsers) -> None:
    answer = browser_of().get("/console/users")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/console/users")
    asked = {"hx-request": "true", "hx-current-url": "http://desk/console/now"}
    part = browser_of(**asked).get("/console/users")
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in?next=/console/now")


@pytest.mark.parametrize("name", ["citra", "dewi", "eko"])
@pytest.mark.parametrize("path", ["/console/users", "/console/tokens", "/console/audit"])
def test_only_admins_see_what_admins_keep(browser_of: Browsers, name: str, path: str) -> None:
    assert browser_of(name).get(path).status_code == 403


def test_only_admins_may_change_it(browser_of: Browsers) -> None:
    client = browser_of("citra")
    token = client.csrf("/account")
    for path in ("/console/users", "/console/users/citra/role", "/console/users/eko/shut", "/console/tokens"):
        assert client.post(path, data={"csrf": token, "name": "x", "role": "admin"}).status_code == 403


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_signing_in_leads_nowhere_but_to_the_desk(browser_of: Browsers, following: str) -> None:
    client = browser_of()
    answer = client.form("/sign-in", name="ayu", password=PASSWORD, next=following)
    assert answer.headers["location"] == "/console"


def test_too_many_tries_are_told_to_wait(browser_of: Browsers) -> None:
    client = browser_of()
    for _ in range(5):
        assert client.form("/sign-in", name="ayu", password="tebakan yang salah").status_code == 400
    answer = client.form("/sign-in", name="ayu", password=PASSWORD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Coba lagi dalam 15 menit" in answer.text


def test_who_guesses_the_password_of_a_session_is_told_how_long_to_wait(browser_of: Browsers) -> None:
    client = browser_of()
    client.form("/sign-in", name="ayu", password=PASSWORD)
    new = {"password": "kata sandi yang baru sekali", "again": "kata sandi yang baru sekali"}
    csrf = client.csrf("/account")
    told = [client.post("/account/password", data={"csrf": csrf, "old": "tebakan", **new}) for _ in range(6)]
    assert [one.status_code for one in told] == [400] * 5 + [429]
    assert told[-1].headers["retry-after"] == "900"


def test_a_desk_reached_without_tls_from_another_machine_says_why_no_session_will_hold(browser_of: Browsers) -> None:
    assert "peramban tidak akan menyimpan sesi" in browser_of().get("/sign-in", headers={"host": "10.0.0.5"}).text
    assert "peramban tidak akan menyimpan sesi" not in browser_of().get("/sign-in").text


def test_what_was_typed_comes_back_as_text_and_never_as_markup(browser_of: Browsers) -> None:
    answer = browser_of().form("/sign-in", name='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.text


def test_pages_of_people_are_kept_by_no_cache(browser_of: Browsers) -> None:
    client = browser_of("ayu")
    for path in ("/account", "/console/tokens", "/sign-in"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_a_page_with_a_secret_is_not_packed(browser_of: Browsers) -> None:
    assert "content-encoding" not in browser_of().get("/sign-in").headers
    assert "content-encoding" not in browser_of("ayu").get("/account").headers
    assert browser_of().get("/").headers["content-encoding"] == "gzip"


def test_a_form_that_is_too_large_is_refused(browser_of: Browsers) -> None:
    client = browser_of()
    answer = client.post("/sign-in", data={"csrf": client.csrf("/sign-in"), "name": "x" * 400_000})
    assert answer.status_code == 413


def test_a_link_is_not_used_up_by_looking(browser_of: Browsers, desk: Rooms) -> None:
    admin = desk.people.session(desk.people.sign_in("ayu", PASSWORD))
    assert admin is not None
    path = f"/link/{desk.people.welcome('eko', by=admin)}"
    for _ in range(3):
        assert browser_of().get(path).status_code == 200
    assert browser_of().form(path, password="kata baru untuk eko", again="kata baru untuk eko").status_code == 303
    assert browser_of().get(path).status_code == 409


def test_a_fault_is_told_by_a_number_and_without_its_inside(browser_of: Browsers) -> None:
    # An id that no database can hold.
    answer = browser_of("ayu").get("/console/audit?before=99999999999999999999999999")
    assert answer.status_code >= 400
    assert "Traceback" not in answer.text and "sqlite" not in answer.text.lower()


def test_the_address_of_a_visitor_is_believed_only_from_our_own_proxy(tmp_path: Path, serving: Server) -> None:
    clock = SetClock()
    people = everybody_in(tmp_path, clock)

    def seen(proxies: tuple[str, ...]) -> str:
        made = rooms(people, clock, settings=WebSettings(proxies=proxies))
        browsers = Browsers(serving(site(made), made.hub))
        forwarded = {"x-forwarded-for": "203.0.113.7, 198.51.100.2"}
        client = browsers(**forwarded)
        client.form("/sign-in", name="ayu", password=PASSWORD)
        browsers.close()
        return people.deeds(limit=1)[0].address

    assert seen(()) == "127.0.0.1"
    assert seen(("127.0.0.1",)) == "198.51.100.2"


def test_open_pages_hear_what_changed_and_are_told_when_the_session_ends(
    browser_of: Browsers, desk: Rooms, address: str
) -> None:
    client = browser_of("ayu")
    heard: list[str] = []
    begun = threading.Event()

    def listen() -> None:
        with client.stream("GET", "/console/events", timeout=10) as stream:
            for line in stream.iter_lines():
                heard.append(line)
                begun.set()

    thread = threading.Thread(target=listen)
    thread.start()
    assert begun.wait(5)
    for number in range(1000):
        desk.hub.tell("live", str(number))
    desk.people.sign_out(client.cookies["__Host-pulih-session"])
    thread.join(5)
    assert not thread.is_alive()
    assert heard[0] == "event: beat"
    # The newest counts; what came between may be left out.
    assert "data: 999" in heard
    assert heard.count("event: live") < 1000
    assert "event: signed_out" in heard


def test_a_session_that_ends_ends_its_stream_also_where_something_changes_all_the_time(
    browser_of: Browsers, desk: Rooms
) -> None:
    client = browser_of("ayu")
    flooded = threading.Event()

    def flood() -> None:
        while not flooded.wait(0.02):
            desk.hub.tell("live", "more")

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        with client.stream("GET", "/console/events", timeout=10) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: beat"
            desk.people.sign_out(client.cookies["__Host-pulih-session"])
            until_s = time.monotonic() + 5
            assert any(line == "event: signed_out" for line in lines if time.monotonic() < until_s or pytest.fail())
    finally:
        flooded.set()
        flooding.join()


def test_events_are_for_people_of_the_desk(browser_of: Browsers) -> None:
    assert browser_of().get("/console/events").status_code == 303


def test_no_secret_is_in_any_log(browser_of: Browsers, caplog: pytest.LogCaptureFixture, desk: Rooms) -> None:
    client = browser_of("ayu")
    client.get("/link/rahasia-sekali")
    client.form("/account", old=PASSWORD)
    assert "rahasia-sekali" not in caplog.text
    assert PASSWORD not in caplog.text
    assert client.cookies["__Host-pulih-session"] not in caplog.text
