"""Themes named by a language model behind an OpenAI-compatible server."""

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import KW_ONLY, InitVar, dataclass
from functools import partial
from numbers import Integral, Real
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.counted import name_rows
from absclust.errors import NamingWarning, OptionError, check_number, needs
from absclust.naming.prompt import ANSWER_FORMAT, UnusableNameError, question, read_name, task
from absclust.progress import progress_bar

if TYPE_CHECKING:
    from openai import OpenAI

    from absclust.themes.theme import Theme

_OPENAI = "https://api.openai.com/v1"
_GIVE_UP_AFTER = 3  # failures in a row, or fifty themes would take hours to time out
_KEY_REFUSED = (401, 403)
_HOPELESS = (*_KEY_REFUSED, 404)  # every other theme would get the same answer
_MAX_QUOTE_LENGTH = 200  # of a server's error message
_MAX_ECHO_LENGTH = 1000  # of an answer sent back to the model
_KEY_PART = 8  # letters that tell a key: in names, and where servers quote its beginning
_MOST_BYTES = 10_000_000  # of an answer
_PAUSE_S = 60.0  # the longest that a busy server may ask to wait before another try

_FIXED, _FORMATTED = {"temperature": 0, "seed": 0}, {"response_format": ANSWER_FORMAT}
# Best first. Reasoning models refuse a temperature; small servers don't support a schema.
_OPTIONS: tuple[dict[str, Any], ...] = (_FIXED | _FORMATTED, _FORMATTED, _FIXED, {})
_NO_LETTER = re.compile(r"[\W_]")
# No user name or query: they may contain secrets, and the address is shown.
_HERE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?![\w.])")
_URL = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/[^\s?#@]*)?")


@dataclass(eq=False, repr=False)
class LLMNamer:
    """A language model that names themes, behind an OpenAI-compatible server.

    For one theme after another, it is sent titles, keywords and the names of other
    themes. If it gives no usable name, the theme keeps its keyword name, and a warning
    says why. Temperature and seed are fixed if the model accepts them, but no server
    promises the same names each time.

    Parameters
    ----------
    model : str
        The model's name, as the server knows it.
    base_url : str, optional
        Address of a server other than OpenAI's, such as one on this machine; it
        usually ends in ``/v1``.
    api_key : str, optional
        The key for the server; by default the value of the environment variable
        ``OPENAI_API_KEY``, whichever server it is. It is neither shown nor pickled.
    timeout : float, default 30
        Seconds to wait for an answer, from its first byte to its last.
    retries : int, default 2
        How many times to repeat a call that timed out or met a busy server.
    instructions : str, optional
        Further instructions to the model, such as "Write for clinicians."
    language : str, optional
        The language of the names, as its code or in words; by default that of the titles.
    progress : bool, default True
        Show a progress bar if the work takes long.

    Raises
    ------
    MissingPackageError
        If the package ``openai`` is missing.
    OptionError
        If an option can't be used, or there is no API key.

    Examples
    --------
    >>> LLMNamer("qwen3:8b", base_url="http://localhost:11434/v1")
    LLMNamer('qwen3:8b', base_url='http://localhost:11434/v1', timeout=30.0, retries=2)
    """

    model: str
    _: KW_ONLY
    base_url: str | None = None
    api_key: InitVar[str | None] = None
    timeout: float = 30.0
    retries: int = 2
    instructions: str | None = None
    language: str | None = None
    progress: bool = True

    def __post_init__(self, api_key: str | None) -> None:
        self._secret = _Secret(api_key)
        # Here rather than in name(): the clustering that precedes it may take long.
        self._check()

    def __repr__(self) -> str:
        options = f"base_url={self.base_url!r}, timeout={self.timeout!r}, retries={self.retries!r}"
        return f"LLMNamer({self.model!r}, {options})"

    def name(self, themes: Sequence["Theme"], /) -> list[str | None]:
        """Return a name for each theme, or None if the model gave no usable one.

        Names are a single line of at most 40 characters, and differ from one another
        and from the keyword names of the other themes.

        Warns
        -----
        NamingWarning
            Once, if any themes got no name; it says which and why.
        """
        if not themes:
            return []
        self._announce(themes)
        names, problems = self._ask_for_all(themes)
        if problems:
            warnings.warn(
                f"the model {self.model!r} named {len(names)} of {len(themes)} themes; the others "
                f"keep their keyword names. {_list_problems(themes, problems)}",
                NamingWarning,
                stacklevel=2,
            )
        return [names.get(i) for i in range(len(themes))]

    def _announce(self, themes: Sequence["Theme"]) -> None:
        """Say what leaves this machine, before it does."""
        url = self.base_url or _OPENAI
        if not _HERE.match(url):
            n_titles = sum(len(theme.representative_papers) for theme in themes)
            print(
                f"Sending {n_titles} titles, and the keywords and names of {len(themes)} themes, "
                f"to {url}, to be named by {self.model!r}",
                file=sys.stderr,
            )

    def _ask_for_all(self, themes: Sequence["Theme"]) -> tuple[dict[int, str], dict[int, str]]:
        """Return names and, for themes without one, the reason; both by position of the theme."""
        from openai import OpenAIError

        names: dict[int, str] = {}
        problems: dict[int, str] = {}
        failures = 0  # in a row
        with (
            self._connect() as client,
            progress_bar("Naming", len(themes), "themes", show=self.progress) as bar,
        ):
            longest = (self.retries + 1) * self.timeout + self.retries * _PAUSE_S
            chat = _Chat(client, self.model, task(self.instructions, self.language), longest)
            for i in range(len(themes)):
                try:
                    names[i] = self._without_key(_ask(chat, i, themes, names))
                    failures = 0
                except UnusableNameError as error:
                    problems[i] = str(error)
                    failures = 0
                except (OpenAIError, _UnfitAnswerError) as error:
                    problems[i] = self._explain(error)
                    failures += 1
                    if failures == _GIVE_UP_AFTER or _status(error) in _HOPELESS:
                        unasked = range(i + 1, len(themes))
                        problems.update(dict.fromkeys(unasked, "not asked after that"))
                        break
                bar.update(1)
        return names, problems

    def _without_key(self, name: str) -> str:
        """Return a name unless part of the key is in it: names are shown to others."""
        key, letters = (_NO_LETTER.sub("", text).casefold() for text in (self._key(), name))
        if any(key[i : i + _KEY_PART] in letters for i in range(len(key) - _KEY_PART + 1)):
            raise UnusableNameError("the name contains the key")
        return name

    def _check(self) -> None:
        with needs("LLMNamer", "openai", install="absclust[llm]"):
            import openai  # noqa: F401
        check_number(self.timeout, "timeout", Real, above=0)
        check_number(self.retries, "retries", Integral, least=0)
        for name, fits, expected in (
            ("model", isinstance(self.model, str) and self.model.strip(), "the name of a model"),
            ("instructions", isinstance(self.instructions, str | None), "a str or None"),
            ("language", isinstance(self.language, str | None), "a str or None"),
        ):
            if not fits:
                raise OptionError(f"{name} is {getattr(self, name)!r}; expected {expected}")
        url = self.base_url
        if url is not None and not (isinstance(url, str) and _URL.fullmatch(url)):
            raise OptionError(
                "base_url can't be used; expected an address such as 'http://localhost:11434/v1', "
                "without a user name or query. Pass the key as api_key"
            )
        if not self._key() and url is None:
            raise OptionError(
                "there is no API key; pass api_key or set the environment variable "
                "OPENAI_API_KEY. For a server that needs no key, pass its base_url"
            )

    def _key(self) -> str:
        key = self._secret.value
        if key is None:
            key = os.environ.get("OPENAI_API_KEY", "")
        # A key read from a file may end in a line break; one inside would break the header.
        if not isinstance(key, str) or not re.fullmatch(r"[!-~]*", key.strip()):
            raise OptionError(
                "the API key can't be used; expected a str of ASCII characters without spaces"
            )
        return key.strip()

    def _connect(self) -> "OpenAI":
        from openai import DefaultHttpxClient, OpenAI

        # Servers on this machine are not reached through a proxy, and no server may
        # redirect titles to another one.
        direct = ("all://localhost", "all://127.0.0.1", "all://[::1]")
        http = DefaultHttpxClient(
            mounts=dict.fromkeys(direct),
            follow_redirects=False,
            event_hooks={"response": [partial(_limit, seconds=self.timeout)]},
        )
        return OpenAI(
            base_url=self.base_url or _OPENAI,  # or the client asks the environment
            api_key=self._key() or "none",  # the client requires a key
            timeout=self.timeout,
            max_retries=self.retries,
            # What is unpacked could be a thousand times larger.
            default_headers={"Accept-Encoding": "identity"},
            http_client=http,
        )

    def _explain(self, error: Exception) -> str:
        """Return what went wrong with a call, without revealing the key."""
        from openai import APIConnectionError, APITimeoutError

        status = _status(error)
        if status in _KEY_REFUSED:
            return f"the server refused the key (HTTP {status}); check api_key or OPENAI_API_KEY"
        for unfit in (error, error.__cause__):  # some versions of the client wrap it
            if isinstance(unfit, _UnfitAnswerError):
                return str(unfit)
        if isinstance(error, APITimeoutError):
            return f"no answer within {self.timeout:g} s; a longer timeout may help"
        if isinstance(error, APIConnectionError):
            return "the server can't be reached; check base_url and the network"
        message = "".join(c if c.isprintable() else " " for c in str(error))
        if key := self._key():
            message = re.sub(re.escape(key[:_KEY_PART]) + r"\S*", "***", message)
        return f"the server says: {message[:_MAX_QUOTE_LENGTH]}"


class _Secret:
    """A key that is kept in copies within the process, but not in a repr or pickle."""

    def __init__(self, value: str | None) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "***"

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Secret":
        return self  # scikit-learn copies a model's options

    def __reduce__(self) -> tuple[Any, ...]:
        return _Secret, (None,)


class _UnfitAnswerError(Exception):
    """An answer is not what a server sends that names a theme."""


def _limit(response: Any, *, seconds: float) -> None:
    """Let the body of an HTTP response be read only up to a size, and for a time.

    The client's own timeout begins anew with each byte.
    """
    stream, deadline = response.stream, monotonic() + seconds
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _UnfitAnswerError("the server packs its answers, though it was asked not to")

    class Limited(type(stream)):  # type: ignore[misc]
        def __init__(self) -> None:
            pass

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in stream:
                size += len(chunk)
                if size > _MOST_BYTES:
                    raise _UnfitAnswerError(
                        f"the answer is larger than {_MOST_BYTES / 1e6:.0f} MB; check base_url"
                    )
                if monotonic() > deadline:
                    raise _UnfitAnswerError(f"no whole answer within {seconds:g} s")
                yield chunk

        def close(self) -> None:
            stream.close()

    response.stream = Limited()


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """Return what a call returns, unless it takes longer: a server may send a header for ever."""
    from openai import APITimeoutError

    result: Future[Any] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:  # raised where the result is taken
            result.set_exception(error)

    # A daemon, so that the process can end while the server goes on.
    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    try:
        return result.result(seconds)
    except TimeoutError:
        raise APITimeoutError(request=None) from None  # type: ignore[arg-type]


class _Chat:
    """A model behind a server, asked with the options that both turn out to accept."""

    def __init__(self, client: "OpenAI", model: str, told: str, longest: float) -> None:
        self._create = client.chat.completions.create
        self._model = model
        self.told = told
        self._options = _OPTIONS
        self._longest = longest  # seconds, with all further tries

    def answer(self, messages: list[Any]) -> str:
        """Return the model's answer, or "" if there is none."""
        from openai import BadRequestError, UnprocessableEntityError

        for options in self._options:
            try:
                ask = partial(self._create, model=self._model, messages=messages, **options)
                completion: Any = _within(self._longest, ask)
            except (BadRequestError, UnprocessableEntityError):
                if options is self._options[-1]:
                    raise
                continue
            except (ValueError, RecursionError):
                return ""  # the body is not JSON
            self._options = (options,)
            break
        try:  # the client doesn't check types
            text = completion.choices[0].message.content
        except (AttributeError, IndexError, TypeError):
            return ""
        return text if isinstance(text, str) else ""


def _ask(chat: _Chat, i: int, themes: Sequence["Theme"], new_names: dict[int, str]) -> str:
    """Return the model's name for a theme; it may correct an unusable answer once."""
    names = [new_names.get(j, theme.name) for j, theme in enumerate(themes)]
    taken = {name.casefold() for j, name in enumerate(names) if j != i}
    messages = [_message("system", chat.told), _message("user", question(i, themes, names))]
    answer = chat.answer(messages)
    try:
        return read_name(answer, taken)
    except UnusableNameError as error:
        messages.append(_message("assistant", answer[-_MAX_ECHO_LENGTH:] or "{}"))
        messages.append(_message("user", f"That can't be used: {error}. Give another name."))
    return read_name(chat.answer(messages), taken)


def _message(role: str, content: str) -> dict[str, str]:
    # Titles from PDFs may contain half a surrogate pair, which can't be sent.
    return {"role": role, "content": content.encode("utf-8", "replace").decode("utf-8")}


def _status(error: Exception) -> int | None:
    return getattr(error, "status_code", None)


def _list_problems(themes: Sequence["Theme"], problems: dict[int, str]) -> str:
    by_reason: dict[str, list[int]] = {}
    for i, problem in problems.items():
        by_reason.setdefault(problem, []).append(themes[i].id)
    named = {why: name_rows(np.array(ids), noun="theme") for why, ids in by_reason.items()}
    return "; ".join(f"{of_reason}: {why}" for why, of_reason in named.items())
