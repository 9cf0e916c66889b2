"""Cluster a data set of any size, stage by stage, on Dask or, if it is small, in this process."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, islice
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust._version import __version__
from absclust.dataset import stages
from absclust.dataset.result import PAGE, REPORT, TABLE, ClusteredDataset
from absclust.dataset.source import Part, list_files, parts_of, pieces_of_files
from absclust.dataset.store import Store, needs_dask
from absclust.embedding.transformer import TransformerEmbedder
from absclust.errors import ClusterError, EmptyCorpusError, OptionError, check_number
from absclust.io.formulas import write_table
from absclust.model import ThemeModel
from absclust.progress import LOG, progress_bar
from absclust.saving import MAP
from absclust.saving.store import map_bytes
from absclust.sizes import ON_WORKERS_FROM
from absclust.themes.layers import layer_names, parents
from absclust.web.page import page

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_RUN = "run.json"  # what is being computed, to continue it
_RETRIES = 2  # of a task that fails, such as by a broken connection
_PATIENCE = "20s"  # for a scheduler to answer
_LISTED_AT_ONCE = 100  # files, by a worker


def cluster_dataset(
    source: Any, out: str, *, client: Any = None, sample_size: int = 200_000, **options: Any
) -> ClusteredDataset:
    """Cluster a data set of any size, on as many machines as a Dask cluster has.

    Every part of the data set is read, cleaned and embedded by a worker, one part at a
    time. Themes, broad and fine ones too, are learnt from a fair sample, in this process;
    every paper is assigned to them by the rule of ``ThemeMap.predict``. The result depends
    neither on the number of workers nor on how the data set is divided into parts. If all
    papers are in the sample, it is that of ``cluster_abstracts``.

    What is finished is kept: if the workers or this process are stopped, the same call picks
    up where it left off.

    Parameters
    ----------
    source : str or path
        A file, a folder, a pattern or a URL, such as ``"s3://papers/*.parquet"``, of any
        type that ``read_abstracts`` reads. It is read several times. Keys for a store are set as
        fsspec does it, such as in ``FSSPEC_S3_KEY``, here and for every worker.
    out : str or path
        Folder or URL for the results, which all workers can reach: ``papers/``, a Parquet
        file for each part; ``map.zip``, a saved map; ``themes.csv``; ``map.html``;
        ``report.json``.
    client : distributed.Client or str, optional
        The cluster, or the address of its scheduler. By default, the one that is in use;
        without one, files of less than 200 MB together are read in this process, and others
        by processes on this machine: a script must then make this call below
        ``if __name__ == "__main__":``.
    sample_size : int
        Number of papers that themes are learnt from, and at most held in memory at once. The
        finest themes have a few hundred of them, so a larger sample gives finer themes.
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
        If workers die at the same task again and again, or the scheduler dies.

    Examples
    --------
    >>> cluster_dataset("papers/*.parquet", "themes/", client=client)   # doctest: +SKIP
    ClusteredDataset: 38,000,000 rows, 57 themes
    """
    model = _checked_model(sample_size, options)
    store = Store(out, trust_model=model.embedder not in ("builtin", "lsa"))
    with needs_dask():
        import dask.dataframe  # noqa: F401
    files, skipped = list_files(source)
    with _cluster(client, sum(files.values())) as cluster:
        run = _Run(cluster, store, model, sample_size)
        starts = range(0, len(files), _LISTED_AT_ONCE)
        several = [(dict(islice(files.items(), n, n + _LISTED_AT_ONCE)),) for n in starts]
        parts = parts_of(chain.from_iterable(run.results("Listing", pieces_of_files, several)))
        if not run.begin(parts):
            run.finish(parts, skipped)
    return ClusteredDataset(os.fspath(store.url))


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


def _cluster(client: Any, size: int) -> AbstractContextManager[Any]:
    """Return what gives the cluster to use, None for this process, and closes one of its own.

    Parameters
    ----------
    client
        As in `cluster_dataset`.
    size
        Of the data set, in bytes.
    """
    from distributed import Client, default_client

    if isinstance(client, str):
        try:
            return Client(client, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        except OSError as error:
            raise OptionError(
                f"there is no Dask scheduler at {client!r} ({error}); expected an address such as "
                "'tcp://127.0.0.1:8786'"
            ) from error
    if client is None:
        with suppress(ValueError):  # none is in use
            client = default_client()  # type: ignore[no-untyped-call]
    if client is None and size >= ON_WORKERS_FROM:
        return Client(threads_per_worker=1, dashboard_address=":0")  # type: ignore[no-untyped-call]
    if client is None:
        LOG.info("%.1f MB of files: read in this process, without workers", size / 1e6)
    return nullcontext(client)


@dataclass(frozen=True)
class _Run:
    """One call: its cluster, its folder, and how to learn the themes."""

    client: Any
    store: Store
    model: ThemeModel
    sample_size: int

    def begin(self, parts: Sequence[Part]) -> bool:
        """Check that the folder is empty or holds the same run; return whether it is finished."""
        given = self.model.get_params()
        del given["progress"], given["cache"], given["n_jobs"]  # they change no result
        # A command gives lists where Python has tuples by default.
        options = {n: repr(tuple(v) if isinstance(v, list) else v) for n, v in given.items()}
        if isinstance(self.model.embedder, TransformerEmbedder):
            options["embedder"] = self.model.embedder.cache_key
        about = {
            "version": __version__,
            "sample_size": self.sample_size,
            "options": options,
            "parts": [[piece.name for piece in part.pieces] for part in parts],
        }
        if _RUN not in self.store.names():
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
        store = self.store
        read = [(part, store) for part in parts]
        facts = self._stage("Reading", stages.scan, stages.SCAN, read)
        starts = [0, *accumulate(sum(fact["rows"] for fact in part) for part in facts)]
        noted = list(chain.from_iterable(facts))
        n_papers, last = stages.first_papers(parts, store, starts[-1], self.sample_size)
        not_read = [problem for fact in noted for problem in fact["not_read"]]
        if not n_papers:
            raise EmptyCorpusError(
                "no row of the data set has text; expected at least one title or abstract"
                + (f" ({not_read[0]})" if not_read else "")
            )
        themes = self._learn(parts, last)
        tasks = [(part, start, store) for part, start in zip(parts, starts, strict=False)]
        counts = self._stage("Assigning", stages.assign, stages.PAPERS, tasks)
        sizes = [np.sum(of_layer, axis=0).tolist() for of_layer in zip(*counts, strict=True)]
        write_table(theme_table(themes, sizes), table := io.BytesIO())
        store.write(TABLE, table.getvalue())
        store.write(PAGE, page(themes).encode("utf-8"))
        report: dict[str, Any] = {name: sum(fact[name] for fact in noted) for name in stages.NOTED}
        report |= {
            "parts": len(noted),
            "papers": n_papers,
            "not_read": not_read,
            "files_of_other_types": skipped,
            "learnt_from": themes.corpus.n_papers,
            "in_one_process": self.client is None,
            "layers": dict(zip(layer_names(len(sizes)), map(len, sizes), strict=True)),
        }
        store.write_json(REPORT, report)
        store.write_json(_RUN, store.read_json(_RUN) | {"finished": True})
        store.remove("work")

    def _stage(
        self, what: str, task: Callable[..., Any], file: str, arguments: list[tuple[Any, ...]]
    ) -> list[Any]:
        """Run a task for each part whose file isn't there yet; return the facts of all."""
        there = self.store.names(file.rpartition("/")[0])
        names = [file.format(number) for number in range(len(arguments))]
        left = [given for name, given in zip(names, arguments, strict=True) if name not in there]
        found = iter(self.results(what, task, left))
        return [self.store.read_facts(n) if n in there else next(found) for n in names]

    def results(
        self, what: str, task: Callable[..., Any], arguments: list[tuple[Any, ...]]
    ) -> list[Any]:
        """Run a task for each tuple of arguments, and return the results in order."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError

        found = []
        submit = self.client and partial(self.client.submit, pure=False, retries=_RETRIES)
        with progress_bar(what, len(arguments), "parts", show=self.model.progress) as bar:
            try:
                calls: deque[Any] = deque((submit or partial)(task, *given) for given in arguments)
                while calls:  # no reference stays, so workers forget results that are here
                    call = calls.popleft()
                    found.append(call.result() if submit else call())
                    bar.update(1)
            except (KilledWorker, FutureCancelledError, CommClosedError) as error:
                why = f"the Dask scheduler is gone ({error}); start it again"
                if isinstance(error, KilledWorker):
                    why = (
                        f"workers died again and again at one task ({what.lower()}), most likely "
                        "for want of memory. Use fewer workers on each machine, smaller files or "
                        "a smaller sample_size"
                    )
                raise ClusterError(
                    f"{why}; the same call goes on where this one stopped"
                ) from error
        return found

    def _learn(self, parts: list[Part], last: int) -> ThemeMap:
        """Return the map of the sample up to its last number, made now or by an earlier call."""
        if MAP in self.store.names():
            return self.store.load_map(MAP)
        drawn = self.results("Drawing", stages.sample, [(part, self.store, last) for part in parts])
        themes = self.model.fit(stages.united(drawn)).theme_map_
        themes.foundation.paper_coordinates  # noqa: B018 (computed once here, not by every worker)
        themes.foundation.calibration_similarities  # noqa: B018
        stages.write_layers(themes, self.store)
        self.store.write(MAP, map_bytes(themes))
        return themes


def theme_table(themes: ThemeMap, sizes: list[list[int]]) -> pd.DataFrame:
    """Return the themes of all layers as a table, one row per theme.

    Parameters
    ----------
    themes
        The map that was learnt from the sample.
    sizes
        Number of rows of the data set in each theme of each layer.
    """
    tables: dict[str, pd.DataFrame] = {}
    over = themes.layers[0]
    for name, layer, rows in zip(layer_names(len(sizes)), themes.layers, sizes, strict=True):
        table = layer.table()[["name", "stability", "keywords", "author_keywords"]]
        above = parents(layer._paper_labels, over._paper_labels)
        table.insert(1, "above", [over[theme].name for theme in above] if tables else "")
        table.insert(2, "rows", rows)
        tables[name], over = table, layer
    return pd.concat(tables, names=["layer"]).reset_index()
