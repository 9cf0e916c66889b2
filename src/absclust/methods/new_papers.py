"""New papers, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.methods import MapMethods

if TYPE_CHECKING:
    import pandas as pd

    from absclust.new_papers.update import Update


class NewPapers(MapMethods):
    """What can be done with papers that arrive after the themes were made."""

    def predict(self, texts: Any, *, embeddings: Any = None) -> pd.DataFrame:
        """Assign papers to the themes.

        Papers that the map was made from get their own labels back. A new paper gets
        the theme of its neighbours, regardless of what else is in the batch.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``; rows without text get -1.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, if the map was made from given vectors.

        Returns
        -------
        DataFrame, one row per paper
            ``theme``, ``theme_name``, ``strength``, ``runner_up`` and ``margin`` as in
            ``papers()``; ``novelty``, the share of ordinary papers that are more
            similar to their neighbours, 0 for a paper of the map; ``is_novel``, whether
            that share is at least 0.95. Such a paper is unlike all themes; one ordinary
            paper in twenty is marked by chance.

        Raises
        ------
        EmbedderError
            If the embedder gives no usable vectors, or if vectors are needed and not given.
        InputError
            If texts can't be used; the message says which row or column and why.

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
        """Add papers to the map; the result says which themes grew and when to cluster again.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, if the map was made from given vectors.

        Returns
        -------
        Update
            Its ``themes`` is the new map, in which the old papers keep their labels.

        Raises
        ------
        EmbedderError, InputError
            As in ``predict``.
        """
        from absclust.new_papers.update import update

        return update(self._map, texts, embeddings)
