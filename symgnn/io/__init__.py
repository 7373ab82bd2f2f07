"""Files: the paper's pickles, structure formats of the field, named data sets, safe writing."""
