-- Every published date of the current version, with the points gained since 1, 7 and 30 days before; NULL where unknown.
SELECT
    s.*,
    s.score - yesterday.score AS change_1_day,
    s.score - last_week.score AS change_7_days,
    s.score - last_month.score AS change_30_days
FROM account_scores_published AS s
JOIN current_version AS c
  ON c.algorithm_version = s.algorithm_version
LEFT JOIN account_scores_published AS yesterday
  ON yesterday.algorithm_version = s.algorithm_version
 AND yesterday.network = s.network
 AND yesterday.account_id = s.account_id
 AND yesterday.score_date = s.score_date - INTERVAL 1 DAY
LEFT JOIN account_scores_published AS last_week
  ON last_week.algorithm_version = s.algorithm_version
 AND last_week.network = s.network
 AND last_week.account_id = s.account_id
 AND last_week.score_date = s.score_date - INTERVAL 7 DAY
LEFT JOIN account_scores_published AS last_month
  ON last_month.algorithm_version = s.algorithm_version
 AND last_month.network = s.network
 AND last_month.account_id = s.account_id
 AND last_month.score_date = s.score_date - INTERVAL 30 DAY
