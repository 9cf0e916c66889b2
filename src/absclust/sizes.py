"""From which size on something is done otherwise, in papers unless another unit is given.

Each bounds time, memory or the size of a file; small corpora never meet one.
"""

# Reading and embedding
UNPACKED = 2_000_000_000  # bytes of a compressed file: over a million abstracts
PROCESSES_FROM = 60_000  # texts; with fewer, starting processes takes longer than it saves
ON_WORKERS_FROM = 200_000_000  # bytes of a data set: some 150,000 abstracts

# Clustering
INVERTED_LISTS_FROM = 20_000  # neighbours are exact below: decision 55
CLEAR_CUT_SAMPLE = 20_000  # show whether a corpus has clear-cut themes: decision 56
FEW_RESAMPLES_FROM = 50_000  # four instead of ten, for stability: decision 56
TWO_RESAMPLES_FROM = 300_000  # for layers other than the themes: decision 56
ONE_TRIAL_FROM = 50_000  # of Leiden, since trials of large graphs hardly differ: decision 56
CALIBRATED_BELOW = 5_000  # novelty is calibrated on held-out papers: decision 40

# Naming
READ_FOR_NAMES = 5_000  # an even sample of more: decision 52

# Maps and pages
LAID_OUT = 50_000  # takes some ten seconds; others are placed among them
PLACED_AT_ONCE = 50_000  # papers beside these, to bound memory
RASTERED_FROM = 5_000  # points; as vectors, more would make PDF and SVG large and slow
DRAWN_IN_PAGE = 100_000  # an even sample of more: decision 21
ABSTRACTS_IN_PAGE = 10_000  # arXiv's then take some 5 MB

# Questions and progress
COMPARED_IN_PAIRS = 5_000  # for the silhouette; an even sample of more: decision 47
CHOSEN_AMONG = 5_000  # papers to cover and to choose from; an even sample of more: decision 61
STAGES_SHOWN_FROM = 10_000  # with fewer, no stage takes long
