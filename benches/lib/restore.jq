# The table of benches/restore, from its lines of results.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def short: if . == null then "" else . * 100 | round / 100 | tostring end;
def row: "| " + join(" | ") + " |";

. as $all
| def of($group; $way; f): [$all[] | select(.engine == $group.engine and .size == $group.size and .way == $way) | f] | median;
  (["engine, MB", "bare tool, s", "destroyed: started again after, s", "speed, at least 0.8", "judged healthy after, s", "present, with its safety copy: started, healthy, s", "lost host: started, all done, s"] | row),
  (["---", "---", "---", "---", "---", "---", "---"] | row),
  ($all | map({size, engine}) | unique[] | . as $group
    | of($group; "bare"; .seconds) as $bare | of($group; "destroyed"; .started) as $destroyed
    | ["\(.engine), \(.size)", ($bare | short), ($destroyed | short),
       "\($bare / $destroyed | short), \(if $bare / $destroyed >= 0.8 then "kept" else "**missed**" end)",
       (of($group; "destroyed"; .seconds) | short),
       "\(of($group; "present"; .started) | short), \(of($group; "present"; .seconds) | short)",
       "\(of($group; "lost-host"; .started) | short), \(of($group; "lost-host"; .seconds) | short)"] | row)
