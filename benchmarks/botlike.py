"""How often people and programs are said to post like a machine: ``python -m benchmarks botlike``.

On made accounts (``benchmarks.made_accounts``), 400 of each kind, 10 to 60 days and 3 to 80 posts a day. The
models and the method have one author, which is an advantage. ``RASAD_BENCH_SEED`` (1) is the seed.
"""

from __future__ import annotations

import os
import time
from collections import Counter

import numpy as np

from benchmarks.made_accounts import PEOPLE, PROGRAMS
from trends import botlike

EACH = 400


def main() -> None:
    rng = np.random.default_rng(int(os.environ.get("RASAD_BENCH_SEED", "1")))
    print("| account | judged | like a machine | mean score | reasons (share of the judged) |")
    spent, judged_all = 0.0, 0
    for name, make in {**PEOPLE, **PROGRAMS}.items():
        scores, reasons, machines = [], Counter[str](), 0
        for _ in range(EACH):
            days, a_day = int(rng.integers(10, 61)), float(np.exp(rng.uniform(np.log(3), np.log(80))))
            times = make(rng, days=days, a_day=a_day)
            begun = time.process_time()
            found = botlike.signs(times)
            spent += time.process_time() - begun
            if found.score is None:
                continue
            scores.append(found.score)
            machines += found.machine
            reasons.update(reason.what for reason in found.reasons)
        judged_all += len(scores)
        shares = ", ".join(f"{what} {count / len(scores):.2f}" for what, count in reasons.most_common(4))
        print(f"| {name} | {len(scores)} | {machines / len(scores):.3f} | {np.mean(scores):.2f} | {shares} |")
    print(f"\n{1e6 * spent / judged_all:.0f} microseconds of the processor an account")


if __name__ == "__main__":
    main()
