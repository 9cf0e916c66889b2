import pytest

from absclust.text.acronyms import find_acronyms
from absclust.text.phrases import phrase_key


@pytest.mark.parametrize(
    ("text", "acronyms"),
    [
        ("large language models (LLMs)", {"LLM": "large language model"}),
        ("direct preference optimisation (DPO),", {"DPO": "direct preference optimization"}),
        ("the Transport Agency (EPA)", {}),
        ("state (US) law", {}),
        ("vision-language models (VLMs; see below)", {"VLM": "vision language model"}),
    ],
)
def test_acronyms(text, acronyms):
    assert find_acronyms([text], phrase_key) == acronyms
