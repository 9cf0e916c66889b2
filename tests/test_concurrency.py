"""A service that works in several threads at once gives what one thread gives."""

import hashlib
import json
import pickle
import subprocess
import sys
import threading

import pytest

from absclust.parallel import Memo
from tests.abstracts import CHINESE, FRENCH, GERMAN
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::absclust.LanguageWarning")

ENGLISH = {
    "grasping": [
        r"Grasping with $\alpha$-priors. A robot arm (RA) learns to grasp cups by touch. Robot "
        "arms need tactile sensing, and the RA finds edges of cups that cameras miss.",
        "Tactile sensing for robot arms. We fit a robot hand with tactile sensors. Grasping "
        "fragile cups becomes safer, and the robot arm needs fewer attempts.",
        "Planning the motion of robot arms. A planner moves a robot arm around obstacles. "
        "Grasping succeeds more often when the planner knows the shape of the cup.",
        "Learning to grasp from few demonstrations. A person shows a robot hand how to grasp. "
        "Tactile sensing tells the robot arm when the grasp slips.",
    ],
    "folding": [
        r"Protein folding in $10^{-3}$ seconds. We simulate how proteins fold. Molecular dynamics "
        "(MD) shows that hydrophobic residues meet first, and MD agrees with experiments.",
        "Molecular dynamics of membrane proteins. Membrane proteins fold beside lipids. Molecular "
        "dynamics reveals which residues of the protein touch them.",
        "Misfolded proteins in neurons. Proteins that misfold clump in neurons. We follow the "
        "residues of one protein and find where its folding goes wrong.",
        "Chaperones help proteins fold. A chaperone holds a protein until its residues have "
        "folded. Molecular dynamics shows how the protein leaves it.",
    ],
    "courts": [
        "How courts cite precedent. We read judgments of two supreme courts. Judges cite "
        "precedent more often when a statute is vague, and their dissents cite it most.",
        "Dissent among judges. Judges of supreme courts dissent when precedent conflicts. The "
        "dissents that we read argue from the statute rather than from precedent.",
        "Vague statutes before the courts. A statute that is vague leaves judges a choice. Courts "
        "resolve it by precedent, as their judgments on tax statutes show.",
        "Judgments on tax statutes. Tax courts interpret statutes narrowly. Precedent binds the "
        "judges, and few judgments have a dissent.",
    ],
}
PAIRS = [(ENGLISH, FRENCH), (FRENCH, GERMAN), (GERMAN, CHINESE), (CHINESE, ENGLISH)]
CORPORA = [[text for part in pair for texts in part.values() for text in texts] for pair in PAIRS]


def cluster(texts):
    from absclust import cluster_abstracts

    return cluster_abstracts(texts, progress=False)


def answers(themes):
    """Return what a map says, in JSON, and arrays of floats to the last bit."""
    texts = themes.corpus.paper_texts
    return {
        "labels": themes.labels.tolist(),
        "fingerprint": themes.fingerprint,
        "table": themes.table().to_json(),
        "embedding": hashlib.sha256(themes.embedding.tobytes()).hexdigest(),
        "coordinates": hashlib.sha256(themes.coordinates.tobytes()).hexdigest(),
        "layers": [layer.table().to_json() for layer in themes.layers],
        "keywords": themes.keywords().to_json(),
        "search": themes.search(texts[0][:40]).to_json(),
        "search_themes": themes.search_themes(texts[1][:40]).to_json(),
        "predict": themes.predict([texts[0][::2], texts[1][:60], texts[2]]).to_json(),
    }


def at_once(tasks):
    """Return the results of functions that run in a thread each, from the same moment on."""
    start, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def work(number, task):
        start.wait()
        results[number] = task()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def cluster_at_once():
    return at_once([lambda texts=texts: answers(cluster(texts)) for texts in CORPORA])


@pytest.fixture(scope="module")
def expected():
    return [answers(cluster(texts)) for texts in CORPORA]


def test_four_corpora_at_once(expected):
    assert cluster_at_once() == expected


def test_four_corpora_at_once_in_a_new_process(expected):
    """There, the threads also load models and packages at once, and interrupt each other often."""
    code = (
        "import json, sys, warnings; sys.setswitchinterval(1e-5); warnings.simplefilter('ignore')\n"
        "from tests.test_concurrency import cluster_at_once\n"
        "print(json.dumps(cluster_at_once()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == expected


def test_one_map_in_four_threads(expected):
    for texts, one in zip(CORPORA, expected, strict=True):
        themes = cluster(texts)
        assert at_once([lambda themes=themes: answers(themes)] * 4) == [one] * 4


def test_linear_algebra_that_is_loaded_in_between_is_limited_too():
    code = (
        "from absclust.arrays import one_thread\n"
        "from threadpoolctl import threadpool_info\n"
        "with one_thread():\n"
        "    import scipy.linalg\n"
        "    with one_thread():\n"
        "        used = [info for info in threadpool_info() if info['user_api'] == 'blas']\n"
        "print(*(info['num_threads'] for info in used))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"1"}


def test_what_is_kept_is_computed_once_and_not_copied():
    memo, computed = Memo(), []

    def square(number):
        computed.append(number)
        return number**2

    assert at_once([lambda: memo.one(3, square)] * 4) == [9] * 4
    assert computed == [3]
    again = pickle.loads(pickle.dumps(memo))
    assert again.one(3, square) == 9
    assert computed == [3, 3]
