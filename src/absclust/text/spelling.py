"""Variants of an English word -> one key: plurals, British and American spellings."""

import re
from functools import lru_cache

from absclust.text.words import fold_plural

# Plurals that ``fold_plural`` leaves alone or cuts too short.
_IRREGULAR = {
    "analyses": "analysis",
    "antibiotics": "antibiotic",
    "apis": "api",
    "areas": "area",
    "artefact": "artifact",
    "artefacts": "artifact",
    "axes": "axis",
    "bacteria": "bacterium",
    "biases": "bias",
    "cameras": "camera",
    "children": "child",
    "corpora": "corpus",
    "crises": "crisis",
    "criteria": "criterion",
    "diagnoses": "diagnosis",
    "equilibria": "equilibrium",
    "formulae": "formula",
    "formulas": "formula",
    "fungi": "fungus",
    "gases": "gas",
    "genera": "genus",
    "gpus": "gpu",
    "grey": "gray",
    "headaches": "headache",
    "heuristics": "heuristic",
    "hypotheses": "hypothesis",
    "ideas": "idea",
    "indices": "index",
    "lens": "lens",
    "lenses": "lens",
    "loci": "locus",
    "matrices": "matrix",
    "maxima": "maximum",
    "men": "man",
    "metastases": "metastasis",
    "metrics": "metric",
    "mice": "mouse",
    "minima": "minimum",
    "movies": "movie",
    "nebulae": "nebula",
    "nuclei": "nucleus",
    "optima": "optimum",
    "phenomena": "phenomenon",
    "prognoses": "prognosis",
    "prostheses": "prosthesis",
    "radii": "radius",
    "reanalyses": "reanalysis",
    "schemas": "schema",
    "spectra": "spectrum",
    "stimuli": "stimulus",
    "supernovae": "supernova",
    "syntheses": "synthesis",
    "taxa": "taxon",
    "theses": "thesis",
    "topics": "topic",
    "vertices": "vertex",
    "viruses": "virus",
    "women": "woman",
}
# British spelling -> American. A key need not be a word, so a rule may also change words
# that are spelt alike everywhere ("noise"), as long as no two words become one.
_OUR = r"(?<!sc)(?<!^p)our(?=$|al|ed|ing|it|is|iz|ful|less|abl[ey]|ant$|ation|hood|er$)"
_AE = r"(?<=[a-z])ae(?=[a-z])|^ae"
_OE = (
    r"^oe|o?oe(?=dem|soph|str)|(?<=f)oe(?=t)|(?<=[hn])oe(?=a|ic)|(?<=^c)oe(?=l)|(?<=am)oe(?=b)|"
    r"(?<=hom)oe(?=o)|(?<=man)oe(?=u)"
)
_AMERICAN = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (_OUR, "or"),
        (r"is(?=e$|ed$|er$|ing$|ation)", "iz"),
        (r"ys(?=e$|ed$|er$|ing$)", "yz"),
        (rf"{_AE}|{_OE}", "e"),
        (r"(?<=[ae])ll(?=ing$|ed$|er$)", "l"),
        (r"(?<!timb)(?<=[tbhv])re$", "er"),
        (r"(?<!prol)ogue$", "og"),
        (r"(?<=gra)mme$", "m"),
        (r"(?<=f)ence$", "ense"),
        (r"sulph", "sulf"),
        (r"^grey", "gray"),
        (r"minium$", "minum"),
        (r"judgement", "judgment"),
        (r"ageing$", "aging"),
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
