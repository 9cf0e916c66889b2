"""New papers, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.methods import MapMethods

if TYPE_CHECKING:
    import pandas as pd

    from absclust.new_papers.update import Update


class NewPapers(MapMethods):
    """Methods for papers that arrive after the themes were made."""

    def predict(self, texts: Any, *, embeddings: Any = None) -> pd.DataFrame:
        """Assign papers to the themes of the map.

        Papers that are in the map already get their own labels back. A new paper gets
        the theme of its neighbours, whatever else is in the batch.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``, or a dask DataFrame; rows without text get
            theme -1.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, needed if the map was made from vectors of your own.

        Returns
        -------
        DataFrame, one row per paper
            ``theme``, ``theme_name``, ``strength``, ``runner_up`` and ``margin`` as in
            ``papers()``; ``novelty``, the share of ordinary papers that are more similar
            to their neighbours than this one is, 0 for a paper of the map; ``is_novel``,
            whether that share is at least 0.95. A novel paper is unlike all themes, but
            one ordinary paper in twenty is also marked by chance. For a dask DataFrame, a
            dask DataFrame with the same partitions, computed when it is asked for.

        Raises
        ------
        EmbedderError
            If the embedder returns no usable vectors, or vectors are needed but not given.
        InputError
            If the texts can't be used; the message says which row or column and why.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
        ...                             "Proteins fold.", "Proteins fold fast."])
        >>> themes.predict(["A robot grasps a bottle.", None])["theme"].tolist()
        [0, -1]
        """
        import pandas as pd

        from absclust.corpus.corpus import build_corpus
        from absclust.io.read import papers_of
        from absclust.new_papers.lazy import is_lazy, predict_lazily
        from absclust.new_papers.predict import predict

        if is_lazy(texts):
            lazy: pd.DataFrame = predict_lazily(self._map, texts, embeddings)
            return lazy
        corpus = build_corpus(papers_of(texts), allow_empty=True)
        assigned = predict(self._map, corpus, embeddings)
        names = np.array([*(t.name for t in self._map.themes), ""], dtype=object)
        return pd.DataFrame(
            {
                "theme": assigned.theme,
                "theme_name": names[assigned.theme],
                "strength": assigned.membership.strength,
                "runner_up": names[assigned.membership.runner_up],
                "margin": assigned.membership.margin,
                "novelty": assigned.novelty,
                "is_novel": assigned.novel,
            },
            index=corpus.records.index,
        )

    def memberships(self, texts: Any = None, *, embeddings: Any = None) -> pd.DataFrame:
        """Return how much of each theme is in each paper, from the votes of its neighbours.

        The largest share is that of the paper's theme. Where it has fewer votes than another,
        because themes are found in the graph as a whole or the paper was moved by hand, it is
        raised to just above the largest, and all are scaled.

        Parameters
        ----------
        texts
            Papers, as in ``predict``; by default, those of the map.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, needed if the map was made from vectors of your own.

        Returns
        -------
        DataFrame of float32, one row per row of the input and one column per theme
            Columns are the themes' numbers. Each row adds up to 1. A paper in no theme has
            the shares of its neighbours' votes, in which there is none for "no theme". A row
            without text is NaN, and so is a paper in no theme without similar papers.

        Raises
        ------
        EmbedderError, InputError
            As in ``predict``.
        OptionError
            If embeddings are given without texts, or the texts are a dask DataFrame.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
        ...                             "Proteins fold.", "Proteins fold fast.", None])
        >>> themes.memberships().round(1).values.tolist()
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [nan, nan]]
        >>> themes.memberships(["A robot grasps a bottle."]).idxmax(axis=1).tolist()
        [0]
        """
        import pandas as pd

        from absclust.corpus.corpus import build_corpus
        from absclust.errors import OptionError
        from absclust.io.read import papers_of
        from absclust.new_papers.lazy import is_lazy
        from absclust.new_papers.predict import memberships

        if texts is None and embeddings is not None:
            raise OptionError("embeddings are given without texts; expected both or neither")
        if is_lazy(texts):
            raise OptionError(
                "texts is a dask DataFrame; expected papers that fit in memory. "
                "Call memberships for each partition"
            )
        corpus = self._map.corpus
        if texts is not None:
            corpus = build_corpus(papers_of(texts), allow_empty=True)
        return pd.DataFrame(
            memberships(self._map, corpus, embeddings),
            index=corpus.records.index,
            columns=pd.RangeIndex(len(self._map), name="theme"),
        )

    def update(self, texts: Any, *, embeddings: Any = None) -> Update:
        """Add papers to the map; the result says which themes grew and whether to cluster again.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, needed if the map was made from vectors of your own.

        Returns
        -------
        Update
            Its ``themes`` attribute is the new map, in which old papers keep their labels.

        Raises
        ------
        EmbedderError, InputError
            As in ``predict``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> update = themes.update(["A robot grasps a bottle."])
        >>> update.themes.labels.tolist(), update.cluster_anew
        ([0, 0, 1, 1, 0], False)
        """
        from absclust.io.read import papers_of
        from absclust.new_papers.update import update

        return update(self._map, papers_of(texts), embeddings)
