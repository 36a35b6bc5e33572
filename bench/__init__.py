"""`make bench`: our CPU, time and memory beside a bare fetch and a neighbour, in one run.

measure.py     a process run to its end, and what it cost
workshop.py    what rows share: the site, the folder of their own, the size of the run
site.py        1,000 pages on loopback, served by a process of their own
rows/          one file a row: who is measured, against which yardstick
neighbours.py  urlwatch, in an environment of its own
table.py       medians, ratios, what is printed and kept
"""
