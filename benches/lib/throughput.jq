# The table of benches/throughput, from its lines of results.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def short: . * 100 | round / 100 | tostring;
def row: "| " + join(" | ") + " |";
def judged(limit): if . <= limit then "kept" else "**missed**" end;

. as $all
| def of($input; $tool; $what; f): [$all[] | select(.input == $input and .tool == $tool and .what == $what) | f] | median;
  (["input, compressor", "alone, s", "the backup's way, s", "times, at most 1.3", "times the CPU seconds", "scripts' memory, under 64 MB", "tools' memory, MB"] | row),
  (["---", "---", "---", "---", "---", "---", "---"] | row),
  ($all | map(select(.what == "alone") | {input, tool}) | unique[]
    | of(.input; .tool; "alone"; .seconds) as $alone | of(.input; .tool; "path"; .seconds) as $path
    | of(.input; .tool; "memory"; .scripts) as $scripts
    | ["\(.input), \(.tool)", ($alone | short), ($path | short), "\($path / $alone | short), \($path / $alone | judged(1.3))",
       (of(.input; .tool; "path"; .cpu) / of(.input; .tool; "alone"; .cpu) | short),
       "\($scripts | short), \($scripts | judged(64))", (of(.input; .tool; "memory"; .tools) | short)] | row),
  "", "Verifying the copy (`quick_check`, and every table counted) takes \(of("database"; "none-0"; "verify"; .seconds) | short) s of it before."
