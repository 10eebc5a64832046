-- Every published date of the current version.
SELECT s.*
FROM account_scores_published AS s
JOIN current_version AS c
  ON c.algorithm_version = s.algorithm_version
