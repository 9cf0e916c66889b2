"""Who cites whom, from invented exports of three databases."""

import json

import networkx as nx
import pytest

from absclust import OptionError, cluster_abstracts, read_abstracts

SCOPUS = """\
"Authors","Title","Year","Source title","DOI","Link","Abstract","References"
"Silva, I.; Wu, L.","Barn owls hunt mice at night","2018","Owls","10.1234/owls.1","","Owls hunt.",""
"Wu, L.","How owls hear small mice","2020","Owls","10.1234/owls.2","","Owls hear.","\
Silva I., Wu L., Barn owls hunt mice at night, Owls, 12, 3, pp. 45-51, (2018); \
Bee A., Something else, (1999)"
"Fox, A.","Foxes hear","2021","Foxes","10.1234/fox","","Foxes.","Wu L., How Owls Hear Small Mice, \
Owls, (2020); Silva I., Barn owls hunt mice at night in the city, Owls, (2017); \
Fox A., Foxes hear, (2021), DOI: 10.1234/fox"
"""
WEB_OF_SCIENCE = """\
FN Clarivate Analytics Web of Science
PT J
AU Silva, I
TI Barn owls hunt mice at night
PY 2018
VL 12
BP 45
EP 51
DI 10.1234/owls.1
AB Owls hunt.
ER

PT J
AU Wu, L
TI How owls hear small mice
PY 2020
VL 14
BP 1
AB Owls hear.
CR Silva I, 2018, J OWLS, V13, P45, DOI 10.1234/OWLS.1
   Bee A, 1999, NATURE, V1, P1
ER

PT J
AU Fox, A
TI Foxes hear
PY 2021
AB Foxes.
CR Wu L, 2020, J OWLS, V14, P1
   Wu L, 2020, J OWLS, V14, P9
ER
EF
"""
OPENALEX = json.dumps(
    {
        "results": [
            {"id": f"https://openalex.org/W{n}", "title": title, "referenced_works": cited}
            for n, title, cited in (
                (1111, "Barn owls hunt mice at night", []),
                (2222, "How owls hear small mice", ["https://openalex.org/W1111"]),
                (3333, "Foxes hear", ["https://openalex.org/W2222", "https://openalex.org/W9999"]),
            )
        ]
    }
)
EXPORTS = {"scopus.csv": SCOPUS, "savedrecs.txt": WEB_OF_SCIENCE, "works.json": OPENALEX}


@pytest.mark.parametrize("name", EXPORTS)
def test_references_that_name_a_paper_for_sure_are_citations(name, tmp_path):
    (tmp_path / name).write_text(EXPORTS[name], "utf-8")
    themes = cluster_abstracts(read_abstracts(tmp_path / name))
    network = nx.read_graphml(themes.to_network(tmp_path / "a.graphml", of="citations"))
    assert network.is_directed()
    titles = {node: data["label"].split()[0] for node, data in network.nodes.items()}
    edges = [(titles[citing], titles[cited]) for citing, cited in network.edges]
    assert sorted(edges) == [("Foxes", "How"), ("How", "Barn")]
    listed = themes.reading_list()
    assert dict(zip(listed["title"], listed["cited_by"], strict=True)) == {
        "Barn owls hunt mice at night": 1, "How owls hear small mice": 1, "Foxes hear": 0
    }  # fmt: skip


def test_a_reference_that_two_papers_fit_names_neither(tmp_path):
    twice = SCOPUS.replace("Foxes hear", "Barn owls hunt mice at night").replace("2021", "2018")
    (tmp_path / "scopus.csv").write_text(twice.replace("10.1234/fox", ""), "utf-8")
    papers = read_abstracts(tmp_path / "scopus.csv")
    cited = cluster_abstracts(papers).reading_list().set_index("title")
    assert cited["cited_by"]["How owls hear small mice"] == 1
    assert cited["cited_by"].sum() == 1


def test_without_references_there_are_no_citations(tmp_path):
    themes = cluster_abstracts(["Owls hunt mice.", "Foxes hear owls."])
    assert "cited_by" not in themes.reading_list()
    with pytest.raises(OptionError, match="no references; expected a column of them, as 'Refer"):
        themes.to_network(tmp_path / "a.gexf", of="citations")
