# The tables of benches/downtime, from its lines of results.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def short: if . == null then "" elif . < 9.95 then . * 100 | round / 100 | tostring else . * 10 | round / 10 | tostring end;
def row: "| " + join(" | ") + " |";
def rule: (["---"] + map("---")) | row;

. as $all
| ([.[].size] | unique) as $sizes
| ($sizes | map(if . >= 1000 then "\(. / 1000) GB" else "\(.) MB" end)) as $heads
| def those($way; $size): $all[] | select(.way == $way and .size == $size);
  def of($way; $size; f): [those($way; $size) | f] | median;
  # Longest gaps of a way at each size, in writes and announces.
  def gaps($name; $way): [$name] + [$sizes[] | . as $size | of($way; $size; .writes) as $writes | of($way; $size; .reads) as $reads
    | if $writes then "\($writes | short) / \($reads | short)" else "" end] | row;
  def times($name; f): [$name] + [$sizes[] | f | short] | row;
  # A target at each size: VALUE, which must not be above LIMIT, and what is shown of both.
  def target($name; value; limit; show): [$name] + [$sizes[] | . as $size | value as $value | limit as $limit
    | if $value == null or $limit == null then "" else
        ({value: $value, limit: $limit, size: $size} | show) + (if $value <= $limit then ", kept" else ", **missed**" end) end] | row;
  def ratio(a; b): a as $a | b as $b | if $a == null or $b == null then null else $a / $b end;
  def total($way; $size; f): [those($way; $size)] | if length == 0 then null else map(f) | add end;

  (["longest gap in writes / in announces, s"] + $heads | row), ($heads | rule),
  gaps("nothing happens"; "nothing"),
  gaps("**the seeds' way**"; "seeds"),
  gaps("bare stop, `cp`, start"; "bare-stop"),
  gaps("bare pause, `cp`, unpause"; "bare-pause"),
  times("`cp` alone: its time"; of("copy"; .; .seconds)),
  gaps("**`maintenance-window`**"; "window"),
  gaps("**`pause`**"; "pause"),
  gaps("**`locked-copy`**"; "locked"),
  times("its lock, by its own notes"; of("locked"; .; .held)),
  gaps("**`locked-copy`** on XFS with reflink"; "reflink"),
  times("its lock, by its own notes"; of("reflink"; .; .held)),
  gaps("**`auto`**, SQLite in WAL mode: online"; "wal"),
  gaps("**`auto`**, MySQL: online"; "mysql"),
  gaps("**`auto`**, PostgreSQL: online"; "postgresql"),
  "",
  (["target"] + $heads | row), ($heads | rule),
  target("`maintenance-window` at most 1.2 times the bare stop, `cp`, start";
    ratio(of("window"; .; .writes); of("bare-stop"; .; .writes)); 1.2; "\(.value | short) times"),
  target("`maintenance-window` at 2 GB at least 30 times shorter than the seeds' way";
    ratio(of("window"; .; .writes); of("seeds"; .; .writes)); if . >= 2000 then 1 / 30 else 1 end; "\(1 / .value | short) times"),
  target("`pause` at most 1.3 times `cp` and 0.3 s";
    of("pause"; .; .writes); (of("copy"; .; .seconds) // 0) * 1.3 + 0.3; "\(.value | short) of \(.limit | short) s"),
  target("`locked-copy`: longest wait of a write at most 1.3 times `cp` or 0.05 s";
    of("locked"; .; .waited); [(of("copy"; .; .seconds) // 0) * 1.3, 0.05] | max; "\(.value | short) of \(.limit | short) s"),
  target("`locked-copy` with reflink under 0.2 s"; of("reflink"; .; .writes); 0.2; "\(.value | short) s"),
  (("locked", "reflink", "wal", "mysql", "postgresql") as $way
    | target("\($way): restarts of the tracker"; total($way; .; if .stopped then 1 else 0 end); 0; "\(.value)")),
  (("pause", "locked", "reflink", "wal", "mysql", "postgresql") as $way
    | target("\($way): writes lost"; total($way; .; .lost); 0; "\(.value)"))
