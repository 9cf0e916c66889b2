"""Variants of an English word -> one key: plurals, British and American spellings."""

import re
from functools import lru_cache

from absclust.text.words import fold_plural

# Plurals that ``fold_plural`` leaves alone or cuts too short.
_IRREGULAR = {
    "analyses": "analysis",
    "bacteria": "bacterium",
    "biases": "bias",
    "children": "child",
    "corpora": "corpus",
    "criteria": "criterion",
    "diagnoses": "diagnosis",
    "fungi": "fungus",
    "gases": "gas",
    "genera": "genus",
    "hypotheses": "hypothesis",
    "indices": "index",
    "lenses": "lens",
    "loci": "locus",
    "matrices": "matrix",
    "men": "man",
    "metastases": "metastasis",
    "mice": "mouse",
    "nuclei": "nucleus",
    "phenomena": "phenomenon",
    "prognoses": "prognosis",
    "prostheses": "prosthesis",
    "radii": "radius",
    "stimuli": "stimulus",
    "syntheses": "synthesis",
    "taxa": "taxon",
    "theses": "thesis",
    "vertices": "vertex",
    "viruses": "virus",
    "women": "woman",
}
# British spelling -> American. A key need not be a word, so a rule may also change words
# that are spelt alike everywhere ("noise"), as long as no two words become one.
_AMERICAN = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"our(?=$|al|ed|ing|it|ful|less|able|hood|er$)", "or"),
        (r"is(?=e$|ed$|er$|ing$|ation)", "iz"),
        (r"ys(?=e$|ed$|er$|ing$)", "yz"),
        (r"(?<=[a-z])(?:ae|oe)(?=[a-z])|^(?:ae|oe)", "e"),
        (r"(?<=[ae])ll(?=ing$|ed$|er$)", "l"),
        (r"(?<=[tbh])re$", "er"),
        (r"ogue$", "og"),
        (r"mme$", "m"),
        (r"(?<=[ef])ence$", "ense"),
        (r"sulph", "sulf"),
        (r"^grey", "gray"),
        (r"minium$", "minum"),
    )
]


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """Return the key that the forms and spellings of a lower-case English word share.

    The key is for comparison, not for display: it need not be a word.

    Examples
    --------
    >>> fold_word("behaviours") == fold_word("behavior")
    True
    >>> [fold_word(word) for word in ("analyses", "modelling", "tumours", "randomised")]
    ['analysis', 'modeling', 'tumor', 'randomized']
    """
    folded = _IRREGULAR.get(word) or fold_plural(word)
    if len(folded) > 4:
        for pattern, replacement in _AMERICAN:
            folded = pattern.sub(replacement, folded)
    return folded
