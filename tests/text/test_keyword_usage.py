from absclust.text.keyword_usage import uses_with_titles


def uses(texts, keywords):
    return uses_with_titles(texts, [""] * len(texts), keywords).astype(bool)


def test_words_are_compared_as_phrases():
    texts = ["Vision-language models see.", "A vision language model.", "Vision. Language model."]
    used = uses(texts, ["vision-language model", "Models"])
    assert used.tolist() == [[True, True], [True, True], [False, True]]
    assert not uses(["Remodelling."], ["model"]).any()


def test_an_acronym_is_what_it_stands_for():
    texts = ["Large language models (LLMs) speak.", "An LLM speaks.", "Large language models."]
    assert uses(texts, ["LLM"]).all()
    assert uses(texts, ["large language models"]).all()
    assert not uses(texts[1:], ["large language models"])[0].any()


def test_a_possessive_is_part_of_a_keyword():
    texts = ["Alzheimer's disease is common.", "Alzheimer’s Disease.", "The disease of Alzheimer."]
    used = uses(texts, ["Alzheimer's disease", "disease"])
    assert used.tolist() == [[True, True], [True, True], [False, True]]


def test_keywords_or_texts_that_say_nothing():
    assert uses([], ["model"]).shape == (0, 1)
    assert uses(["a model"], []).shape == (1, 0)
    assert not uses(["", "…"], ["", "…"]).any()


def test_each_text_is_read_by_the_rules_of_its_language():
    texts = [
        "Das Gedicht und die Gedichte der Zeit.",
        "基于机器学习的方法研究。",
        "The poem of the time.",
    ]
    used = uses(texts, ["Gedichte", "机器学习", "poems"])
    assert used.tolist() == [[True, False, False], [False, True, False], [False, False, True]]
