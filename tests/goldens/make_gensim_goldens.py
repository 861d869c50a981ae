"""A small topic model of gensim as gensim saves it, and what gensim says of a new text: tests/goldens/gensim.

    python3 make_gensim_goldens.py gensim
"""
import sys
from pathlib import Path

import numpy as np
from gensim.corpora import Dictionary
from gensim.models import LdaModel
from gensim.models.nmf import Nmf

folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
kitchen = ["bread", "oven", "butter", "flour", "bake"]
sea = ["boat", "sail", "mast", "wind", "anchor"]
random = np.random.RandomState(1)
texts = [list(random.choice(kitchen if n % 2 else sea, 6)) for n in range(60)]
dictionary = Dictionary(texts)
counts = [dictionary.doc2bow(text) for text in texts]
lda = LdaModel(counts, num_topics=2, id2word=dictionary, random_state=1, passes=5)
lda.save(str(folder / "lda"))
dictionary.save_as_text(str(folder / "dictionary.txt"))
nmf = Nmf(counts, num_topics=2, id2word=dictionary, random_state=1, passes=5)
np.save(folder / "nmf.npy", nmf.get_topics())
for file in folder.iterdir():
    if file.name not in ("lda.expElogbeta.npy", "dictionary.txt", "nmf.npy"):
        file.unlink()
for topic in range(2):
    print(topic, [word for word, _ in lda.show_topic(topic, 3)], [word for word, _ in nmf.show_topic(topic, 3)])
