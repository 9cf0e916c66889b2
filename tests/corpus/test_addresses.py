import pandas as pd
import pytest

from absclust.corpus.addresses import addresses, links


@pytest.mark.parametrize(
    ("record", "known"),
    [
        ({"id": "2103.00001v2"}, {"arXiv": "https://arxiv.org/abs/2103.00001v2"}),
        ({"id": "hep-th/9901001"}, {"arXiv": "https://arxiv.org/abs/hep-th/9901001"}),
        ({"id": "http://arxiv.org/abs/2103.00001"}, {"arXiv": "https://arxiv.org/abs/2103.00001"}),
        (
            {"id": "https://openalex.org/W2741809807"},
            {"OpenAlex": "https://openalex.org/W2741809807"},
        ),
        ({"pmid": 30000001.0}, {"PubMed": "https://pubmed.ncbi.nlm.nih.gov/30000001/"}),
        ({"id": "30000001"}, {}),  # a number may be anything
        ({"id": "W1", "eprint": "none", "url": "javascript:alert(1)", "doi": None}, {}),
        (
            {
                "url": "https://e.org/x",
                "doi": "https://doi.org/10.5555/x",
                "arxiv_id": "2103.00001",
            },
            {
                "Page": "https://e.org/x",
                "DOI": "https://doi.org/10.5555/x",
                "arXiv": "https://arxiv.org/abs/2103.00001",
            },
        ),
        ({"doi": "10.1/x<script>"}, {}),
        ({"doi": "10.5555/a\ud800b"}, {"DOI": "https://doi.org/10.5555/a%3Fb"}),
        ({"doi": "10.5555/a&lt;1:B&gt;2"}, {"DOI": "https://doi.org/10.5555/a%3C1:B%3E2"}),
    ],
)
def test_addresses(record, known):
    frame = pd.DataFrame([{"title": "On owls", **record}], dtype=object)
    assert addresses(frame) == [known]
    assert links(frame) == (next(iter(known.values()), ""),)
