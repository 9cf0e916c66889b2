"""The sentence of a theme's papers that says what they share."""

import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.naming.evidence import Evidence
from absclust.naming.names import name_themes

PAPERS = [
    "Owls have been studied for years. In this paper, we count owls in the northern woods. "
    "Barn owls find their prey by hearing small differences in time between their two ears.",
    "We tagged 43 barn owls with senders in 2019. It was cold. Results: We show that the ears of "
    "barn owls improve the hearing of prey in dark northern woods. This is new.",
    "Barn owls hunt at night, e.g. in woods. These birds have asymmetric ears.",
]


def sentences_of(*themes):
    labels = np.repeat(range(len(themes)), [len(theme) for theme in themes])
    texts = [text for theme in themes for text in theme]
    return [name.sentence for name in name_themes(Evidence.of(texts, [""] * len(texts)), labels)]


def test_a_finding_is_chosen_and_the_paper_that_it_is_from():
    owls, robots = sentences_of(PAPERS, ["A robot arm grasps a cup of tea, which a hand can too."])
    assert owls.text == "The ears of barn owls improve the hearing of prey in dark northern woods."
    assert owls.paper == 1
    assert robots.text == "A robot arm grasps a cup of tea, which a hand can too."
    assert robots.paper == 3


@pytest.mark.parametrize(
    "text",
    [
        "In this paper, a robot arm is taught to grasp cups of different sizes.",
        "They grasp cups of very different sizes with the hand of a robot arm.",
        "Robot arms grasp cups with these methods of control and of learning.",
        "A robot arm grasps.",
        "A robot arm grasps a cup " + "and another cup " * 20 + "of tea.",
        "A robot arm grasps a cup of tea and many other things without an end",
    ],
)
def test_no_sentence_needs_others_or_is_too_long(text):
    assert sentences_of([text, text], PAPERS)[0] is None


def test_a_title_is_no_sentence_and_names_the_paper(tmp_path):
    title = "How robot arms can grasp a cup of tea without spilling it."
    said = "Soft fingers help a robot arm to grasp a cup of tea firmly."
    owls = [{"title": "", "abstract": text} for text in PAPERS]
    robots = {"title": title, "abstract": said}
    themes = cluster_abstracts([robots, {**robots, "title": f"{title} Again."}, *owls], n_themes=2)
    robots = next(theme for theme in themes if "obot" in theme.name)
    assert (robots.sentence, robots.sentence_paper) == (said, title)
    assert said in robots._repr_html_()
    assert said in themes._repr_html_()
    assert said in themes.table()["sentence"].tolist()
    report = themes.report(tmp_path / "report.md").read_text("utf-8")
    assert f"{said} ({title})" in report
