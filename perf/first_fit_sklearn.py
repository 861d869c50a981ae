"""The programs of perf/FirstFit with scikit-learn:  python3 first_fit_sklearn.py digits PIXELS.csv MODEL | documents TEXT.tsv MODEL"""
import pickle, sys
import numpy as np
from sklearn.decomposition import NMF

what, file, saved = sys.argv[1:4]
if what == "digits":
    V = np.loadtxt(file, delimiter=",", dtype=np.float32, usecols=range(64))
    steps = [NMF(10, init="nndsvda", random_state=1).fit(V)]
else:
    from sklearn.feature_extraction.text import CountVectorizer

    words = CountVectorizer(dtype=np.float32)
    with open(file, encoding="utf-8") as lines:
        V = words.fit_transform(line.split("\t")[0] for line in lines)
    steps = [words, NMF(20, init="nndsvda", solver="mu", beta_loss=1, random_state=1).fit(V)]
with open(saved, "wb") as out:
    pickle.dump(steps, out)
