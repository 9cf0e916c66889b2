import pytest

from absclust.text.spelling import fold_word


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("behaviour", "behavior"),
        ("behavioural", "behavioral"),
        ("neighbourhood", "neighborhood"),
        ("tumours", "tumor"),
        ("colouring", "coloring"),
        ("coloured", "colored"),
        ("favourite", "favorite"),
        ("favourable", "favorable"),
        ("optimise", "optimize"),
        ("randomised", "randomized"),
        ("regularisers", "regularizer"),
        ("quantising", "quantizing"),
        ("generalisations", "generalization"),
        ("organisational", "organizational"),
        ("analysed", "analyzed"),
        ("analyser", "analyzers"),
        ("catalysing", "catalyzing"),
        ("oedema", "edema"),
        ("oesophageal", "esophageal"),
        ("foetal", "fetal"),
        ("diarrhoea", "diarrhea"),
        ("aetiology", "etiology"),
        ("aesthetics", "esthetics"),
        ("paediatric", "pediatric"),
        ("anaesthesia", "anesthesia"),
        ("haemoglobin", "hemoglobin"),
        ("leukaemia", "leukemia"),
        ("labelled", "labeled"),
        ("modelling", "modeling"),
        ("signalling", "signaling"),
        ("travellers", "traveler"),
        ("centre", "center"),
        ("fibres", "fiber"),
        ("nanometres", "nanometer"),
        ("theatre", "theater"),
        ("catalogue", "catalog"),
        ("dialogues", "dialog"),
        ("programme", "program"),
        ("defence", "defense"),
        ("sulphate", "sulfate"),
        ("grey", "gray"),
        ("greyscale", "grayscale"),
        ("aluminium", "aluminum"),
    ],
)
def test_british_and_american_spellings_share_a_key(british, american):
    assert fold_word(british) == fold_word(american)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("reward", "rewards"),
        ("policy", "policies"),
        ("loss", "losses"),
        ("analysis", "analyses"),
        ("hypothesis", "hypotheses"),
        ("virus", "viruses"),
        ("bias", "biases"),
        ("gas", "gases"),
        ("lens", "lenses"),
        ("bacterium", "bacteria"),
        ("criterion", "criteria"),
        ("corpus", "corpora"),
        ("genus", "genera"),
        ("index", "indices"),
        ("index", "indexes"),
        ("matrix", "matrices"),
        ("nucleus", "nuclei"),
        ("woman", "women"),
        ("mouse", "mice"),
        ("taxon", "taxa"),
        ("noise", "noises"),
        ("disease", "diseases"),
    ],
)
def test_singular_and_plural_share_a_key(singular, plural):
    assert fold_word(singular) == fold_word(plural)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("noise", "nose"),
        ("rise", "rose"),
        ("raise", "raze"),
        ("precise", "prize"),
        ("advice", "advise"),
        ("device", "devise"),
        ("sense", "science"),
        ("fence", "fen"),
        ("four", "for"),
        ("hour", "or"),
        ("tour", "tor"),
        ("source", "sorcerer"),
        ("course", "core"),
        ("fourier", "forier"),
        ("mourning", "morning"),
        ("scouring", "scoring"),
        ("shoe", "she"),
        ("poet", "pet"),
        ("poem", "permit"),
        ("does", "dose"),
        ("loess", "less"),
        ("coercion", "erosion"),
        ("aerosol", "resol"),
        ("genre", "gener"),
        ("here", "her"),
        ("acre", "acer"),
        ("score", "scorer"),
        ("timbre", "timber"),
        ("falling", "failing"),
        ("filling", "filing"),
        ("tilling", "tiling"),
        ("stalling", "scaling"),
        ("planning", "planing"),
        ("cell", "cel"),
        ("league", "leg"),
        ("prologue", "prolog"),
        ("summer", "sum"),
        ("femme", "fem"),
        ("analysis", "analyst"),
        ("physics", "physic"),
        ("statistics", "statistic"),
        ("basis", "base"),
        ("mass", "mas"),
        ("species", "specie"),
        ("series", "serial"),
        ("protein", "proton"),
        ("metal", "metallic"),
        ("graph", "graphic"),
    ],
)
def test_different_words_do_not_share_a_key(a, b):
    assert fold_word(a) != fold_word(b)


@pytest.mark.parametrize(
    "word", ["learning", "network", "bias", "physics", "corpus", "gas", "four", "shoe", "wise", ""]
)
def test_most_words_are_their_own_key(word):
    assert fold_word(word) == word
