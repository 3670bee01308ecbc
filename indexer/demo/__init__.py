"""A generated corpus with ground truth: the same spec gives the same papers, people and citations everywhere.

``generate`` makes the arrays and writes texts as they are asked for; ``write_corpus`` puts everything into a folder;
``write_benchmarks`` puts the truth into benchmark folders; ``arrays`` gives only the graph.
"""

from indexer.demo.benchmarks import write_benchmarks
from indexer.demo.corpus import DemoCorpus, arrays, generate
from indexer.demo.spec import DemoSpec
from indexer.demo.writing import DemoReport, write_corpus

__all__ = ["DemoCorpus", "DemoReport", "DemoSpec", "arrays", "generate", "write_benchmarks", "write_corpus"]
