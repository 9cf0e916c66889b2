from hypothesis import given
from hypothesis import strategies as st

from absclust.corpus.people import split_people

FAMILIES = st.sampled_from(
    ["De Roos", "van den Berg", "Silva", "Vander Meer", "O'Neil Smith", "Li", "Núñez y Gil", "LI"]
)
GIVEN = st.sampled_from(["Anneke J.", "Jan P", "I.", "Lin", "J.-P.", "RH", "Mary Ann", "Inês, Jr."])
PERSONS = st.builds("{}, {}".format, FAMILIES, GIVEN)
INSTITUTIONS = st.sampled_from(["{Centre for Owls, Mice and Bats}", "{A; B}", "Nap Trial Group"])


@given(st.lists(PERSONS | INSTITUTIONS, min_size=2, max_size=5))
def test_persons_that_are_separated_stay_as_they_are(people):
    assert split_people("; ".join(people)) == "; ".join(people)
    assert split_people(";".join(people) + ";") == "; ".join(people)


@given(PERSONS | INSTITUTIONS)
def test_one_person_stays_one(person):
    assert split_people(person) == person


def test_lists_of_other_kinds():
    for text, expected in {
        "De Roos A., van den Berg J.P.": "De Roos A.; van den Berg J.P.",
        "Okafor N, Müller JP; Nap Trial Group.": "Okafor N; Müller JP; Nap Trial Group",
        "Inês Silva|Lin Wu": "Inês Silva; Lin Wu",
        "Silva, Inês; Wu, Lin; and Raman, Priya": "Silva, Inês; Wu, Lin; Raman, Priya",
        "Silva I., Sukarno, Wu L.": "Silva I.; Sukarno; Wu L.",
        "Silva I., Owl Study Group, Wu L., et al.": "Silva I.; Owl Study Group; Wu L.",
        "Silva, Inês M., Wu, Lin K.": "Silva, Inês M., Wu, Lin K.",  # whose name is whose?
        "Silva, A. B., C. D. Wu": "Silva, A. B.; C. D. Wu",
        "Silva, A., J.-P. Wu, E. F. De Roos": "Silva, A.; J.-P. Wu; E. F. De Roos",
        "Silva, A. B., Wu, C. D., Raman, P.": "Silva, A. B.; Wu, C. D.; Raman, P.",
        "Silva, A. B., Jr., Wu, C. D.": "Silva, A. B., Jr.; Wu, C. D.",
        "Silva, A. B., Jr.": "Silva, A. B., Jr.",
        "WU L., LI K.": "WU L.; LI K.",
        "LI, K., WU, L.": "LI, K.; WU, L.",
        "Huey, SL, Mehta, NH and Wu, Lin": "Huey, SL; Mehta, NH; Wu, Lin",
        "A. Silva, B. Wu, and C. Raman": "A. Silva; B. Wu; C. Raman",
        "Silva, A., Wu, L., De Roos": "Silva, A.; Wu, L.; De Roos",
        "Silva, Inês M., Jr.": "Silva, Inês M., Jr.",
        "Silva I., WHO, Wu L.": "Silva I.; WHO; Wu L.",
        "Inês Silva, Lin Wu, Priya Raman": "Inês Silva; Lin Wu; Priya Raman",
    }.items():
        assert split_people(text) == expected
