"""Sums that do not depend on order."""

from math import fsum

import numpy as np
import pytest
from pyspark.sql import functions as F
from sway.engine.exact import exact_sum


def summed(spark, terms, partitions=1):
    frame = spark.createDataFrame([(term,) for term in terms], "term double").repartition(partitions)
    return frame.agg(exact_sum(F.col("term"))).first()[0]


def test_a_sum_has_the_same_bits_in_any_order_and_partitioning(spark):
    random = np.random.default_rng(2016)
    terms = (random.random(500) * 10.0 ** random.integers(-9, 6, 500)).tolist()
    shuffled = random.permutation(terms).tolist()

    sums = {summed(spark, terms), summed(spark, shuffled, 3), summed(spark, sorted(terms), 7)}

    assert len(sums) == 1
    assert len({sum(terms), sum(shuffled), sum(sorted(terms))}) > 1  # plain sums of them do


def test_each_term_is_held_to_2_to_the_minus_70(spark):
    terms = [1 / 3, 1e-9, 2.0**-70, 1e6 + 0.1]

    assert summed(spark, terms) == pytest.approx(fsum(terms), rel=2**-52)
    assert summed(spark, [2.0**-70]) == 2.0**-70
    assert summed(spark, [2.0**-71] * 8) == 0.0


def test_negative_terms_count_too(spark):
    assert summed(spark, [0.75, -1.0, -(2.0**-40)]) == -0.25 - 2.0**-40


def test_no_term_sums_to_0(spark):
    assert summed(spark, []) == 0.0
    assert summed(spark, [None]) == 0.0
    assert summed(spark, [None, 0.5]) == 0.5


@pytest.mark.parametrize("terms", [[float("nan")], [2.0**34], [2.0**32] * 2])
def test_what_cannot_be_held_is_an_error_not_a_wrong_sum(spark, terms):
    with pytest.raises(Exception, match="OVERFLOW"):
        summed(spark, terms)
