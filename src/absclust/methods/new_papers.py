"""New papers and a ThemeMap, as its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.methods import MapMethods

if TYPE_CHECKING:
    import pandas as pd

    from absclust.new_papers.update import Update


class NewPapers(MapMethods):
    """What can be done with papers that came after the themes were made."""

    def predict(self, texts: Any, *, embeddings: Any = None) -> pd.DataFrame:
        """Say to which theme papers belong.

        Papers that the map was made from get their own labels back. A new paper
        gets the theme of its neighbours, whatever else is in the batch.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``; rows without text get -1.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, where the map was made from given vectors.

        Returns
        -------
        DataFrame, a row for each paper
            ``theme``, ``theme_name``, ``strength``, ``runner_up`` and ``margin`` as in
            ``papers()``; ``novelty``, the share of ordinary papers that are more
            similar to their neighbours, 0 for a paper of the map; ``is_novel``,
            whether that is 0.95 or more: then the paper is unlike all themes, as one
            ordinary paper in twenty is.

        Raises
        ------
        EmbedderError
            If the embedder gives no usable vectors, or they are needed and not given.
        InputError
            If texts can't be used; the message says which row or column and why.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
        ...                            "Proteins fold.", "Proteins fold fast."])
        >>> found.predict(["A robot grasps a bottle.", None])["theme"].tolist()
        [0, -1]
        """
        import pandas as pd

        from absclust.corpus.corpus import build_corpus
        from absclust.new_papers.predict import predict

        corpus = build_corpus(texts, allow_empty=True)
        found = predict(self._map, corpus, embeddings)
        names = np.array([*(t.name for t in self._map.themes), ""], dtype=object)
        return pd.DataFrame(
            {
                "theme": found.theme,
                "theme_name": names[found.theme],
                "strength": found.membership.strength,
                "runner_up": names[found.membership.runner_up],
                "margin": found.membership.margin,
                "novelty": found.novelty,
                "is_novel": found.novel,
            },
            index=corpus.records.index,
        )

    def update(self, texts: Any, *, embeddings: Any = None) -> Update:
        """Add papers to the map, and say which themes grew and whether to cluster anew.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, where the map was made from given vectors.

        Returns
        -------
        Update
            Its ``themes`` is the new map; labels of the papers before are as they were.

        Raises
        ------
        EmbedderError, InputError
            As in ``predict``.
        """
        from absclust.new_papers.update import update

        return update(self._map, texts, embeddings)
