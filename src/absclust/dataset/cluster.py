"""Cluster a data set of any size on Dask, stage by stage, each stage a task per part or theme."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import accumulate
from numbers import Integral
from typing import TYPE_CHECKING, Any

from absclust._version import __version__
from absclust.dataset.assign import assign, assigned_name, shares_with_text
from absclust.dataset.refine import refine, refined_name
from absclust.dataset.result import PAGE, REPORT, TABLE, ClusteredDataset
from absclust.dataset.scan import NOTED, sample, scan, scan_name, united
from absclust.dataset.source import Part, list_files, numbered, partitions, parts_of_file
from absclust.dataset.store import Store, needs_dask
from absclust.dataset.write import (
    LAYERS,
    describe_layers,
    papers_name,
    theme_table,
    write_part,
)
from absclust.embedding.transformer import TransformerEmbedder
from absclust.errors import ClusterError, EmptyCorpusError, OptionError, check_number
from absclust.io.formulas import write_table
from absclust.model import ThemeModel
from absclust.progress import progress_bar
from absclust.saving import MAP
from absclust.saving.store import map_bytes
from absclust.themes.layers import layer_names, number_of_finer
from absclust.web.page import page

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_RUN = "run.json"  # what is being computed, to continue it
_RETRIES = 2  # of a task that fails, such as by a broken connection
_PATIENCE = "20s"  # for a scheduler to answer
_MORE = 1.1  # drawn for the sample, beyond the expected number


def cluster_dataset(
    source: Any,
    out: str,
    *,
    client: Any = None,
    sample_size: int = 200_000,
    **options: Any,
) -> ClusteredDataset:
    """Cluster a data set of any size, on as many machines as a Dask cluster has.

    Every part of the data set is read, cleaned and embedded by a worker, one part at a
    time. Themes are learnt from a fair sample, in this process; every paper is assigned to
    them by the rule of ``ThemeMap.predict``; and finer themes are found inside each theme
    from all its papers. The result depends neither on the number of workers nor on how the
    data set is divided into parts.

    What is finished is kept: if the workers or this process are stopped, the same call goes
    on where it was.

    Parameters
    ----------
    source : str, path or dask DataFrame
        A file, a folder, a pattern or a URL, such as ``"s3://papers/*.parquet"``, of any
        type that ``read_abstracts`` reads; or a dask DataFrame with a ``title`` and/or an
        ``abstract`` column. It is read several times.
    out : str or path
        Folder or URL for the results, which all workers can reach: ``papers/``, a Parquet
        file for each part; ``map.zip``, a saved map; ``themes.csv``; ``map.html``;
        ``report.json``.
    client : distributed.Client or str, optional
        The cluster, or the address of its scheduler. By default, the one that is in use, or
        processes on this machine; a script must then make this call below
        ``if __name__ == "__main__":``.
    sample_size : int
        Number of papers that themes are learnt from, and at most held in memory at once.
    **options
        As in ``cluster_abstracts``, without ``labels``.

    Returns
    -------
    ClusteredDataset
        The themes, and the papers as a dask DataFrame.

    Raises
    ------
    MissingPackageError
        If Dask is not installed, or what it needs to reach such a URL.
    OptionError
        If an option can't be used, the cluster can't be reached, or the folder holds the
        results of other data.
    ReadError
        If there are no files to read. A damaged file or row is reported, not raised.
    EmptyCorpusError
        If no row has text.
    ClusterError
        If workers die at the same task again and again.

    Examples
    --------
    >>> cluster_dataset("papers/*.parquet", "themes/", client=client)   # doctest: +SKIP
    ClusteredDataset: 38,000,000 rows, 57 themes
    """
    model = _checked_model(sample_size, options)
    store = Store(str(out), trust_model=model.embedder not in ("builtin", "lsa"))
    with _cluster(client) as cluster:
        run = _Run(cluster, store, model, sample_size)
        parts, skipped = run.parts(source)
        if not run.begin(parts, source):
            run.finish(parts, skipped)
    return ClusteredDataset(store.url)


def _checked_model(sample_size: int, options: dict[str, Any]) -> ThemeModel:
    check_number(sample_size, "sample_size", Integral, least=1)
    if options.pop("labels", None) is not None:
        raise OptionError(
            "labels is given, but the themes of a data set are learnt from a sample, which has few "
            "of the labelled papers; cluster these and some others by cluster_abstracts, and "
            "assign the rest by ThemeMap.predict"
        )
    unknown = set(options) - set(ThemeModel().get_params(deep=False))
    if unknown:
        raise OptionError(
            f"there is no option {sorted(unknown)[0]!r}; expected those of cluster_abstracts"
        )
    model = ThemeModel(**options)
    model.check_options()
    if not isinstance(model.embedder, str | TransformerEmbedder):
        raise OptionError(
            f"embedder is {model.embedder!r}; expected 'builtin', 'lsa', or the name or path of a "
            "sentence-transformers model, which workers can load by themselves"
        )
    if model.clusterer != "graph":
        raise OptionError(
            f"clusterer is {model.clusterer!r}; expected 'graph', which finds finer themes as well"
        )
    return model


@contextmanager
def _cluster(client: Any) -> Iterator[Any]:
    """Yield the cluster to use; one that was started for this is closed in the end."""
    with needs_dask():
        import dask.dataframe  # noqa: F401
        from distributed import Client, default_client
    own: Any = nullcontext()
    if client is None:
        try:
            client = default_client()  # type: ignore[no-untyped-call]
        except ValueError:  # none is in use
            client = own = Client(threads_per_worker=1, dashboard_address=":0")  # type: ignore[no-untyped-call]
    elif isinstance(client, str):
        try:
            client = own = Client(client, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        except OSError as error:
            raise OptionError(
                f"there is no Dask scheduler at {client!r} ({error}); expected an address such as "
                "'tcp://127.0.0.1:8786'"
            ) from error
    with own:
        yield client


class _Run:
    """One call: its cluster, its folder, and how to learn the themes."""

    def __init__(self, client: Any, store: Store, model: ThemeModel, sample_size: int) -> None:
        self.client = client
        self.store = store
        self.model = model
        self.sample_size = sample_size

    def parts(self, source: Any) -> tuple[list[Part], list[str]]:
        """Return the parts of the data set, and files of other types."""
        parts = partitions(source)
        if parts is not None:
            return parts, []
        files, skipped = list_files(str(source))
        found = self.client.gather(self.client.map(parts_of_file, files, pure=False))
        return numbered([part for of_file in found for part in of_file]), skipped

    def begin(self, parts: Sequence[Part], source: Any) -> bool:
        """Check that the folder is empty or holds the same run; return whether it is finished."""
        options = {name: repr(value) for name, value in sorted(self.model.get_params().items())}
        del options["progress"], options["cache"]  # they change no result
        if isinstance(self.model.embedder, TransformerEmbedder):
            options["embedder"] = self.model.embedder.cache_key
        about = {
            "version": __version__,
            "sample_size": self.sample_size,
            "options": options,
            "parts": [p.name for p in parts] if parts[0].frame is None else [str(source._name)],
        }
        if not self.store.has(_RUN):
            self.store.write_json(_RUN, about | {"finished": False})
            return False
        before = self.store.read_json(_RUN)
        finished: bool = before.pop("finished")
        if before != about:
            changed = next(name for name in about if about[name] != before.get(name))
            raise OptionError(
                f"{self.store.url} holds a run with other {changed}; expected an empty folder, or "
                "the same call to go on where it stopped. Choose another folder, or remove this one"
            )
        return finished

    def finish(self, parts: list[Part], skipped: list[str]) -> None:
        """Run all stages, except for what is finished."""
        store, n = self.store, len(parts)
        of_parts = dict(enumerate(parts))
        self._stage("Reading", scan, scan_name, of_parts, (store,))
        facts = [store.read_facts(scan_name(number)) for number in of_parts]
        n_rows = [fact["rows"] for fact in facts]
        themes = self._learn(parts, facts)
        shares = shares_with_text(themes, sum(n_rows))
        self._stage("Assigning", assign, assigned_name, of_parts, (store, shares))
        n_finer = number_of_finer(sum(n_rows), len(themes))
        of_themes = {theme: theme for theme in range(-1, len(themes))}
        more = (n, n_finer, self.sample_size, store)
        self._stage("Refining", refine, refined_name, of_themes, more)
        about = describe_layers(themes, n_finer, store)
        store.write_json(LAYERS, about | {"starts": [0, *accumulate(n_rows)]})
        self._stage("Writing", write_part, papers_name, dict(enumerate(range(n))), (store,))
        self._write_rest(themes, about, facts, skipped)

    def _stage(
        self,
        what: str,
        task: Callable[..., None],
        name: Callable[[int], str],
        items: Mapping[int, Any],
        more: tuple[Any, ...],
    ) -> None:
        """Run a task for each item whose file isn't there yet."""
        from distributed import KilledWorker, as_completed

        there = self.store.names(name(0).rpartition("/")[0])
        left = [item for number, item in items.items() if name(number) not in there]
        futures = self._submit(task, left, more)
        with progress_bar(what, len(items), "parts", show=self.model.progress) as bar:
            bar.update(len(items) - len(left))
            for future in as_completed(futures):  # type: ignore[no-untyped-call]
                try:
                    future.result()
                except KilledWorker as error:
                    raise ClusterError(
                        f"workers died again and again at one task ({what.lower()}), most likely "
                        "for want of memory. Use fewer workers on each machine, smaller files or "
                        "a smaller sample_size; the same call goes on where this one stopped"
                    ) from error
                bar.update(1)

    def _submit(self, task: Any, items: Sequence[Any], more: tuple[Any, ...]) -> Any:
        """Start a task for each item; partitions of a dask DataFrame among them are computed."""
        from dask.delayed import delayed

        run = delayed(task, pure=False)
        return self.client.compute([run(item, *more) for item in items], retries=_RETRIES)

    def _learn(self, parts: list[Part], facts: list[Any]) -> ThemeMap:
        """Return the map of a sample, computed now or by an earlier call."""
        if self.store.has(MAP):
            return self.store.load_map(MAP)
        n_texts = sum(fact["rows"] - fact["rows_without_text"] for fact in facts)
        if not n_texts:
            broken = [problem for fact in facts for problem in fact["not_read"]]
            raise EmptyCorpusError(
                "no row of the data set has text; expected at least one title or abstract"
                + (f" ({broken[0]})" if broken else "")
            )
        papers = self._sample(parts, n_texts)
        themes = self.model.fit(papers).theme_map_
        themes.foundation.paper_coordinates  # noqa: B018 (computed once here, not by every worker)
        themes.foundation.calibration_similarities  # noqa: B018
        self.store.write(MAP, map_bytes(themes))
        return themes

    def _sample(self, parts: list[Part], n_texts: int) -> Any:
        """Draw the sample; again with a larger share where many rows repeat others."""
        share = _MORE * self.sample_size / n_texts
        while True:
            drawn = self.client.gather(self._submit(sample, parts, (self.store, share)))
            papers = united(drawn, self.sample_size)
            if len(papers) == self.sample_size or share >= 1:
                return papers
            share *= 2

    def _write_rest(
        self, themes: ThemeMap, about: dict[str, Any], facts: list[Any], skipped: list[str]
    ) -> None:
        """Write the table, the page and the report, and remove what was needed on the way."""
        store = self.store
        write_table(theme_table(about), table := io.BytesIO())
        store.write(TABLE, table.getvalue())
        store.write(PAGE, page(themes).encode("utf-8"))
        layers = about["layers"]
        without_theme = store.read_facts(refined_name(-1))["papers"]
        report: dict[str, Any] = {name: sum(fact[name] for fact in facts) for name in NOTED}
        report |= {
            "papers": sum(theme["papers"] for theme in layers[1]) + without_theme,
            "not_read": [problem for fact in facts for problem in fact["not_read"]],
            "files_of_other_types": skipped,
            "learnt_from": themes.corpus.n_papers,
            "layers": dict(zip(layer_names(len(layers)), map(len, layers), strict=True)),
        }
        store.write_json(REPORT, report)
        store.write_json(_RUN, store.read_json(_RUN) | {"finished": True})
        store.remove("work")
