"""LLMNamer against a real HTTP server on this machine; no part of the client is replaced."""

import copy
import gzip
import json
import logging
import pickle
import re
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sklearn.base import clone

from absclust import LLMNamer, MissingPackageError, NamingWarning, OptionError
from absclust.themes.theme import Theme

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KEY = "sk-test-4f9d2c7be1a86035"
QUICKLY = {"retry-after-ms": "1"}  # how long the client waits before it tries again


class Server(ThreadingHTTPServer):
    """Answers each request with what `reply` returns; keeps the requests and their keys."""

    daemon_threads = True

    def __init__(self, reply):
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.requests = []
        self.keys = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    def namer(self, **options):
        options = {"api_key": KEY, "retries": 0, "base_url": self.url, **options}
        return LLMNamer("a-model", **options)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/v1/chat/completions"
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.requests.append(request)
        self.server.keys.append(self.headers["authorization"].removeprefix("Bearer "))
        status, body, *headers = self.server.reply(request)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for header in headers:
            for name, value in header.items():
                self.send_header(name, value)
        with suppress(ConnectionError):  # the client stopped waiting
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def serving(reply):
    with Server(reply) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_LOG", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def themes(n):
    return [
        Theme(
            id=i,
            name=f"Keyword {i}",
            size=3,
            keywords=(f"keyword {i}", "robot"),
            stability=0.5,
            representative_rows=(i,),
            representative_papers=(f"Title {i}",),
        )
        for i in range(n)
    ]


def asked(request):
    """Return how a request describes its theme."""
    return json.loads(request["messages"][1]["content"])


def number(request):
    return int(asked(request)["titles"][0].split()[-1])


def says(content):
    return 200, {"choices": [{"message": {"role": "assistant", "content": content}}]}


def named(name):
    return says(json.dumps({"name": name}))


def by_number(request):
    return named(f"Name {number(request)}")


def fails(status, message="no"):
    return status, {"error": {"message": message, "type": "t", "param": None, "code": None}}


def names_and_warning(namer, n):
    with pytest.warns(NamingWarning) as caught:
        names = namer.name(themes(n))
    assert len(caught) == 1
    return names, str(caught[0].message)


def test_names_each_theme():
    with serving(by_number) as server:
        assert server.namer().name(themes(3)) == ["Name 0", "Name 1", "Name 2"]
    first, _, third = server.requests
    assert first["model"] == "a-model"
    assert first["temperature"] == 0
    assert first["seed"] == 0
    assert first["response_format"]["json_schema"]["strict"] is True
    assert asked(first) == {
        "titles": ["Title 0"],
        "keywords": ["keyword 0", "robot"],
        "other_themes": ["Keyword 1", "Keyword 2"],
    }
    assert asked(third)["other_themes"] == ["Name 0", "Name 1"]
    assert set(server.keys) == {KEY}


def test_instructions_and_the_language_are_sent():
    with serving(by_number) as server:
        server.namer(instructions="For clinicians.", language="de").name(themes(1))
    told = server.requests[0]["messages"][0]["content"]
    assert "in de," in told
    assert told.endswith("For clinicians.")


def test_what_leaves_this_machine_is_said_before_it_does(capsys, monkeypatch):
    with serving(by_number) as server:
        server.namer().name(themes(2))
        assert capsys.readouterr().err == ""  # the server is on this machine
        monkeypatch.setattr("absclust.naming.llm._HERE", re.compile("none"))
        monkeypatch.setattr(server, "reply", lambda _: fails(400))
        with pytest.warns(NamingWarning):
            server.namer().name(themes(2))
        assert capsys.readouterr().err.startswith(
            f"Sending 2 titles, and the keywords and names of 2 themes, to {server.url}"
        )


def test_titles_go_where_it_is_said_and_nowhere_else(capsys, monkeypatch):
    with serving(by_number) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        namer = LLMNamer("a-model", api_key=KEY, retries=0)
        with pytest.warns(NamingWarning, match="can't be reached"):  # tests have no network
            namer.name(themes(1))
    assert not server.requests
    assert "to https://api.openai.com/v1, to be" in capsys.readouterr().err


def test_names_the_themes_of_a_map(sample_themes):
    count = iter(range(100))
    with serving(lambda _: named(f"Name {next(count)}")) as server:
        names = server.namer().name(sample_themes.themes)
    assert names == [f"Name {i}" for i in range(len(sample_themes))]


def test_no_themes_no_calls():
    with serving(by_number) as server:
        assert server.namer().name([]) == []
    assert not server.requests


def test_half_a_character_is_sent():
    # Text from PDFs may contain half a surrogate pair.
    theme = Theme(
        id=0,
        name="\ud83d",
        size=1,
        keywords=("\ud83d",),
        stability=0.5,
        representative_rows=(0,),
        representative_papers=("Robots \ud83d",),
    )
    with serving(lambda _: named("Robots")) as server:
        assert server.namer().name([theme]) == ["Robots"]


@pytest.mark.parametrize(
    ("unknown", "n_requests"), [({"response_format"}, 3), ({"temperature", "seed"}, 2), ({}, 1)]
)
def test_options_that_a_server_does_not_know_are_left_out_for_good(unknown, n_requests):
    def reply(request):
        return fails(400) if set(unknown) & set(request) else by_number(request)

    with serving(reply) as server:
        assert server.namer().name(themes(3)) == ["Name 0", "Name 1", "Name 2"]
    assert len(server.requests) == n_requests + 2


def test_a_server_that_knows_no_options_at_all():
    def reply(request):
        return (
            fails(422) if set(request) != {"model", "messages"} else says('So {"name": "Robots"}')
        )

    with serving(reply) as server:
        assert server.namer().name(themes(1)) == ["Robots"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'"\xff"', b"[" * 10**5, b"[]", b"null", {}, {"choices": None},
     {"choices": []}, {"choices": [None]}, {"choices": [{"message": None}]},
     {"choices": [{"message": {"content": None}}]},
     {"choices": [{"message": {"content": ["Robots"]}}]}],
)  # fmt: skip
def test_a_malformed_answer(body):
    with serving(lambda _: (200, body)) as server:
        names, warning = names_and_warning(server.namer(), 1)
    assert names == [None]
    assert "theme 0: the answer is neither a JSON object" in warning
    assert len(server.requests) == 2


def test_a_model_is_told_what_is_wrong_with_its_name():
    def reply(request):
        return named("Robots" * 9 if len(request["messages"]) == 2 else "Robots")

    with serving(reply) as server:
        assert server.namer().name(themes(1)) == ["Robots"]
    *_, first_answer, complaint = server.requests[1]["messages"]
    assert first_answer == {"role": "assistant", "content": json.dumps({"name": "Robots" * 9})}
    assert "longer than 40 characters" in complaint["content"]


def test_a_name_that_stays_too_long_is_refused():
    with serving(lambda _: named("Robots" * 9)) as server:
        names, warning = names_and_warning(server.namer(), 2)
    assert names == [None, None]
    assert "themes 0, 1: the name is longer than 40 characters" in warning


@pytest.mark.parametrize("name", ["ROBOTS", "keyword 2"])
def test_the_name_of_another_theme_is_refused(name):
    # Theme 2 fails and keeps its keyword name.
    with serving(lambda r: named({0: "Robots", 1: name, 2: ""}[number(r)])) as server:
        names, warning = names_and_warning(server.namer(), 3)
    assert names == ["Robots", None, None]
    assert "theme 1: another theme has that name" in warning


def test_busy_servers_are_asked_again():
    statuses = iter([500, 429, 503])

    def reply(request):
        status = next(statuses, None)
        return (*fails(status), QUICKLY) if status else by_number(request)

    with serving(reply) as server:
        assert server.namer(retries=3).name(themes(2)) == ["Name 0", "Name 1"]
    assert len(server.requests) == 5


def test_a_theme_that_fails_leaves_the_others_named():
    with serving(lambda r: fails(500, "sorry") if number(r) == 1 else by_number(r)) as server:
        names, warning = names_and_warning(server.namer(), 3)
    assert names == ["Name 0", None, "Name 2"]
    assert "named 2 of 3 themes" in warning
    assert "theme 1: the server says: Error code: 500" in warning
    assert "sorry" in warning


def test_after_three_failures_in_a_row_no_more_is_asked():
    with serving(lambda r: by_number(r) if number(r) == 2 else fails(500)) as server:
        names, warning = names_and_warning(server.namer(), 40)
    assert names == [None, None, "Name 2", *[None] * 37]
    assert "themes 0, 1, 3, 4, 5: the server says" in warning
    assert "themes 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 and 24 more: not asked" in warning
    assert len(server.requests) == 6


@pytest.mark.parametrize(("status", "why"), [(401, "key"), (403, "key"), (404, "no such model")])
def test_an_error_that_every_theme_would_get_stops_at_once(status, why):
    with serving(lambda _: fails(status, "no such model")) as server:
        names, warning = names_and_warning(server.namer(retries=2), 50)
    assert names == [None] * 50
    assert why in warning
    assert len(server.requests) == 1


def test_a_server_that_does_not_answer():
    done = threading.Event()

    def reply(_):
        done.wait(60)
        return named("Too late")

    with serving(reply) as server:
        names, warning = names_and_warning(server.namer(timeout=0.1), 1)
        done.set()
    assert names == [None]
    assert "no answer within 0.1 s" in warning


def dripping(head, piece, pause, *, times=10_000):
    """Serve raw bytes on a socket of this machine: a beginning, then a piece over and over."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        with connection, suppress(OSError):
            connection.recv(100_000)
            connection.sendall(head)
            for _ in range(times):
                connection.sendall(piece)
                time.sleep(pause)

    def accept():
        with suppress(OSError):  # closed
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener


HEAD = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\n%s\r\n"


@pytest.mark.parametrize(
    "head",
    [
        HEAD % (b"200 OK", b"content-length: 1000000\r\n"),
        HEAD % (b"500 No", b"content-length: 1000000\r\n"),
        b"HTTP/1.1 200 OK\r\nx: ",
    ],
    ids=["body", "error", "header"],
)
def test_a_server_that_sends_a_byte_now_and_then(head):
    with dripping(head, b" ", 0.1) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        begin = time.monotonic()
        namer = LLMNamer("a-model", base_url=url, timeout=0.5, retries=0, progress=False)
        names, warning = names_and_warning(namer, 1)
        assert time.monotonic() - begin < 5
    assert names == [None]
    assert re.search("no (whole )?answer within 0.5 s", warning)


@pytest.mark.parametrize("status", [b"200 OK", b"500 No"])
def test_an_answer_without_end(status):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with dripping(HEAD % (status, b"transfer-encoding: chunked\r\n"), chunk, 0) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        names, warning = names_and_warning(LLMNamer("m", base_url=url, retries=0), 1)
    assert names == [None]
    assert "larger than 10 MB" in warning


def test_an_answer_that_is_packed():
    packed = gzip.compress(b" " * 10_000_000)
    with serving(lambda _: (200, packed, {"content-encoding": "gzip"})) as server:
        names, warning = names_and_warning(server.namer(), 1)
    assert names == [None]
    assert "packs its answers" in warning


@pytest.mark.parametrize("name", [KEY, KEY[8:20], KEY.upper()[:20], "Key 4f9d 2c7b e1a8"])
def test_a_name_with_the_key_in_it_is_refused(name):
    with serving(lambda _: named(name)) as server:
        names, warning = names_and_warning(server.namer(), 1)
    assert names == [None]
    assert "contains the key" in warning
    assert name not in warning


def test_a_server_that_is_not_there():
    with serving(by_number) as server:
        namer = server.namer()
    names, warning = names_and_warning(namer, 2)
    assert names == [None, None]
    assert "can't be reached" in warning


def test_no_proxy_for_this_machine(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    with serving(by_number) as server:
        assert server.namer().name(themes(1)) == ["Name 0"]


def test_titles_are_not_sent_on_to_another_server():
    with serving(by_number) as second_server:
        elsewhere = {"location": f"{second_server.url}/chat/completions"}
        with serving(lambda _: (307, {}, elsewhere)) as server:
            names, warning = names_and_warning(server.namer(), 1)
    assert names == [None]
    assert "307" in warning
    assert not second_server.requests


@pytest.mark.parametrize("shown", [KEY, KEY[:12] + "***", f"'{KEY}'\n\x1b[31m"])
@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_the_key_is_shown_nowhere(shown, status, monkeypatch, caplog, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with serving(lambda _: fails(status, f"the key {shown} is wrong")) as server:
        namers = [server.namer(), server.namer(api_key=None)]
        warned = [names_and_warning(namer, 2)[1] for namer in namers]
    assert server.keys[0] == server.keys[-1] == KEY
    shown = capsys.readouterr()
    attributes = [str(vars(namer)) for namer in namers]
    pickles = [pickle.dumps(namer).decode("latin1") for namer in namers]
    texts = [*warned, *map(repr, namers), *attributes, *pickles, caplog.text, shown.out, shown.err]
    assert caplog.records
    assert not [text for text in texts if KEY[:8] in text]
    assert all(warning.isprintable() for warning in warned)


def test_the_key_stays_in_copies_and_leaves_pickles(monkeypatch):
    with serving(lambda _: named("Robots")) as server:
        namer = server.namer()
        copies = [copy.copy(namer), copy.deepcopy(namer), clone(namer, safe=False)]
        copies.append(pickle.loads(pickle.dumps(namer)))
        monkeypatch.setenv("OPENAI_API_KEY", "another-key")
        assert [c.name(themes(1)) for c in copies] == [["Robots"]] * 4
    assert server.keys == [KEY, KEY, KEY, "another-key"]


@pytest.mark.parametrize("key", [f" {KEY}\n", KEY])
def test_the_key_from_the_environment(key, monkeypatch):
    with serving(by_number) as server:
        namer = server.namer(api_key=None)
        monkeypatch.setenv("OPENAI_API_KEY", key)
        assert namer.name(themes(1)) == ["Name 0"]
    assert server.keys == [KEY]


def test_a_server_that_needs_no_key():
    with serving(by_number) as server:
        assert server.namer(api_key=None).name(themes(1)) == ["Name 0"]
    assert server.keys == ["none"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "there is no API key"),
        ({"api_key": f"{KEY}\n{KEY}"}, "expected a str of ASCII"),
        ({"api_key": "sk-Übel"}, "expected a str of ASCII"),
        ({"api_key": 3}, "expected a str of ASCII"),
        ({"base_url": f"http://user:{KEY}@127.0.0.1/v1"}, "base_url can't be used"),
        ({"base_url": f"http://127.0.0.1/v1?key={KEY}"}, "base_url can't be used"),
        ({"base_url": "127.0.0.1:80"}, "base_url can't be used"),
        ({"base_url": 3}, "base_url can't be used"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"timeout": "30"}, "timeout is '30'"),
        ({"retries": -1}, "retries is -1"),
        ({"retries": 1.5}, "retries is 1.5"),
        ({"retries": True}, "retries is True"),
        ({"instructions": ["short"]}, "instructions is .*expected a str or None"),
        ({"language": 1}, "language is 1"),
    ],
)
def test_options_that_are_refused(options, why):
    options = {"api_key": KEY, **options} if options else {}
    with pytest.raises(OptionError, match=why) as caught:
        LLMNamer("a-model", **options)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("model", ["", " ", None])
def test_a_model_must_be_named(model):
    with pytest.raises(OptionError, match="expected the name of a model"):
        LLMNamer(model, api_key=KEY)


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[llm\]'"):
        LLMNamer("a-model", api_key=KEY)
