"""How unlike a map's papers a new one is, calibrated on papers that were held out.

A conformal p-value (Vovk, Gammerman and Shafer 2005): the share of ordinary papers
that are as far from their neighbours as the paper in question.
"""

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray
from absclust.themes.foundation import mean_similarity

NOVEL = 0.95  # one ordinary paper in twenty lies above it


def novelty(similarities: FloatArray, calibration: FloatArray) -> FloatArray:
    """Return the share of ordinary papers that are closer to their neighbours, 0 to 1.

    Parameters
    ----------
    similarities : float32 array of shape (m, k)
        Similarity of each paper to its k neighbours in the map.
    calibration : float32 array of shape (n,)
        Mean similarities of ordinary papers to their neighbours, in rising order.

    Examples
    --------
    >>> calibration = np.array([0.2, 0.4, 0.6], dtype=np.float32)
    >>> novelty(np.array([[0.5], [0.1]], dtype=np.float32), calibration).tolist()
    [0.25, 0.75]
    """
    as_far = 1 + np.searchsorted(calibration, mean_similarity(similarities), side="right")
    return (1 - as_far / (len(calibration) + 1)).astype(np.float32)


def is_novel(novelties: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which papers are unlike all themes; NaN counts as not novel."""
    return novelties >= np.float32(NOVEL)
