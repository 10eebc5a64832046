"""What runs did and measured, and what readers see of it."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import ATTEMPT, RUN, SCORE_DATE, VERSION

RUNS = Contract(
    name="runs",
    grain="one attempt of one step for one version and date",
    key=("run_id", "step", "network", "algorithm_version", "score_date"),
    fields=(
        RUN,
        Field("step", "string", "ingest, roll_up, identify, calibrate, score or publish"),
        Field("network", "string", "NULL: each step works on all networks", optional=True),
        Field("algorithm_version", "string", "version it worked for, if any", optional=True),
        Field("score_date", "date", "date it worked for, if any", optional=True),
        Field("state", "string", "done or failed", "state IN ('done', 'failed')"),
        Field("message", "string", "what failed, what was warned of, and which executor worked and why", optional=True),
        Field("started_at", "timestamp", "UTC"),
        Field("ended_at", "timestamp", "UTC"),
        Field(
            "input_versions",
            "map<string,bigint>",
            "Delta version of each table it read, 0 and up, but for lists of runs and of what is published; none of "
            "ingest, which reads the tables it writes",
        ),
        Field("config_hash", "string", "SHA-256 of the resolved configuration"),
        Field("code_version", "string", "release of the code"),
        Field(
            "counts",
            "map<string,bigint>",
            "rows by what became of them, 0 and up. Of ingest besides: `acts.<network>.<day>`, acts that count now of "
            "each day whose files it changed; `touched.<network>.<day>`, rows that came after the day they are of, and "
            "`relations.<network>.<day>`, of them changes of standing relations; "
            "`late_days.<n>`, rows that came n days after. Of score besides: `<network>.carried_days`, days a network "
            "was carried forward, or left out while its first days are bad. Of identify besides: `version.<table>`, "
            "Delta version of each table it wrote",
        ),
        Field(
            "files",
            "array<struct<network:string,feed:string,delivered_on:date,file:string,rows_read:bigint,"
            "accepted:bigint,duplicate:bigint,tombstone:bigint,quarantined:bigint>>",
            "fate of each file's rows, 0 and up: the last four sum to rows_read",
        ),
        Field("checksums", "map<string,string>", "order-free checksum of each table slice written, maps left out"),
        Field("figures", "map<string,double>", "seconds by part, and the engine's figures, 0 and up"),
    ),
)

METRICS = Contract(
    name="metrics",
    grain="one figure of one run",
    key=("run_id", "name", "algorithm_version", "score_date", "network"),
    fields=(
        Field("run_id", "string", "attempt that was audited: the run that wrote its scores"),
        Field("name", "string", "what was measured"),
        Field("algorithm_version", "string", "version it was measured on", optional=True),
        Field("score_date", "date", "date it was measured on", optional=True),
        Field("network", "string", "NULL: each figure is of all networks", optional=True),
        Field(
            "value",
            "double",
            "the figure, in the unit of its name, 0 and up; NULL where there was nothing to compare with",
            optional=True,
        ),
        Field("low", "double", "least the audit accepts, in the same unit, 0 and up", optional=True),
        Field("high", "double", "most the audit accepts, in the same unit, 0 and up", optional=True),
        Field("outcome", "string", "passed, failed or no baseline"),
    ),
)

PUBLISHED = Contract(
    name="published",
    grain="the attempt readers see for one dataset, version and date",
    key=("dataset", "algorithm_version", "score_date"),
    fields=(
        Field("dataset", "string", "scores; nothing writes explanations yet", "dataset IN ('scores', 'explanations')"),
        VERSION,
        SCORE_DATE,
        ATTEMPT,
        Field("published_at", "timestamp", "UTC"),
    ),
)

PROMOTIONS = Contract(
    name="promotions",
    grain="one decision which version is current; the highest sequence holds",
    key=("sequence",),
    fields=(
        Field("sequence", "bigint", "number in order of decision, 1 and up", "sequence >= 1"),
        VERSION,
        Field("parent", "bigint", "sequence whose version a rollback of this row returns to, 1 and up", optional=True),
        Field("who", "string", "account of the operating system that decided"),
        Field("decided_at", "timestamp", "UTC"),
        Field("why", "string", "first publication, promotion or rollback, and the reason given"),
    ),
)
